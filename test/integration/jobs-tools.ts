import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { meetAnew } from './people.js';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built command line, as a person or a job runs it. */
export function countersign(person: Person, ...args: string[]): Ran {
  return countersignWith(person, {}, ...args);
}

export function countersignWith(person: Person, env: Readonly<Record<string, string>>, ...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), ...args], { cwd: person.clone, env: { ...environmentOf(person), ...env }, encoding: 'utf8', timeout: 30_000 });
  return { code: status, out: stdout, err: stderr };
}

/** A key pair of somebody or something outside the demo's team, with a home of its own. */
export function createOutsider(team: Team, name: string): Person {
  const home = path.join(team.directory, name, 'home');
  const key = path.join(home, '.ssh', 'id_ed25519');
  mkdirSync(path.dirname(key), { recursive: true, mode: 0o700 });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  writeFileSync(path.join(home, '.gitconfig'), `[user]\n\tname = ${name}\n\temail = ${name}@payments.example\n`);
  return { name, email: `${name}@payments.example`, home, key, clone: path.join(team.directory, name, 'checkout') };
}

export function keyWords(key: string): string {
  return readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();
}

/** Brings a change of the rules to the protected branch, as Ana, and has everybody's clone follow and both people take it as the rules that count. */
export function changeRules(team: Team, change: (directory: string) => void): void {
  change(path.join(team.ana.clone, '.countersign'));
  git(team.ana, team.ana.clone, 'add', '--all', '.countersign');
  git(team.ana, team.ana.clone, 'commit', '--quiet', '-m', 'Other rules');
  git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'HEAD:main');
  git(team.ben, team.ben.clone, 'pull', '--quiet');
  meetAnew(team.ana, team.ben);
}

/** A job's key on the roster and in the policy, and its checkout: detached at a commit, as CI systems make it. */
export function createJob(team: Team): Person {
  const job = createOutsider(team, 'ci');
  changeRules(team, (rules) => {
    appendFileSync(path.join(rules, 'allowed_signers'), `${job.email} namespaces="countersign-record" ${keyWords(job.key)}\n`);
    appendFileSync(path.join(rules, 'policy.yaml'), `runners: [${job.email}]\n`);
  });
  checkOut(team, job);
  return job;
}

/** A fresh checkout of the protected branch. */
export function checkOut(team: Team, job: Person): void {
  git(job, team.directory, 'clone', '--quiet', team.remote!, job.clone);
  git(job, job.clone, 'checkout', '--quiet', '--detach', 'origin/main');
}
