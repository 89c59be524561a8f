import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Approvals } from '../../broker/approvals.js';
import { demandName, seal, withoutRecipient } from '../../broker/sealing.js';
import { inert, plain } from '../../core/approval/display.js';
import { RECORD_NAMESPACE } from '../../core/approval/record.js';
import { keyFor, pairsFor, readSealed, SEALED_FOLDER } from '../../core/approval/sealed.js';
import { recipientOf, type Trust } from '../../core/approval/trust.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import { readBounded } from '../../world/file-world.js';
import { keepIdentity, readIdentity } from '../../world/identity.js';
import { syncedDesk, type Context } from '../context.js';
import { spoken } from '../../core/say.js';
import { askHidden, EXIT, print, printError, readStandardInput } from '../terminal.js';

export interface SealOptions {
  readonly environment: string | undefined;
  readonly file: boolean;
}

/** `countersign seal NAME --environment NAME [--file]`: seals a value from standard input, so that it stands in no argument. */
export async function sealItem(context: Context, name: string, options: SealOptions): Promise<number> {
  demandName(name);
  const { desk } = await syncedDesk(context);
  const trust = await desk.trust();
  if (trust.pending) printError(inert(spoken(trust.pending.problem)));
  const file = path.join(desk.repository.root, SEALED_FOLDER, name);
  const before = itemIn(file, name, trust);
  const environment = options.environment ?? before?.environment;
  if (environment === undefined) throw new CountersignError('sealed', 'Say whose approvals it needs: --environment production, or another one of the policy.');
  const kind = options.file || (options.environment === undefined && before?.kind === 'file') ? 'file' : 'variable';
  const text = await seal({ name, environment, kind, value: await valueOf(kind) }, desk, context.now());
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  for (const person of withoutRecipient(trust)) printError(`Not for ${plain(person)}, of whom the policy has no recipient.`);
  print(`Sealed in ${SEALED_FOLDER}/${name}. Commit and push it; then: countersign run --with ${name} -- …`);
  return EXIT.ok;
}

/** `countersign seal --recipient`: what others seal for this account, made the first time. */
export async function sealRecipient(context: Context): Promise<number> {
  const { newIdentity, recipientOfIdentity } = await import('../../world/age.js');
  let identity = readIdentity(context.home);
  if (identity === undefined) {
    identity = await newIdentity();
    keepIdentity(context.home, identity);
  }
  const recipient = await recipientOfIdentity(identity);
  const { desk } = await syncedDesk(context);
  const trust = await desk.trust();
  const { person, principal } = await desk.signer.me(trust, RECORD_NAMESPACE, context.now());
  if (recipientOf(trust, person) === recipient) printError('The policy names it. Items that are sealed from now on are for you as well.');
  else printError(`Add this to .countersign/policy.yaml, and have it approved (countersign rules propose):\nrecipients:\n  ${plain(principal)}: ${recipient}`);
  print(recipient);
  return EXIT.ok;
}

/** `countersign seal --list`: what is sealed in this working copy, and for whom it is not. */
export async function listSealed(context: Context): Promise<number> {
  const { desk } = await syncedDesk(context);
  const trust = await desk.trust();
  const names = await sealedNames(desk);
  if (names.length === 0) print('Nothing is sealed here.');
  for (const name of names) print(`${plain(name)}  ${inert(standingOf(path.join(desk.repository.root, SEALED_FOLDER, name), name, trust))}`);
  return EXIT.ok;
}

async function sealedNames(desk: Approvals): Promise<readonly string[]> {
  return (await readdir(path.join(desk.repository.root, SEALED_FOLDER)).catch(() => [])).sort();
}

function standingOf(file: string, name: string, trust: Trust): string {
  try {
    const item = readSealed(name, textAt(file), trust);
    const missing = pairsFor(trust, item.environment).filter(({ requester, approver }) => keyFor(item, requester, approver) === undefined).length;
    const people = missing === 0 ? '' : `; not for ${missing} ${missing === 1 ? 'pair' : 'pairs'} of people that the policy names by now: seal it again`;
    return `${item.kind} of ${item.environment}, sealed by ${item.by} on ${new Date(item.at * 1000).toISOString().slice(0, 10)}${people}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** What is sealed under this name already, so that sealing it again needs to be told less; undefined when that is nothing good. */
function itemIn(file: string, name: string, trust: Trust): ReturnType<typeof readSealed> | undefined {
  try {
    return readSealed(name, textAt(file), trust);
  } catch {
    return undefined;
  }
}

function textAt(file: string): string {
  return Buffer.from(readBounded(file) ?? []).toString('utf8');
}

/** The value as it is; of a variable without the line break that ends its only line. */
async function valueOf(kind: 'variable' | 'file'): Promise<Uint8Array> {
  if (kind === 'variable' && process.stdin.isTTY) return Buffer.from((await askHidden('The value (not shown):')) ?? '');
  const bytes = await readStandardInput();
  const ends = bytes.length - (bytes.at(-1) === 10 ? (bytes.at(-2) === 13 ? 2 : 1) : 0);
  return kind === 'file' || bytes.subarray(0, ends).includes(10) ? bytes : bytes.subarray(0, ends);
}
