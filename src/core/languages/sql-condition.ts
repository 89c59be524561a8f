/** A WHERE clause, as far as its truth can be told without a row. Every grammar is translated into this one. */
export type Condition =
  | { readonly kind: 'value'; readonly value: Value }
  /** A column; with the table's name only when that is not the table whose rows are at stake. */
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  /** `=`, `<>`, `<`, `<=`, `>`, `>=`, `like`, and arithmetic. */
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'is-null'; readonly of: Condition }
  /** Whatever cannot be told; with the columns of the row that it looks at. */
  | { readonly kind: 'unknown'; readonly of: readonly Condition[] };

type Value = boolean | number | string | null;

export const TRUE: Condition = { kind: 'value', value: true };
export const UNKNOWN: Condition = { kind: 'unknown', of: [] };
/** Something of the row, nobody knows what: it may narrow. */
export const SOME_COLUMN: Condition = { kind: 'column', name: '' };

/** `left IN (…)`. */
export function among(left: Condition, items: readonly Condition[]): Condition {
  return isLeaf(left) ? { kind: 'or', of: items.map((right) => ({ kind: 'binary', operator: '=', left, right })) } : { kind: 'unknown', of: [left, ...items] };
}

/** `left BETWEEN low AND high`. */
export function between(left: Condition, low: Condition, high: Condition): Condition {
  if (!isLeaf(left)) return { kind: 'unknown', of: [left, low, high] };
  return { kind: 'and', of: [{ kind: 'binary', operator: '>=', left, right: low }, { kind: 'binary', operator: '<=', left, right: high }] };
}

/** Only what is small may stand twice in a condition: a chain of such chains would grow without end. */
function isLeaf({ kind }: Condition): boolean {
  return kind === 'column' || kind === 'value';
}

/** Keys of rows, which are never null and never below one. */
const KEY = /^(?:id|_id|uuid|guid|pk|rowid|_rowid_|oid|ctid)$/;

/**
 * Whether a WHERE clause leaves rows out. `1 = 1`, `id = id`, `NOT false`, `x OR true`, `EXISTS (SELECT 1)` and whatever does
 * not look at the row at all (so that it holds for every row or for none) do not. A condition that never holds touches nothing.
 */
export function narrows(condition: Condition | undefined): boolean {
  if (!condition) return false;
  const truth = truthOf(condition);
  return truth === undefined ? looksAtRow(condition) : !truth;
}

/** True or false for every row, or undefined. A null counts as false, for it selects nothing. */
function truthOf(condition: Condition): boolean | undefined {
  switch (condition.kind) {
    case 'value':
      return isTrue(condition.value);
    case 'not': {
      const truth = truthOf(condition.of);
      return truth === undefined ? undefined : valueOf(condition.of) !== null && !truth;
    }
    case 'and':
      return condition.of.some((part) => truthOf(part) === false) ? false : condition.of.every((part) => truthOf(part) === true) ? true : undefined;
    case 'or': {
      if (condition.of.some((part) => truthOf(part) === true) || hasOpposites(condition.of)) return true;
      return condition.of.every((part) => truthOf(part) === false) ? false : undefined;
    }
    case 'is-null': {
      const value = valueOf(condition.of);
      if (value !== undefined) return value === null;
      return condition.of.kind === 'column' && KEY.test(condition.of.name.toLowerCase()) ? false : undefined;
    }
    case 'binary':
      return compared(condition.operator, condition.left, condition.right);
    case 'column':
    case 'unknown':
      return undefined;
  }
}

function compared(operator: string, left: Condition, right: Condition): boolean | undefined {
  const value = computed(operator, left, right);
  if (value !== undefined) return isTrue(value);
  if (keyOf(left) !== undefined && keyOf(left) === keyOf(right)) {
    // What is compared with itself; a null in it leaves a row out, and that is no reason to trust it.
    if (/^(?:=|<=|>=|like)$/.test(operator)) return true;
    if (/^(?:<>|<|>)$/.test(operator)) return false;
  }
  const bound = valueOf(right);
  if (operator === 'like' && typeof bound === 'string' && /^[%*]+$/.test(bound) && left.kind === 'column') return true;
  if (left.kind === 'column' && KEY.test(left.name.toLowerCase()) && typeof bound === 'number') {
    if ((operator === '>' || operator === '<>') && bound <= 0) return true;
    if (operator === '>=' && bound <= 1) return true;
  }
  return undefined;
}

