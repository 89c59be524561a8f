import { HOLE, isKnown } from './program.js';

/** How `${name…}` changes a value; operands are already folded. */
export type Operation =
  | { readonly type: 'Remove'; readonly operator: string; readonly pattern: string }
  | { readonly type: 'Replace'; readonly operator: string; readonly pattern: string; readonly replacement: string }
  | { readonly type: 'Slice'; readonly offset: string; readonly length: string | undefined }
  | { readonly type: 'CaseModification'; readonly operator: string; readonly pattern: string | undefined };

/** Applies a parameter operation to a known value; what is not worth emulating becomes a hole. */
export function applyOperation(value: string, operation: Operation): string {
  if (!isKnown(value)) return HOLE;
  switch (operation.type) {
    case 'Remove':
      return remove(value, operation.operator, operation.pattern);
    case 'Replace':
      return replace(value, operation.operator, operation.pattern, operation.replacement);
    case 'Slice':
      return slice(value, operation.offset, operation.length);
    case 'CaseModification':
      return changeCase(value, operation.operator, operation.pattern);
  }
}

function remove(value: string, operator: string, pattern: string): string {
  const front = operator.startsWith('#');
  if (!/[*?[\uFFFC]/.test(pattern)) {
    if (front) return value.startsWith(pattern) ? value.slice(pattern.length) : value;
    return value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) : value;
  }
  // The two shapes people write: `${x##*/}` and `${x%.*}`.
  const shape = front ? /^\*([^*?[\uFFFC]+)$/.exec(pattern) : /^([^*?[\uFFFC]+)\*$/.exec(pattern);
  const mark = shape?.[1];
  if (mark === undefined) return HOLE;
  const greedy = operator.length === 2;
  const at = front === greedy ? value.lastIndexOf(mark) : value.indexOf(mark);
  if (at < 0) return value;
  return front ? value.slice(at + mark.length) : value.slice(0, at);
}

function replace(value: string, operator: string, pattern: string, replacement: string): string {
  if (pattern === '') return value;
  if (/[*?[\uFFFC]/.test(pattern)) return HOLE;
  switch (operator) {
    case '//':
      return value.split(pattern).join(replacement);
    case '/#':
      return value.startsWith(pattern) ? replacement + value.slice(pattern.length) : value;
    case '/%':
      return value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) + replacement : value;
    default: {
      const at = value.indexOf(pattern);
      return at < 0 ? value : value.slice(0, at) + replacement + value.slice(at + pattern.length);
    }
  }
}

function slice(value: string, offset: string, length: string | undefined): string {
  const from = integer(offset);
  const count = length === undefined ? value.length : integer(length);
  if (from === undefined || count === undefined) return HOLE;
  const start = from < 0 ? Math.max(0, value.length + from) : from;
  return count < 0 ? value.slice(start, count) : value.slice(start, start + count);
}

function integer(text: string): number | undefined {
  const trimmed = text.trim().replace(/^\((.*)\)$/, '$1').trim();
  return /^-?\d{1,9}$/.test(trimmed) ? Number(trimmed) : undefined;
}

function changeCase(value: string, operator: string, pattern: string | undefined): string {
  if (pattern !== undefined && pattern !== '' && pattern !== '?') return HOLE;
  const change = operator.startsWith('^') ? (text: string) => text.toUpperCase() : (text: string) => text.toLowerCase();
  return operator.length === 2 ? change(value) : change(value.slice(0, 1)) + value.slice(1);
}
