import * as z from 'zod/mini';

/** The version of the words between guards and broker. A guard that speaks another one is refused. */
export const PROTOCOL_VERSION = 1;

/** What a guard asks before it lets something start. */
export const askSchema = z.strictObject({
  v: z.literal(PROTOCOL_VERSION),
  kind: z.enum(['task', 'command']),
  text: z.string(),
  shell: z.string(),
  cwd: z.string(),
  /** The process that waits; it becomes the task's own process when it may run. */
  pid: z.int(),
  env: z.record(z.string(), z.string()),
});

export type GuardAsk = z.infer<typeof askSchema>;

/** What the broker answers, one JSON object a line, the verdict last. A connection that ends without one means no. */
export const answerSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('say'), lines: z.array(z.string()) }),
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
