import { parse } from 'yaml';
import { readText } from '../languages/material.js';
import { isKnown } from '../shell/program.js';
import { resolvePath } from '../shell/paths.js';
import type { Clue, Source, Surrounding } from './place.js';

/** Clues from options: `--context prod`, `-n payments-live`. */
export function fromOptions(names: string, kind: string): Source {
  return ({ use }) => use.values(names).map((name) => ({ kind, name, evidence: `${kind} given on the command line` }));
}

/** Clues from environment variables, the invocation's own assignments first. */
export function fromEnv(names: string, kind: string): Source {
  return ({ env }) =>
    names.split(' ').flatMap((variable) => {
      const name = env(variable);
      return name === undefined || name === '' ? [] : [{ kind, name, evidence: `${kind} from ${variable}` }];
    });
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
    .map((name) => ({ kind: 'directory', name, evidence: `the directory ${name} of ${path}` }));
}

/** The Kubernetes context, namespace and cluster: from options, else from the kubeconfig. */
export const kubernetes: Source = (around) => {
  const { use, world, env } = around;
  const clues: Clue[] = [...fromOptions('-n --namespace', 'Kubernetes namespace')(around), ...fromOptions('--cluster', 'Kubernetes cluster')(around), ...fromOptions('-s --server', 'Kubernetes server')(around)];
  const asked = use.value('--context --kube-context');
  if (asked !== undefined) return [{ kind: 'Kubernetes context', name: asked, evidence: 'context given on the command line' }, ...clues];
  const given = use.value('--kubeconfig') ?? env('KUBECONFIG');
  const paths = (given === undefined || given === '' ? [`${world.home}/.kube/config`] : given.split(':')).filter((path) => path !== '');
  for (const path of paths) {
    const shown = path.startsWith(`${world.home}/`) ? `~${path.slice(world.home.length)}` : path;
    if (given !== undefined) clues.push({ kind: 'kubeconfig', name: path.slice(path.lastIndexOf('/') + 1), evidence: `kubeconfig ${shown}` });
    const read = readText(resolvePath(use.invocation.cwd, path.replace(/^~(?=\/)/, world.home)), world);
    if (!('text' in read)) continue;
    const current = currentContext(read.text);
    if (current.context === undefined) continue;
    clues.unshift({ kind: 'Kubernetes context', name: current.context, evidence: `current context of ${shown} is ${current.context}` });
    if (current.namespace !== undefined && use.value('-n --namespace') === undefined) {
      clues.push({ kind: 'Kubernetes namespace', name: current.namespace, evidence: `namespace of the current context in ${shown}` });
    }
    if (current.cluster !== undefined) clues.push({ kind: 'Kubernetes cluster', name: current.cluster, evidence: `cluster of the current context in ${shown}` });
    break;
  }
  return clues;
};

interface Current {
  readonly context: string | undefined;
  readonly namespace: string | undefined;
  readonly cluster: string | undefined;
}

const CONTEXTS = new Map<string, Current>();

function currentContext(text: string): Current {
  const known = CONTEXTS.get(text);
  if (known) return known;
  if (CONTEXTS.size > 16) CONTEXTS.clear();
  const current = readContext(text);
  CONTEXTS.set(text, current);
  return current;
}

function readContext(text: string): Current {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    document = undefined;
  }
  const context = stringAt(document, 'current-context');
  const list = field(document, 'contexts');
  const entry: unknown = Array.isArray(list) ? list.find((item) => stringAt(item, 'name') === context) : undefined;
  const details = field(entry, 'context');
  return { context, namespace: stringAt(details, 'namespace'), cluster: stringAt(details, 'cluster') };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function stringAt(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The Terraform workspace, variable files, backend files and directory. */
export const terraform: Source = (around) => {
  const { use, world } = around;
  const chdir = use.value('-chdir');
  const directory = resolvePath(use.invocation.cwd, chdir ?? '.');
  const clues: Clue[] = [...fromEnv('TF_WORKSPACE', 'Terraform workspace')(around)];
  const workspace = isKnown(directory) ? readText(`${directory}/.terraform/environment`, world) : undefined;
  if (clues.length === 0 && workspace && 'text' in workspace && workspace.text.trim() !== '') {
    clues.push({ kind: 'Terraform workspace', name: workspace.text.trim(), evidence: 'workspace in .terraform/environment' });
  }
  for (const file of [...use.values('-var-file'), ...use.values('-backend-config'), ...use.values('-state')]) clues.push({ kind: 'Terraform file', name: file, evidence: `${file} given on the command line` });
  for (const value of use.values('-var')) clues.push({ kind: 'Terraform variable', name: value, evidence: `-var ${value}` });
  if (isKnown(directory)) clues.push(...directoryClues(directory, world));
  return clues;
};

/** What a remote of the repository is called, and which branch a push would change. */
export const gitPush: Source = ({ use, world }) => {
  if (use.operand(0) !== 'push') return [];
  const place = world.git(use.value('-C') ?? use.invocation.cwd);
  const remote = use.operand(1) ?? 'origin';
  const url = place?.remotes.get(remote);
  const branches = use.rest(2).map((ref) => ref.replace(/^\+/, '').replace(/^.*:/, '').replace(/^refs\/heads\//, ''));
  if (branches.length === 0 && place?.branch !== undefined) branches.push(place.branch);
  const clues: Clue[] = branches.filter((name) => name !== 'HEAD' && name !== '').map((name) => ({ kind: 'git branch', name, evidence: `pushes to the branch ${name}` }));
  clues.push({ kind: 'git remote', name: remote, evidence: url === undefined ? `the remote ${remote}` : `the remote ${remote} is ${url}` });
  if (url !== undefined) clues.push({ kind: 'git remote', name: url, evidence: `the remote ${remote} is ${url}` });
  return clues;
};
