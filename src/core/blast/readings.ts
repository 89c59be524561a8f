import { parseTerraform, addressOf } from '../files/hcl.js';
import { manifestsOf } from '../files/kubernetes-files.js';
import { documentsOf, fieldOf, textOf } from '../files/yaml-tree.js';
import { asArray, asNode } from '../languages/sql-tree.js';
import { amountOf, tallied, type Extent, type Part } from './extent.js';

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
  return { amount: changes.length === 0 ? 'nothing changes' : phrase(tallied(changes.map(({ does }) => does))), parts: tallied(changes.map(({ does }) => does)), items: listed(lost.map(({ does, address }) => `${does}: ${address}`)) };
}

function actionOf(actions: readonly string[]): string | undefined {
  if (actions.includes('delete')) return actions.includes('create') ? 'replaced' : 'destroyed';
  if (actions.includes('create')) return 'created';
  if (actions.includes('update')) return 'changed';
  if (actions.includes('forget')) return 'forgotten';
  return actions.length === 0 || actions.every((action) => action === 'no-op' || action === 'read') ? undefined : 'changed in a way that is not known';
}

/** `3 destroyed, 1 created`. */
function phrase(parts: readonly Part[]): string {
  return parts.map(({ name, count }) => amountOf(count, name, name)).join(', ');
}

/** The resources that Terraform files of one directory declare. */
export function readResources(files: readonly { readonly path: string; readonly text: string }[]): Found {
  const blocks = files.flatMap((file) => parseTerraform(file).blocks);
  const resources = blocks.filter(({ type }) => type === 'resource');
  const modules = blocks.filter(({ type }) => type === 'module');
  return {
    amount: [amountOf(resources.length, 'resource'), ...(modules.length === 0 ? [] : [`${amountOf(modules.length, 'module')} with more in them`])].join(' and '),
    parts: tallied(resources.map(({ labels }) => labels[0] ?? '?')),
    items: listed([...resources, ...modules].map(addressOf)),
  };
}

/** The objects of Kubernetes manifests, by kind; undefined when none of the texts is one. */
export function readObjects(texts: readonly string[]): Found | undefined {
  const objects = texts.flatMap(objectsOf);
  if (objects.length === 0) return undefined;
  return { amount: amountOf(objects.length, 'object'), parts: tallied(objects.map(({ kind }) => kind)), items: listed(objects.map(({ kind, name }) => `${kind} ${name}`)) };
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
export function listed(items: readonly string[]): readonly string[] {
  return items.length <= MOST_ITEMS ? items : [...items.slice(0, MOST_ITEMS - 1), `and ${items.length - MOST_ITEMS + 1} more`];
}
