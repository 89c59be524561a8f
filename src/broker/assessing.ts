import path from 'node:path';
import { saltedDigest, type Operation } from '../core/approval/operation.js';
import { sealedTarget, type SealedUse } from '../core/approval/sealed.js';
import type { Trust } from '../core/approval/trust.js';
import { assess } from '../core/assess/assess.js';
import type { Assessment, ShellName, Subject, Target } from '../core/assess/assessment.js';
import { assessTool, type ToolUse } from '../core/assess/tool-use.js';
import type { Edit } from '../core/edits/compare.js';
import { judgeEdits } from '../core/edits/judge-edits.js';
import { CountersignError } from '../core/errors.js';
import { decide, strictest, type ActorKind, type Verdict } from '../core/policy/decide.js';
import type { Policies } from '../core/policy/policy.js';
import { clock } from '../world/clock.js';
import { fileDigest, FileWorld } from '../world/file-world.js';
import type { Repository } from '../world/repository.js';
import { readWorkingPolicy } from '../world/trust.js';
import { userDirectory } from './windows.js';
import { sentence, spoken } from '../core/say.js';

/** One thing about to happen, as a guard reports it. */
export interface Ask {
  readonly kind: 'task' | 'command' | 'edit' | 'tool';
  /** The command line as the shell would get it; an edit as a patch, a tool's use as its name and a JSON text. */
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
  /** What an edit makes of which files. */
  readonly edits?: readonly Edit[];
  readonly tool?: ToolUse;
  /** What it is to be given that others have to unseal; undefined for nothing. */
  readonly sealed?: Operation['sealed'];
}

/** Environment variables that steer where well-known tools land. */
const STEERING = [
  'AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AZURE_SUBSCRIPTION_ID', 'CLOUDSDK_ACTIVE_CONFIG_NAME', 'CLOUDSDK_CORE_PROJECT',
  'DATABASE_URL', 'DOCKER_CONTEXT', 'DOCKER_HOST', 'HELM_KUBECONTEXT', 'HOME', 'KUBECONFIG', 'MYSQL_HOST', 'NODE_ENV', 'NODE_OPTIONS', 'PATH',
  'PGDATABASE', 'PGHOST', 'PGSERVICE', 'PGUSER', 'PULUMI_STACK', 'RAILS_ENV', 'REDIS_URL', 'TF_CLI_ARGS', 'TF_DATA_DIR', 'TF_WORKSPACE', 'VAULT_ADDR',
];

/** As many findings as a request may hold. */
const MOST_FINDINGS = 200;

/** What one ask comes to, under the rules of its repository. */
export interface Judged {
  /** Under the trusted policy; its targets are those that any of the policies sees. */
  readonly assessment: Assessment;
  /** The strictest of the policies' verdicts. */
  readonly verdict: Verdict;
  /** The trusted policy, then those that may only tighten. */
  readonly policies: Policies;
  /** The environment variables that were looked at. */
  readonly variables: readonly string[];
}

/**
 * Assesses an ask and decides on it.
 *
 * @throws CountersignError `policy` when the working copy's policy cannot be understood
 */
export function judgeAsk(ask: Ask, trust: Trust, root: string | undefined, home: string, now = clock()): Judged {
  return judgeUnder(ask, policiesAt(trust, root), worldOf(ask, home), now);
}

/** The world as the operation would see it: its own home directory, its own environment. */
export function worldOf(ask: Pick<Ask, 'env'>, home: string): FileWorld {
  const own = ask.env['HOME'];
  return new FileWorld(own !== undefined && path.isAbsolute(own) ? own : home, ask.env, userDirectory(home));
}

/**
 * The policies that hold in a working copy: the trusted one, then those that may only tighten: what stands on the
 * protected branch and nobody approved yet, and the working copy's own.
 *
 * @throws CountersignError `policy` when the working copy's policy cannot be understood
 */
export function policiesAt(trust: Trust, root: string | undefined): Judged['policies'] {
  const working = root === undefined ? undefined : readWorkingPolicy(root);
  return [trust.policy, ...(trust.pending ? [trust.pending.policy] : []), ...(working ? [working] : [])];
}

/**
 * Assesses an ask and decides on it in this world. Every policy judges by its own names alone, so that none can
 * take a name away from another.
 *
 * @param now when exceptions are to hold, in Unix seconds
 */
