import type { FileChange, PatchHunk } from './call.js';

const FILE = /^\*\*\* (Add|Update|Delete) File: (.+)$/;
const MOVE = /^\*\*\* Move to: (.+)$/;

/**
 * Reads the patch form that Codex, Copilot, VS Code and opencode give to `apply_patch`. Undefined for a text that is
 * none, or that holds a line which is no part of one.
 */
export function parsePatch(text: string): readonly FileChange[] | undefined {
  const lines = text.trim().replaceAll('\r\n', '\n').split('\n');
  if (lines[0]?.trim() !== '*** Begin Patch' || lines.at(-1)?.trim() !== '*** End Patch') return undefined;
  const changes: FileChange[] = [];
  for (let at = 1; at < lines.length - 1; ) {
    const head = FILE.exec(lines[at] ?? '');
    const [, verb, path = ''] = head ?? [];
    if (verb === undefined) return undefined;
    let end = at + 1;
    while (end < lines.length - 1 && !FILE.test(lines[end] ?? '')) end += 1;
    const found = fileIn(verb, path.trim(), lines.slice(at + 1, end));
    if (!found) return undefined;
    changes.push(...found);
    at = end;
  }
  return changes.length === 0 ? undefined : changes;
}

function fileIn(verb: string, path: string, body: readonly string[]): readonly FileChange[] | undefined {
  if (verb === 'Delete') return body.every((line) => line === '') ? [{ path, change: { type: 'delete' } }] : undefined;
  if (verb === 'Add') {
    if (!body.every((line) => line.startsWith('+'))) return undefined;
    return [{ path, change: { type: 'write', text: body.map((line) => `${line.slice(1)}\n`).join('') } }];
  }
  const to = MOVE.exec(body[0] ?? '')?.[1]?.trim();
  const hunks = hunksIn(to === undefined ? body : body.slice(1));
  if (!hunks) return undefined;
  if (to === undefined) return [{ path, change: { type: 'patch', hunks } }];
  return [{ path: to, from: path, change: { type: 'patch', hunks } }, { path, change: { type: 'delete' } }];
}

function hunksIn(lines: readonly string[]): readonly PatchHunk[] | undefined {
  const hunks: { old: string[]; now: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('@@') || hunks.length === 0) hunks.push({ old: [], now: [] });
    if (line.startsWith('@@') || line === '*** End of File') continue;
    const hunk = hunks.at(-1);
    const [sign, rest] = [line.slice(0, 1), line.slice(1)];
    if (sign === ' ' || sign === '') {
      hunk?.old.push(rest);
      hunk?.now.push(rest);
    } else if (sign === '-') hunk?.old.push(rest);
    else if (sign === '+') hunk?.now.push(rest);
    else return undefined;
  }
  return hunks.filter(({ old, now }) => old.length > 0 || now.length > 0);
}
