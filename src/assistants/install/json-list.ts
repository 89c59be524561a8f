import { isDeepStrictEqual } from 'node:util';
import { applyEdits, findNodeAtLocation, getNodeValue, modify, parse, parseTree, type FormattingOptions, type ParseError } from 'jsonc-parser';
import { CountersignError } from '../../core/errors.js';
import { isTooDeep } from '../../core/files/depth.js';

/** By this an entry is known to be ours, whatever else it says. */
const OURS = /\/\.countersign\/gate\/hook\b/;

export function isOurs(entry: unknown): boolean {
  return entry !== undefined && OURS.test(JSON.stringify(entry));
}

/** Whether two values are the same JSON. */
function isSame(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  return isDeepStrictEqual(a, b);
}

/** Whether a list holds exactly this entry of ours and no other one. */
export function hasEntry(text: string | undefined, at: readonly string[], entry: object): boolean {
  const list = listIn(text ?? '', at);
  return list.filter(isOurs).length === 1 && list.some((each) => isSame(each, entry));
}

/**
 * Puts an entry at the end of a list, or in the place of an older one of ours. Comments and everything else stay.
 *
 * @param base what an empty file begins with
 * @throws CountersignError `refused` when the text is no JSON object, or something else stands where the list belongs
 */
export function withEntry(text: string | undefined, at: readonly string[], entry: object, base: object = {}): string {
  const before = text === undefined || text.trim() === '' ? `${JSON.stringify(base, undefined, 2)}\n` : text;
  const tree = treeOf(before);
  for (let depth = 1; depth <= at.length; depth += 1) {
    const node = findNodeAtLocation(tree, at.slice(0, depth));
    if (node && node.type !== (depth === at.length ? 'array' : 'object')) throw new CountersignError('refused', `“${at.slice(0, depth).join('.')}” is not what it is expected to be.`);
  }
  const list = listIn(before, at);
  const [first, ...others] = list.flatMap((each, index) => (isOurs(each) ? [index] : []));
  const cleaned = others.reverse().reduce((kept, index) => edited(kept, [...at, index], undefined), before);
  if (first !== undefined) return isSame(list[first], entry) ? cleaned : edited(cleaned, [...at, first], entry);
  return edited(cleaned, [...at, list.length], entry, true);
}

/** Takes every entry of ours out of a list, and the list with what was made for it when nothing is left in them. */
export function withoutEntry(text: string, at: readonly string[]): string {
  let kept = text;
  for (;;) {
    const index = listIn(kept, at).findIndex(isOurs);
    if (index < 0) break;
    kept = edited(kept, [...at, index], undefined);
  }
  if (kept === text) return text;
  for (let depth = at.length; depth > 0; depth -= 1) {
    const node = findNodeAtLocation(treeOf(kept), at.slice(0, depth));
    if (!node || (node.children?.length ?? 0) > 0) break;
    kept = edited(kept, at.slice(0, depth), undefined);
  }
  return kept;
}

function listIn(text: string, at: readonly string[]): readonly unknown[] {
  if (isTooDeep(text)) return [];
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const node = tree && findNodeAtLocation(tree, [...at]);
  const value: unknown = node && getNodeValue(node);
  return Array.isArray(value) ? value : [];
}

function treeOf(text: string): NonNullable<ReturnType<typeof parseTree>> {
  const errors: ParseError[] = [];
  const tree = isTooDeep(text) ? undefined : parseTree(text, errors, { allowTrailingComma: true });
  if (tree?.type !== 'object' || errors.length > 0) throw new CountersignError('refused', 'It is no JSON that can be read, so nothing was changed in it.');
  return tree;
}

function edited(text: string, path: readonly (string | number)[], value: unknown, isArrayInsertion = false): string {
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: formatOf(text), isArrayInsertion }));
}

/** Written as the file is: its indentation and its line ends. */
function formatOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.startsWith('\t') ? 1 : indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** The value at a key of a JSON text with comments; undefined where there is none. */
export function valueAt(text: string, key: readonly string[]): unknown {
  if (isTooDeep(text)) return undefined;
  return key.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined), parse(text, [], { allowTrailingComma: true }));
}
