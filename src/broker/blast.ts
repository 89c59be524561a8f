import { amountOf, sizeOf, type Extent } from '../core/blast/extent.js';
import type { Look } from '../core/blast/look.js';
import { listed, readObjects, readPlan, readResources } from '../core/blast/readings.js';
import { messageOf } from '../core/errors.js';
import { CommitFiles } from '../world/blast/commit-files.js';
import { DiskFiles } from '../world/blast/disk-files.js';
import type { Files, Tally } from '../world/blast/files.js';
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
    const extent = await extentOf(look, ground, both).catch((error: unknown) => unknown('about' in look ? look.about : '', time.aborted ? 'time was up' : messageOf(error)));
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
      return [{ sort: 'Tables', about: look.names.length === 1 ? (look.names[0] ?? '') : '', amount: look.names.length === 1 ? look.does : `${amountOf(look.names.length, 'table')} ${look.does}`, how: 'how many rows that is only the database knows, and nobody asked it', parts: [], items: look.names.length === 1 ? [] : listed(look.names) }];
    case 'files':
      return fileExtent(look, ground.files, signal);
    case 'untracked':
      if (ground.head !== undefined) return unknown(look.about, 'files that git does not know are on the requester’s machine alone');
      return [extentOfTally('Untracked', look.about, await untrackedFiles(look, ground.gitAt(look.directory), signal), 'at most; counted here')];
    case 'uncommitted':
      return uncommittedExtent(look, ground, signal);
    case 'commits': {
      const outside = ground.files.outside(look.directory);
      if (outside !== undefined) return unknown(look.about, outside);
      const lost = await lostCommits(look, ground.gitAt(look.directory), ground.head, signal);
      if ('why' in lost) return unknown(look.about, signal.aborted ? 'time was up' : lost.why);
      return [{ sort: 'Commits', about: look.about, amount: lost.count === 0 ? 'no commit is lost' : `${amountOf(lost.count, 'commit is', 'commits are')} lost`, how: lost.how, parts: [], items: lost.newest }];
    }
    case 'plan':
      return planExtent(look, ground.files, signal);
    case 'resources': {
      const texts = await textsIn(look.directory, false, /\.tf(?:\.json)?$/, ground.files, signal);
      if ('why' in texts) return unknown(look.about, texts.why);
      return texts.files.length === 0 ? unknown(look.about, `no Terraform file is there ${ground.files.where}`) : [{ sort: 'Resources', about: look.about, ...readResources(texts.files), how: `as the files ${ground.files.where} declare; count, for_each and the state can make it more or less` }];
    }
    case 'objects': {
      const texts = await textsIn(look.path, look.deep, /\.(?:ya?ml|json)$/, ground.files, signal);
      if ('why' in texts) return unknown(look.about, texts.why);
      const found = readObjects(texts.files.map(({ text }) => text));
      return found ? [{ sort: 'Objects', about: look.about, ...found, how: `as the manifests ${ground.files.where} say` }] : unknown(look.about, `no manifest is there ${ground.files.where}`);
    }
  }
}

async function fileExtent(look: Extract<Look, { kind: 'files' }>, files: Files, signal: AbortSignal): Promise<readonly Extent[]> {
  const outside = files.outside(look.path);
  if (outside !== undefined) return unknown(look.about, outside);
  return [extentOfTally('Files', look.about, await files.tally(look.path, look.wild, signal), files.where === 'here' ? 'counted here' : `counted ${files.where}; what the commit does not have is not counted`)];
}

function extentOfTally(sort: Extent['sort'], about: string, { files, bytes, parts, skipped, cut }: Tally, how: string): Extent {
  const more = [how, ...(skipped === 0 ? [] : [`${amountOf(skipped, 'link or other entry', 'links and other entries')} not looked into`]), ...(cut === undefined ? [] : [`at least, for ${cut}`])];
  const byCount = [...parts].map(([name, count]) => ({ name, count })).sort((left, right) => right.count - left.count);
  return { sort, about, amount: files === 0 ? 'no file' : `${amountOf(files, 'file')}, ${sizeOf(bytes)}`, how: more.join('; '), parts: byCount, items: [] };
}

async function uncommittedExtent(look: Extract<Look, { kind: 'uncommitted' }>, ground: Ground, signal: AbortSignal): Promise<readonly Extent[]> {
  if (ground.head !== undefined) return unknown(look.about, 'work that is in no commit is on the requester’s machine alone');
  const names = await uncommittedFiles(ground.gitAt(look.directory), signal);
  return [{ sort: 'Uncommitted', about: look.about, amount: names.length === 0 ? 'no changed file' : amountOf(names.length, 'changed file'), how: 'at most; compared here with the commit', parts: [], items: listed(names) }];
}

async function planExtent({ about, files: names }: Extract<Look, { kind: 'plan' }>, files: Files, signal: AbortSignal): Promise<readonly Extent[]> {
  for (const name of names) {
    const text = files.outside(name) === undefined ? await files.read(name, signal) : undefined;
    const found = text === undefined ? undefined : readPlan(text);
    if (found) return [{ sort: 'Plan', about, ...found, how: `as ${baseName(name)} ${files.where} says, which nobody compared with the plan itself` }];
  }
  return unknown(about, `what it changes is not saved as JSON beside it ${files.where}: terraform show -json PLAN > PLAN.json makes that`);
}

/** The texts of a file, or of those files of a directory that have the right name. */
async function textsIn(place: string, deep: boolean, names: RegExp, files: Files, signal: AbortSignal): Promise<{ readonly files: readonly { readonly path: string; readonly text: string }[] } | { readonly why: string }> {
  const outside = files.outside(place);
  if (outside !== undefined) return { why: outside };
  const own = await files.read(place, signal);
  if (own !== undefined) return { files: [{ path: place, text: own }] };
  const paths = (await files.list(place, deep, signal)).filter((name) => names.test(name));
  if (paths.length > MOST_FILES) return { why: `there are ${amountOf(paths.length, 'file')}, more than anybody reads` };
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

function unknown(about: string, why: string): readonly Extent[] {
  return [{ sort: 'Not known', about, amount: 'how far it reaches is not known', how: why, parts: [], items: [] }];
}
