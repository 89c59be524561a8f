import { plain } from '../core/approval/display.js';
import { RECORD_NAMESPACE } from '../core/approval/record.js';
import { demandGuarded, formatLayer, formatSealed, isSealedName, MOST_KEYS, MOST_SEALED_BYTES, pairsFor, sealedBytes, sealedDigest, type SealedItem, type SealedPair } from '../core/approval/sealed.js';
import { isRunner, recipientOf, type Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import type { Approvals } from './approvals.js';

/** The cryptography is a bundle of its own, read only where something is sealed or opened. */
const age = () => import('../world/age.js');

/** What is to be sealed. */
export interface Sealing {
  readonly name: string;
  readonly environment: string;
  readonly kind: SealedItem['kind'];
  readonly value: Uint8Array;
}

/**
 * Seals a value for every two people of the pinned rules who can ask for it and approve it, and signs that in the name
 * of the person at this keyboard.
 *
 * @param now Unix seconds
 * @returns the text of the item's file
 * @throws CountersignError `sealed` saying why it cannot be sealed
 */
export async function seal({ name, environment, kind, value }: Sealing, desk: Approvals, now: number): Promise<string> {
  const trust = await desk.trust();
  demandName(name);
  demandGuarded(environment, trust);
  demandValue(kind, value);
  const pairs = pairsFor(trust, environment);
  if (pairs.length === 0) throw new CountersignError('sealed', `There are no two people for whom this could be sealed: somebody who asks and somebody else who approves ${plain(environment)}. Both run “countersign seal --recipient” and have what it prints added to “recipients” in the policy.`);
  if (pairs.length > MOST_KEYS) throw new CountersignError('sealed', `${pairs.length} pairs of people could ask for it and approve it, and an item holds keys for ${MOST_KEYS}. Name fewer approvers for ${plain(environment)} in the policy.`);
  const me = await desk.signer.me(trust, RECORD_NAMESPACE, now);
  if (isRunner(trust, me.person)) throw new CountersignError('sealed', `${me.person} is the key of a job, and only people seal.`);
  const { newIdentity, recipientOfIdentity } = await age();
  const key = await newIdentity();
  const payload = await encryptedFor(await recipientOfIdentity(key), value);
  const item: SealedItem = { v: 1, event: 'sealed', name, environment, kind, by: me.principal, at: now, payload, keys: [] };
  const digest = sealedDigest(item);
  const keyOf = async ({ requester, approver }: SealedPair) => {
    const inner = await encryptedFor(requester, formatLayer('requester', digest, key));
    return { requester, approver, key: await encryptedFor(approver, formatLayer('approver', digest, inner)) };
  };
  const whole: SealedItem = { ...item, keys: await Promise.all(pairs.map(keyOf)) };
  return formatSealed(whole, await desk.signer.sign(me, RECORD_NAMESPACE, sealedBytes(whole)));
}

/** @throws CountersignError `sealed` for a name that no item can have */
export function demandName(name: string): void {
  if (!isSealedName(name)) throw new CountersignError('sealed', `“${plain(name)}” is no name for a sealed item: it is the name of an environment variable, of letters, digits and _, and none that makes programs run something or that belongs to the system.`);
}

function demandValue(kind: SealedItem['kind'], value: Uint8Array): void {
  if (value.length === 0) throw new CountersignError('sealed', 'There is nothing to seal: give the value on standard input.');
  if (value.length > MOST_SEALED_BYTES) throw new CountersignError('sealed', `The value is longer than ${MOST_SEALED_BYTES / 1024} KiB. Seal a key for it instead, and keep the rest encrypted with that.`);
  if (kind === 'variable' && textOf(value) === undefined) throw new CountersignError('sealed', 'An environment variable holds text, and this is none. Seal it as a file with --file.');
}

/** A value as an environment variable can hold it: UTF-8 without a zero. */
export function textOf(value: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The people for whom nothing can be sealed, because the policy has no recipient of theirs. */
export function withoutRecipient(trust: Trust): readonly string[] {
  return trust.people.all().filter((person) => !isRunner(trust, person) && recipientOf(trust, person) === undefined);
}

/**
 * An age file for a recipient, in base64url.
 *
 * @throws CountersignError `sealed` when that is no recipient
 */
export async function encryptedFor(recipient: string, plaintext: Uint8Array | string): Promise<string> {
  const { encryptFor } = await age();
  const file = await encryptFor(recipient, plaintext).catch((cause: unknown) => {
    throw new CountersignError('sealed', `${plain(recipient)} is no recipient that anything can be encrypted for: a letter of it is wrong. Have it corrected where it stands.`, { cause });
  });
  return Buffer.from(file).toString('base64url');
}
