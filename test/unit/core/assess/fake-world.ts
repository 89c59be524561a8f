import type { Assessment, EnvironmentPattern, ShellName } from '../../../../src/core/assess/assessment.js';
import { assess } from '../../../../src/core/assess/assess.js';
import { decide } from '../../../../src/core/policy/decide.js';
import { defaultPolicy } from '../../../../src/core/policy/policy.js';
import type { GitPlace, World } from '../../../../src/core/world.js';

export const HOME = '/home/ada';
export const PROJECT = '/home/ada/shop';

export interface Given {
  /** Files by absolute path, or by a path relative to the project. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly branch?: string;
  readonly labels?: readonly string[];
  readonly environments?: readonly EnvironmentPattern[];
  readonly shell?: ShellName;
  readonly cwd?: string;
}

/** A world made of tables: one project in a home directory. */
export function worldOf(given: Given = {}): World {
  const files = new Map(Object.entries(given.files ?? {}).map(([path, text]) => [path.startsWith('/') ? path : `${PROJECT}/${path}`, text]));
  const place: GitPlace = {
    root: PROJECT,
    branch: given.branch ?? 'feature',
    defaultBranch: 'main',
    remotes: new Map([['origin', 'git@git.example.com:ada/shop.git']]),
  };
  return {
    home: HOME,
    env: (name) => given.env?.[name],
    readFile: (path) => {
      const text = files.get(path);
      return text === undefined ? undefined : new TextEncoder().encode(text);
    },
    git: (directory) => (directory === PROJECT || directory.startsWith(`${PROJECT}/`) ? place : undefined),
  };
}

/** Assesses one command line in the fake world. */
export function assessIn(text: string, given: Given = {}): Assessment {
  const subject = { kind: 'command' as const, text, shell: given.shell ?? ('bash' as const), cwd: given.cwd ?? PROJECT, labels: given.labels ?? [] };
  return assess(subject, given.environments ?? [], worldOf(given));
}

/** The ids of the rules that spoke. */
export function rulesIn(text: string, given: Given = {}): readonly string[] {
  return assessIn(text, given).findings.map((finding) => finding.rule);
}

/** Whether anything that was found would make an agent stop. */
export function isAlarming({ findings }: Assessment): boolean {
  return findings.some(({ effect, severity }) => effect === 'destroy' || severity !== 'low');
}

const POLICY = defaultPolicy();

/** Whether the default policy would at least warn an agent. */
export function stopsAgent(assessment: Assessment): boolean {
  return decide(assessment, 'agent', POLICY).action !== 'allow';
}
