import { isScalar } from 'yaml';
import { asSentence, sentence } from '../say.js';
import type { FileRule, Gather } from './gather.js';
import { yamlParts } from './parts.js';
import { argumentsOf } from './pipelines.js';
import { scalarPassage } from './scalars.js';
import { documentsOf, entriesOf, entryOf, fieldOf, isEmpty, itemsOf, textOf } from './yaml-tree.js';

const fileRule = (id: string, severity: FileRule['severity'], reversible: FileRule['reversible'], message: string, safer: string): FileRule => ({ id: `kubernetes-file/${id}`, severity, effect: 'destroy', reversible, message, safer });

const REPLICAS = fileRule('replicas-zero', 'high', 'yes', 'Runs no copy of it: it stops serving.', 'Scale down to one first, or say in the change that it is meant to stop.');
const FINALIZERS = fileRule('finalizers-removed', 'high', 'no', 'Removes the finalizers, so a deletion skips its clean-up and its checks.', 'Let the controller remove them.');
const RECLAIM = fileRule('reclaim-delete', 'high', 'no', 'Deletes the data together with the claim.', 'Use Retain.');
const ANNOTATION = fileRule('deletion-annotation', 'high', 'no', 'Marks it for deletion.', 'Delete it by hand, after looking at what is inside.');
const PATCH = fileRule('patch-delete', 'high', 'no', 'Deletes it from what is applied.', 'Look at what the overlay is built into first.');
const RETENTION = fileRule('claims-deleted', 'high', 'no', 'Deletes the volume claims together with the set, or when it shrinks.', 'Use Retain.');

/** Kinds whose loss takes other things with it. */
const HOLDS_DATA = /^(Namespace|PersistentVolumeClaim|PersistentVolume|StatefulSet|CustomResourceDefinition|Database|Postgresql|PostgresCluster|Cluster)$/;
const MARKS = /(^|[/.-])(delete|deletion|prune|ttl|expires?|expiry|janitor|reap|teardown|self-destruct|cleanup)/i;
const SPARES = /^(false|no|never|off|0|keep|retain|disabled|orphan)?$/i;
const MOST_DEPTH = 24;

/** Kubernetes manifests, with the documents of a list, and patches. */
export function readKubernetes(gather: Gather): void {
  for (const part of yamlParts(gather.file.text)) {
    gather.part(part, (inner) => {
      for (const root of documentsOf(inner.file.text)) for (const manifest of manifestsOf(root)) read(inner, manifest);
    });
  }
}

/** A manifest, or those of a `kind: List`. */
export function manifestsOf(root: unknown): readonly unknown[] {
  return textOf(fieldOf(root, 'kind'))?.endsWith('List') ? itemsOf(fieldOf(root, 'items')) : [root];
}

function read(gather: Gather, manifest: unknown): void {
  const kind = textOf(fieldOf(manifest, 'kind')) ?? '';
  const metadata = fieldOf(manifest, 'metadata');
  const name = textOf(fieldOf(metadata, 'name')) ?? '';
  const title = `${kind}${name === '' ? '' : ` ${name}`}`;
  const spec = fieldOf(manifest, 'spec');
  const report = (rule: FileRule, entry: { readonly span: { readonly start: number; readonly end: number } } | undefined, severity = rule.severity): void => {
    if (entry) gather.rule(rule, entry.span, { severity, message: title.trim() === '' ? asSentence(rule.message) : sentence('{0}: {1}', title, asSentence(rule.message)) });
  };
  const replicas = entryOf(spec, 'replicas');
  if (replicas && /^0+$/.test(textOf(replicas.value) ?? '') && kind !== 'HorizontalPodAutoscaler') report(REPLICAS, replicas);
  for (const owner of [metadata, kind === 'Namespace' ? spec : undefined]) {
    const finalizers = entryOf(owner, 'finalizers');
    if (finalizers && isEmpty(finalizers.value)) report(FINALIZERS, finalizers);
  }
  for (const [owner, key] of [[spec, 'persistentVolumeReclaimPolicy'], [manifest, 'reclaimPolicy'], [manifest, 'deletionPolicy'], [spec, 'deletionPolicy'], [spec, 'reclaimPolicy']] as const) {
    const entry = entryOf(owner, key);
    if (entry && textOf(entry.value) === 'Delete') report(RECLAIM, entry, kind === 'StorageClass' ? 'medium' : 'high');
  }
  for (const entry of entriesOf(fieldOf(spec, 'persistentVolumeClaimRetentionPolicy'))) if (textOf(entry.value) === 'Delete') report(RETENTION, entry);
  if (HOLDS_DATA.test(kind)) {
    for (const entry of entriesOf(fieldOf(metadata, 'annotations'))) {
      const value = textOf(entry.value) ?? '';
      const sync = /sync-options$/.test(entry.key);
      const marked = sync ? /\b(?:Replace|Force)=true\b/.test(value) : MARKS.test(entry.key) && !SPARES.test(value) && !/hook/.test(entry.key);
      if (marked) report(ANNOTATION, entry);
    }
    const deleted = entryOf(metadata, 'deletionTimestamp');
    if (deleted && !isEmpty(deleted.value)) report(ANNOTATION, deleted);
  }
  inner(gather, manifest, title, report, 0);
}

/** A patch as a text within a kustomization. */
function patchText(gather: Gather, node: unknown): void {
  const passage = scalarPassage(gather.file.text, node);
  for (const match of passage?.text.matchAll(/["']?\$patch["']?\s{0,4}:\s{0,4}["']?delete\b["']?/g) ?? []) if (passage) gather.rule(PATCH, passage.spanIn({ start: match.index, end: match.index + match[0].length }));
}

/** What may stand anywhere below: patches that delete, and commands of containers. */
function inner(gather: Gather, node: unknown, title: string, report: (rule: FileRule, entry: { readonly span: { readonly start: number; readonly end: number } } | undefined) => void, depth: number): void {
  if (depth > MOST_DEPTH) return;
  for (const item of itemsOf(node)) inner(gather, item, title, report, depth + 1);
  const entries = entriesOf(node);
  for (const entry of entries) {
    if (entry.key === 'patch' && isScalar(entry.value)) patchText(gather, entry.value);
    if (entry.key === '$patch' && textOf(entry.value) === 'delete') report(PATCH, entry);
    else if (entry.key === 'op' && textOf(entry.value) === 'remove' && /\/(finalizers|prevent|protection)/.test(textOf(fieldOf(node, 'path')) ?? '')) report(FINALIZERS, entry);
    else if (entry.key !== 'command' || itemsOf(entry.value).length === 0) inner(gather, entry.value, title, report, depth + 1);
  }
  const command = fieldOf(node, 'command');
  if (itemsOf(command).length > 0) gather.shell(argumentsOf(gather, command, fieldOf(node, 'args')), { labels: [title], via: [title], elsewhere: true });
}
