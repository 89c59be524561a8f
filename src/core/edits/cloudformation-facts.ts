import { HOLDS_DATA, PROTECTING, resourcesOf } from '../files/cloudformation.js';
import type { FileRule } from '../files/gather.js';
import { documentsOf, entriesOf, fieldOf, textOf } from '../files/yaml-tree.js';
import { loss } from './fact.js';
import type { Fact, FactReader } from './fact.js';

const RESOURCE: FileRule = { id: 'cloudformation-file/resource-removed', severity: 'high', effect: 'destroy', reversible: 'no', message: '{0} is no longer in this template: the next update deletes it, unless its DeletionPolicy keeps it.', safer: 'Set DeletionPolicy: Retain in a change of its own first.' };
const POLICY = loss('cloudformation-file/deletion-policy-lost', 'high', '{0} is no longer kept when it leaves its stack or is replaced.', 'Keep the policy.');
const PROTECTION = loss('cloudformation-file/deletion-protection-lost', 'high', '{0} loses its deletion protection.', 'Keep it, and turn it off in a change of its own right before the deletion.');

/** What a template protects, by the resource's name in it. */
export const cloudFormationFacts: FactReader = ({ text }) =>
  documentsOf(text).flatMap(resourcesOf).flatMap(({ key: name, value: resource, span }) => {
    const facts: Fact[] = [];
    const type = textOf(fieldOf(resource, 'Type')) ?? '';
    if (HOLDS_DATA.test(type)) facts.push({ key: `resource ${name}`, span: { start: span.start, end: span.start + name.length }, rule: RESOURCE, values: [name] });
    for (const entry of entriesOf(resource)) {
      if (/^(DeletionPolicy|UpdateReplacePolicy)$/.test(entry.key) && /^(Retain|Snapshot|RetainExceptOnCreate)$/.test(textOf(entry.value) ?? '')) facts.push({ key: `${name}/${entry.key}`, span: entry.span, rule: POLICY, values: [name] });
    }
    for (const entry of entriesOf(fieldOf(resource, 'Properties'))) {
      if (PROTECTING.test(entry.key) && /^(true|ACTIVE)$/i.test(textOf(entry.value) ?? '')) facts.push({ key: `${name}/${entry.key}`, span: entry.span, rule: PROTECTION, values: [name] });
    }
    return facts;
  });
