import path from 'node:path';
import * as z from 'zod/mini';
import type { Approvals } from './approvals.js';
import type { Ask } from './assessing.js';
import { askAhead } from './hold.js';
import { withFullStop, shortName, stateOf, timeLeft, titleOf } from './review.js';
import { ruleOn, type Ruling } from './rules.js';
import { hexOf } from '../core/approval/canonical.js';
import { inert, plain, plainly } from '../core/approval/display.js';
import { secondsLeft } from '../core/approval/judge.js';
import { CountersignError, messageOf } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import type { Action } from '../core/policy/decide.js';
import { describeQuorum } from '../core/policy/quorum.js';

/** What the tools of an assistant need of the place they run in. */
export interface ToolContext {
  readonly home: string;
  /** Where commands run unless the assistant says otherwise; absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly now: () => number;
  /** The repositories that have a say in a directory, the innermost first. */
  readonly desksFor: (directory: string) => Promise<readonly Approvals[]>;
  readonly agent: { readonly name: string; readonly session: string };
}

const command = z.string().check(z.minLength(1), z.maxLength(64 * 1024), z.describe('The shell command line, exactly as it would be run.'));
const cwd = z.optional(z.string().check(z.maxLength(4096), z.describe('The directory it would run in, absolute or relative to the workspace. Without it, the workspace.')));
const reason = z.string().check(z.regex(/\S/, 'must say why'), z.maxLength(2000), z.describe('Why this has to be done, in a sentence or two, for the person who decides.'));
const name = z.string().check(z.regex(/^(sha256:)?[0-9a-f]{8,64}$/, 'must be the digits of a request'), z.describe('The request\u2019s name, as countersign_request_approval or the gate gave it: at least its first 8 digits.'));

const assessInput = z.object({ command, cwd });
const requestInput = z.object({ command, cwd, reason });
const checkInput = z.object({ request: name });

/** One thing an assistant can ask of the gate. None of them approves or runs anything. */
export interface AssistantTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodMiniObject;
  /**
   * @returns what the assistant reads; it never says that something may be run
   * @throws CountersignError or a schema's error when the input or the surroundings are not right
   */
  readonly run: (input: unknown, context: ToolContext) => Promise<string>;
}

export const ASSISTANT_TOOLS: readonly AssistantTool[] = [
  {
    name: 'countersign_assess_command',
    title: 'Assess a command',
    description: 'Says what a shell command would do and where (production or not), what the team\u2019s gate would say to it, and what would be safer. Runs nothing and asks nobody. Use it before a command that may change or delete something.',
    input: assessInput,
    run: async (input, context) => {
      const { ask, ruling } = await ruled(z.parse(assessInput, input), context);
      return describeRuling(ask, ruling);
    },
  },
  {
    name: 'countersign_request_approval',
    title: 'Request approval',
    description: 'Asks the user\u2019s teammates to approve exactly one shell command that the gate would hold. A person other than the user has to sign; no assistant can. Returns the request\u2019s name at once, without waiting.',
    input: requestInput,
    run: (input, context) => requestApproval(z.parse(requestInput, input), context),
  },
  {
    name: 'countersign_check_request',
    title: 'Check a request',
    description: 'Says whether a request for approval still waits, was signed, denied, used or has expired.',
    input: checkInput,
    run: (input, context) => checkRequest(z.parse(checkInput, input).request, context),
  },
];

/** What a tool answers, faults included: an assistant is told what is wrong in one sentence. */
export async function answerOf(tool: AssistantTool, input: unknown, context: ToolContext): Promise<{ readonly text: string; readonly isError: boolean }> {
  try {
    return { text: await tool.run(input, context), isError: false };
  } catch (error) {
    const text = error instanceof z.core.$ZodError ? `The input was not understood: ${error.issues.map(({ path: at, message }) => `${at.join('.')} ${message}`).join('; ')}.` : withFullStop(inert(messageOf(error)));
    return { text: `Countersign: ${text} Nothing was run.`, isError: true };
  }
}

