import path from 'node:path';
import { denial, EVERY_DIALECT, noObjection, type Dialect } from '../../assistants/assistant.js';
import { readToolCall } from '../../assistants/assistants.js';
import type { HookAnswer } from '../../assistants/call.js';
import { unknownReason } from '../../assistants/reasons.js';
import { withFullStop } from '../../broker/review.js';
import { inert } from '../../core/approval/display.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import { ownEnvironment } from '../../guards/own-environment.js';
import type { Context } from '../context.js';
import { judgeCall } from './hook-call.js';

/** An assistant that keeps its end of the pipe open must not make the hook wait for ever. Milliseconds. */
const READ_TIMEOUT = 5_000;
const MAX_INPUT = 4 * 1024 * 1024;
/** Kiro's IDE ends a hook after a minute, and lets the call through. Milliseconds. */
const LIMIT = 40_000;

export interface HookOptions {
  /** Which place of which assistant's configuration names this hook. */
  readonly from: string;
  /** Whether our own front started this, and wants to know what was decided and not only that nothing failed. */
  readonly front: boolean;
}

/** `countersign hook`: what an assistant runs before each tool call. Any fault is a no. */
export async function hook(context: Context, options: HookOptions): Promise<number> {
  const told: { dialect: Dialect } = { dialect: EVERY_DIALECT };
  const wait = options.front ? () => process.stdout.write('wait\n') : () => undefined;
  const answer = await answerTo({ ...context, env: ownEnvironment(context.env) }, options.from, told, wait).catch((error: unknown) => denial(unknownReason(withFullStop(inert(messageOf(error)))), told.dialect));
  process.stderr.write(answer.stderr);
  process.stdout.write(options.front ? `${answer.exitCode === 0 ? 'run' : 'no'}\n${answer.stdout}\n` : answer.stdout);
  return answer.exitCode;
}

async function answerTo(context: Context, from: string, told: { dialect: Dialect }, onWait: () => void): Promise<HookAnswer> {
  const read = readToolCall(await standardInput());
  if (!read) throw new CountersignError('request', 'The question was none that is known.');
  const { call, dialect, waits } = read;
  told.dialect = dialect;
  if (call.acts.length === 0) return noObjection(dialect);
  const cwd = path.resolve(context.cwd, call.cwd ?? '.');
  return inTime((limit) => judgeCall({ ...context, cwd }, { call, dialect, from, waits, onWait: (seconds) => { limit(seconds * 1000 + LIMIT); onWait(); } }));
}

/** Whoever judges for too long has not judged. */
function inTime<T>(work: (extend: (milliseconds: number) => void) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new CountersignError('refused', 'It took too long.'));
    let timer = setTimeout(late, LIMIT);
    const extend = (milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(late, milliseconds);
    };
    work(extend).then(resolve, reject).finally(() => clearTimeout(timer));
  });
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
