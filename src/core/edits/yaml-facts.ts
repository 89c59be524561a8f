import type { FileRule } from '../files/gather.js';
import { manifestsOf } from '../files/kubernetes-files.js';
import { documentsOf, entriesOf, fieldOf, isEmpty, itemsOf, spanOf, textOf } from '../files/yaml-tree.js';
import type { Entry } from '../files/yaml-tree.js';
import { sentence } from '../say.js';
import { loss, normal } from './fact.js';
import type { Fact, FactReader } from './fact.js';

const ENVIRONMENT = loss('workflow/environment-removed', 'high', '{0} no longer belongs to its environment, so reviewers and wait times of that environment no longer apply.', 'Keep the environment.');
const GUARD = loss('workflow/guard-removed', 'high', '{0} runs without the condition that held it back.', 'Keep the condition.');
const MANUAL = loss('workflow/manual-step-removed', 'high', '{0} no longer waits for a person.', 'Keep the manual step.');
const NEEDS = loss('workflow/needs-removed', 'medium', '{0} no longer waits for what came before it.', 'Keep what it needs.');
const REVIEWERS = loss('workflow/reviewers-removed', 'high', '{0} asks fewer people, or nobody, for a review.', 'Keep the reviewers.');
const BACKUPS = loss('backup/retention-lowered', 'medium', '{0} keeps its backups for a shorter time, or not at all.', 'Keep at least as much as before.');
const FINALIZER = loss('kubernetes-file/finalizer-lost', 'high', '{0} loses a finalizer, so a deletion skips its clean-up and its checks.', 'Let the controller remove it.');
const KEPT = loss('kubernetes-file/keep-policy-lost', 'high', '{0} loses the mark that kept it from being deleted.', 'Keep the mark.');
const RETAIN = loss('kubernetes-file/retain-lost', 'high', '{0} no longer keeps its data when it is deleted.', 'Keep the policy Retain.');
const BUDGET = loss('kubernetes-file/disruption-budget-lost', 'medium', '{0} is gone: nothing keeps enough copies running any more.', 'Keep the budget.');
const RESOURCE: FileRule = { id: 'kubernetes-file/resource-removed', severity: 'high', effect: 'destroy', reversible: 'no', message: '{0} is no longer in this file: whatever applies the folder with pruning deletes it.', safer: 'Keep it, or delete it by hand after looking at what is inside.' };

interface Sign {
  readonly key: RegExp;
  readonly rule: FileRule;
  /** What it protects with this value, or undefined when it does not. */
  readonly value: (entry: Entry) => { readonly level: number } | { readonly part: string } | undefined;
}

const text = (entry: Entry): string => normal(textOf(entry.value) ?? '');
const when = (test: (value: string) => boolean) => (entry: Entry): { readonly part: string } | undefined => (test(text(entry)) ? { part: text(entry) } : undefined);
const REFERENCE = /\b(ref|ref_name|event_name|branch|base_ref|actor|environment|confirm|CI_COMMIT_(BRANCH|REF_NAME|TAG|REF_PROTECTED)|CI_PIPELINE_SOURCE|CI_DEFAULT_BRANCH|Build\.SourceBranch)\b/;

