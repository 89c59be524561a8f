import { isTooDeep } from '../files/depth.js';
import { linesOf } from '../files/passage.js';
import { documentsOf, entryOf, fieldOf } from '../files/yaml-tree.js';
import type { Entry } from '../files/yaml-tree.js';
import { parsePolicy } from '../policy/policy.js';
import type { Part, Policy } from '../policy/policy.js';
import { sentence } from '../say.js';
import { loss, normal } from './fact.js';
import type { Fact, FactReader } from './fact.js';
import { environmentProtections, generalAdditions, generalProtections, type Protection } from './policy-protections.js';

const APPROVALS = loss('policy/approvals-lowered', 'critical', '{0} needs fewer approvals.', 'Keep the number, or ask those who approve it now.');
const MATCH = loss('policy/match-removed', 'critical', '{0} no longer covers some of the names that it covered.', 'Keep the pattern.');
const APPROVERS = loss('policy/approvers-widened', 'critical', '{0} may be approved by people who could not approve it before.', 'Keep the list.');
const LIFETIME = loss('policy/expiry-longer', 'medium', '{0} keeps requests open for longer.', 'Keep the time.');
const BOUND = loss('policy/variable-unbound', 'high', '{0} is no longer bound into what is approved.', 'Keep the variable.');
const REMOTE = loss('policy/remote-changed', 'high', 'Approvals travel through another remote.', 'Keep the remote.');
const PEOPLE = loss('policy/people-changed', 'critical', '{0} is no longer one person in the eyes of the policy, and might approve their own requests.', 'Keep the entry.');
const RECIPIENT = loss('policy/recipient-changed', 'critical', '{0} is no longer the one whom items are sealed for by this recipient: whoever has the new one opens what is sealed from now on.', 'Compare the new recipient with its owner.');
const OWNERS = loss('codeowners/owner-removed', 'high', 'No longer needs the review of its owners.', 'Keep the line.');
const SIGNER = loss('policy/signer-added', 'critical', 'Somebody else may sign from now on.', 'Let those who sign now approve the new one.');

/** What the team's policy holds: every line that keeps something from happening alone. */
export const policyFacts: FactReader = (file) => {
  const policy = read(file.text);
  if (!policy) return [];
  const [root] = documentsOf(file.text);
  const start = { start: 0, end: linesOf(file.text)[0]?.end ?? 0 };
  const facts: Fact[] = [];
  const placed = ({ at, ...fact }: Protection): Fact => ({ ...fact, span: placeOf(root, at) ?? start });
  facts.push(...policy.environments.flatMap(environmentProtections).map(placed), ...generalProtections(policy).map(placed));
  for (const { name, approvals, match, parts, lifetime } of policy.environments) {
    const node = fieldOf(root, 'environments', name);
    const at = (key: string): Fact['span'] => spanOf(entryOf(node, key)) ?? spanOf(entryOf(fieldOf(root, 'environments'), name)) ?? start;
    if (approvals > 0) facts.push({ key: `${name} approvals`, level: approvals, span: at('approvals'), rule: APPROVALS, values: [name] });
    for (const pattern of match) facts.push({ key: `${name} match ${pattern}`, span: at('match'), rule: MATCH, values: [name] });
    // Fewer seconds are better, so that they count backwards.
    facts.push({ key: `${name} lifetime`, level: -lifetime, span: at('expires'), rule: LIFETIME, values: [name] });
    const approvers = namedIn(parts);
    if (approvers) for (const fact of limits(policy, name, approvers)) facts.push({ ...fact, span: at('approvers'), rule: APPROVERS, values: [name] });
  }
  for (const variable of policy.environmentVariables) facts.push({ key: `variable ${variable}`, span: spanOf(entryOf(root, 'environmentVariables')) ?? start, rule: BOUND, values: [variable] });
  for (const [person, principals] of policy.people) for (const principal of principals) facts.push({ key: `person ${person} ${principal}`, span: spanOf(entryOf(fieldOf(root, 'people'), person)) ?? start, rule: PEOPLE, values: [principal] });
  for (const [person, recipient] of policy.recipients) facts.push({ key: `recipient ${person} ${recipient}`, span: spanOf(entryOf(fieldOf(root, 'recipients'), person)) ?? start, rule: RECIPIENT, values: [person] });
  facts.push({ key: `remote ${policy.remote}`, span: spanOf(entryOf(root, 'remote')) ?? start, rule: REMOTE });
  return facts;
};

