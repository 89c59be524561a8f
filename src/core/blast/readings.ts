import { parseTerraform, addressOf } from '../files/hcl.js';
import { manifestsOf } from '../files/kubernetes-files.js';
import { documentsOf, fieldOf, textOf } from '../files/yaml-tree.js';
import { asArray, asNode } from '../languages/sql-tree.js';
import { joined, sentence, type Sentence, type Value } from '../say.js';
import { counted, tallied, type Extent } from './extent.js';

type Found = Pick<Extent, 'amount' | 'parts' | 'items'>;

const MOST_ITEMS = 8;

/** What `terraform show -json PLAN` says a plan would do (its `resource_changes`), or undefined when a text is no such thing. */
export function readPlan(text: string): Found | undefined {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch {
    return undefined;
  }
  const node = asNode(plan);
  if (!node || !Array.isArray(node['resource_changes'])) return undefined;
  const changes = asArray(node['resource_changes']).flatMap((change) => {
    const actions = asArray(asNode(asNode(change)?.['change'])?.['actions']).filter((action) => typeof action === 'string');
    const address = asNode(change)?.['address'];
    const does = actionOf(actions);
    return does === undefined ? [] : [{ does, address: typeof address === 'string' ? address : '?' }];
  });
  const lost = changes.filter(({ does }) => does === 'destroyed' || does === 'replaced');
  const parts = tallied(changes.map(({ does }) => does)).map(({ name, count }) => ({ name: ACTIONS[name as Action], count }));
  return { amount: parts.length === 0 ? sentence('nothing changes') : joined(parts.map(({ name, count }) => joined([counted(count), name], ' ')), ', '), parts, items: listed(lost.map(({ does, address }) => joined([ACTIONS[does], address], ': '))) };
}

const ACTIONS = {
  destroyed: sentence('destroyed'),
  replaced: sentence('replaced'),
  created: sentence('created'),
  changed: sentence('changed'),
  forgotten: sentence('forgotten'),
  unknown: sentence('changed in a way that is not known'),
};
type Action = keyof typeof ACTIONS;

function actionOf(actions: readonly string[]): Action | undefined {
  if (actions.includes('delete')) return actions.includes('create') ? 'replaced' : 'destroyed';
  if (actions.includes('create')) return 'created';
  if (actions.includes('update')) return 'changed';
  if (actions.includes('forget')) return 'forgotten';
  return actions.length === 0 || actions.every((action) => action === 'no-op' || action === 'read') ? undefined : 'unknown';
}

/** The resources that Terraform files of one directory declare. */
export function readResources(files: readonly { readonly path: string; readonly text: string }[]): Found {
  const blocks = files.flatMap((file) => parseTerraform(file).blocks);
  const resources = blocks.filter(({ type }) => type === 'resource');
  const modules = blocks.filter(({ type }) => type === 'module');
  return {
    amount: modules.length === 0 ? resourcesOf(resources.length) : modules.length === 1 ? sentence('{0} and 1 module with more in it', resourcesOf(resources.length)) : sentence('{0} and {1} modules with more in them', resourcesOf(resources.length), counted(modules.length)),
    parts: tallied(resources.map(({ labels }) => labels[0] ?? '?')),
    items: listed([...resources, ...modules].map(addressOf)),
  };
}

function resourcesOf(count: number): Sentence {
  return count === 1 ? sentence('1 resource') : sentence('{0} resources', counted(count));
}

/** The objects of Kubernetes manifests, by kind; undefined when none of the texts is one. */
export function readObjects(texts: readonly string[]): Found | undefined {
  const objects = texts.flatMap(objectsOf);
  if (objects.length === 0) return undefined;
  return { amount: objects.length === 1 ? sentence('1 object') : sentence('{0} objects', counted(objects.length)), parts: tallied(objects.map(({ kind }) => kind)), items: listed(objects.map(({ kind, name }) => `${kind} ${name}`)) };
}

function objectsOf(text: string): readonly { readonly kind: string; readonly name: string }[] {
  let roots: readonly unknown[];
  try {
    roots = documentsOf(text);
  } catch {
    // Aliases that make a small text endless: nobody's manifest.
    return [];
  }
  return roots.flatMap((root) => manifestsOf(root)).flatMap((manifest) => {
    const kind = textOf(fieldOf(manifest, 'kind'));
    const metadata = fieldOf(manifest, 'metadata');
    return kind === undefined ? [] : [{ kind, name: textOf(fieldOf(metadata, 'name')) ?? textOf(fieldOf(metadata, 'generateName')) ?? '' }];
  });
}

/** The first few; how many more there are is said. */
export function listed(items: readonly Value[]): readonly Value[] {
  return items.length <= MOST_ITEMS ? items : [...items.slice(0, MOST_ITEMS - 1), sentence('and {0} more', counted(items.length - MOST_ITEMS + 1))];
}
