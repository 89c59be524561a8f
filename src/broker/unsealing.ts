import { fromBase64Url, hexOf, sha256 } from '../core/approval/canonical.js';
import { plain } from '../core/approval/display.js';
import { MOST_SEALED, type Operation } from '../core/approval/operation.js';
import { releasesOf, type Release } from '../core/approval/release.js';
import { REQUEST_NAMESPACE } from '../core/approval/request.js';
import { demandGuarded, keyFor, readSealed, sealedDigest, SEALED_FOLDER, secretIn, type SealedItem, type SealedUse } from '../core/approval/sealed.js';
import { recipientOf, type Trust } from '../core/approval/trust.js';
import { CountersignError, sentenceOf } from '../core/errors.js';
import { sentence, type Sentence } from '../core/say.js';
import type { RequestView } from '../core/ledger/fold.js';
import { readIdentity } from '../world/identity.js';
import { demandMemoryFiles } from '../world/memory-file.js';
import type { Repository } from '../world/repository.js';
import type { Approvals } from './approvals.js';
import { demandName, encryptedFor, textOf } from './sealing.js';

const age = () => import('../world/age.js');

/** A sealed item that was opened. */
export interface Opened {
  readonly name: string;
  readonly kind: SealedItem['kind'];
  readonly value: Uint8Array;
}

/**
 * What the approver's part of the sealed items comes to for this request: their layer is taken off, and what is left,
 * which only the requester can read, is encrypted to the key of the one run that asked.
 *
 * @param approver the person at this keyboard
 * @throws CountersignError saying why nothing can be released, so that nothing is signed either
 */
export async function keysToRelease(view: RequestView, approver: string, trust: Trust, repository: Repository, home: string): Promise<Release['keys']> {
  const { operation } = view.signed.request;
  if (!operation.sealed) return [];
  const mine = await ownRecipient(approver, trust, home);
  const requester = recipientOf(trust, view.requester ?? '');
  const { decryptWith } = await age();
  const keys: Release['keys'] = [];
  for (const use of operation.sealed.items) {
    const item = await requestedItem(use, operation, repository, trust);
    const key = requester === undefined ? undefined : keyFor(item, requester, mine.recipient);
    if (key === undefined) throw new CountersignError('sealed', sentence('{0} is not sealed for {1} and {2} as the policy knows them now, so you cannot release it. Have somebody who knows the value run “countersign seal {0}” again, or leave this to another approver.', plain(use.name), plain(view.requester ?? '?'), plain(approver)));
    const layer = await decryptWith(mine.identity, fromBase64Url(key));
    const secret = layer && secretIn(Buffer.from(layer).toString('latin1'), 'approver', sealedDigest(item));
    // Trust table 8, for keys: one that was moved here from another item must not be opened in its place.
    if (secret === undefined) throw new CountersignError('sealed', sentence('The key in the sealed item {0} was made for another item or another person, so nothing was released. Find out who changed it, and have it sealed again.', plain(use.name)));
    keys.push({ item: `sha256:${use.sha256}`, key: await encryptedFor(operation.sealed.recipient, fromBase64Url(secret)) });
  }
  return keys;
}

/** What the sealed items of a request are, or what is wrong with them, one sentence each: as the approver's own clone has them. */
export async function describeSealed({ operation }: { readonly operation: Operation }, trust: Trust, repository: Repository): Promise<readonly { readonly name: string; readonly text: Sentence; readonly good: boolean }[]> {
  return Promise.all(
    (operation.sealed?.items ?? []).map(async (use) => {
      try {
        const { kind, environment, by, at } = await requestedItem(use, operation, repository, trust);
        const day = new Date(at * 1000).toISOString().slice(0, 10);
        const text =
          kind === 'file'
            ? sentence('file of {0}, sealed by {1} on {2}; your approval releases it to this one run', environment, by, day)
            : sentence('variable of {0}, sealed by {1} on {2}; your approval releases it to this one run', environment, by, day);
        return { name: use.name, text, good: true };
      } catch (error) {
        return { name: use.name, text: sentenceOf(error), good: false };
      }
    }),
  );
}

/** The item that a request is about, from its own commit, as whoever asked named it. */
async function requestedItem(use: SealedUse, operation: Operation, repository: Repository, trust: Trust): Promise<SealedItem> {
  demandName(use.name);
  if ((await repository.describeCommit(operation.commit)) === undefined) throw new CountersignError('sealed', sentence('The commit {0} is not in this clone, and with it what is sealed. Fetch it, or ask the requester to push it.', operation.commit.slice(0, 12)));
  const text = await repository.fileAt(operation.commit, `${SEALED_FOLDER}/${use.name}`);
  if (text === undefined || hexOf(sha256(text)) !== use.sha256) throw new CountersignError('sealed', sentence('{0} is not sealed in the commit of this request as the request says. Have it asked for again.', plain(use.name)));
  const item = readSealed(use.name, text, trust);
  demandGuarded(item.environment, trust);
  const isTarget = operation.targets.some(({ environment }) => environment === item.environment);
  if (item.environment !== use.environment || item.kind !== use.kind || !isTarget) throw new CountersignError('sealed', sentence('The request says something else about {0} than the item itself. Deny it, and find out why.', plain(use.name)));
  return item;
}

