import path from 'node:path';
import { denial, NO_OBJECTION, readToolCall, type HookAnswer, type ToolCall } from '../../assistants/dialect.js';
import type { Ask } from '../../broker/assessing.js';
import { passOn } from '../../broker/client.js';
import { tryOnce } from '../../broker/hold.js';
import { PROTOCOL_VERSION } from '../../broker/protocol.js';
import { sentence, shortName } from '../../broker/review.js';
import { ruleOn } from '../../broker/rules.js';
import { findWindow, WINDOW_VARIABLE } from '../../broker/windows.js';
import type { Digest } from '../../core/approval/canonical.js';
import { inert, plain } from '../../core/approval/display.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import { askFor, desksAround, type Context } from '../context.js';

/** An assistant that keeps its end of the pipe open must not make the hook wait for ever. Milliseconds. */
const READ_TIMEOUT = 5_000;
const MAX_INPUT = 4 * 1024 * 1024;
/** Said to every assistant whose call is held: nothing it does itself can be the approval. */
const NO_WAY_ROUND = 'Do not look for another way: the other ways are gated as well.';

/** `countersign hook`: what an assistant runs before each tool call. Any fault is a no. */
export async function hook(context: Context): Promise<number> {
  const answer = await answerTo(context).catch((error: unknown) => denial(`Countersign could not judge this: ${sentence(inert(messageOf(error)))} It was not run.`));
  process.stdout.write(answer.stdout);
  process.stderr.write(answer.stderr);
  return answer.exitCode;
}

async function answerTo(context: Context): Promise<HookAnswer> {
  const call = readToolCall(await standardInput());
  if (!call) throw new CountersignError('request', 'The question was none that is known.');
  return call.command === undefined ? NO_OBJECTION : judge(call, call.command, context);
}

async function judge(call: ToolCall, command: string, context: Context): Promise<HookAnswer> {
  const here = { ...context, cwd: path.resolve(context.cwd, call.cwd ?? '.') };
  const ask = { ...askFor(here, [command], undefined), actor: 'agent' as const };
  const { judged, desk, problem, blind } = await ruleOn(ask, () => desksAround(here), context.home);
  const { action, reasons } = judged.verdict;
  const reason = sentence(plain(reasons[0] ?? 'It needs approval.'));
  if (problem && (blind || action === 'approve')) throw problem;
  if (action === 'allow' || action === 'warn') return NO_OBJECTION;
  if (action === 'deny') return denial(`Countersign: ${reason} The policy denies it.`);
  if (action === 'confirm') return denial(`Countersign: ${reason} Only a person may run this. Ask the user to run it. ${NO_WAY_ROUND}`);
  if (!desk) throw new CountersignError('git', `${reason} There is no git repository here to approve it in.`);
  await desk.sync();
  const held = await tryOnce(ask, judged, { approvals: desk, home: context.home, now: context.now, live: new Set() }, { reason: '', agent: call.agent });
  if (held.run) {
    await tellWindow(ask, held.view.digest, context);
    return NO_OBJECTION;
  }
  const safer = judged.assessment.findings.find((finding) => finding.safer !== undefined)?.safer;
  return denial(
    [
      `Countersign holds this command. ${reason}`,
      held.reason === undefined ? `A teammate has been asked: request ${shortName(held.view)}. Run exactly the same command again once it is approved.` : sentence(inert(held.reason)),
      ...(safer === undefined ? [] : [`Safer: ${sentence(plain(safer))}`]),
      NO_WAY_ROUND,
    ].join(' '),
  );
}

/** The window's guards let exactly this pass once, without asking a second time. */
async function tellWindow({ text, shell, cwd, env }: Ask, request: Digest, context: Context): Promise<void> {
  const window = findWindow(context.home, cwd, context.env[WINDOW_VARIABLE]);
  if (window) await passOn(window, { v: PROTOCOL_VERSION, request, ask: { text, shell, cwd, pid: process.pid, env: { ...env } } });
}

async function standardInput(): Promise<string> {
  const timer = setTimeout(() => process.stdin.destroy(new Error('Nothing was asked in time.')), READ_TIMEOUT);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_INPUT) throw new Error('The question is too long.');
    chunks.push(bytes);
  }
  clearTimeout(timer);
  return Buffer.concat(chunks).toString('utf8');
}