/** The groups and people that an environment names; undefined when anybody may sign. */
function namedIn(parts: readonly Part[]): readonly string[] | undefined {
  const named = parts.flatMap(({ of }) => of ?? []);
  return named.length === 0 ? undefined : [...new Set(named)];
}

/** A list of approvers protects by who is not on it: it may become shorter, and not longer. */
function limits(policy: Policy, name: string, approvers: readonly string[]): readonly Pick<Fact, 'key' | 'level'>[] {
  const people = new Set(approvers.flatMap((entry) => policy.groups.get(entry) ?? [entry]));
  return [{ key: `${name} approvers`, level: -people.size }];
}

/** What an edit of the policy adds that weakens it: another signer, other people among those who may approve. */
export function policyAdditions(path: string, before: string, after: string): readonly Fact[] {
  if (path.endsWith('/allowed_signers')) {
    const known = new Set(linesOf(before).map(({ start, end }) => normal(before.slice(start, end))));
    return linesOf(after).flatMap((span) => {
      const line = normal(after.slice(span.start, span.end));
      return line === '' || line.startsWith('#') || known.has(line) ? [] : [{ key: line, span, rule: SIGNER, message: sentence('{0} may sign from now on.', line.split(' ')[0] ?? '') }];
    });
  }
  const [was, is] = [read(before), read(after)];
  if (!was || !is) return [];
  const [root] = documentsOf(after);
  const general = generalAdditions(was, is).map(({ at, ...fact }) => ({ ...fact, span: placeOf(root, at) ?? { start: 0, end: 0 } }));
  return [...general, ...is.environments.flatMap(({ name, parts }) => {
    const approvers = namedIn(parts);
    const old = namedIn(was.environments.find((environment) => environment.name === name)?.parts ?? []);
    if (!old || !approvers) return [];
    const known = new Set(old.flatMap((entry) => was.groups.get(entry) ?? [entry]));
    const more = approvers.flatMap((entry) => is.groups.get(entry) ?? [entry]).filter((person) => !known.has(person));
    const span = spanOf(entryOf(fieldOf(root, 'environments', name), 'approvers')) ?? { start: 0, end: 0 };
    return more.map((person) => ({ key: `${name} ${person}`, span, rule: APPROVERS, message: sentence('{0} may approve {1} from now on.', person, name) }));
  })];
}

/** Who must look at a change of certain files. */
export const ownerFacts: FactReader = ({ text }) =>
  linesOf(text).flatMap((span) => {
    const line = normal(text.slice(span.start, span.end));
    if (line === '' || line.startsWith('#')) return [];
    const [pattern = '', ...owners] = line.split(' ');
    return owners.length === 0 ? [] : [{ key: `${pattern} ${owners.sort().join(' ')}`, span, rule: OWNERS, message: sentence('{0} no longer needs the review of {1}.', pattern, owners.join(', ')) }];
  });

function read(text: string): Policy | undefined {
  // The parser recurses, and must not be led deeper than its stack.
  if (isTooDeep(text)) return undefined;
  try {
    return parsePolicy(text);
  } catch {
    // A policy that cannot be read holds production anyway.
    return undefined;
  }
}

/** Where the last of these keys that is written is written. */
function placeOf(root: Parameters<typeof fieldOf>[0], path: readonly string[]): Fact['span'] | undefined {
  const written = path.map((_, index) => spanOf(entryOf(fieldOf(root, ...path.slice(0, index)), path[index] ?? '')));
  return written.findLast((span) => span !== undefined);
}

function spanOf(entry: Entry | undefined): Fact['span'] | undefined {
  return entry?.span;
}
