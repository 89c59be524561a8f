import { setTimeout as delay } from 'node:timers/promises';
import type { Digest } from '../core/approval/canonical.js';
import { messageFor } from '../core/approval/notice.js';
import type { ApprovalRequest } from '../core/approval/request.js';
import { messageOf } from '../core/errors.js';
import type { Policy } from '../core/policy/policy.js';
import type { Repository } from '../world/repository.js';
import { postMessage } from '../world/webhook.js';

const EXTENSION_ID = 'countersign.countersign';
/** What a link opens that names a request by its digest: its review, for whoever has the repository. */
export const REVIEW_PATH = '/review';

/** A link that an editor of this scheme opens. */
export function linkTo(editor: string, place: string, query: string): string {
  return `${editor}://${EXTENSION_ID}${place}?${query}`;
}

export interface MessengerOptions {
  /** Where the webhook’s address is: a secret, like the database’s. */
  readonly env: NodeJS.ProcessEnv;
  /** The scheme of the editor’s links. */
  readonly editor: string;
  /** Hears, in one sentence, that a message did not arrive. */
  readonly warn: (sentence: string) => void;
}

/**
 * Tells the team’s chat that a request waits. A convenience that nothing waits for: without it the request is as good.
 */
export class Messenger {
  private readonly underway = new Set<Promise<void>>();

  constructor(private readonly options: MessengerOptions) {}

  /** Sends word of a request that was just published, where the policy in force names a chat and its address is here. */
  tell({ digest, request }: { readonly digest: Digest; readonly request: ApprovalRequest }, requester: string, { notify, remote }: Policy, repository: Repository): void {
    const address = notify && this.options.env[notify.variable];
    if (!notify || address === undefined || address === '') return;
    const environments = [...new Set(request.operation.targets.map(({ environment }) => environment))];
    const link = linkTo(this.options.editor, REVIEW_PATH, digest);
    const sent = nameOf(repository, remote)
      .then((name) => postMessage(address, messageFor(notify.kind, { digest, requester, repository: name, environments, expires: request.expires, link })))
      .catch((error: unknown) => this.options.warn(messageOf(error)))
      .finally(() => this.underway.delete(sent));
    this.underway.add(sent);
  }

  /** Waits for what is underway, for so many milliseconds at most: a process that ends takes it along. */
  async settled(most: number): Promise<void> {
    if (this.underway.size > 0) await Promise.race([Promise.all(this.underway), delay(most)]);
  }
}

/** What the team calls a repository: the last part of its remote's address, or of its folder where there is none. */
async function nameOf(repository: Repository, remote: string): Promise<string> {
  const meant = await repository.remoteFor(remote);
  const url = (meant === undefined ? undefined : await repository.remote(meant)) ?? repository.root;
  // Nothing before an @, which may be a secret.
  return (url.split(/[/\\:@]/).findLast((part) => part !== '') ?? '').replace(/\.git$/, '');
}
