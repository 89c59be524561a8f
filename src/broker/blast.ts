import { counted, filesOf, sizeOf, type Extent } from '../core/blast/extent.js';
import type { Look } from '../core/blast/look.js';
import { listed, readObjects, readPlan, readResources } from '../core/blast/readings.js';
import { sentenceOf } from '../core/errors.js';
import { joined, sentence, type Sentence } from '../core/say.js';
import { CommitFiles } from '../world/blast/commit-files.js';
import { DiskFiles } from '../world/blast/disk-files.js';
import { TIME_UP, type Files, type Tally } from '../world/blast/files.js';
import { lostCommits } from '../world/blast/lost-commits.js';
import { uncommittedFiles, untrackedFiles } from '../world/blast/loose-work.js';
import { Git } from '../world/git.js';
import type { Repository } from '../world/repository.js';

/** What is counted within this time is shown; the rest says that it was cut short. Milliseconds. */
const MOST_TIME = 5_000;
/** No directory of manifests has more that anybody would review. */
const MOST_FILES = 500;

/** Where extents are looked up: on this machine as it is, or in a commit of another person's clone. */
export interface Ground {
  readonly files: Files;
  readonly gitAt: (directory: string) => Git;
  /** The commit that the requester was at; undefined on the requester's own machine. */
  readonly head: string | undefined;
}

export function groundHere(): Ground {
  return { files: new DiskFiles(), gitAt: (directory) => new Git(directory), head: undefined };
}

export function groundOf(repository: Repository, commit: string): Ground {
  return { files: new CommitFiles(repository, commit), gitAt: () => repository.git, head: commit };
}

/**
 * How far an operation reaches. Looks and changes nothing, runs nothing of the repository, asks no other machine, and
 * ends within seconds: what could not be found out says so.
 *
 * @param signal gives it up: what is known by then is the answer
 */
export async function blastOf(looks: readonly Look[], ground: Ground, signal?: AbortSignal): Promise<readonly Extent[]> {
  const time = AbortSignal.timeout(MOST_TIME);
  const both = signal ? AbortSignal.any([signal, time]) : time;
  const extents: Extent[] = [];
  for (const look of looks) {
    const extent = await extentOf(look, ground, both).catch((error: unknown) => unknown('about' in look ? look.about : '', time.aborted ? TIME_UP : sentenceOf(error)));
    extents.push(...extent);
    if (signal?.aborted) break;
  }
  return extents;
}

async function extentOf(look: Look, ground: Ground, signal: AbortSignal): Promise<readonly Extent[]> {
  switch (look.kind) {
    case 'unknown':
      return unknown(look.about, look.why);
    case 'tables':
      return [tablesExtent(look)];
    case 'files':
      return fileExtent(look, ground.files, signal);
    case 'untracked':
      if (ground.head !== undefined) return unknown(look.about, sentence('files that git does not know are on the requester’s machine alone'));
      return [extentOfTally('Untracked', look.about, await untrackedFiles(look, ground.gitAt(look.directory), signal), [sentence('at most'), sentence('counted here')])];
    case 'uncommitted':
      return uncommittedExtent(look, ground, signal);
    case 'commits': {
      const outside = ground.files.outside(look.directory);
      if (outside !== undefined) return unknown(look.about, outside);
      const lost = await lostCommits(look, ground.gitAt(look.directory), ground.head, signal);
      if ('why' in lost) return unknown(look.about, signal.aborted ? TIME_UP : lost.why);
      return [{ sort: 'Commits', about: look.about, amount: commitsLost(lost.count), how: lost.how, parts: [], items: lost.newest }];
    }
    case 'plan':
      return planExtent(look, ground.files, signal);
    case 'resources': {
      const texts = await textsIn(look.directory, false, /\.tf(?:\.json)?$/, ground.files, signal);
      if ('why' in texts) return unknown(look.about, texts.why);
      return texts.files.length === 0 ? unknown(look.about, sentence('there is no Terraform file {0}', ground.files.where)) : [{ sort: 'Resources', about: look.about, ...readResources(texts.files), how: [sentence('as the files {0} declare', ground.files.where), sentence('count, for_each and the state can make it more or less')] }];
    }
    case 'objects': {
      const texts = await textsIn(look.path, look.deep, /\.(?:ya?ml|json)$/, ground.files, signal);
      if ('why' in texts) return unknown(look.about, texts.why);
      const found = readObjects(texts.files.map(({ text }) => text));
      return found ? [{ sort: 'Objects', about: look.about, ...found, how: [sentence('as the manifests {0} say', ground.files.where)] }] : unknown(look.about, sentence('there is no manifest {0}', ground.files.where));
    }
  }
}