/** The value of a condition that needs no row, or undefined. */
function valueOf(condition: Condition): Value | undefined {
  if (condition.kind === 'value') return condition.value;
  if (condition.kind === 'binary') return computed(condition.operator, condition.left, condition.right);
  return undefined;
}

function computed(operator: string, left: Condition, right: Condition): Value | undefined {
  const a = valueOf(left);
  const b = valueOf(right);
  if (a === undefined || b === undefined) return undefined;
  if (a === null || b === null) return null;
  if (operator === '||') return `${a}${b}`;
  if (operator === 'like') return typeof b === 'string' && /^[%*]+$/.test(b) ? true : a === b ? true : undefined;
  if (/^(?:=|<>|<|<=|>|>=)$/.test(operator)) return ordered(operator, a, b);
  const [x, y] = [Number(a), Number(b)];
  const result = operator === '+' ? x + y : operator === '-' ? x - y : operator === '*' ? x * y : operator === '/' ? x / y : operator === '%' ? x % y : NaN;
  return Number.isFinite(result) ? result : undefined;
}

function ordered(operator: string, a: boolean | number | string, b: boolean | number | string): boolean {
  const numbers = (typeof a !== 'string' || typeof b !== 'string') && !Number.isNaN(Number(a)) && !Number.isNaN(Number(b));
  const [x, y] = numbers ? [Number(a), Number(b)] : [String(a), String(b)];
  switch (operator) {
    case '=':
      return x === y;
    case '<>':
      return x !== y;
    case '<':
      return x < y;
    case '<=':
      return x <= y;
    case '>':
      return x > y;
    default:
      return x >= y;
  }
}

/** A text that is no word for false counts as true: what cannot be told must not look narrow. */
function isTrue(value: Value): boolean {
  if (typeof value === 'string') return !/^\s*(?:f|fa|fal|fals|false|n|no|of|off|0)?\s*$/i.test(value);
  return value !== null && value !== false && value !== 0;
}

/** `a OR NOT a`, `a = 1 OR a <> 1`, `a IS NULL OR a IS NOT NULL`. */
function hasOpposites(parts: readonly Condition[]): boolean {
  if (parts.length > 20) return false;
  const keys = new Set(parts.map(keyOf));
  return parts.some((part) => {
    const opposite = keyOf(oppositeOf(part));
    return opposite !== undefined && keys.has(opposite);
  });
}

const OPPOSITE: Readonly<Record<string, string>> = { '=': '<>', '<>': '=', '<': '>=', '>=': '<', '>': '<=', '<=': '>' };

function oppositeOf(part: Condition): Condition {
  if (part.kind === 'not') return part.of;
  const operator = part.kind === 'binary' ? OPPOSITE[part.operator] : undefined;
  return part.kind === 'binary' && operator !== undefined ? { ...part, operator } : { kind: 'not', of: part };
}

/** A text that is the same for conditions that say the same; undefined for what cannot be told. */
function keyOf(condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'value':
      return `v${typeof condition.value}${String(condition.value)}`;
    case 'column':
      return condition.name === '' ? undefined : `c${condition.name.toLowerCase()}`;
    case 'not':
    case 'is-null':
      return joined(condition.kind, [condition.of]);
    case 'binary':
      return joined(condition.operator, [condition.left, condition.right]);
    case 'and':
    case 'or':
      return condition.of.length > 20 ? undefined : joined(condition.kind, condition.of);
    case 'unknown':
      return undefined;
  }
}

function joined(operator: string, parts: readonly Condition[]): string | undefined {
  const keys = parts.map(keyOf);
  return keys.includes(undefined) ? undefined : `${operator}(${keys.join(',')})`;
}

function looksAtRow(condition: Condition): boolean {
  switch (condition.kind) {
    case 'column':
      return true;
    case 'value':
      return false;
    case 'not':
    case 'is-null':
      return looksAtRow(condition.of);
    case 'binary':
      return looksAtRow(condition.left) || looksAtRow(condition.right);
    default:
      return condition.of.some(looksAtRow);
  }
}
