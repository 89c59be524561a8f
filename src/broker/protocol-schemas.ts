import * as z from 'zod/mini';
import { isDigest, type Digest } from '../core/approval/canonical.js';
import { PROTOCOL_VERSION } from './protocol.js';

/** What a task is called: the label people see first, then every other name it is known by. */
const namesSchema = z.strictObject({ label: z.string(), labels: z.readonly(z.array(z.string())) });

export type TaskNames = z.infer<typeof namesSchema>;

/** What a guard asks before it lets something start. */
const askSchema = z.strictObject({
  v: z.literal(PROTOCOL_VERSION),
  /** A task's command line, a line typed at a prompt, the text of a shell that starts, or a shimmed program's words. */
  kind: z.enum(['task', 'line', 'shell', 'program']),
  /** Definitions that the shell has and the text uses stand before it. */
  text: z.string(),
  shell: z.string(),
  cwd: z.string(),
  /** The process that waits. A task's, a shell's and a shim's becomes what runs; a prompt's runs it as a child. */
  pid: z.int(),
  env: z.record(z.string(), z.string()),
  /** What an earlier window called it: one that was reloaded is not told again by the editor. */
  names: z.optional(namesSchema),
});

export type GuardAsk = z.infer<typeof askSchema>;

/** What an assistant's hook tells once it has used an approval up: the process that comes with exactly this was asked for. */
const passSchema = z.strictObject({
  v: z.literal(PROTOCOL_VERSION),
  /** The request whose approval was used. */
  request: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value)),
  ask: z.strictObject({
    text: z.string(),
    shell: z.string(),
    cwd: z.string(),
    /** The hook's own process. */
    pid: z.int(),
    env: z.record(z.string(), z.string()),
  }),
});

export type Pass = z.infer<typeof passSchema>;

/** What the broker answers, one JSON object a line, the verdict last. A connection that ends without one means no. */
export const answerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('say'), lines: z.array(z.string()), held: z.optional(z.nullable(namesSchema)) }),
  /** Nothing new: the window is still there. */
  z.strictObject({ type: z.literal('alive') }),
  z.strictObject({ type: z.literal('verdict'), run: z.boolean() }),
]);

export type Answer = z.infer<typeof answerSchema>;

/** How a window makes itself known to guards: one file per window, readable by its owner only. */
export const windowSchema = z.strictObject({
  v: z.literal(PROTOCOL_VERSION),
  pid: z.int(),
  socket: z.string(),
  secret: z.string(),
  folders: z.readonly(z.array(z.string())),
});

export type WindowEntry = z.infer<typeof windowSchema>;

/** A guard's question, or undefined for what is none. */
export function readAsk(body: string | undefined): GuardAsk | undefined {
  return read(askSchema, body);
}

/** What a hook tells, or undefined for what cannot be that. */
export function readPass(body: string | undefined): Pass | undefined {
  return read(passSchema, body);
}

function read<T extends z.core.$ZodType>(schema: T, body: string | undefined): z.infer<T> | undefined {
  try {
    return body === undefined ? undefined : z.parse(schema, JSON.parse(body));
  } catch {
    return undefined;
  }
}
