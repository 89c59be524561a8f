import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '../harness/paths.js';

/** One person of the demo: a home of their own, a clone, and an SSH key. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly home: string;
  readonly clone: string;
  /** The private key's path. */
  readonly key: string;
}

/** Two people or more, a payments repository and, when asked for, the bare remote between their clones. */
export interface Team {
  readonly directory: string;
  readonly remote: string | undefined;
  readonly ana: Person;
  readonly ben: Person;
  /** Everybody else on the roster. */
  readonly others: readonly Person[];
  dispose(): void;
}

export interface TeamOptions {
  /** Where to put everything; a fresh temporary directory otherwise. */
  readonly directory?: string;
  /** Whether the clones share a remote. Without one, requests and tokens travel as text. */
  readonly remote?: boolean;
  /** A passphrase on Ben's key. */
  readonly passphrase?: string;
  /** Text for .countersign/policy.yaml. */
  readonly policy?: string;
  /** How many more people there are. */
  readonly others?: number;
  /** Leaves policy and roster out, as in a repository that was never set up. */
  readonly bare?: boolean;
}

export const DEMO_POLICY = `version: 1
environments:
  production:
    approvals: 1
    expires: 30m
`;

const NAMESPACES = 'countersign-request,countersign-approval,countersign-record';

export function createTeam(options: TeamOptions = {}): Team {
  const directory = options.directory ?? mkdtempSync(path.join(tmpdir(), 'countersign-team-'));
  const ana = createPerson(directory, 'Ana', '');
  const ben = createPerson(directory, 'Ben', options.passphrase ?? '');
  const others = Array.from({ length: options.others ?? 0 }, (_, index) => createPerson(directory, `P${index}`, ''));
  const seed = path.join(directory, 'seed');
  cpSync(path.join(repositoryRoot(), 'test', 'demo', 'payments'), seed, { recursive: true });
  chmodSync(path.join(seed, 'scripts', 'deploy.sh'), 0o755);
  if (!options.bare) {
    mkdirSync(path.join(seed, '.countersign'));
    writeFileSync(path.join(seed, '.countersign', 'policy.yaml'), options.policy ?? DEMO_POLICY);
    writeFileSync(path.join(seed, '.countersign', 'allowed_signers'), [ana, ben, ...others].map(rosterLine).join(''));
  }
  git(ana, seed, 'init', '--quiet', '--initial-branch=main');
  git(ana, seed, 'add', '--all');
  git(ana, seed, 'commit', '--quiet', '-m', 'Payments, as deployed last week');
  const withRemote = options.remote ?? true;
  const remote = withRemote ? path.join(directory, 'payments.git') : undefined;
  if (remote !== undefined) git(ana, directory, 'clone', '--quiet', '--bare', seed, remote);
  for (const person of [ana, ben, ...others]) {
    git(person, directory, 'clone', '--quiet', remote ?? seed, person.clone);
    if (remote === undefined) git(person, person.clone, 'remote', 'remove', 'origin');
  }
  rmSync(seed, { recursive: true });
  return { directory, remote, ana, ben, others, dispose: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

function createPerson(directory: string, name: string, passphrase: string): Person {
  const id = name.toLowerCase();
  const home = path.join(directory, id, 'home');
  const key = path.join(home, '.ssh', 'id_ed25519');
  const email = `${id}@payments.example`;
  mkdirSync(path.dirname(key), { recursive: true, mode: 0o700 });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', email, '-f', key]);
  writeFileSync(path.join(home, '.gitconfig'), `[user]\n\tname = ${name}\n\temail = ${email}\n[init]\n\tdefaultBranch = main\n`);
  return { name, email, home, key, clone: path.join(directory, id, 'payments') };
}

function rosterLine(person: Person): string {
  const [type, key] = readFileSync(`${person.key}.pub`, 'utf8').split(' ');
  return `${person.email} namespaces="${NAMESPACES}" ${type ?? ''} ${key ?? ''}\n`;
}

/** The environment in which a person's programs run: theirs, and nothing of whoever runs this. */
export function environmentOf(person: Person): Record<string, string> {
  return { HOME: person.home, PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', SHELL: '/bin/bash' };
}

/** Runs git as a person and gives what it printed. */
export function git(person: Person, cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: environmentOf(person), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** What was deployed from a person's clone, one line per deployment: the proof that something ran, and how often. */
export function deployments(person: Person): string[] {
  try {
    return readFileSync(path.join(path.dirname(person.clone), 'deployments.log'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