/** Keys that protect, wherever they stand, as data. */
const SIGNS: readonly Sign[] = [
  { key: /^(environment|deployment)$/, rule: ENVIRONMENT, value: (entry) => { const name = textOf(entry.value) ?? textOf(fieldOf(entry.value, 'name')); return name === undefined ? undefined : { part: name }; } },
  { key: /^(if|condition)$/, rule: GUARD, value: when((value) => REFERENCE.test(value)) },
  { key: /^when$/, rule: MANUAL, value: when((value) => value === 'manual') },
  { key: /^type$/, rule: MANUAL, value: when((value) => value === 'approval') },
  { key: /^(block|trigger)$/, rule: MANUAL, value: when((value) => value !== '') },
  { key: /^task$/, rule: MANUAL, value: when((value) => value.startsWith('ManualValidation')) },
  { key: /^(branches|only)$/, rule: GUARD, value: (entry) => (isEmpty(entry.value) ? undefined : { part: '' }) },
  { key: /^needs$/, rule: NEEDS, value: (entry) => (isEmpty(entry.value) ? undefined : { part: '' }) },
  { key: /^(required_approving_review_count|required_approvals|wait_timer|approvals_before_merge|minimum_approvers)$/, rule: REVIEWERS, value: (entry) => (Number(text(entry)) > 0 ? { level: Number(text(entry)) } : undefined) },
  { key: /^(required_pull_request_reviews|required_status_checks|reviewers|required_reviewers|approvers|restrictions)$/, rule: REVIEWERS, value: (entry) => (isEmpty(entry.value) ? undefined : { part: '' }) },
  { key: /^(enforce_admins|prevent_self_review|require_code_owner_reviews|dismiss_stale_reviews|protected)$/, rule: REVIEWERS, value: when((value) => value === 'true') },
  { key: /(^|[_-])(backup|backups|retention|retain|ttl)([_-]|$)|^(retention|backup|snapshot|keep)\w*(Days|Hours|Count|Limit|Period|Last|Policy)$|Retention(Days|Period|Policy)?$/i, rule: BACKUPS, value: (entry) => { const number = /^(\d{1,9})\s?[a-z]*$/i.exec(text(entry))?.[1]; return number === undefined || Number(number) === 0 ? undefined : { level: Number(number) }; } },
  { key: /^helm\.sh\/resource-policy$/, rule: KEPT, value: when((value) => value === 'keep') },
  { key: /(sync-options|prune|reconcile)$/, rule: KEPT, value: when((value) => /\b(Prune|Delete)=false\b|^disabled$/.test(value)) },
  { key: /^(reclaimPolicy|persistentVolumeReclaimPolicy|deletionPolicy|whenDeleted|whenScaled)$/, rule: RETAIN, value: when((value) => /^(Retain|Orphan)$/.test(value)) },
];

const HOLDS_DATA = /^(Namespace|PersistentVolumeClaim|PersistentVolume|StatefulSet|CustomResourceDefinition|Database|Postgresql|PostgresCluster)$/;
const MOST_DEPTH = 32;

/** What YAML files protect: workflows, pipelines, repository settings, Kubernetes manifests. */
export const yamlFacts: FactReader = (file) => {
  const facts: Fact[] = [];
  for (const root of documentsOf(file.text)) {
    for (const manifest of manifestsOf(root)) {
      const kind = textOf(fieldOf(manifest, 'kind'));
      const name = textOf(fieldOf(manifest, 'metadata', 'name')) ?? '';
      const title = kind === undefined ? '' : `${kind} ${name}`.trim();
      const id = kind === undefined ? '' : `${kind}/${textOf(fieldOf(manifest, 'metadata', 'namespace')) ?? ''}/${name}`;
      const span = spanOf(manifest);
      if (kind !== undefined && span && fieldOf(manifest, 'apiVersion') !== undefined) {
        const whole = { key: id, span: { start: span.start, end: Math.max(span.start, file.text.slice(span.start, span.end).trimEnd().length + span.start) } };
        if (kind === 'PodDisruptionBudget') facts.push({ ...whole, rule: BUDGET, values: [title] });
        if (HOLDS_DATA.test(kind)) facts.push({ ...whole, rule: RESOURCE, values: [title] });
      }
      walk(manifest, id === '' ? [] : [id], title, facts, 0);
    }
  }
  return facts;
};

function walk(node: unknown, path: readonly string[], title: string, facts: Fact[], depth: number): void {
  if (depth > MOST_DEPTH) return;
  for (const item of itemsOf(node)) walk(item, [...path, textOf(fieldOf(item, 'name')) ?? textOf(fieldOf(item, 'id')) ?? '*'], title, facts, depth + 1);
  for (const entry of entriesOf(node)) {
    const owner = title !== '' ? title : path.filter((part) => part !== '*').slice(0, 2).join(' ') || sentence('It');
    if (entry.key === 'finalizers') {
      for (const item of itemsOf(entry.value)) {
        const span = spanOf(item);
        if (span) facts.push({ key: `${path.join('/')}/finalizer ${textOf(item) ?? ''}`, span, rule: FINALIZER, values: [owner] });
      }
    }
    for (const { key, rule, value } of SIGNS) {
      if (!key.test(entry.key)) continue;
      const found = value(entry);
      if (!found) continue;
      const part = 'part' in found ? ` ${found.part}` : '';
      facts.push({ key: `${path.join('/')}/${entry.key}${part}`, span: entry.span, rule, values: [owner], ...('level' in found && { level: found.level }) });
      break;
    }
    walk(entry.value, [...path, entry.key], title, facts, depth + 1);
  }
}
