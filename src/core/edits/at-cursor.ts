/** Lines from the first to the last, counted from 0. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Whether a change is where the person works: every part of it touches a selected line or its neighbour, and reaches no
 * further, as what is typed, pasted, completed, commented out or moved by a line does. The editor does not say who
 * changes a text; a program that happens to write at the cursor is taken for the person.
 */
export function isAtCursor(changes: readonly LineRange[], selections: readonly LineRange[]): boolean {
  return changes.every(({ first, last }) => selections.some((selection) => first >= selection.first - 1 && last <= selection.last + 1));
}
