import type { Sentence } from '../say.js';
import type { World } from '../world.js';

/** What an invocation does to the world. */
export type Effect = 'read' | 'write' | 'destroy' | 'unknown';

/** Whether what was done can be undone. */
export type Reversible = 'yes' | 'with-effort' | 'no';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** A half-open range `[start, end)` of UTF-16 code units in one source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is about to happen, as it was observed. */
export interface Subject {
  readonly kind: 'command' | 'task';
  /** The command line or script text, as the shell would get it. */
  readonly text: string;
  readonly shell: ShellName;
  /** Absolute working directory. */
  readonly cwd: string;
  /** A task's label, group and definition values: names under which a person knows it. */
  readonly labels: readonly string[];
}

export type ShellName = 'bash' | 'zsh' | 'sh' | 'fish' | 'powershell' | 'cmd';

/** Names by which an environment is recognised, from the policy. */
export interface EnvironmentPattern {
  /** `production`, `staging` … : the policy's own word. */
  readonly name: string;
  /** Minimatch globs over names (contexts, profiles, workspaces, hosts, branches, labels, directories). */
  readonly match: readonly string[];
}

/** Where an operation would land, and how we know. */
export interface Target {
  /** An environment's name from the policy, or `shared`, or `local`. */
  readonly environment: string;
  /** What kind of name gave it away: `kubernetes context`, `task label`, `git branch` … */
  readonly kind: string;
  /** The name itself: `prod-eu`, `deploy: production`. */
  readonly name: string;
  /** A clause for a person: "current context of ~/.kube/config". */
  readonly evidence: Sentence;
  /** The file that says so (absolute), for a person to open; it may not exist. Undefined where no single file does. */
  readonly file?: string;
}

/** One reason to care. */
export interface Finding {
  /** The rule's id, such as `terraform/destroy`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly effect: Effect;
  readonly reversible: Reversible;
  /** One sentence: what would happen. */
  readonly message: Sentence;
  /** A safer way, as a command or a sentence. */
  readonly safer: string | undefined;
  /** The file the range belongs to (absolute), or undefined for the operation's own text. */
  readonly file: string | undefined;
  readonly span: Span;
  /** How the acting program was reached: `sudo`, `npm run deploy`, `scripts/deploy.sh` … outermost first. */
  readonly via: readonly string[];
  /** Where this command lands, as far as that is known; the operation as a whole lands wherever any of its commands does. */
  readonly targets?: readonly Target[];
}

/** A file that would be executed or obeyed, bound into the operation by its digest. */
export interface Input {
  /** Absolute path. */
  readonly path: string;
  /** Lower-case hex SHA-256 of its bytes, or undefined when it does not exist. */
  readonly sha256: string | undefined;
}

/** One line of the explanation: parsed, unwrapped, followed, matched, located. */
export interface Step {
  readonly stage: 'parse' | 'unwrap' | 'follow' | 'rule' | 'target' | 'unknown';
  readonly text: Sentence;
}

/** Everything the engine understood about an operation. Frozen data: the decision and the screens read it, nothing else. */
export interface Assessment {
  readonly effect: Effect;
  readonly reversible: Reversible;
  readonly findings: readonly Finding[];
  readonly targets: readonly Target[];
  readonly inputs: readonly Input[];
  readonly steps: readonly Step[];
}

export type Assess = (subject: Subject, environments: readonly EnvironmentPattern[], world: World) => Assessment;
