import type { EnvironmentPattern, Finding } from '../assess/assessment.js';
import type { FileRule, SourceFile } from '../files/gather.js';
import { kindOf } from '../files/kinds.js';
import type { FileKind } from '../files/kinds.js';
import { MOST_TEXT, scanFile } from '../files/scan.js';
import { suppressionsIn } from '../files/suppressions.js';
import { spoken } from '../say.js';
import type { World } from '../world.js';
import { cloudFormationFacts } from './cloudformation-facts.js';
import { messageOf, normal } from './fact.js';
import type { Fact, FactReader } from './fact.js';
import { changeAt, changesBetween, isChanged } from './hunks.js';
import type { Change, Hunk } from './hunks.js';
import { ownerFacts, policyAdditions, policyFacts } from './policy-facts.js';
import { codeFacts, scriptFacts, sqlFacts } from './script-facts.js';
import { terraformFacts } from './terraform-facts.js';
import { yamlFacts } from './yaml-facts.js';

export type { Hunk, Lines } from './hunks.js';

/** A file before and after an edit; undefined where there is none. */
export interface Edit {
  /** Absolute. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What an edit changes for the worse. */
export interface Comparison {
  /** Reasons to care that were not there before; their ranges are in `after`. */
  readonly added: readonly Finding[];
  /** What kept things safe and is gone; the ranges are in `before`. */
  readonly lostProtections: readonly Finding[];
  /** Every changed place in order, with what belongs to it. */
  readonly hunks: readonly Hunk[];
}

/** Who knows what protects in which kind of file. */
const READERS: Readonly<Partial<Record<FileKind, readonly FactReader[]>>> = {
  terraform: [terraformFacts],
  kubernetes: [yamlFacts],
  workflow: [yamlFacts, scriptFacts],
  gitlab: [yamlFacts, scriptFacts],
  pipeline: [yamlFacts, scriptFacts],
  jenkinsfile: [scriptFacts],
  cloudformation: [cloudFormationFacts, yamlFacts],
  taskfile: [scriptFacts],
  'task file': [scriptFacts],
  shell: [scriptFacts],
  makefile: [scriptFacts],
  justfile: [scriptFacts],
  dockerfile: [scriptFacts],
  'package.json': [scriptFacts],
  'vscode tasks': [scriptFacts],
  sql: [sqlFacts],
  code: [codeFacts],
  policy: [policyFacts],
  codeowners: [ownerFacts],
};

/** Compares a file before and after an edit. A deleted file has lost everything; a new one has only findings. Never throws. */
export function compareEdit(edit: Edit, environments: readonly EnvironmentPattern[], world: World): Comparison {
  const { path, before = '', after = '' } = edit;
  const changes = changesBetween(before, after);
  if (changes.length === 0) return { added: [], lostProtections: [], hunks: [] };
  const old = scanFile({ path, text: before }, environments, world);
  const now = scanFile({ path, text: after }, environments, world);
  const added = [...unmatched(now, after, old, before, changes), ...additions(edit), ...silenced(edit)];
  const lostProtections = lost(edit, changes);
  return { added, lostProtections, hunks: hunksOf(changes, added, lostProtections) };
}

/** The findings of one text that another does not have, by what they say and not by where they stand. */
function unmatched(findings: readonly Finding[], text: string, others: readonly Finding[], otherText: string, changes: readonly Change[]): readonly Finding[] {
  const keyOf = ({ rule, severity, message, span }: Finding, source: string): string => `${rule}\0${severity}\0${spoken(message)}\0${normal(source.slice(span.start, span.end))}`;
  const left = countBy(others, (finding) => keyOf(finding, otherText));
  // Of several that say the same, those that stand in unchanged lines are the old ones.
  const inOrder = [...findings].sort((a, b) => Number(isChanged(changes, 'afterSpan', a.span)) - Number(isChanged(changes, 'afterSpan', b.span)));
  const found = inOrder.filter((finding) => !take(left, keyOf(finding, text)));
  return found.sort((a, b) => a.span.start - b.span.start);
}

function lost(edit: Edit, changes: readonly Change[]): readonly Finding[] {
  const { path } = edit;
  if (edit.before === undefined) return [];
  const after = edit.after === undefined ? undefined : { path, text: edit.after };
  const had = factsOf({ path, text: edit.before }, after);
  const has = after ? factsOf(after, after) : [];
  const kept = countBy(has.filter(({ bare }) => !bare), ({ key }) => key);
  const bare = countBy(has.filter((fact) => fact.bare), ({ key }) => key);
  for (const { key } of had.filter((fact) => fact.bare)) take(bare, key);
  const levels = new Map<string, number>();
  for (const { key, level } of has) if (level !== undefined) levels.set(key, Math.max(level, levels.get(key) ?? level));
  const inOrder = had.filter((fact) => !fact.bare).sort((a, b) => Number(isChanged(changes, 'beforeSpan', a.span)) - Number(isChanged(changes, 'beforeSpan', b.span)));
  const gone = inOrder.filter(({ key, level, bare: form }) => {
    if (level !== undefined) return (levels.get(key) ?? Number.NEGATIVE_INFINITY) < level;
    return !take(kept, key) && (form === undefined || after === undefined || take(bare, key));
  });
  // What several things share through an anchor is lost once. A policy has no anchors, and several things in one line.
  const what = kindOf(path, '') === 'policy' ? (fact: Fact) => spoken(messageOf(fact)) : () => '';
  const told = new Map(gone.map((fact) => [`${fact.rule.id}\0${fact.span.start}\0${what(fact)}`, fact]));
  return [...told.values()].map((fact) => findingOf(fact, path)).sort((a, b) => a.span.start - b.span.start);
}

function factsOf(file: SourceFile, after: SourceFile | undefined): readonly Fact[] {
  if (file.text.length > MOST_TEXT) return [];
  const kind = kindOf(file.path, file.text);
  const readers = (kind && READERS[kind]) ?? (/\.ya?ml$/i.test(file.path) ? [yamlFacts] : []);
  return readers.flatMap((read) => {
    try {
      return read(file, after);
    } catch {
      return [];
    }
  });
}

const SILENCED: FileRule = { id: 'suppression/added', severity: 'medium', effect: 'destroy', reversible: 'yes', message: 'Silences Countersign’s warning {0} at the line below.', safer: 'Leave the warning for a person to judge.' };

/** Warnings that are silenced now and were not before. The gate does not heed that; whoever looks for warnings would. */
function silenced({ path, before, after }: Edit): readonly Finding[] {
  if (after === undefined) return [];
  const known = countBy(before === undefined ? [] : suppressionsIn(path, before), ({ rule }) => rule);
  return suppressionsIn(path, after)
    .filter(({ rule }) => !take(known, rule))
    .map(({ rule, span }) => findingOf({ key: rule, rule: SILENCED, span, values: [rule] }, path));
}

function additions({ path, before, after }: Edit): readonly Finding[] {
  const kind = kindOf(path, '');
  if (after === undefined || (kind !== 'policy' && kind !== 'allowed signers')) return [];
  return policyAdditions(path, before ?? '', after).map((fact) => findingOf(fact, path));
}

function findingOf(fact: Fact, file: string): Finding {
  const { rule, span } = fact;
  const { id, severity, effect, reversible, safer } = rule;
  return { rule: id, severity, effect, reversible, message: messageOf(fact), safer, file, span, via: [] };
}

function hunksOf(changes: readonly Change[], added: readonly Finding[], lostProtections: readonly Finding[]): readonly Hunk[] {
  const hunks = changes.map((change) => ({ ...change, added: [] as Finding[], lostProtections: [] as Finding[] }));
  for (const finding of added) hunks[changeAt(changes, 'afterSpan', finding.span)]?.added.push(finding);
  for (const finding of lostProtections) hunks[changeAt(changes, 'beforeSpan', finding.span)]?.lostProtections.push(finding);
  return hunks;
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

/** Takes one of what is left, if there is any. */
function take(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  if (count > 0) counts.set(key, count - 1);
  return count > 0;
}