function tablesExtent({ names, does }: Extract<Look, { kind: 'tables' }>): Extent {
  const how = [sentence('how many rows that is only the database knows, and nobody asked it')];
  const [name = ''] = names;
  if (names.length === 1) return { sort: 'Tables', about: name, amount: does, how, parts: [], items: [] };
  return { sort: 'Tables', about: '', amount: sentence('{0} tables: {1}', counted(names.length), does), how, parts: [], items: listed(names) };
}

function commitsLost(count: number): Sentence {
  return count === 0 ? sentence('no commit is lost') : count === 1 ? sentence('1 commit is lost') : sentence('{0} commits are lost', counted(count));
}

async function fileExtent(look: Extract<Look, { kind: 'files' }>, files: Files, signal: AbortSignal): Promise<readonly Extent[]> {
  const outside = files.outside(look.path);
  if (outside !== undefined) return unknown(look.about, outside);
  return [extentOfTally('Files', look.about, await files.tally(look.path, look.wild, signal), files.counted)];
}

function extentOfTally(sort: Extent['sort'], about: string, { files, bytes, parts, skipped, cut }: Tally, how: readonly Sentence[]): Extent {
  const closed = skipped === 1 ? sentence('1 link or other entry not looked into') : sentence('{0} links and other entries not looked into', counted(skipped));
  const more = [...how, ...(skipped === 0 ? [] : [closed]), ...(cut === undefined ? [] : [sentence('at least, for {0}', cut)])];
  const byCount = [...parts].map(([name, count]) => ({ name: name === '' ? sentence('(directly in it)') : name, count })).sort((left, right) => right.count - left.count);
  return { sort, about, amount: files === 0 ? sentence('no file') : joined([filesOf(files), sizeOf(bytes)], ', '), how: more, parts: byCount, items: [] };
}

async function uncommittedExtent(look: Extract<Look, { kind: 'uncommitted' }>, ground: Ground, signal: AbortSignal): Promise<readonly Extent[]> {
  if (ground.head !== undefined) return unknown(look.about, sentence('work that is in no commit is on the requester’s machine alone'));
  const names = await uncommittedFiles(ground.gitAt(look.directory), signal);
  return [{ sort: 'Uncommitted', about: look.about, amount: names.length === 0 ? sentence('no changed file') : names.length === 1 ? sentence('1 changed file') : sentence('{0} changed files', counted(names.length)), how: [sentence('at most'), sentence('compared here with the commit')], parts: [], items: listed(names) }];
}

async function planExtent({ about, files: names }: Extract<Look, { kind: 'plan' }>, files: Files, signal: AbortSignal): Promise<readonly Extent[]> {
  for (const name of names) {
    const text = files.outside(name) === undefined ? await files.read(name, signal) : undefined;
    const found = text === undefined ? undefined : readPlan(text);
    if (found) return [{ sort: 'Plan', about, ...found, how: [sentence('as {0} {1} says, which nobody compared with the plan itself', baseName(name), files.where)] }];
  }
  return unknown(about, sentence('what it changes is not saved as JSON beside it {0}: terraform show -json PLAN > PLAN.json makes that', files.where));
}

/** The texts of a file, or of those files of a directory that have the right name. */
async function textsIn(place: string, deep: boolean, names: RegExp, files: Files, signal: AbortSignal): Promise<{ readonly files: readonly { readonly path: string; readonly text: string }[] } | { readonly why: Sentence }> {
  const outside = files.outside(place);
  if (outside !== undefined) return { why: outside };
  const own = await files.read(place, signal);
  if (own !== undefined) return { files: [{ path: place, text: own }] };
  const paths = (await files.list(place, deep, signal)).filter((name) => names.test(name));
  if (paths.length > MOST_FILES) return { why: sentence('there are {0}, more than anybody reads', filesOf(paths.length)) };
  const texts: { path: string; text: string }[] = [];
  for (const path of paths) {
    const text = await files.read(path, signal);
    if (text !== undefined) texts.push({ path, text });
  }
  return { files: texts };
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

function unknown(about: string, why: Sentence): readonly Extent[] {
  return [{ sort: 'Not known', about, amount: sentence('how far it reaches is not known'), how: [why], parts: [], items: [] }];
}
