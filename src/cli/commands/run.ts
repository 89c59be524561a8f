import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { agentIn } from '../../assistants/agent-in.js';
import { judgeAsk, type Ask } from '../../broker/assessing.js';
import { hold } from '../../broker/hold.js';
import { isJob, useInJob, type JobContext } from '../../broker/job.js';
import { heldLines, releasedLine } from '../../broker/held-lines.js';
import { withFullStop } from '../../broker/review.js';
import { SealedRun } from '../../broker/unsealing.js';
import { REFUSED_STATUS } from '../../guards/gate-shell.js';
import { askFor, syncedDesk, type Context } from '../context.js';
import { hexOf } from '../../core/approval/canonical.js';
import { inert } from '../../core/approval/display.js';
import { tell } from '../../guards/tell.js';
import type { RequestView } from '../../core/ledger/fold.js';
import { messageOf } from '../../core/errors.js';
import { handOver, NOTHING, type Given } from '../given.js';
import { confirm } from '../terminal.js';
import { awaitStanding, evidenceOf, type Evidence } from './verify.js';
import { firstReason } from '../../core/policy/words.js';
import { spoken } from '../../core/say.js';

/** How often the remote is asked for news while something waits, in milliseconds. */
const POLL = 3_000;

export interface RunOptions {
  readonly reason: string;
  readonly shell: string | undefined;
  readonly evidence: Evidence;
  /** Names of sealed items that the command is to be given. */
  readonly with: readonly string[];
}

/** `countersign run -- COMMAND…`: holds the command until it is approved, then runs it once. */
export async function runHeld(context: Context, words: readonly string[], options: RunOptions): Promise<number> {
  const { desk, problem } = await syncedDesk(context);
  const plainAsk = askFor(context, words, options.shell);
  const job: JobContext = { approvals: desk, home: context.home, now: context.now };
  if (await isJob(job)) {
    if (problem !== undefined) return refuse(`${desk.store.name} cannot be reached: ${inert(problem)}`);
    if (options.with.length > 0) return refuse('A job can be given nothing that is sealed, for its key belongs to no person. Give it its own secret.');
    return runInJob(plainAsk, job, options.evidence, context);
  }
  await evidenceOf(desk, options.evidence, context);
  const sealed = options.with.length === 0 ? undefined : await SealedRun.prepare(options.with, desk, context.home, context.now());
  const ask = sealed ? askWith(plainAsk, sealed) : plainAsk;
  const judged = judgeAsk(ask, await desk.trust(), desk.repository.root, context.home);
  const { action } = judged.verdict;
  if (action === 'deny') return refuse(firstReason(judged.verdict, 'The policy denies it.'));
  if (action === 'confirm' && !(await confirm(`${judged.verdict.reasons.map((reason) => spoken(reason)).join(' ')} Run it?`))) return refuse('Not confirmed.');
  if (action !== 'approve') return start(ask);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt);
  const poll = setInterval(() => void desk.sync().catch(() => undefined), POLL);
  let shown = false;
  try {
    const result = await hold(ask, judged, { approvals: desk, home: context.home, now: context.now, live: new Set() }, {
      reason: options.reason,
      agent: agentIn(context.env) ?? null,
      signal: stop.signal,
      onUpdate: (view, quorum) => {
        if (shown) return;
        shown = true;
        tell([...heldLines(view, quorum, judged), ...(sealed ? ['What is sealed is released to this process alone: if it ends before, ask again.'] : [])]);
        void desk.store.owes(hexOf(view.digest)).then((owes) => owes && tell([`The others do not know of it yet, for ${desk.store.name} cannot be reached. It is sent as soon as that works.`]), () => undefined);
      },
    });
    if (!result.run) return refuse(withFullStop(inert(spoken(result.reason))));
    clearInterval(poll);
    process.off('SIGINT', interrupt);
    tell([releasedLine(result.view)]);
    const code = await startWith(ask, sealed, result.view);
    await desk.recordOutcome(result.view.digest, code);
    return code;
  } finally {
    clearInterval(poll);
    process.off('SIGINT', interrupt);
  }
}

/** In a job nobody is asked: what others approved is run, and nothing else, however harmless it looks from here. */
async function runInJob(ask: Ask, job: JobContext, evidence: Evidence, context: Context): Promise<number> {
  const { state, view, reason } = await awaitStanding(ask, job, evidence, context);
  if (state !== 'approved' || !view) return refuse(withFullStop(inert(reason ?? 'It is not approved.')));
  const refusal = await useInJob(ask, view, job);
  if (refusal !== undefined) return refuse(withFullStop(inert(refusal)));
  tell([releasedLine(view)]);
  const code = await start(ask);
  await job.approvals.recordOutcome(view.digest, code);
  return code;
}

function refuse(reason: string): number {
  tell([`Countersign: ${reason} Nothing was run.`]);
  return REFUSED_STATUS;
}

/** The ask with sealed items. What its variables hold in this shell says nothing about what the command will get. */
function askWith(ask: Ask, { binding }: SealedRun): Ask {
  const names = new Set(binding.items.map(({ name }) => name));
  return { ...ask, env: Object.fromEntries(Object.entries(ask.env).filter(([name]) => !names.has(name))), sealed: binding };
}

/** Starts what was approved, with what was released for it. */
async function startWith(ask: Ask, sealed: SealedRun | undefined, view: RequestView): Promise<number> {
  if (!sealed) return start(ask);
  let given: Given;
  try {
    given = handOver(await sealed.open(view));
  } catch (error) {
    return refuse(withFullStop(inert(messageOf(error))));
  }
  return start(ask, given);
}

/** Runs exactly the text that was approved, in the shell that was approved. */
export function start(ask: Ask, { variables, descriptors }: Given = NOTHING): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(ask.shell, ['-c', ask.text], { cwd: ask.cwd, env: { ...ask.env, ...variables }, stdio: ['inherit', 'inherit', 'inherit', ...descriptors] });
    for (const descriptor of descriptors) closeSync(descriptor);
    // The terminal sends Ctrl+C to the command itself; this process waits for what comes of it.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? (signal ? 128 : 1));
    });
  });
}
