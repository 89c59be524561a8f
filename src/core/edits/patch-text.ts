import { applyPatch, createTwoFilesPatch, parsePatch } from 'diff';
import { isInside, resolvePath } from '../shell/paths.js';
import type { World } from '../world.js';
import type { Edit } from './compare.js';
import type { FileChange } from './seen-file.js';

const NOTHING = '/dev/null';
/** A finer patch would take quadratic time. */
const MOST_CHANGES = 2000;

/** Edits as one unified patch, for people to read and for their signature to bind. Paths are relative to `root` where they can be. */
export function patchOf(edits: readonly Edit[], root: string | undefined): string {
  return edits.map((edit) => filePatch(edit, root !== undefined && isInside(root, edit.path) ? edit.path.slice(root.length + 1) : edit.path)).join('');
}

function filePatch({ before, after }: Edit, name: string): string {
  const options = { context: 3, maxEditLength: MOST_CHANGES };
  const names = [before === undefined ? NOTHING : `a/${name}`, after === undefined ? NOTHING : `b/${name}`] as const;
  return createTwoFilesPatch(...names, before ?? '', after ?? '', '', '', options) ?? wholePatch(names, before ?? '', after ?? '');
}

function wholePatch([old, now]: readonly [string, string], before: string, after: string): string {
  const [gone, come] = [linesIn(before), linesIn(after)];
  return [`--- ${old}`, `+++ ${now}`, `@@ -${rangeOf(gone)} +${rangeOf(come)} @@`, ...signed('-', gone, before), ...signed('+', come, after), ''].join('\n');
}

function linesIn(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function rangeOf(lines: readonly string[]): string {
  return `${Math.min(1, lines.length)},${lines.length}`;
}

function signed(sign: '-' | '+', lines: readonly string[], text: string): readonly string[] {
  const all = lines.map((line) => sign + line);
  return text === '' || text.endsWith('\n') ? all : [...all, '\\ No newline at end of file'];
}

/** What a patch does to the first file that it names. */
export function changeIn(patch: string): FileChange {
  const head = patch.split('\n', 3);
  if (head.some((line) => /^--- \/dev\/null\s*$/.test(line))) return 'new';
  return head.some((line) => /^\+\+\+ \/dev\/null\s*$/.test(line)) ? 'deleted' : 'changed';
}

/**
 * The edits that a patch makes in another clone, whose files this world shows. Where a file is another one there, the
 * patch's own lines stand for it. Never throws; none for a text that is no patch.
 */
export function editsOf(patch: string, root: string, world: World): readonly Edit[] {
  try {
    return parsePatch(patch).filter(({ oldFileName, newFileName }) => oldFileName !== undefined && newFileName !== undefined).map((file): Edit => {
      const [old, now] = [file.oldFileName, file.newFileName].map((name) => (name === undefined || name === NOTHING ? undefined : name.replace(/^[ab]\//, '')));
      const path = resolvePath(root, now ?? old ?? '');
      const bytes = old === undefined ? undefined : world.readFile(path);
      const own = (sign: string) => file.hunks.flatMap(({ lines }) => lines.filter((line) => line.startsWith(sign) || line.startsWith(' ')).map((line) => `${line.slice(1)}\n`)).join('');
      const before = old === undefined ? undefined : bytes && new TextDecoder().decode(bytes);
      const applied = now === undefined ? undefined : applyPatch(before ?? '', file);
      if (applied === false || (old !== undefined && before === undefined)) return { path, before: own('-'), after: now === undefined ? undefined : own('+') };
      return { path, before, after: applied };
    });
  } catch {
    return [];
  }
}
