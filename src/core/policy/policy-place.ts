import { isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit, type Document, type Node, type Pair, type Scalar } from 'yaml';
import { isTooDeep } from '../files/depth.js';
import { MAX_LENGTH } from './policy.js';
import type { PolicyPath } from './schema-tree.js';

/** Stands at the cursor while the text is read, so that something is there even where nothing was typed yet. */
const MARK = '\ue000';

/** Part of a text, as offsets in UTF-16 units. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where in a policy a position is. */
export interface Place extends Span {
  /** What it is a key of, or a value at. */
  readonly path: PolicyPath;
  readonly role: 'key' | 'value';
  /** The keys or items beside it. */
  readonly beside: readonly string[];
  /** Whether it could be a value instead: a word on a line of its own. */
  readonly open: boolean;
  /** Whether it stands within braces or brackets. */
  readonly inFlow: boolean;
  /** The quotation mark that it begins with, if any. */
  readonly quote: string;
}

/** What a policy that is being written names so far. */
export interface PolicyNames {
  readonly environments: readonly string[];
  readonly groups: readonly string[];
  readonly people: readonly string[];
}

/** A key that is written already. */
export interface WrittenKey extends Span {
  /** Its own name comes last. */
  readonly path: PolicyPath;
}

/**
 * Where a position is, in a text that is only half written; undefined in comments, in texts of several lines, and
 * where the text cannot be understood at all.
 */
export function placeAt(text: string, offset: number): (Place & { readonly names: PolicyNames }) | undefined {
  if (!isReadable(text)) return undefined;
  const { source, added } = marked(text, offset);
  const whole = read(source);
  // What follows may be broken by what is missing here: then what stands before must do.
  const place = placeIn(whole, source, offset, added) ?? placeIn(read(text.slice(0, offset) + MARK), text.slice(0, offset) + MARK, offset, false);
  return place && { ...place, names: { environments: keysAt(whole, 'environments'), groups: keysAt(whole, 'groups'), people: keysAt(whole, 'people') } };
}

/** The key at a position, if there is one. */
export function keyAt(text: string, offset: number): WrittenKey | undefined {
  if (!isReadable(text)) return undefined;
  const found = scalarAt(read(text), offset);
  if (found?.key !== 'key' || typeof found.scalar.value !== 'string') return undefined;
  const { from, to } = found;
  return { path: [...pathOf(found.parents), found.scalar.value], from, to };
}

function isReadable(text: string): boolean {
  return text.length <= MAX_LENGTH && !isTooDeep(text);
}

function read(text: string): Document {
  return parseDocument(text, { uniqueKeys: false, stringKeys: true });
}

/** The text with the mark, and with the colon that a key on a line of its own does not have yet. */
function marked(text: string, offset: number): { readonly source: string; readonly added: boolean } {
  const start = lineStart(text, offset);
  const line = text.slice(start, offset) + lineRest(text, offset);
  const added = /^[^:,[\]{}#"']*$/.test(line);
  let after = start + line.length;
  // Other blanks belong to the word.
  while (after > offset && ' \t\r'.includes(text.charAt(after - 1))) after -= 1;
  return { source: `${text.slice(0, offset)}${MARK}${text.slice(offset, after)}${added ? ':' : ''}${text.slice(after)}`, added };
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.slice(0, offset).lastIndexOf('\n') + 1;
}

/** What stands from an offset to the end of its line. */
export function lineRest(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(offset, end < 0 ? undefined : end);
}

interface Found extends Span {
  readonly scalar: Scalar;
  /** `key`, `value`, or its place in a list. */
  readonly key: number | 'key' | 'value' | null;
  /** From the outermost to the nearest. */
  readonly parents: readonly (Document | Node | Pair)[];
}

function scalarAt(document: Document, offset: number): Found | undefined {
  let found: Found | undefined;
  visit(document, {
    Scalar(key, scalar, parents) {
      const [from, to] = scalar.range ?? [0, 0];
      if (from > offset || offset >= to) return undefined;
      found = { scalar, key, parents, from, to };
      return visit.BREAK;
    },
  });
  return found;
}

function placeIn(document: Document, source: string, offset: number, added: boolean): Place | undefined {
  const found = scalarAt(document, offset);
  if (!found || source.slice(found.from, found.to).includes('\n')) return undefined;
  const { from, scalar, parents } = found;
  const role = found.key === 'key' ? 'key' : 'value';
  const holder = parents.at(role === 'key' ? -2 : -1);
  const alone = isMap(holder) && holder.items.length === 1;
  const open = added && (role === 'value' || alone);
  // A lone word that was read as a key is an item of the list around it.
  const around = role === 'key' && open && isSeq(parents.at(-3)) ? parents.at(-3) : holder;
  return {
    path: pathOf(parents, scalar),
    role,
    beside: writtenIn(around, scalar),
    open,
    inFlow: parents.some((one) => (isMap(one) || isSeq(one)) && one.flow === true),
    quote: /^["']?/.exec(source.slice(from, found.to))?.[0] ?? '',
    from,
    to: found.to - MARK.length,
  };
}

/** The path to what the nearest of these holds, or to the collection whose key is meant. */
function pathOf(parents: readonly (Document | Node | Pair)[], last?: Scalar): PolicyPath {
  const chain = [...parents, ...(last ? [last] : [])];
  return chain.flatMap((one, at): PolicyPath => {
    const next = chain[at + 1];
    if (isSeq(one)) return [one.items.indexOf(next)];
    return isPair(one) && next !== undefined && next !== one.key && isScalar(one.key) ? [String(one.key.value)] : [];
  });
}

function writtenIn(holder: Document | Node | Pair | undefined, except: Scalar): readonly string[] {
  const nodes = isMap(holder) ? holder.items.map(({ key }) => key) : isSeq(holder) ? holder.items : [];
  return nodes.flatMap((node) => (isScalar(node) && node !== except ? [String(node.value)] : []));
}

function keysAt({ contents }: Document, name: string): readonly string[] {
  const held: unknown = isMap(contents) ? contents.get(name, true) : undefined;
  if (!isNode(held) || !isMap(held)) return [];
  return held.items.flatMap(({ key }) => (isScalar(key) && typeof key.value === 'string' && !key.value.includes(MARK) ? [key.value] : []));
}
