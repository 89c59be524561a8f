import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Span } from '../assess/assessment.js';
import { isTooDeep } from './depth.js';

/** One entry of a mapping, with the range of the whole of it. */
export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly span: Span;
}

/** The top nodes of the documents of a YAML text. Errors are fine: what could be read counts. */
export function documentsOf(text: string): readonly unknown[] {
  if (isTooDeep(text)) return [];
  const documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
  return Array.isArray(documents) ? documents.map((document) => document.contents as unknown) : [];
}

/** The entries of a mapping; nothing for any other node. Merge keys and aliases are not followed: they stand elsewhere. */
export function entriesOf(node: unknown): readonly Entry[] {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || !key.range) return [];
    return [{ key: String(key.value), value, span: { start: key.range[0], end: endOf(value) ?? key.range[1] } }];
  });
}

/** What a mapping says for a key; the last one wins, as in most readers. */
export function fieldOf(node: unknown, ...path: readonly string[]): unknown {
  let at = node;
  for (const name of path) at = entriesOf(at).findLast(({ key }) => key === name)?.value;
  return at;
}

export function entryOf(node: unknown, name: string): Entry | undefined {
  return entriesOf(node).findLast(({ key }) => key === name);
}

export function itemsOf(node: unknown): readonly unknown[] {
  return isSeq(node) ? node.items : [];
}

/** A scalar as text, whatever its type. */
export function textOf(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  const { value } = node;
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : undefined;
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
