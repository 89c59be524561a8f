import { expandBraces } from './brace.js';
import { Fields } from './fields.js';
import { operate } from './operate.js';
import { parsePosix } from './parse.js';
import type { ParameterExpansionPart, ParsedScript, SyntaxNode, SyntaxWord, WordPart } from './parse.js';
import { trimEnd } from './paths.js';
import { HOLE, limited } from './program.js';
import type { Word } from './program.js';
import type { Scope, Value } from './scope.js';
import type { Span } from '../assess/assessment.js';

/** What expansion needs from the walk around it. */
export interface Surround {
  readonly scope: Scope;
  span(node: { readonly pos: number; readonly end: number }): Span;
  /** Walks a nested script for its own sake and returns what it would print. */
  substitute(script: ParsedScript | undefined, node: { readonly pos: number; readonly end: number }, fed?: boolean): string;
  /** Walks whatever is nested in a part whose value is not computed. */
  visit(node: SyntaxNode): void;
}

const PLAIN = /^[\w./:@%+=,-]*$/;

/** Expands one word into the words the program would get, and adds them to the others. */
export function expandInto(words: Word[], word: SyntaxWord, around: Surround): void {
  if (PLAIN.test(word.text)) words.push({ text: word.text, span: around.span(word), glob: false, quoted: false });
  else words.push(...expandWord(word, around));
}

/** Expands one word into the words the program would get. */
export function expandWord(word: SyntaxWord, around: Surround): readonly Word[] {
  if (PLAIN.test(word.text)) return [{ text: word.text, span: around.span(word), glob: false, quoted: false }];
  const parts = word.parts;
  if (parts?.some((part) => part.type === 'BraceExpansion')) return expandBraced(word, around);
  const fields = new Fields(around.span(word));
  if (parts) {
    const first = parts[0];
    parts.forEach((part) => addPart(part, fields, around, part === first));
  } else addLiteral(word.text, word.value, fields, around);
  return fields.finish();
}

/** Expands a word where the shell does not split it: a value, a redirection's target, a here-string. */
export function expandText(word: SyntaxWord | undefined, around: Surround): string {
  if (!word) return '';
  if (PLAIN.test(word.text)) return word.text;
  return expandParts(word.parts, around) ?? tilde(word.text, word.value, around.scope);
}

/** Expands parts as if they stood in double quotes. */
export function expandParts(parts: readonly WordPart[] | undefined, around: Surround): string | undefined {
  if (!parts) return undefined;
  const first = parts[0];
  return limited(parts.map((part) => textOf(part, around, part === first)).join(''));
}

function expandBraced(word: SyntaxWord, around: Surround): readonly Word[] {
  const texts = expandBraces(word.text);
  const span = around.span(word);
  if (!texts || (texts.length === 1 && texts[0] === word.text)) {
    around.visit(word);
    return [{ text: texts ? word.value : HOLE, span, glob: false, quoted: false }];
  }
  return texts.flatMap((text) => {
    const parsed = parsePosix(`: ${text}`);
    const statement = 'tree' in parsed ? parsed.tree.commands[0]?.command : undefined;
    if (statement?.type !== 'Command') return [{ text: HOLE, span, glob: false, quoted: false }];
    const inner: Surround = {
      scope: around.scope,
      span: () => span,
      substitute: (script, _node, fed) => around.substitute(script, word, fed),
      visit: (node) => around.visit(node),
    };
    return statement.args.flatMap((arg) => (arg.type === 'Word' ? plainOrParts(arg, inner) : [{ text: arg.text, span, glob: false, quoted: false }]));
  });
}

/** A word that came out of brace expansion and must not be expanded for braces again. */
function plainOrParts(word: SyntaxWord, around: Surround): readonly Word[] {
  const fields = new Fields(around.span(word));
  if (!word.parts) addLiteral(word.text, word.value, fields, around);
  else {
    const first = word.parts[0];
    word.parts.forEach((part) => addPart(part, fields, around, part === first));
  }
  return fields.finish();
}

function addLiteral(text: string, value: string, fields: Fields, around: Surround): void {
  fields.literal(tilde(text, value, around.scope));
}

/** `~` and `~/x` at the front of an unquoted word. */
function tilde(text: string, value: string, scope: Scope): string {
  if (!text.startsWith('~')) return value;
  if (value === '~' || value.startsWith('~/')) return scope.home + value.slice(1);
  return value;
}

