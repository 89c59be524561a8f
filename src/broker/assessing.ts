import path from 'node:path';
import { saltedDigest, type Operation } from '../core/approval/operation.js';
import type { Trust } from '../core/approval/trust.js';
import { assess } from '../core/assess/assess.js';
import type { Assessment, EnvironmentPattern, ShellName, Subject } from '../core/assess/assessment.js';
import { CountersignError } from '../core/errors.js';
import { decide, type ActorKind, type Verdict } from '../core/policy/decide.js';
import type { Policy } from '../core/policy/policy.js';
import type { World } from '../core/world.js';
import { FileWorld } from '../world/file-world.js';
import type { Repository } from '../world/repository.js';
import { readWorkingPolicy } from '../world/trust.js';

/** One thing about to happen, as a guard reports it. */
export interface Ask {
  readonly kind: 'task' | 'command';
  /** The command line as the shell would get it. */
  readonly text: string;
  /** The shell's absolute path. */
  readonly shell: string;
  /** Absolute working directory. */
  readonly cwd: string;
  /** The environment it would run in. */
  readonly env: Readonly<Record<string, string>>;
  /** The task's label and the other names it is known by; empty for a command. */
  readonly label: string | undefined;
  readonly labels: readonly string[];
  readonly actor: ActorKind;
}

/** Environment variables that steer where well-known tools land. */
const STEERING = [
  'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AZURE_SUBSCRIPTION_ID', 'CLOUDSDK_ACTIVE_CONFIG_NAME', 'CLOUDSDK_CORE_PROJECT',
  'DATABASE_URL', 'DOCKER_CONTEXT', 'DOCKER_HOST', 'HELM_KUBECONTEXT', 'KUBECONFIG', 'MYSQL_HOST', 'NODE_ENV', 'PATH',
  'PGDATABASE', 'PGHOST', 'PGSERVICE', 'PGUSER', 'PULUMI_STACK', 'RAILS_ENV', 'REDIS_URL', 'TF_CLI_ARGS', 'TF_DATA_DIR', 'TF_WORKSPACE', 'VAULT_ADDR',
];

/** What one ask comes to, under the rules of its repository. */
export interface Judged {
  readonly assessment: Assessment;
  readonly verdict: Verdict;
  /** The trusted policy, then the working copy's, which may only tighten. */
  readonly policies: readonly [Policy, ...Policy[]];
}

/**
 * Assesses an ask and decides on it.
 *
 * @throws CountersignError `policy` when the working copy's policy cannot be understood
 */
export async function judgeAsk(ask: Ask, trust: Trust, root: string | undefined, home: string): Promise<Judged> {
  return judgeUnder(ask, await policiesAt(trust, root), new FileWorld(home, ask.env));
}

/**
 * The policies that hold in a working copy: the trusted one, then the working copy's own.
 *
 * @throws CountersignError `policy` when the working copy's policy cannot be understood
 */
export async function policiesAt(trust: Trust, root: string | undefined): Promise<Judged['policies']> {
  const working = root === undefined ? undefined : await readWorkingPolicy(root);
  return working ? [trust.policy, working] : [trust.policy];
}

/** Assesses an ask and decides on it under these policies, in this world. */
export function judgeUnder(ask: Ask, policies: Judged['policies'], world: World): Judged {
  const assessment = assess(subjectOf(ask), patternsOf(policies), world);
  return { assessment, verdict: decide(assessment, ask.actor, policies), policies };
}

export function subjectOf(ask: Ask): Subject {
  return { kind: ask.kind, text: ask.text, shell: shellName(ask.shell), cwd: ask.cwd, labels: ask.labels };
}

export function shellName(shell: string): ShellName {
  const base = path.basename(shell).replace(/\.exe$/i, '').toLowerCase();
  if (base === 'zsh' || base === 'fish' || base === 'cmd') return base;
  if (base === 'pwsh' || base === 'powershell') return 'powershell';
  return base === 'bash' ? 'bash' : 'sh';
}

/** Names that either policy knows an environment by. */
function patternsOf(policies: readonly Policy[]): EnvironmentPattern[] {
  const names = new Set(policies.flatMap((policy) => policy.environments.map((environment) => environment.name)));
  return [...names].map((name) => ({
    name,
    match: [...new Set(policies.flatMap((policy) => policy.environments.find((environment) => environment.name === name)?.match ?? []))],
  }));
}

/**
 * The operation that an ask amounts to in the world as it is now.
 *
 * @param nonce the request's nonce, which salts the digests of environment values
 * @throws CountersignError `refused` when the ask lies outside the repository
 */
export async function operationOf(ask: Ask, judged: Judged, repository: Repository, nonce: string, home: string): Promise<Operation> {
  const directory = repository.relative(ask.cwd);
  if (directory === undefined) throw new CountersignError('refused', 'This runs outside the repository, so nobody could review it. Run it from inside.');
  const state = await repository.state();
  const names = [...STEERING, ...judged.policies.flatMap((policy) => policy.environmentVariables)];
  const environment = Object.fromEntries(
    names.flatMap((name) => {
      const value = ask.env[name];
      return value === undefined ? [] : [[name, saltedDigest(nonce, name, value)]];
    }),
  );
  return {
    kind: ask.kind,
    label: ask.label ?? null,
    script: ask.text,
    shell: ask.shell,
    directory,
    environment,
    inputs: judged.assessment.inputs.map((input) => ({ path: portable(input.path, repository, home), sha256: input.sha256 ?? null })),
    repository: state.repository,
    commit: state.commit,
    worktree: state.worktree,
    targets: judged.assessment.targets.map(({ environment: name, kind, name: target, evidence }) => ({ environment: name, kind, name: target, evidence })),
  };
}

/** A path as every clone would write it. */
function portable(file: string, repository: Repository, home: string): string {
  const relative = repository.relative(file);
  if (relative !== undefined) return relative;
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
