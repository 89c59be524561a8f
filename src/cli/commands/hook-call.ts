import { denial, noObjection, question, type Dialect } from '../../assistants/assistant.js';
import type { HookAnswer, ToolCall } from '../../assistants/call.js';
import { deniedReason, personReason, questionReason, refusedReason, unknownReason, waitingReason, type Held } from '../../assistants/reasons.js';
import { waitOf } from '../../assistants/settings.js';
import type { Approvals } from '../../broker/approvals.js';
import { worldOf, type Ask } from '../../broker/assessing.js';
import { CallMemory } from '../../broker/call-memory.js';
import { asksOf } from '../../broker/calls.js';
import { passOn } from '../../broker/client.js';
import { findWindow } from '../../broker/find-window.js';
import { hold, tryOnce, type HoldContext, type Standing } from '../../broker/hold.js';
import { PROTOCOL_VERSION } from '../../broker/protocol.js';
import { withFullStop, shortName } from '../../broker/review.js';
import { ruleOn, type Ruling } from '../../broker/rules.js';
import { WindowClosing } from '../../broker/window-closing.js';
import { WINDOW_VARIABLE } from '../../broker/windows.js';
import type { Digest } from '../../core/approval/canonical.js';
import { inert, plain } from '../../core/approval/display.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import { spoken } from '../../core/say.js';
import { strictest } from '../../core/policy/decide.js';
import { desksAround, type Context } from '../context.js';
import { firstReason } from '../../core/policy/words.js';

/** How often the remote is asked for news while a hook waits, in milliseconds. */
const POLL = 2_000;
/** How long one hook waits for another one that judges the same call, in milliseconds. */
const PATIENCE = 30_000;

/** A call to be judged, and who wants to know. */
export interface CallQuestion {
  readonly call: ToolCall;
  readonly dialect: Dialect;
  readonly from: string;
  /** Whether the caller leaves the time in which a person could answer. */
  readonly waits: boolean;
  /** Told before it waits for a person, with the seconds that it may take. */
  readonly onWait: (seconds: number) => void;
}

interface Judged {
  readonly ask: Ask;
  readonly ruling: Ruling;
}

/** Judges a tool call and holds it where that is needed. */
export async function judgeCall(context: Context, question: CallQuestion): Promise<HookAnswer> {
  const { call, dialect } = question;
  const { asks, objection } = asksOf(call, context.cwd, worldOf(context, context.home), context.env);
  const judged = await Promise.all(asks.map(async (ask): Promise<Judged> => ({ ask, ruling: await ruleOn(ask, () => desksAround({ ...context, cwd: ask.cwd }), context.home) })));
  const held = judged.filter(({ ruling }) => needsSomebody(ruling));
  const [first] = held;
  const worst = strictest(judged.map(({ ruling }) => ruling.judged.verdict).concat({ action: 'allow', environment: undefined, reasons: [] }));
  const stopper = judged.find(({ ruling }) => ruling.judged.verdict === worst) ?? first;
  if (worst.action === 'deny' && stopper) return denial(deniedReason(heldOf(stopper)), dialect);
  // Production comes first: what is unclear besides is told once that is approved.
  if (objection !== undefined && worst.action !== 'approve') return denial(unknownReason(plain(objection)), dialect);
  const problem = held.find(({ ruling }) => ruling.problem);
  if (problem?.ruling.problem) return denial(refusedReason(heldOf(problem), withFullStop(inert(problem.ruling.problem.message))), dialect);
  if (!first || !stopper) return noObjection(dialect);
  if (worst.action === 'confirm') return confirm(held, question);
  if (objection !== undefined) return denial(unknownReason(plain(objection)), dialect);
  const needing = held.filter(({ ruling }) => ruling.judged.verdict.action === 'approve');
  if (needing.length > 1 || held.length > needing.length) return denial(refusedReason(heldOf(stopper), 'This call does several things that somebody has to decide on. Make them one at a time.'), dialect);
  const memory = new CallMemory(context.home, [call.agent.session, context.cwd, stopper.ask.kind, stopper.ask.text], question.from);
  return memory.alone(PATIENCE, async () => {
    if (memory.isSame()) return noObjection(dialect);
    const answer = await approve(stopper, context, question);
    if (answer.exitCode === 0) memory.remember();
    return answer;
  });
}

function needsSomebody({ judged, problem, blind }: Ruling): boolean {
  const { action } = judged.verdict;
  return action === 'confirm' || action === 'approve' || action === 'deny' || (problem !== undefined && blind && judged.assessment.effect !== 'read');
}

function confirm(held: readonly Judged[], { call, dialect }: CallQuestion): HookAnswer {
  const [first] = held;
  if (!first) return noObjection(dialect);
  const answer = question(questionReason(heldOf(first)), call.mode, dialect);
  return answer.exitCode === 0 ? answer : denial(personReason(heldOf(first)), dialect);
}

async function approve({ ask, ruling: { judged, desk } }: Judged, context: Context, question: CallQuestion): Promise<HookAnswer> {
  const { call, dialect } = question;
  const held = heldOf({ ask, ruling: { judged, desk, problem: undefined, blind: false } });
  try {
    if (!desk) throw new CountersignError('git', 'There is no git repository here to approve it in: do it from inside one.');
    await desk.sync();
    const holding: HoldContext = { approvals: desk, home: context.home, now: context.now, live: new Set() };
    const standing = await tryOnce(ask, judged, holding, { reason: '', agent: call.agent });
    const wait = question.waits ? waitOf(context.home) : 0;
    const end = standing.run || standing.reason !== undefined || wait === 0 ? standing : await waitFor(desk, ask, judged, holding, question, wait);
    if (end.run) {
      if (ask.kind === 'command') await tellWindow(ask, end.view.digest, context);
      return noObjection(dialect);
    }
    return denial(end.reason === undefined ? waitingReason(held, shortName(end.view)) : refusedReason(held, withFullStop(inert(spoken(end.reason)))), dialect);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return denial(refusedReason(held, withFullStop(inert(messageOf(error)))), dialect);
  }
}

/** The window's guards let exactly this pass once, without asking a second time. */
async function tellWindow({ text, shell, cwd, env }: Ask, request: Digest, context: Context): Promise<void> {
  const window = findWindow(context.home, cwd, context.env[WINDOW_VARIABLE]);
  if (window) await passOn(window, { v: PROTOCOL_VERSION, request, ask: { text, shell, cwd, pid: process.pid, env: { ...env } } });
}

/** Waits for the teammates, but no longer than was set. The request stays open. */
async function waitFor(desk: Approvals, ask: Ask, judged: Ruling['judged'], holding: HoldContext, { call, onWait }: CallQuestion, seconds: number): Promise<Standing> {
  onWait(seconds);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new WindowClosing()), seconds * 1000);
  const poll = setInterval(() => void desk.sync().catch(() => undefined), POLL);
  try {
    const result = await hold(ask, judged, holding, { reason: '', agent: call.agent, signal: stop.signal, onUpdate: () => undefined });
    return result.run || !stop.signal.aborted ? result : { run: false, view: result.view, reason: undefined };
  } finally {
    clearTimeout(timer);
    clearInterval(poll);
  }
}

function heldOf({ ask, ruling: { judged } }: Judged): Held {
  const safer = judged.assessment.findings.find((finding) => finding.safer !== undefined)?.safer;
  return { kind: ask.kind, why: withFullStop(firstReason(judged.verdict, 'It needs approval.')), safer: safer === undefined ? undefined : withFullStop(plain(safer)) };
}
