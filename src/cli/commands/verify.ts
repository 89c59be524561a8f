import { readFileSync } from 'node:fs';
import type { Approvals } from '../../broker/approvals.js';
import { standingInJob, takeEvidence, useInJob, type JobContext, type JobStanding } from '../../broker/job.js';
import { withFullStop, shortName, titleOf } from '../../broker/review.js';
import type { Ask } from '../../broker/assessing.js';
import type { Digest } from '../../core/approval/canonical.js';
import { inert, plain } from '../../core/approval/display.js';
import { isEnough } from '../../core/approval/trust.js';
import { CountersignError } from '../../core/errors.js';
import { describeQuorum } from '../../core/policy/quorum.js';
import { askFor, syncedDesk, type Context } from '../context.js';
import { EXIT, print } from '../terminal.js';

/** How often the remote is asked for news while a job waits, in milliseconds. */
const POLL = 5_000;

/** Where a job's approval comes from, besides the store of its checkout. */
export interface Evidence {
  /** Requests and tokens on the command line. */
  readonly words: readonly string[];
  /** A file that holds them. */
  readonly from: string | undefined;
  /** How long to wait for an approval that is not there yet, in seconds. */
  readonly wait: number;
}

/** `countersign verify TOKEN`: whether a token counts, for which request, and whether that is enough. */
export async function verifyToken(context: Context, token: string, options: { readonly json: boolean }): Promise<number> {
  const { desk } = await syncedDesk(context);
  const { view } = await desk.takeToken(token);
  const enough = isEnough(await desk.trust(), view.quorum, view.approvals.map(({ person }) => person));
  if (options.json) print(JSON.stringify({ request: view.digest, state: view.state, approvals: view.approvals, enough, required: describeQuorum(view.quorum) }));
  else print(`Good: ${view.approvals.map((approval) => plain(approval.person)).join(', ')} approved ${shortName(view)} (${titleOf(view)}). ${enough ? 'That is enough.' : `Not enough yet: it needs ${describeQuorum(view.quorum)}.`}`);
  return enough ? EXIT.ok : EXIT.needsApproval;
}

export interface VerifyOptions {
  readonly evidence: Evidence;
  readonly consume: boolean;
  readonly json: boolean;
  readonly shell: string | undefined;
}

/** `countersign verify -- COMMAND…`: whether exactly this command, in this checkout, is approved and unused; with `--consume` it is used up. */
export async function verifyCommand(context: Context, words: readonly string[], options: VerifyOptions): Promise<number> {
  const ask = askFor(context, words, options.shell);
  const job = await jobAt(context);
  const found = await awaitStanding(ask, job, options.evidence, context);
  const refusal = options.consume && found.state === 'approved' && found.view ? await useInJob(ask, found.view, job) : undefined;
  const standing: JobStanding = refusal === undefined ? found : { ...found, state: 'refused', reason: refusal };
  const isUsed = options.consume && standing.state === 'approved';
  print(options.json ? json(standing, isUsed) : human(standing, isUsed));
  return { approved: EXIT.ok, waiting: EXIT.needsApproval, refused: EXIT.refused }[standing.state];
}

/**
 * The desk of a job's checkout, with everything fetched.
 *
 * @throws CountersignError `store` when the others cannot be reached: whether it was used elsewhere could not be told
 */
async function jobAt(context: Context): Promise<JobContext> {
  const { desk, problem } = await syncedDesk(context);
  if (problem !== undefined) throw unreachable(desk, problem);
  return { approvals: desk, home: context.home, now: context.now };
}

function unreachable(desk: Approvals, problem: string): CountersignError {
  return new CountersignError('store', `${desk.store.name} cannot be reached, so it cannot be told whether this was approved and not used: ${problem}`);
}

/** Where a job's command stands, waiting for an approval as long as was asked. */
export async function awaitStanding(ask: Ask, job: JobContext, evidence: Evidence, context: Context): Promise<JobStanding> {
  const until = context.now() + evidence.wait;
  const only = await evidenceOf(job.approvals, evidence, context);
  for (;;) {
    const standing = await standingInJob(ask, job, only);
    // What was asked for and does not fit, or was denied, may still be asked for anew while the job waits.
    if (standing.state === 'approved' || context.now() >= until) return standing;
    await new Promise((resolve) => setTimeout(resolve, Math.min(POLL, (until - context.now()) * 1000)));
    const { problem } = await job.approvals.sync();
    if (problem !== undefined && context.now() >= until) throw unreachable(job.approvals, problem);
  }
}

/** Takes in what came along, and says which requests it is about. */
export async function evidenceOf(desk: Approvals, { words, from }: Evidence, context: Context): Promise<ReadonlySet<Digest>> {
  const file = from === undefined ? '' : readEvidence(from);
  return takeEvidence(desk, [...words, file, context.env['COUNTERSIGN_APPROVAL'] ?? ''].join('\n'));
}

function readEvidence(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CountersignError('request', `${plain(file)} cannot be read: name the file that holds the request and its tokens.`, { cause });
  }
}

function json({ state, view, quorum, reason }: JobStanding, isUsed: boolean): string {
  const { operation } = view?.signed.request ?? {};
  return JSON.stringify({
    state,
    used: isUsed,
    ...(reason !== undefined && { reason }),
    ...(view && { request: view.digest, requester: view.requester, approvals: view.approvals }),
    ...(quorum && { required: describeQuorum(quorum) }),
    ...(operation && { operation: { script: operation.script, directory: operation.directory, commit: operation.commit, targets: operation.targets } }),
  });
}

function human({ state, view, reason }: JobStanding, isUsed: boolean): string {
  if (state !== 'approved' || !view) return `${state === 'refused' ? 'Refused' : 'Not approved'}: ${withFullStop(inert(reason ?? ''))}`;
  const people = view.approvals.map((approval) => plain(approval.person)).join(', ');
  return `Good: ${people} approved exactly this (${shortName(view)}, asked by ${plain(view.requester ?? '?')}). ${isUsed ? 'It is used up now.' : 'It was not used yet.'}`;
}
