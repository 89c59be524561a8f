import * as z from 'zod/mini';

/**
 * Which chat is told that a request waits. That it is told, and in which form, is the team's decision, like everything
 * else that leaves a machine; the webhook's address is a secret and stays out of a file that everybody can read.
 */
export type NotifyPolicy = z.infer<typeof notifySchema>;

export const notifySchema = z.strictObject({
  kind: z.enum(['slack', 'teams', 'plain']).check(z.describe('The form of the message: for an incoming webhook of Slack, a workflow of Microsoft Teams, or plain JSON for anything else.')),
  // Of its own kind, so that no policy sends anything to what another variable holds.
  variable: z
    .string()
    .check(z.regex(/^COUNTERSIGN_WEBHOOK[A-Z0-9_]{0,80}$/, 'must name an environment variable that begins with COUNTERSIGN_WEBHOOK'), z.describe('The environment variable that holds the webhook’s address where requests are made. The address is a secret: never write it here.')),
});
