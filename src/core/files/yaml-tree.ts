import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
import type { Alias, Document, ParsedNode } from 'yaml';
import type { Span } from '../assess/assessment.js';
import { isTooDeep } from './depth.js';

/** One entry of a mapping, with the range of the whole of it. */
export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly span: Span;
}

/** Aliases would make a text many times longer than it is, or endless. */
export class AliasesTooMany extends Error {}

/** What an alias stands for. An alias that stands for nothing stays what it is. */
const MEANT = new WeakMap<Alias, ParsedNode>();
const ENTRIES = new WeakMap<object, readonly Entry[]>();
/** The entries of large mappings by their keys. */
const INDEXES = new WeakMap<readonly Entry[], ReadonlyMap<string, Entry>>();
const MANY = 32;

/** A text may become this many times its number of nodes, and a bit more for short ones. */
const MOST_GROWTH = 16;
const SHORT = 4096;

/**
 * The top nodes of the documents of a YAML text. Errors are fine: what could be read counts.
 *
 * @throws AliasesTooMany when aliases of aliases would take longer to read than any text of this length may
 */
export function documentsOf(text: string): readonly unknown[] {
  if (isTooDeep(text)) return [];
  const documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    if (text.includes('*')) resolveAliases(document);
    return document.contents;
  });
}

/** Notes what each alias stands for: the node that carried its name last before it. */
function resolveAliases(document: Document.Parsed): void {
  const anchors = new Map<string, ParsedNode>();
  const aliases: [Alias, ParsedNode][] = [];
  let nodes = 0;
  visit(document, {
    Node: (_key, node) => {
      nodes += 1;
      if (isAlias(node)) {
        const meant = anchors.get(node.source);
        if (meant) aliases.push([node, meant]);
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node as ParsedNode);
    },
  });
  const most = nodes * MOST_GROWTH + SHORT;
  const meant = new Map(aliases);
  if (sizeOf(document.contents, meant, new Map(), most) > most) throw new AliasesTooMany('aliases of aliases');
  for (const [alias, node] of aliases) MEANT.set(alias, node);
}

/** How many nodes a node would have with its aliases filled in; more than `most` when it contains itself. */
function sizeOf(node: unknown, meant: ReadonlyMap<Alias, ParsedNode>, known: Map<unknown, number>, most: number): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  // Whoever meets a node while it is being measured stands inside it.
  known.set(node, most + 1);
  let size = 1;
  if (isAlias(node)) size += sizeOf(meant.get(node), meant, known, most);
  else if (isSeq(node)) for (const item of node.items) size += sizeOf(item, meant, known, most);
  else if (isMap(node)) for (const { key, value } of node.items) size += sizeOf(key, meant, known, most) + sizeOf(value, meant, known, most);
  known.set(node, Math.min(size, most + 1));
  return Math.min(size, most + 1);
}

/** The node that is meant: an alias is what it stands for. */
export function meantBy(node: unknown): unknown {
  return isAlias(node) ? (MEANT.get(node) ?? node) : node;
}

/** The entries of a mapping, those of merge keys (`<<`) first; nothing for any other node. */
export function entriesOf(node: unknown): readonly Entry[] {
  const map = meantBy(node);
  if (!isMap(map)) return [];
  const known = ENTRIES.get(map);
  if (known) return known;
  const own: Entry[] = [];
  const merged: Entry[] = [];
  for (const { key, value } of map.items) {
    if (!isScalar(key) || !key.range) continue;
    const name = String(key.value);
    if (name === '<<') merged.push(...mergedFrom(value));
    else own.push({ key: name, value: meantBy(value), span: { start: key.range[0], end: endOf(value) ?? key.range[1] } });
  }
  const names = new Set(own.map(({ key }) => key));
  const entries = merged.length === 0 ? own : [...merged.filter(({ key }) => !names.has(key)), ...own];
  ENTRIES.set(map, entries);
  return entries;
}

/** `<<: *defaults` and `<<: [*a, *b]`, where the first of several wins. */
function mergedFrom(value: unknown): readonly Entry[] {
  const found = new Map<string, Entry>();
  for (const source of isSeq(meantBy(value)) ? itemsOf(value) : [value]) for (const entry of entriesOf(source)) if (!found.has(entry.key)) found.set(entry.key, entry);
  return [...found.values()];
}

/** What a mapping says for a key; the last one wins, as in most readers. */
export function fieldOf(node: unknown, ...path: readonly string[]): unknown {
  let at = node;
  for (const name of path) at = entryOf(at, name)?.value;
  return at;
}

export function entryOf(node: unknown, name: string): Entry | undefined {
  const entries = entriesOf(node);
  if (entries.length < MANY) return entries.findLast(({ key }) => key === name);
  const index = INDEXES.get(entries) ?? new Map(entries.map((entry) => [entry.key, entry]));
  INDEXES.set(entries, index);
  return index.get(name);
}

export function itemsOf(node: unknown): readonly unknown[] {
  const list = meantBy(node);
  return isSeq(list) ? list.items.map(meantBy) : [];
}

/** A scalar as text, whatever its type. */
export function textOf(node: unknown): string | undefined {
  const scalar = meantBy(node);
  if (!isScalar(scalar)) return undefined;
  const { value } = scalar;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : undefined;
}

/** The tag of a node as it is written: `!reference`, `!Ref`. */
export function tagOf(node: unknown): string | undefined {
  return isSeq(node) || isScalar(node) || isMap(node) ? node.tag : undefined;
}

/** Nothing stands there: no value, `null`, `~`, `[]` or `{}`. */
export function isEmpty(node: unknown): boolean {
  if (node === null || node === undefined) return true;
  if (isScalar(node)) return node.value === null || node.value === '';
  return !isAlias(node) && (isSeq(node) || isMap(node)) && node.items.length === 0;
}

export function spanOf(node: unknown): Span | undefined {
  if (!(isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) || !node.range) return undefined;
  return { start: node.range[0], end: node.range[1] };
}

function endOf(node: unknown): number | undefined {
  return spanOf(node)?.end;
}
