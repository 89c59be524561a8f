/** A node of a tree that a parser gave as plain JSON. Nothing in it is taken for granted. */
export type Node = Readonly<Record<string, unknown>>;

export function asNode(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A leaf as text; nothing for what is no leaf. */
export function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The text of PostgreSQL's `{String: {sval}}`; a star for `*`. */
export function textOf(value: unknown): string {
  const node = asNode(value);
  const text = asNode(node?.['String'])?.['sval'];
  return typeof text === 'string' ? text : node?.['A_Star'] ? '*' : '';
}

/** The last part of a qualified name: of a function, an operator. */
export function lastName(value: unknown): string {
  return textOf(asArray(value).at(-1));
}

const MOST_NESTING = 400;

/** Whether a tree is deeper than the readers go; found out without recursion. */
export function isTooNested(tree: unknown): boolean {
  let level: readonly unknown[] = [tree];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_NESTING) return true;
    level = level.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : Object.values(asNode(value) ?? {})));
  }
  return false;
}