function addPart(part: WordPart, fields: Fields, around: Surround, first: boolean): void {
  switch (part.type) {
    case 'Literal':
      fields.literal(first ? tilde(part.text, part.value, around.scope) : part.value);
      return;
    case 'Glob':
    case 'ExtendedGlob':
      around.visit(part);
      fields.wildcard(part.text);
      return;
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      fields.quoted(part.value);
      return;
    case 'DoubleQuoted':
    case 'LocaleString':
      addDoubleQuoted(part.parts, fields, around);
      return;
    case 'ProcessSubstitution':
      fields.deliver(around.substitute(part.script, part, part.operator === '>'));
      fields.quoted(`/dev/fd/${HOLE}`);
      return;
    case 'BraceExpansion':
      fields.literal(part.text);
      return;
    case 'SimpleExpansion':
    case 'ParameterExpansion':
    case 'CommandExpansion':
    case 'ArithmeticExpansion': {
      const separators = separatorsOf(around.scope);
      listOf(part, around).forEach((text, index) => {
        if (index > 0) fields.next();
        fields.expansion(text, separators);
      });
    }
  }
}

function addDoubleQuoted(parts: readonly WordPart[], fields: Fields, around: Surround): void {
  fields.quoted('');
  for (const part of parts) {
    if (part.type === 'Literal') fields.quoted(part.value);
    else if (isEachElement(part)) {
      const items = listOf(part, around);
      items.forEach((text, index) => {
        if (index > 0) fields.next();
        fields.quoted(text);
      });
    } else fields.quoted(textOf(part, around, false));
  }
}

function isEachElement(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@';
  return part.type === 'ParameterExpansion' && (part.parameter === '@' || part.index?.text === '@');
}

function separatorsOf(scope: Scope): string {
  const separators = scope.get('IFS');
  return typeof separators === 'string' && !separators.includes(HOLE) ? separators : ' \t\n';
}

/** The text of one part where nothing is split. */
function textOf(part: WordPart, around: Surround, first: boolean): string {
  switch (part.type) {
    case 'Literal':
      return first ? tilde(part.text, part.value, around.scope) : part.value;
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.map((inner) => textOf(inner, around, false)).join('');
    case 'Glob':
    case 'ExtendedGlob':
    case 'BraceExpansion':
      around.visit(part);
      return part.text;
    case 'ProcessSubstitution':
      around.substitute(part.script, part, part.operator === '>');
      return HOLE;
    case 'SimpleExpansion':
    case 'ParameterExpansion':
    case 'CommandExpansion':
    case 'ArithmeticExpansion':
      return listOf(part, around).join(' ');
  }
}

type Expansion = Extract<WordPart, { type: 'SimpleExpansion' | 'ParameterExpansion' | 'CommandExpansion' | 'ArithmeticExpansion' }>;

/** The values of an expansion: one, or as many as an array has. */
function listOf(part: WordPart, around: Surround): readonly string[] {
  const expansion = part as Expansion;
  switch (expansion.type) {
    case 'SimpleExpansion':
      return asList(variable(expansion.text.slice(1), around.scope), expansion.text === '$@' || expansion.text === '$*');
    case 'ParameterExpansion':
      return parameter(expansion, around);
    case 'CommandExpansion':
      return [trimEnd(around.substitute(expansion.script, expansion), '\n')];
    case 'ArithmeticExpansion':
      if (/^\$\(\(\s*\d+\s*\)\)$/.test(expansion.text)) return [expansion.text.replace(/\D/g, '')];
      around.visit(expansion);
      return [HOLE];
  }
}

function asList(value: Value | undefined, all: boolean): readonly string[] {
  if (value === undefined) return [HOLE];
  if (typeof value === 'string') return [value];
  return all ? value : [value[0] ?? ''];
}

function variable(name: string, scope: Scope): Value | undefined {
  if (name === '@' || name === '*') return scope.args;
  if (/^\d+$/.test(name)) return name === '0' ? HOLE : (scope.args[Number(name) - 1] ?? '');
  if (name === '#') return String(scope.args.length);
  if (!/^[A-Za-z_]\w*$/.test(name)) return HOLE;
  return scope.lookup(name);
}

function parameter(part: ParameterExpansionPart, around: Surround): readonly string[] {
  const { scope } = around;
  let name = part.parameter;
  if (part.prefix === '!') {
    const target = variable(name, scope);
    if (typeof target !== 'string' || !/^[A-Za-z_]\w*$/.test(target)) return [HOLE];
    name = target;
  } else if (part.prefix === '#') return [HOLE];
  const index = part.index?.text;
  let value = variable(name, scope);
  if (index !== undefined) {
    if (value === undefined) return [HOLE];
    if (index === '@' || index === '*') {
      if (!part.operation) return typeof value === 'string' ? [value] : value;
    } else {
      const at = expandText(part.index, around);
      value = typeof value === 'string' ? (at === '0' ? value : HOLE) : (value[Number(at)] ?? (isNaN(Number(at)) ? HOLE : ''));
    }
  }
  if (!part.operation) return asList(value, name === '@' || name === '*');
  const single = value === undefined || typeof value === 'string' ? value : value.join(' ');
  return [operate(single, part.operation, (word) => expandText(word, around), (node) => around.visit(node))];
}
