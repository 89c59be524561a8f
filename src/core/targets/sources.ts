import { resolvePath } from '../shell/paths.js';
import { isKnown } from '../shell/program.js';
import type { Clue, Source, Surrounding } from './place.js';
import { sentence } from '../say.js';
import { kindWords } from './kinds.js';

const NONE: readonly Clue[] = [];

/** The file that a name stands for where a program runs, if it is one and both are known. */
export function fileOf(name: string, cwd: string): Pick<Clue, 'file'> {
  return isKnown(cwd) && isKnown(name) ? { file: resolvePath(cwd, name) } : {};
}

/** Clues from options: `--context prod`, `-n payments-live`. */
export function fromOptions(names: string, kind: string): Source {
  const evidence = sentence('{0} given on the command line', kindWords(kind));
  return ({ use }) => (use.options.length === 0 ? NONE : use.values(names).map((name) => ({ kind, name, evidence })));
}

/** Clues from environment variables, the invocation's own assignments first. */
export function fromEnv(names: string, kind: string): Source {
  const variables = names.split(' ').map((variable) => ({ variable, evidence: sentence('{0} from {1}', kindWords(kind), variable) }));
  return ({ env }) => {
    let clues = NONE;
    for (const { variable, evidence } of variables) {
      const name = env(variable);
      if (name !== undefined && name !== '') clues = [...clues, { kind, name, evidence }];
    }
    return clues;
  };
}

/** Clues from the names of the directories between the repository's top and the working directory. */
export const fromDirectory: Source = ({ use, world }) => {
  const { cwd } = use.invocation;
  return isKnown(cwd) ? directoryClues(cwd, world) : [];
};

/** The directory names of a path, inside its repository where there is one. */
export function directoryClues(path: string, world: Surrounding['world']): readonly Clue[] {
  const root = world.git(path)?.root;
  const inside = root !== undefined && path.startsWith(root) ? path.slice(root.length) : path.slice(path.startsWith(world.home) ? world.home.length : 0);
  return inside
    .split('/')
    .filter((name) => name !== '')
    .map((name) => ({ kind: 'directory', name, evidence: sentence('the directory {0} of {1}', name, path) }));
}

/** What a remote of the repository is called, and which branch a push would change. */
export const gitPush: Source = ({ use, world }) => {
  if (use.operand(0) !== 'push') return [];
  const place = world.git(use.value('-C') ?? use.invocation.cwd);
  const remote = use.operand(1) ?? 'origin';
  const url = place?.remotes.get(remote);
  const branches = use.rest(2).map((ref) => ref.replace(/^\+/, '').replace(/^.*:/, '').replace(/^refs\/heads\//, ''));
  if (branches.length === 0 && place?.branch !== undefined) branches.push(place.branch);
  const clues: Clue[] = branches.filter((name) => name !== 'HEAD' && name !== '').map((name) => ({ kind: 'git branch', name, evidence: sentence('pushes to the branch {0}', name) }));
  clues.push({ kind: 'git remote', name: remote, evidence: url === undefined ? sentence('the remote {0}', remote) : sentence('the remote {0} is {1}', remote, url) });
  if (url !== undefined) clues.push({ kind: 'git remote', name: url, evidence: sentence('the remote {0} is {1}', remote, url) });
  return clues;
};
