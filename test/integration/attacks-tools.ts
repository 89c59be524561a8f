import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { operationDigest } from '../../src/core/approval/operation.js';
import { formatRecord, RECORD_NAMESPACE, recordBytes, type EventRecord } from '../../src/core/approval/record.js';
import { formatRequest, REQUEST_NAMESPACE, requestBytes, type ApprovalRequest } from '../../src/core/approval/request.js';
import { dearmor } from '../../src/core/approval/sshsig.js';
import { APPROVAL_NAMESPACE, formatToken, statementBytes, type Statement } from '../../src/core/approval/token.js';
import { environmentOf, git, type Person, type Team } from '../demo/team.js';

/** What an attacker does with the stock tools: sign anything with a key at hand. */
export function signWith(key: string, namespace: string, bytes: Buffer): Buffer {
  return dearmor(execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', key, '-n', namespace], { input: bytes, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] }));
}

export function forgeToken(statement: Statement, key: string, namespace = APPROVAL_NAMESPACE): string {
  return formatToken({ statement, signature: signWith(key, namespace, statementBytes(statement)) });
}

export function forgeRequest(request: ApprovalRequest, key: string): string {
  const whole = { ...request, operationDigest: operationDigest(request.operation) };
  return formatRequest(whole, signWith(key, REQUEST_NAMESPACE, requestBytes(whole)));
}

export function forgeRecord(record: EventRecord, key: string): string {
  return formatRecord(record, signWith(key, RECORD_NAMESPACE, recordBytes(record)));
}

/** Mallory: push rights, and a key that the roster does not know. */
export function createMallory(team: Team): Person {
  const home = path.join(team.directory, 'mallory', 'home');
  const key = path.join(home, '.ssh', 'id_ed25519');
  mkdirSync(path.dirname(key), { recursive: true });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  writeFileSync(path.join(home, '.gitconfig'), '[user]\n\tname = Mallory\n\temail = mallory@elsewhere.example\n');
  const mallory = { name: 'Mallory', email: 'mallory@elsewhere.example', home, key, clone: path.join(team.directory, 'mallory', 'payments') };
  git(mallory, team.directory, 'clone', '--quiet', team.remote!, mallory.clone);
  return mallory;
}

/** Pipes a text into git and gives what it printed. */
export function gitInput(person: Person, cwd: string, input: string | Buffer, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: { ...environmentOf(person), GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x' }, input, encoding: 'utf8' }).trim();
}

/** A commit whose file `event` has this content, as the store writes it. */
export function eventCommit(person: Person, content: string | Buffer): string {
  const blob = gitInput(person, person.clone, content, 'hash-object', '-w', '--stdin');
  return treeCommit(person, `100644 blob ${blob}\tevent\0`);
}

/** A commit of any tree, given as `git mktree -z` reads it. */
export function treeCommit(person: Person, entries: string): string {
  const tree = gitInput(person, person.clone, entries, 'mktree', '-z');
  return gitInput(person, person.clone, '', 'commit-tree', '-m', 'x', tree);
}

/** Pushes objects under names below refs/countersign/, in as few pushes as possible. */
export function pushEvents(person: Person, events: ReadonlyMap<string, string>): void {
  const lines = [...events].map(([name, id]) => `create refs/countersign/${name} ${id}\n`).join('');
  gitInput(person, person.clone, lines, 'update-ref', '--stdin');
  git(person, person.clone, 'push', '--quiet', 'origin', 'refs/countersign/*:refs/countersign/*');
}
