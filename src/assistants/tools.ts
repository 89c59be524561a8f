import { posixLine } from '../guards/quoting.js';
import type { Act, Change, FileChange, Replacement } from './call.js';
import { parsePatch } from './patch.js';
import { fieldOf, objectOf, objectsIn, textIn, type Payload } from './payload.js';

/** Turns what a tool is given into what it would do. A tool whose arguments are not what it takes is unclear, not harmless. */
export type ToolReader = (input: unknown) => readonly Act[];

const PATHS = ['file_path', 'filePath', 'path', 'absolute_path', 'notebook_path', 'target_file', 'targetFile', 'uri', 'filename'] as const;
const TEXTS = ['content', 'contents', 'file_text', 'text', 'code', 'new_source', 'new_text', 'newText', 'diff', 'insert_text'] as const;
const DIRECTORIES = ['cwd', 'workdir', 'working_directory', 'workingDirectory', 'dir_path'] as const;
/** What tools call a text and its replacement. */
const PAIRS = [['old_string', 'new_string'], ['old_str', 'new_str'], ['oldString', 'newString'], ['oldStr', 'newStr'], ['old_text', 'new_text'], ['oldText', 'newText']] as const;

/** A tool that changes nothing. */
export const looks: ToolReader = () => [];

/** A tool that runs command lines. */
export const shell: ToolReader = (input) => commands(input, '/bin/bash');
export const powershell: ToolReader = (input) => commands(input, 'powershell');

/** A tool that writes a whole file. */
export const writes: ToolReader = (input) => edits(input, (one) => {
  const text = textIn(one, ...TEXTS);
  return text === undefined ? { type: 'unknown', text: '' } : { type: 'write', text };
});

export const appends: ToolReader = (input) => edits(input, (one) => {
  const text = textIn(one, ...TEXTS);
  return text === undefined ? undefined : { type: 'append', text };
});

/** A tool that replaces parts of files, one or several in a call. */
export const replaces: ToolReader = (input) => edits(input, replacement);

/** A tool that changes a file in a way of its own. */
export const rewrites: ToolReader = (input) => edits(input, (one) => ({ type: 'unknown', text: textIn(one, ...TEXTS, 'new_string', 'newCode') ?? '' }));

export const deletes: ToolReader = (input) => edits(input, () => ({ type: 'delete' }));

/** A tool that takes a patch in the form that begins with `*** Begin Patch`. */
export const patches: ToolReader = (input) => {
  const text = typeof input === 'string' ? input : textIn(objectOf(input), 'input', 'patch', 'patchText', 'command', 'diff', 'content');
  const changes = text === undefined ? undefined : parsePatch(text);
  return changes ? [{ kind: 'edit', changes }] : [unclear('The patch cannot be read.')];
};

/** One tool for everything about a file, told by `command` what to do (Kiro, Amazon Q, older Copilot). */
export const editor: ToolReader = (input) => {
  const one = objectOf(input);
  switch (textIn(one, 'command')) {
    case 'view':
    case 'undo_edit':
      return [];
    case 'create':
      return writes(input);
    case 'append':
      return appends(input);
    default:
      return replaces(input);
  }
};

/** Several tools' names for one reader. */
export function named(names: string, reader: ToolReader): Readonly<Record<string, ToolReader>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, reader]));
}

/** The names of tools that only look: nobody is asked about them. */
export function onlyLooking(tools: Readonly<Record<string, ToolReader>>): readonly string[] {
  return Object.keys(tools).filter((name) => tools[name] === looks);
}

/**
 * A pattern of the names of tools that an assistant's hook is asked about: every one there is, but for those of its own that
 * only look. For these no program starts. The same whether the assistant looks for it in a name or compares the whole name.
 */
export function askedAbout(tools: Readonly<Record<string, ToolReader>>): string {
  return `^(?!(?:${onlyLooking(tools).join('|')})$).*`;
}

/** What a tool that nobody knows would do, by what it is given: a command line, a file's new text, or a call of its own. */
export function otherTool(name: string, input: unknown): readonly Act[] {
  const one = objectOf(input);
  const command = textIn(one, 'command', 'command_line', 'commandLine', 'shell_command') === undefined ? [] : shell(input);
  const isEdit = textIn(one, ...PATHS) !== undefined && (textIn(one, ...TEXTS) !== undefined || pairIn(one) !== undefined || objectsIn(one, 'edits') !== undefined);
  return [...command, ...(isEdit ? replaces(input) : []), { kind: 'tool', name, input }];
}

function commands(input: unknown, inShell: string): readonly Act[] {
  const one = objectOf(input);
  const text = linesIn(one);
  if (text === undefined) return [unclear('The call names no command.')];
  return [{ kind: 'command', text, shell: inShell, cwd: textIn(one, ...DIRECTORIES) }];
}

/** A command line, a list of them, or the words of one. */
function linesIn(one: Payload | undefined): string | undefined {
  const text = textIn(one, 'command', 'cmd', 'command_line', 'commandLine', 'script', 'input');
  if (text !== undefined) return text;
  const words = wordsIn(fieldOf(one, 'command') ?? fieldOf(one, 'cmd'));
  if (words) return posixLine(words);
  // Cline gives the list itself, or the list as a text.
  const lines = fieldOf(one, 'commands');
  return wordsIn(typeof lines === 'string' ? parsed(lines) : lines)?.join('\n');
}

function wordsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string') ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return [text];
  }
}

/** The changes of a call: of its one file, or of each object in a list that names a file of its own. */
function edits(input: unknown, changeOf: (one: Payload) => Change | undefined): readonly Act[] {
  const one = objectOf(input);
  const several = ['replacements', 'edits', 'files'].map((name) => objectsIn(one, name)).find((list) => list?.some((each) => textIn(each, ...PATHS) !== undefined));
  const changes = (several ?? (one ? [one] : [])).map((each): FileChange | undefined => {
    const path = pathIn(each);
    const change = changeOf(each);
    return path === undefined || change === undefined ? undefined : { path, change };
  });
  const known = changes.filter((change) => change !== undefined);
  return known.length === 0 || known.length < changes.length ? [unclear('The call does not say which file it changes, or how.')] : [{ kind: 'edit', changes: known }];
}

function pathIn(one: Payload): string | undefined {
  const path = textIn(one, ...PATHS);
  return path?.startsWith('file://') ? decodeURIComponent(path.slice('file://'.length)) : path;
}

function replacement(one: Payload): Change | undefined {
  const list = objectsIn(one, 'edits') ?? objectsIn(one, 'replacements');
  const pairs = (list ?? [one]).map(pairIn);
  if (pairs.every((pair) => pair !== undefined)) return { type: 'replace', pairs };
  const text = textIn(one, 'new_str', 'new_string', ...TEXTS);
  const line = fieldOf(one, 'insert_line');
  if (text === undefined) return undefined;
  return typeof line === 'number' && Number.isInteger(line) && line >= 0 ? { type: 'insert', line, text } : { type: 'write', text };
}

function pairIn(one: Payload | undefined): Replacement | undefined {
  for (const [before, after] of PAIRS) {
    const [old, now] = [textIn(one, before), textIn(one, after)];
    if (old !== undefined && now !== undefined) return { old, now, all: ['replace_all', 'replaceAll', 'allow_multiple'].some((name) => fieldOf(one, name) === true) };
  }
  return undefined;
}

function unclear(reason: string): Act {
  return { kind: 'unclear', reason };
}
