import type { Span } from '../assess/assessment.js';
import type { SourceFile } from './gather.js';
import { parseHclJson } from './hcl-json.js';

/** One `name = value`. */
export interface Attribute {
  readonly name: string;
  /** The value as it is written, without the quotes of a plain string. */
  readonly value: string;
  readonly span: Span;
  readonly valueSpan: Span;
}

/** `type "label" "label" { … }`. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
  /** From its type to its closing bracket. */
  readonly span: Span;
}

interface Token {
  readonly kind: 'word' | 'string' | 'heredoc' | 'mark' | 'sign' | 'line';
  readonly start: number;
  readonly end: number;
}

const MOST_DEPTH = 64;

/** Reads a file of Terraform in either of its forms. */
export function parseTerraform({ path, text }: SourceFile): Block {
  return path.endsWith('.json') ? parseHclJson(text) : parseHcl(text);
}

/** Reads HCL as far as it goes: what does not fit the grammar is skipped, and brackets that never close end with the file. */
export function parseHcl(text: string): Block {
  const tokens = tokensOf(text);
  let index = 0;
  const at = (ahead = 0): Token | undefined => tokens[index + ahead];
  const isMark = (token: Token | undefined, mark: string): boolean => token?.kind === 'mark' && text[token.start] === mark;

  const body = (type: string, labels: readonly string[], start: number, depth: number): Block => {
    const attributes: Attribute[] = [];
    const blocks: Block[] = [];
    let end = start;
    for (let token = at(); token; token = at()) {
      end = token.end;
      if (isMark(token, '}')) {
        index += 1;
        if (depth > 0) return { type, labels, attributes, blocks, span: { start, end } };
        continue;
      }
      if (token.kind !== 'word' && token.kind !== 'string') {
        index += 1;
        continue;
      }
      if (isMark(at(1), '=') || (isMark(at(1), ':') && depth > 0)) {
        index += 2;
        const value = expression();
        if (value) attributes.push({ name: plain(text.slice(token.start, token.end)), value: plain(text.slice(value.start, value.end)), span: { start: token.start, end: value.end }, valueSpan: value });
        continue;
      }
      let ahead = 1;
      while (at(ahead)?.kind === 'string' || at(ahead)?.kind === 'word') ahead += 1;
      if (token.kind === 'word' && isMark(at(ahead), '{') && depth < MOST_DEPTH) {
        const names = tokens.slice(index + 1, index + ahead).map((label) => plain(text.slice(label.start, label.end)));
        index += ahead + 1;
        blocks.push(body(text.slice(token.start, token.end), names, token.start, depth + 1));
        end = tokens[index - 1]?.end ?? end;
      } else index += ahead;
    }
    return { type, labels, attributes, blocks, span: { start, end } };
  };

  /** The tokens up to the end of the line, or further while a bracket is open. */
  const expression = (): Span | undefined => {
    const first = at();
    let end = first?.start ?? 0;
    let open = 0;
    for (let token = at(); token; token = at()) {
      const mark = token.kind === 'mark' ? text[token.start] : undefined;
      if (token.kind === 'line' && open === 0) break;
      if (mark === '(' || mark === '[' || mark === '{') open += 1;
      else if (mark === ')' || mark === ']' || mark === '}') {
        if (open === 0) break;
        open -= 1;
      } else if (mark === ',' && open === 0) break;
      if (token.kind !== 'line') end = token.end;
      index += 1;
    }
    return first && end > first.start ? { start: first.start, end } : undefined;
  };

  return body('', [], 0, 0);
}

/** Every block below a block, with the blocks around it, outermost first. */
export function* blocksBelow(block: Block, around: readonly Block[] = []): Generator<{ readonly block: Block; readonly around: readonly Block[] }> {
  for (const inner of block.blocks) {
    yield { block: inner, around };
    yield* blocksBelow(inner, [...around, inner]);
  }
}

/** The value of an attribute of a block itself. */
export function attributeOf(block: Block | undefined, name: string): Attribute | undefined {
  return block?.attributes.findLast((attribute) => attribute.name === name);
}

/** `aws_db_instance.main`, `module.shop`, `data.x.y`: how other files call a block. */
export function addressOf({ type, labels }: Block): string {
  return (type === 'resource' ? labels : [type, ...labels]).join('.');
}

function plain(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') && !text.slice(1, -1).includes('"') ? text.slice(1, -1) : text;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const char = text.charAt(index);
    const start = index;
    if (char === '\n') {
      index += 1;
      tokens.push({ kind: 'line', start, end: index });
    } else if (char === '#' || (char === '/' && text[index + 1] === '/')) {
      index = endOr(text, text.indexOf('\n', index));
    } else if (char === '/' && text[index + 1] === '*') {
      const close = text.indexOf('*/', index + 2);
      index = close < 0 ? text.length : close + 2;
    } else if (char === '"') {
      index = stringEnd(text, index);
      tokens.push({ kind: 'string', start, end: index });
    } else if (char === '<' && text[index + 1] === '<' && /^<<-?[A-Za-z_]/.test(text.slice(index, index + 4))) {
      index = heredocEnd(text, index);
      tokens.push({ kind: 'heredoc', start, end: index });
    } else if (/[\w]/.test(char)) {
      while (index < text.length && /[\w.-]/.test(text.charAt(index))) index += 1;
      tokens.push({ kind: 'word', start, end: index });
    } else {
      index += 1;
      // `==`, `=>`, `!=` and the like are one sign, so that they are no assignment.
      const double = /[=!<>]/.test(char) && /[=>]/.test(text.charAt(index));
      if (double) index += 1;
      if (!/\s/.test(char)) tokens.push({ kind: double ? 'sign' : 'mark', start, end: index });
    }
  }
  return tokens;
}

/** The end of a string, over `${ … }` with strings of their own. */
function stringEnd(text: string, from: number): number {
  let open = 0;
  let inner = false;
  for (let index = from + 1; index < text.length; index += 1) {
    const char = text[index];
    if (char === '\\') index += 1;
    else if (char === '\n' && open === 0) return index;
    else if (char === '"') {
      if (open === 0) return index + 1;
      inner = !inner;
    } else if (char === '{' && !inner && (open > 0 || text[index - 1] === '$' || text[index - 1] === '%')) open += 1;
    else if (char === '}' && !inner && open > 0) open -= 1;
  }
  return text.length;
}

function heredocEnd(text: string, from: number): number {
  const line = endOr(text, text.indexOf('\n', from));
  const tag = text.slice(from, line).replace(/^<<-?/, '').trim();
  for (let start = line + 1; start < text.length; ) {
    const end = endOr(text, text.indexOf('\n', start));
    // The last line is looked at only as far as the tag could reach, so that long lines cost nothing.
    if (text.slice(start, Math.min(end, start + tag.length + 256)).trim() === tag) return end;
    start = end + 1;
  }
  return text.length;
}

/** A place that was found, or the end. */
function endOr(text: string, found: number): number {
  return found < 0 ? text.length : found;
}
