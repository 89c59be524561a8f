import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seal } from '../../src/broker/sealing.js';
import { parseRecord } from '../../src/core/approval/record.js';
import { SEALED_FOLDER, type SealedItem } from '../../src/core/approval/sealed.js';
import { decryptWith, newIdentity, recipientOfIdentity } from '../../src/world/age.js';
import { clock } from '../../src/world/clock.js';
import { keepIdentity } from '../../src/world/identity.js';
import { createTeam, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';
import { countersign, type Ran } from './jobs-tools.js';
import { Seat } from './people.js';

/** What nobody may find anywhere. */
export const SECRET = 'postgres://payments:tr0ub4dor-and-3@db.internal/ledger';

/** Rules under which things are sealed for Ana and Ben. */
export function sealedPolicy([ana, ben]: readonly string[]): string {
  return `version: 1\nenvironments:\n  production: { approvals: 1 }\n  staging: { approvals: 1 }\nrecipients:\n  ana@payments.example: ${ana!}\n  ben@payments.example: ${ben!}\n`;
}

/** Ana and Ben with keys for sealed items, which the policy names, and what Ana sealed on the protected branch. */
export async function createSealedTeam(): Promise<Team> {
  const identities = [await newIdentity(), await newIdentity()] as const;
  const recipients = await Promise.all(identities.map(recipientOfIdentity));
  const team = createTeam({ policy: sealedPolicy(recipients) });
  [team.ana, team.ben].forEach(({ home }, at) => keepIdentity(home, identities[at]!));
  await sealAs(team.ana, 'DATABASE_URL', SECRET);
  push(team);
  return team;
}

/** Seals in a person's working copy. */
export async function sealAs(person: Person, name: string, value: string, more: { readonly environment?: string; readonly kind?: SealedItem['kind'] } = {}): Promise<void> {
  const { desk } = await Seat.of(person);
  writeItem(person, name, await seal({ name, environment: 'production', kind: 'variable', value: Buffer.from(value), ...more }, desk, clock()));
}

export function itemFile(person: Person, name: string): string {
  return path.join(person.clone, SEALED_FOLDER, name);
}

export function writeItem(person: Person, name: string, text: string): void {
  mkdirSync(path.dirname(itemFile(person, name)), { recursive: true });
  writeFileSync(itemFile(person, name), text);
}

/** An item as it is written, whatever it is worth. */
export function itemOf(person: Person, name: string): SealedItem {
  const [body = ''] = readFileSync(itemFile(person, name), 'utf8').slice('css1.'.length).split('.');
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as SealedItem;
}

/** Brings Ana's working copy to everybody. */
export function push(team: Team): void {
  git(team.ana, team.ana.clone, 'add', '--all');
  git(team.ana, team.ana.clone, 'commit', '--quiet', '-m', 'Change');
  git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'HEAD:main');
  git(team.ben, team.ben.clone, 'pull', '--quiet');
}

/** The built command line while it runs, and everything it said. */
export class Running {
  private said = '';
  readonly ended: Promise<number | null>;
  private constructor(private readonly child: ReturnType<typeof spawn>) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    this.ended = new Promise((resolve) => child.on('close', resolve));
  }

  /** `countersign run` with sealed items, waiting for approval. */
  static start(person: Person, names: string, command: string, env: Readonly<Record<string, string>> = {}): Running {
    return new Running(spawn(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), 'run', '--with', names, '--', command], { cwd: person.clone, env: { ...environmentOf(person), ...env }, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  get output(): string {
    return this.said;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The first digits of the request it waits for. */
  async request(): Promise<string> {
    await waitFor(() => this.child.exitCode !== null || /Request [0-9a-f]{8}/.test(this.said), { message: 'it asks for approval', timeout: 30_000 });
    return /Request ([0-9a-f]{8})/.exec(this.said)?.[1] ?? '';
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

export async function approvedBy(person: Person, run: Running): Promise<Ran> {
  return countersign(person, 'approve', '--yes', await run.request());
}

/** A value given on standard input, as people seal. */
export function sealWith(person: Person, input: string, ...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), 'seal', ...args], { cwd: person.clone, env: environmentOf(person), input, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

/** The events of a kind that the others can see. */
export function eventsOf(team: Team, kind: string): readonly string[] {
  const refs = git(team.ana, team.remote!, 'for-each-ref', '--format=%(objectname)', `refs/countersign/${kind}/`).split('\n').filter(Boolean);
  return refs.map((id) => git(team.ana, team.remote!, 'cat-file', 'blob', `${id}:event`));
}

/**
 * Everything that somebody can open with these identities: every key of the item and everything released, by any
 * identity they have or come upon on the way, whatever layer it is.
 */
export async function openedWith(identities: readonly string[], item: SealedItem, released: readonly string[] = []): Promise<readonly string[]> {
  const known = new Set(identities);
  const boxes = new Set([item.payload, ...item.keys.map(({ key }) => key), ...released.flatMap(keysIn)]);
  const opened = new Map<string, string>();
  for (let before = -1; before < opened.size; ) {
    before = opened.size;
    for (const box of [...boxes]) {
      for (const identity of opened.has(box) ? [] : [...known]) {
        const plain = await decryptWith(identity, Buffer.from(box, 'base64url'));
        if (!plain) continue;
        const text = Buffer.from(plain).toString('latin1');
        opened.set(box, text);
        // A release holds the requester's layer as it is; a layer says what is inside of it.
        boxes.add(Buffer.from(plain).toString('base64url'));
        for (let secret = secretIn(text); secret !== undefined; secret = secretIn(Buffer.from(secret, 'base64url').toString('latin1'))) (secret.startsWith('AGE-SECRET-KEY-1') ? known : boxes).add(secret);
      }
    }
  }
  return [...opened.values()];
}

function secretIn(text: string): string | undefined {
  return /"secret":"([^"]+)"/.exec(text)?.[1];
}

function keysIn(text: string): readonly string[] {
  const { record } = parseRecord(text);
  return record.event === 'release' ? record.keys.map(({ key }) => key) : [];
}

/** Every file below a directory, and every object of every repository in it, that holds one of these texts. */
export function filesWith(directory: string, texts: readonly string[]): readonly string[] {
  const holds = (bytes: Buffer) => texts.some((text) => bytes.includes(text));
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  // Git keeps its objects compressed.
  const repositories = entries.filter((entry) => entry.isDirectory() && entry.name === 'objects').map((entry) => entry.parentPath);
  const objects = repositories.filter((repository) => holds(spawnSync('git', ['--git-dir', repository, 'cat-file', '--batch', '--batch-all-objects'], { maxBuffer: 512 * 1024 * 1024 }).stdout));
  return [...files.filter((file) => holds(readFileSync(file))), ...objects];
}