interface Own {
  readonly identity: string;
  readonly recipient: string;
}

/** @throws CountersignError `key` when this account has no key that the policy names for its person */
async function ownRecipient(person: string, trust: Trust, home: string): Promise<Own> {
  const identity = readIdentity(home);
  const recipient = identity === undefined ? undefined : await (await age()).recipientOfIdentity(identity);
  const named = recipientOf(trust, person);
  if (identity !== undefined && recipient !== undefined && recipient === named) return { identity, recipient };
  throw new CountersignError(
    'key',
    identity === undefined
      ? sentence('This account has no key for what is sealed. Run “countersign seal --recipient”, have what it prints added to “recipients” in the policy, and have the items sealed again.')
      : named === undefined
        ? sentence('The policy of {0} names no recipient for {1}. Have what “countersign seal --recipient” prints added to “recipients” in the policy, and the items sealed again.', plain(trust.source), plain(person))
        : sentence('The policy of {0} names another recipient for {1}. Have what “countersign seal --recipient” prints added to “recipients” in the policy, and the items sealed again.', plain(trust.source), plain(person)),
  );
}

/** The sealed items that one run asks for. The key that they are released to is in here and nowhere else. */
export class SealedRun {
  private constructor(
    /** What the request binds. */
    readonly binding: NonNullable<Operation['sealed']>,
    private readonly items: readonly SealedItem[],
    private readonly oneTime: string,
    private readonly own: Own,
  ) {}

  /**
   * Gets ready to ask for sealed items of the commit that is checked out.
   *
   * @param now Unix seconds
   * @throws CountersignError when they could not be opened later
   */
  static async prepare(names: readonly string[], desk: Approvals, home: string, now: number): Promise<SealedRun> {
    const { repository, store } = desk;
    if (names.length > MOST_SEALED || new Set(names).size < names.length) throw new CountersignError('sealed', sentence('Name each sealed item once, and not more than {0}.', MOST_SEALED));
    if (!store.shared) throw new CountersignError('sealed', sentence('What is sealed is released through the git remote or database of the team, and this clone has none. Add the remote first.'));
    const trust = await desk.trust();
    const own = await ownRecipient((await desk.signer.me(trust, REQUEST_NAMESPACE, now)).person, trust, home);
    const found = await Promise.all(names.map((name) => itemInCommit(name, own, trust, repository)));
    if (found.some(({ item }) => item.kind === 'file')) demandMemoryFiles();
    const { newIdentity, recipientOfIdentity } = await age();
    const oneTime = await newIdentity();
    const items = found.map(({ item: { name, environment, kind }, text }) => ({ name, environment, kind, sha256: hexOf(sha256(text)) }));
    return new SealedRun({ recipient: await recipientOfIdentity(oneTime), items }, found.map(({ item }) => item), oneTime, own);
  }

  /**
   * Opens what was released. Only after the one use was recorded.
   *
   * @throws CountersignError `sealed` when none of those who approved released what was sealed
   */
  async open(view: RequestView): Promise<readonly Opened[]> {
    const people = view.approvals.map(({ person }) => person);
    for (const { keys } of releasesOf(view.releases, this.binding, people)) {
      const opened = await Promise.all(this.items.map((item, at) => this.openOne(item, keys.find((key) => key.item === `sha256:${this.binding.items[at]?.sha256 ?? ''}`)?.key ?? '')));
      const whole = opened.filter((each) => each !== undefined);
      if (whole.length === this.items.length) return whole;
    }
    throw new CountersignError('sealed', sentence('What was released is not what was sealed, so nothing could be opened. Have the items sealed again, and ask again.'));
  }

  private async openOne(item: SealedItem, released: string): Promise<Opened | undefined> {
    const { decryptWith } = await age();
    const inner = await decryptWith(this.oneTime, Buffer.from(released, 'base64url'));
    const layer = inner && (await decryptWith(this.own.identity, inner));
    const key = layer && secretIn(Buffer.from(layer).toString('latin1'), 'requester', sealedDigest(item));
    const value = key === undefined ? undefined : await decryptWith(key, fromBase64Url(item.payload));
    // What no variable can hold would stand in the error of whoever tries.
    return value && (item.kind === 'file' || textOf(value) !== undefined) ? { name: item.name, kind: item.kind, value } : undefined;
  }
}

async function itemInCommit(name: string, own: Own, trust: Trust, repository: Repository): Promise<{ readonly item: SealedItem; readonly text: string }> {
  demandName(name);
  const text = await repository.fileAt('HEAD', `${SEALED_FOLDER}/${name}`);
  if (text === undefined) throw new CountersignError('sealed', sentence('{0} is not sealed in the commit that is checked out. Run “countersign seal {0} --environment …”, commit {1}, and push it.', plain(name), SEALED_FOLDER));
  const item = readSealed(name, text, trust);
  demandGuarded(item.environment, trust);
  if (!item.keys.some(({ requester }) => requester === own.recipient)) throw new CountersignError('sealed', sentence('{0} was not sealed for you to ask for it. Have somebody who knows the value run “countersign seal {0}” again.', plain(name)));
  return { item, text };
}
