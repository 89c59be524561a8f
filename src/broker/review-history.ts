import { plain } from '../core/approval/display.js';
import { changedParts, type Operation } from '../core/approval/operation.js';
import type { RequestView } from '../core/ledger/fold.js';
import type { Repository } from '../world/repository.js';
import { english, joined, spoken, type Say, type Sentence } from '../core/say.js';
import { row, stateOf, timeOf, titleOf } from './review.js';

/** What a person asked for on one day, and how the same was when it last ran with an approval. */
export interface ReviewHistory {
  /** The requester's other requests of this day (UTC), the newest first. */
  readonly today: readonly RequestView[];
  /** The last approved run of the same; undefined when there was none. */
  readonly last: LastRun | undefined;
}

export interface LastRun {
  readonly view: RequestView;
  /** Unix seconds. */
  readonly at: number;
  /** What is not as it was then, in words. */
  readonly changed: readonly Sentence[];
  /** What would have run then, where that was another text. */
  readonly script: string | undefined;
  /** The commits since; undefined when this clone cannot say. */
  readonly commits: { readonly count: number; readonly newest: readonly string[] } | undefined;
  /** The files that differ between the two commits; undefined when this clone cannot say. */
  readonly files: readonly string[] | undefined;
}

const MOST_COMMITS = 5;
const DAY = 86_400;

/**
 * What the ledger says beside a request.
 *
 * @param all every request of the repository
 * @param now Unix seconds
 */
export async function historyOf(view: RequestView, all: readonly RequestView[], repository: Repository, now: number): Promise<ReviewHistory> {
  const midnight = now - (now % DAY);
  const others = all.filter(({ digest }) => digest !== view.digest);
  const today = others
    .filter(({ requester, signed }) => requester !== undefined && requester === view.requester && signed.request.notBefore >= midnight)
    .sort((left, right) => right.signed.request.notBefore - left.signed.request.notBefore);
  const [last] = others
    .flatMap((other) => (other.use && other.approvals.length > 0 && isSame(other.signed.request.operation, view.signed.request.operation) ? [{ view: other, at: other.use.at }] : []))
    .filter(({ at }) => at <= view.signed.request.notBefore)
    .sort((left, right) => right.at - left.at);
  return { today, last: last && (await lastRun(last, view.signed.request.operation, repository)) };
}

/** The same task, or the same command in the same directory. */
function isSame(before: Operation, now: Operation): boolean {
  if (before.kind !== now.kind || before.label !== now.label) return false;
  return now.label !== null || (before.script === now.script && before.directory === now.directory);
}

async function lastRun(last: Pick<LastRun, 'view' | 'at'>, now: Operation, repository: Repository): Promise<LastRun> {
  const before = last.view.signed.request.operation;
  const range = `${before.commit}..${now.commit}`;
  const count = await repository.git.maybe(['rev-list', '--count', range, '--']);
  const newest = count === undefined || count === '0' ? '' : ((await repository.git.maybe(['log', `--max-count=${MOST_COMMITS}`, '--no-show-signature', '--format=%h %s', range, '--'])) ?? '');
  const files = await repository.git.maybe(['diff-tree', '-r', '--name-only', '--no-renames', '-z', before.commit, now.commit]);
  return {
    ...last,
    changed: changedParts(withoutValues(before), withoutValues(now)),
    script: before.script === now.script ? undefined : before.script,
    commits: count === undefined ? undefined : { count: Number(count), newest: newest.split('\n').filter((line) => line !== '') },
    files: files?.split('\0').filter((name) => name !== ''),
  };
}

/** The digests of values are salted anew in each request: only which variables there were can be compared. */
function withoutValues(operation: Operation): Operation {
  return { ...operation, environment: Object.fromEntries(Object.keys(operation.environment).map((name) => [name, ''])) };
}

const MOST_SHOWN = 5;
const MOST_LISTED = 12;

/** The same for people, escaped. */
export function historyLines({ today, last }: ReviewHistory, say: Say = english): readonly string[] {
  const shown = today.slice(0, MOST_SHOWN);
  return [
    row(say('Today'), requestsToday(today.length, say)),
    ...shown.map((other) => row('', `${timeOf(other.signed.request.notBefore).slice(11)} ${titleOf(other)}: ${stateOf(other.state, say)}`)),
    ...(today.length > shown.length ? [row('', say('and {0} more', today.length - shown.length))] : []),
    ...(last ? lastLines(last, say) : [row(say('Before'), say('this never ran with an approval'))]),
  ];
}

function requestsToday(count: number, say: Say): string {
  if (count === 0) return say('nothing else of this requester');
  return count === 1 ? say('1 other request of this requester') : say('{0} other requests of this requester', count);
}

function lastLines(last: LastRun, say: Say): readonly string[] {
  const { changed, script, commits, files } = last;
  return [
    row(say('Before'), lastEnd(last, say)),
    row(say('Since then'), changesSince(changed, say)),
    ...(script === undefined ? [] : [row(say('It was'), say('this then:')), ...listing(script.split('\n').slice(0, MOST_LISTED), script.split('\n').length, say)]),
    ...(commits ? (commits.count === 0 ? [] : [row(say('Commits'), say('{0} more', commits.count)), ...listing(commits.newest, commits.count, say)]) : [row(say('Commits'), say('this clone does not have both: what came between cannot be said'))]),
    ...(files === undefined || files.length === 0 ? [] : [row(say('Files'), say('{0} differ between the two commits', files.length)), ...listing(files.slice(0, MOST_LISTED), files.length, say)]),
  ];
}

function changesSince(changed: readonly Sentence[], say: Say): string {
  if (changed.length === 0) return say('nothing of it has changed');
  return changed.length === 1 ? say('{0} is not as before', spoken(joined(changed, ''), say)) : say('{0} are not as before', spoken(joined(changed, '; '), say));
}

function lastEnd({ view, at }: LastRun, say: Say): string {
  const ran = say('ran last at {0}, approved by {1}', timeOf(at), view.approvals.map(({ person }) => plain(person)).join(', '));
  if (!view.outcome) return ran;
  const { exitCode } = view.outcome;
  return exitCode === null ? say('{0}, and ended with no exit code', ran) : say('{0}, and ended with exit code {1}', ran, exitCode);
}

function listing(names: readonly string[], count: number, say: Say): readonly string[] {
  return [...names.map((name) => row('', plain(name))), ...(count > names.length ? [row('', say('and {0} more', count - names.length))] : [])];
}
