import { parse } from 'yaml';
import { isTooDeep } from '../files/depth.js';
import { resolvePath } from '../shell/paths.js';
import { listAt, field, shownPath, stringAt, textAt } from './ini.js';
import type { Clue, Source, Surrounding } from './place.js';
import { fromEnv, fromOptions } from './sources.js';
import { sentence } from '../say.js';

const KUBERNETES_NAMESPACE_OPTIONS = fromOptions('-n --namespace', 'Kubernetes namespace');
const KUBERNETES_CLUSTER_OPTIONS = fromOptions('--cluster', 'Kubernetes cluster');
const KUBERNETES_SERVER_OPTIONS = fromOptions('-s --server --kube-apiserver', 'Kubernetes server');
const KUBERNETES_SETTING_VARIABLES = fromEnv('HELM_NAMESPACE HELM_KUBEAPISERVER', 'Kubernetes setting');

/** The Kubernetes context, namespace and cluster: from options, else from the kubeconfig files. */
export const kubernetes: Source = (around) => {
  const { use, env } = around;
  const clues: Clue[] = [
    ...KUBERNETES_NAMESPACE_OPTIONS(around),
    ...KUBERNETES_CLUSTER_OPTIONS(around),
    ...KUBERNETES_SERVER_OPTIONS(around),
    ...(use.invocation.program.startsWith('helm') ? KUBERNETES_SETTING_VARIABLES(around) : []),
  ];
  if (/^(ns|namespaces?)$/.test(use.operand(1) ?? '')) for (const name of use.rest(2)) clues.push({ kind: 'Kubernetes namespace', name, evidence: sentence('names the namespace {0}', name) });
  const asked = use.value('--context --kube-context') ?? (use.invocation.program.startsWith('helm') ? env('HELM_KUBECONTEXT') : undefined);
  const given = use.value('--kubeconfig') ?? env('KUBECONFIG');
  const files = configsIn(around, given);
  if (given !== undefined) for (const { path, shown } of files) clues.push({ kind: 'kubeconfig', name: path.slice(path.lastIndexOf('/') + 1), evidence: sentence('kubeconfig {0}', shown) });
  const current = files.find(({ config }) => config.current !== undefined);
  const name = asked ?? current?.config.current;
  if (name === undefined) return clues;
  const evidence = asked === undefined && current ? sentence('current context of {0} is {1}', current.shown, name) : use.value('--context --kube-context') === undefined ? sentence('context from HELM_KUBECONTEXT') : sentence('context given on the command line');
  clues.unshift({ kind: 'Kubernetes context', name, evidence });
  // Any of the files may describe the context; the first one that does counts.
  const described = files.flatMap(({ config, shown }) => { const details = config.contexts.get(name); return details ? [{ details, shown }] : []; })[0];
  if (!described) return clues;
  const { details, shown } = described;
  if (details.namespace !== undefined && use.value('-n --namespace') === undefined) clues.push({ kind: 'Kubernetes namespace', name: details.namespace, evidence: sentence('namespace of the context {0} in {1}', name, shown) });
  if (details.cluster !== undefined) clues.push({ kind: 'Kubernetes cluster', name: details.cluster, evidence: sentence('cluster of the context {0} in {1}', name, shown) });
  const server = details.cluster === undefined ? undefined : files.map(({ config }) => config.servers.get(details.cluster ?? '')).find((found) => found !== undefined);
  if (server !== undefined) clues.push({ kind: 'Kubernetes server', name: server, evidence: sentence('server of the cluster {0} in {1}', details.cluster ?? '', shown) });
  return clues;
};

interface Config {
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, { readonly namespace: string | undefined; readonly cluster: string | undefined }>;
  readonly servers: ReadonlyMap<string, string>;
}

function configsIn({ use, world }: Surrounding, given: string | undefined): readonly { readonly path: string; readonly shown: string; readonly config: Config }[] {
  const paths = given === undefined || given === '' ? [`${world.home}/.kube/config`] : given.split(':').filter((path) => path !== '');
  return paths.slice(0, 32).map((path) => {
    const text = textAt(resolvePath(use.invocation.cwd, path.replace(/^~(?=\/)/, world.home)), world);
    return { path, shown: shownPath(path, world.home), config: text === undefined ? NOTHING : configOf(text) };
  });
}

const NOTHING: Config = { current: undefined, contexts: new Map(), servers: new Map() };
const CONFIGS = new Map<string, Config>();
const MOST_CONFIGS = 16;

function configOf(text: string): Config {
  const known = CONFIGS.get(text);
  if (known) return known;
  if (CONFIGS.size >= MOST_CONFIGS) CONFIGS.clear();
  const config = readConfig(text);
  CONFIGS.set(text, config);
  return config;
}

function readConfig(text: string): Config {
  let document: unknown;
  try {
    document = isTooDeep(text) ? undefined : parse(text);
  } catch {
    return NOTHING;
  }
  const named = (list: string): readonly (readonly [string, unknown])[] => listAt(document, list).flatMap((item) => { const name = stringAt(item, 'name'); return name === undefined ? [] : [[name, item] as const]; });
  return {
    current: stringAt(document, 'current-context'),
    contexts: new Map(named('contexts').map(([name, item]) => [name, { namespace: stringAt(field(item, 'context'), 'namespace'), cluster: stringAt(field(item, 'context'), 'cluster') }])),
    servers: new Map(named('clusters').flatMap(([name, item]) => { const server = stringAt(field(item, 'cluster'), 'server'); return server === undefined ? [] : [[name, server] as const]; })),
  };
}