async function ruled(input: { readonly command: string; readonly cwd?: string | undefined }, context: ToolContext): Promise<{ readonly ask: Ask; readonly ruling: Ruling }> {
  const ask: Ask = { kind: 'command', text: input.command, shell: '/bin/sh', cwd: path.resolve(context.cwd, input.cwd ?? '.'), env: context.env, label: undefined, labels: [], actor: 'agent' };
  return { ask, ruling: await ruleOn(ask, () => context.desksFor(ask.cwd), context.home) };
}

const WOULD: Readonly<Record<Action, string>> = {
  allow: 'The gate has no objection.',
  warn: 'The gate has no objection, but look at what follows first.',
  confirm: 'The gate would hold it: only a person may run it. Ask the user to.',
  approve: 'The gate would hold it until another person has signed for exactly it. countersign_request_approval asks for that.',
  deny: 'The gate would refuse it, whoever agrees.',
};

function describeRuling({ cwd }: Ask, { judged, problem }: Ruling): string {
  const { assessment, verdict } = judged;
  const lines = [
    WOULD[verdict.action],
    ...verdict.reasons.map((reason) => withFullStop(plainly(reason))),
    ...assessment.findings.map(({ severity, message, safer }) => `${severity}: ${withFullStop(plainly(message))}${safer === undefined ? '' : ` Safer: ${withFullStop(plain(safer))}`}`),
    ...assessment.targets.map(({ environment, evidence }) => `Target: ${plain(environment)}, by ${withFullStop(plainly(evidence))}`),
    `In ${plain(cwd)}.`,
    ...(problem ? [`The team\u2019s rules could not be read, so the defaults were used: ${withFullStop(inert(problem.message))}`] : []),
  ];
  return [...new Set(lines)].join('\n');
}

async function requestApproval(input: z.infer<typeof requestInput>, context: ToolContext): Promise<string> {
  const { ask, ruling } = await ruled(input, context);
  const { judged, desk, problem } = ruling;
  if (problem) throw problem;
  if (judged.verdict.action !== 'approve') return `No request was made. ${WOULD[judged.verdict.action]}`;
  if (!desk) throw new CountersignError('git', 'There is no git repository here to ask for approval in.');
  const { problem: unreachable } = await desk.sync();
  const view = await askAhead(ask, judged, { approvals: desk, home: context.home, now: context.now, live: new Set() }, { reason: input.reason.trim(), agent: context.agent });
  return [
    `Request ${shortName(view)} waits for ${describeQuorum(view.quorum)}. Nothing was run.`,
    'Until it is signed, do something else or stop: other ways to the same end are held as well. Then run exactly this command in exactly this directory; the gate checks the signatures itself, whatever anybody says here.',
    ...(unreachable === undefined ? [] : [`The others could not be reached yet: ${withFullStop(inert(unreachable))}`]),
  ].join('\n');
}

async function checkRequest(name: string, context: ToolContext): Promise<string> {
  const digits = name.replace(/^sha256:/, '');
  const desks = await context.desksFor(context.cwd);
  // One after another: the innermost repository that knows the request is the one that is meant.
  for (const desk of desks) {
    await desk.sync();
    const found = (await desk.requests()).filter((view) => hexOf(view.digest).startsWith(digits));
    if (found.length > 1) throw new CountersignError('request', 'Several requests begin with these digits: give more of them.');
    if (found[0]) return describeRequest(found[0], context.now());
  }
  throw new CountersignError('request', 'There is no such request in this repository.');
}

function describeRequest(view: RequestView, now: number): string {
  const signed = view.approvals.map(({ person }) => plain(person)).join(', ');
  return [
    `Request ${shortName(view)} (${titleOf(view)}) is ${stateOf(view.state)}${view.state === 'waiting' || view.state === 'approved' ? `, ${timeLeft(secondsLeft(view.signed.request, now))}` : ''}.`,
    `It needs ${describeQuorum(view.quorum)}. Signed so far by: ${signed === '' ? 'nobody' : signed}.`,
    ...(view.denial ? [`Denied by ${plain(view.denial.person)}: ${withFullStop(plain(view.denial.reason))} Do not try it another way.`] : []),
    'This is a report and no permission: the gate checks the signatures itself when the command comes.',
  ].join('\n');
}
