import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import type { Span } from '../assess/assessment.js';
import { isTooDeep } from './depth.js';
import type { Attribute, Block } from './hcl.js';

/** How many names stand between a top-level key and the body. https://developer.hashicorp.com/terraform/language/syntax/json */
const LABELS: Readonly<Record<string, number>> = { resource: 2, data: 2, ephemeral: 2, variable: 1, output: 1, module: 1, provider: 1, check: 1, provisioner: 1, dynamic: 1 };

/** Reads Terraform's JSON form into the same blocks as its own language. */
export function parseHclJson(text: string): Block {
  const root = isTooDeep(text) ? undefined : parseTree(text, [], { allowTrailingComma: true });
  return bodyOf(text, '', [], { start: 0, end: text.length }, root);
}

function bodyOf(text: string, type: string, labels: readonly string[], span: Span, node: Node | undefined): Block {
  const attributes: Attribute[] = [];
  const blocks: Block[] = [];
  for (const { key, value, at } of propertiesOf(node)) {
    const names = (type === '' || key === 'provisioner' || key === 'dynamic' ? LABELS[key] : undefined) ?? 0;
    if (isBody(value)) blocks.push(...blocksOf(text, key, [], names, at, value));
    // `for_each = {}` is a value, whatever it looks like.
    if (!isBody(value) || (value.children ?? []).length === 0) attributes.push(attributeOf(text, key, at, value));
  }
  return { type, labels, attributes, blocks, span };
}

/** An object, or a list of objects that are one block each; `names` levels of it are labels. */
function blocksOf(text: string, type: string, labels: readonly string[], names: number, span: Span, node: Node): readonly Block[] {
  if (node.type === 'array') return (node.children ?? []).filter(({ type: kind }) => kind === 'object').flatMap((item) => blocksOf(text, type, labels, names, { start: item.offset, end: item.offset + item.length }, item));
  if (names === 0) return [bodyOf(text, type, labels, span, node)];
  return propertiesOf(node).flatMap(({ key, value, at }) => (isBody(value) ? blocksOf(text, type, [...labels, key], names - 1, at, value) : []));
}

function isBody(node: Node): boolean {
  return node.type === 'object' || (node.type === 'array' && (node.children ?? []).some(({ type }) => type === 'object'));
}

function attributeOf(text: string, name: string, span: Span, node: Node): Attribute {
  const valueSpan = { start: node.offset, end: node.offset + node.length };
  const value = node.type === 'string' ? String(node.value) : text.slice(valueSpan.start, valueSpan.end);
  return { name, value, span, valueSpan };
}

function propertiesOf(node: Node | undefined): readonly { readonly key: string; readonly value: Node; readonly at: Span }[] {
  if (node?.type !== 'object') return [];
  return (node.children ?? []).flatMap(({ children, offset, length }) => {
    const [key, value] = children ?? [];
    return key && value ? [{ key: String(key.value), value, at: { start: offset, end: offset + length } }] : [];
  });
}