export function judgeUnder(ask: Ask, policies: Judged['policies'], world: FileWorld, now = clock()): Judged {
  const rulings = policies.map((policy) => {
    if (ask.edits) return judgeEdits(ask.edits, ask.actor, policy, world);
    const assessment = ask.tool ? assessTool(ask.tool, policy.environments, world) : assess(subjectOf(ask), policy.environments, world);
    return { assessment, verdict: decide(assessment, ask.actor, policy, ask.tool ? undefined : { ...subjectOf(ask), now }) };
  });
  const [trusted] = rulings as [(typeof rulings)[number], ...typeof rulings];
  const items = ask.sealed?.items ?? [];
  const targets = [...rulings.flatMap((ruling) => ruling.assessment.targets), ...items.map(sealedTarget)];
  return {
    assessment: { ...trusted.assessment, targets: uniqueTargets(targets) },
    verdict: withSealed(strictest(rulings.map((ruling) => ruling.verdict)), items),
    policies,
    variables: [...world.asked],
  };
}

/** What the gate says to an ask, as far as a request may hold it: sentences, and the rules that found something. */
export function saidOf({ verdict, assessment }: Judged): { readonly findings: readonly string[]; readonly rules: readonly string[] } {
  const some = (texts: readonly string[]) => [...new Set(texts)].slice(0, MOST_FINDINGS);
  return {
    findings: some([...verdict.reasons, ...assessment.findings.map(({ message }) => message)].map((said) => spoken(said))).map((finding) => finding.slice(0, 2000)),
    rules: some(assessment.findings.map(({ rule }) => rule)),
  };
}

/** Nobody is given what is sealed without approval, however harmless the command, and no exception changes that. */
function withSealed(verdict: Verdict, items: readonly SealedUse[]): Verdict {
  const [first] = items;
  if (!first) return verdict;
  const reasons = [...verdict.reasons, sentence('It would be given {0}, which others have to release.', items.map(({ name }) => name).join(', '))];
  return strictest([{ ...verdict, reasons }, { action: 'approve', environment: first.environment, reasons }]);
}

function uniqueTargets(targets: readonly Target[]): readonly Target[] {
  const known = new Map(targets.map((target) => [JSON.stringify([target.environment, target.kind, target.name]), target]));
  return [...known.values()];
}

export function subjectOf(ask: Ask): Subject {
  return { kind: ask.kind === 'task' ? 'task' : 'command', text: ask.text, shell: shellName(ask.shell), cwd: ask.cwd, labels: ask.labels };
}

export function shellName(shell: string): ShellName {
  const base = path.basename(shell).replace(/\.exe$/i, '').toLowerCase();
  if (base === 'zsh' || base === 'fish' || base === 'cmd') return base;
  if (base === 'pwsh' || base === 'powershell') return 'powershell';
  return base === 'bash' ? 'bash' : 'sh';
}

/**
 * The operation that an ask amounts to in the world as it is now.
 *
 * @param nonce the request's nonce, which salts the digests of environment values
 * @throws CountersignError `refused` when the ask lies outside the repository
 */
export async function operationOf(ask: Ask, judged: Judged, repository: Repository, nonce: string, home: string): Promise<Operation> {
  const directory = repository.relative(ask.cwd);
  if (directory === undefined) throw new CountersignError('refused', sentence('This runs outside the repository, so nobody could review it. Run it from inside.'));
  const state = await repository.state();
  const names = new Set([...STEERING, ...judged.variables, ...judged.policies.flatMap((policy) => policy.environmentVariables)]);
  const environment = Object.fromEntries(
    [...names].flatMap((name) => {
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
    inputs: await Promise.all(judged.assessment.inputs.map(async (input) => ({ path: portable(input.path, repository, home), sha256: await fileDigest(input.path) }))),
    repository: state.repository,
    commit: state.commit,
    worktree: state.worktree,
    targets: judged.assessment.targets.map(({ environment: name, kind, name: target, evidence }) => ({ environment: name, kind, name: target, evidence: spoken(evidence) })),
    ...(ask.sealed ? { sealed: ask.sealed } : {}),
  };
}

/** A path as every clone would write it. */
function portable(file: string, repository: Repository, home: string): string {
  const relative = repository.relative(file);
  if (relative !== undefined) return relative;
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
