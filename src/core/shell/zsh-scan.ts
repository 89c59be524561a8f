import type { Span } from '../assess/assessment.js';
import { sentence, type Sentence } from '../say.js';

interface Found {
  /** Code that the POSIX reader does not look into, with its place. */
  readonly code: readonly (Span & { readonly code: string })[];
  /** Places where zsh runs what nobody can know. */
  readonly unknown: readonly (Span & { readonly why: Sentence })[];
  /** `repeat 3 { … }`, which the POSIX reader takes for arguments. */
  readonly braces: boolean;
}

/**
 * The text with `&!`, `>!`, `$=x`, `${~x}` and their like as what they mean to other shells; every position stays where it
 * is. What `$x[1]` and `${x[1]}` stand for is made unknown, since zsh counts from one, and counts letters of a text.
 */
export function plainZsh(text: string): string {
  if (!/[&>][!|]|\$\{?[=~^]|\w\[/.test(text)) return text;
  let done = '';
  for (const { char, at, quote } of marked(text)) {
    // What was written ahead of the character already.
    if (done.length > at) continue;
    const change = char === '$' && (quote === '' || quote === '"') ? (elementAt(text, at) ?? (quote === '' ? changeAt(text, at) : undefined)) : quote === '' && '&!|'.includes(char) ? changeAt(text, at) : undefined;
    done += change ?? char;
  }
  return done;
}

function elementAt(text: string, at: number): string | undefined {
  const found = /^\$(\{?)([A-Za-z_]\w{0,63})\[([^\]@*]{1,16})\]/.exec(text.slice(at, at + 96));
  if (!found) return undefined;
  const [, brace, name = '', index = ''] = found;
  return brace === '' ? `$?${'0'.repeat(name.length - 1)}` : `\${${name}[${'?'.repeat(index.length)}`;
}

function changeAt(text: string, at: number): string | undefined {
  const before = text.charAt(at - 1);
  const char = text.charAt(at);
  // `>!` writes over a file whatever `noclobber` says.
  if (char === '!' || char === '|') {
    const operator = /(?:>>|&>|>&|>)$/.exec(text.slice(Math.max(at - 2, 0), at))?.[0];
    return operator === undefined ? undefined : operator === '>' ? '|' : ' ';
  }
  if (/^&[!|]/.test(text.slice(at, at + 2))) return before === '&' || before === '>' ? undefined : '& ';
  // At the front of a word only: inside one, a blank would cut it.
  const found = /^\$(\{?)[=~^](?=\w)/.exec(text.slice(at, at + 4));
  return found && (before === '' || /[\s;&|({]/.test(before)) ? ` $${found[1] ?? ''}` : undefined;
}

/** Every character with the quotes it stands in; escaped ones stand in quotes of their own. */
function* marked(text: string): Generator<{ readonly char: string; readonly at: number; readonly quote: string }> {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\' && quote !== "'") {
      yield { char, at, quote: '\\' };
      if (at + 1 < text.length) yield { char: text.charAt(at + 1), at: at + 1, quote: '\\' };
      at += 1;
    } else if (quote === '' && (char === "'" || char === '"')) {
      quote = char;
      yield { char, at, quote };
    } else if (quote === char) {
      yield { char, at, quote };
      quote = '';
    } else yield { char, at, quote };
  }
}

/** Looks through expansions with flags, nested expansions and glob qualifiers, in one pass. */
export function findZshCode(text: string): Found {
  const code: (Span & { code: string })[] = [];
  const unknown: (Span & { why: Sentence })[] = [];
  const open: { readonly kind: '${' | '$(' | '('; readonly start: number }[] = [];
  let nested = 0;
  let outermost = -1;
  for (const { char, at, quote } of marked(text)) {
    if (quote === "'" || quote === '\\') continue;
    const next = text.charAt(at + 1);
    if (char === '$' && next === '{') {
      open.push({ kind: '${', start: at });
      nested += 1;
      const flags = /^\$\{\(([^)\s]{0,64})\)/.exec(text.slice(at, at + 70))?.[1];
      if (flags?.includes('e') === true) unknown.push({ start: at, end: at + 2, why: sentence('zsh runs the code in a value.') });
    } else if (char === '$' && next === '(') {
      open.push({ kind: '$(', start: at });
      if (nested > 0 && outermost < 0) outermost = open.length;
    } else if (char === '(' && text.charAt(at - 1) !== '$') {
      if (nested === 0 && quote === '') qualifier(text, at, code);
      open.push({ kind: '(', start: at });
    } else if (char === ')' && open.at(-1)?.kind !== '${') {
      const closed = open.pop();
      if (closed?.kind === '$(' && outermost === open.length + 1) {
        outermost = -1;
        code.push({ start: closed.start + 2, end: at, code: text.slice(closed.start + 2, at) });
      }
    } else if (char === '}' && open.at(-1)?.kind === '${') {
      open.pop();
      nested -= 1;
    }
  }
  for (const match of text.matchAll(/(?:^|[\s;&|(])(?:dis_)?(?:functions|aliases|galiases|saliases)\[/g)) unknown.push({ start: match.index, end: match.index + match[0].length, why: sentence('A function or an alias is made from a value.') });
  for (const match of text.matchAll(/(?:^|[\s;&|(])print[ \t]{1,8}-\w{0,8}P/g)) if (/\bpromptsubst\b|\bprompt_subst\b/i.test(text)) unknown.push({ start: match.index, end: match.index + match[0].length, why: sentence('A prompt may run code.') });
  return { code, unknown, braces: /(?:^|[\s;&|(])repeat[ \t]{1,16}\S{1,64}[ \t]{0,16}[\n;]?[ \t]{0,16}\{/.test(text) };
}

/** `*(e:'code':)`, `*(e{code})` and `*(+name)` behind a word run code for each file. */
function qualifier(text: string, at: number, into: (Span & { code: string })[]): void {
  if (!/[\w*?\]/.}>~-]/.test(text.charAt(at - 1))) return;
  const part = text.slice(at + 1, at + 1 + 2048);
  const named = /^[^()'"]{0,32}\+(\w{1,64})/.exec(part)?.[1];
  if (named !== undefined) into.push({ start: at + 1, end: at + 1 + part.indexOf(named) + named.length, code: named });
  const marked = /^[^()'":{[<]{0,32}?e([^\w\s)])/.exec(part);
  if (!marked) return;
  const [all, mark = ':'] = marked;
  const close = { '{': '}', '[': ']', '<': '>', '(': ')' }[mark] ?? mark;
  const end = part.indexOf(close, all.length);
  if (end < 0) return;
  const code = part.slice(all.length, end).replace(/^(['"])([^]*)\1$/, '$2');
  into.push({ start: at + 1 + all.length, end: at + 1 + end, code });
}

const LEADING = /^[\s!]*(?:(?:then|do|else|elif|if|while|until|time|always|coproc|noglob|nocorrect|foreach|end|fi|done|esac|repeat\s+\S{1,64})(?=\s|$)[\s!]*)*/;

/** Cuts a text at every separator and bracket outside quotes, so that whatever may be a command stands by itself. */
export function zshPieces(text: string): readonly Span[] {
  const pieces: Span[] = [];
  let start = 0;
  const cut = (end: number): void => {
    const piece = text.slice(start, end);
    const front = LEADING.exec(piece)?.[0].length ?? 0;
    const rest = piece.slice(front).trimEnd();
    if (rest !== '' && !/^(for|select|function|case|in)\b/.test(rest)) pieces.push({ start: start + front, end: start + front + rest.length });
  };
  let inside = 0;
  for (const { char, at, quote } of marked(text)) {
    if (quote !== '') continue;
    const before = text.charAt(at - 1);
    // An expansion stays in one piece.
    if ((char === '{' || char === '(') && (before === '$' || inside > 0)) inside += 1;
    else if ((char === '}' || char === ')') && inside > 0) inside -= 1;
    else if (inside === 0 && char === ']' && text.charAt(at - 1) === ']') {
      // What follows a condition may be a command by itself.
      cut(at + 1);
      start = at + 1;
    } else if (inside === 0 && '\n;|&(){}'.includes(char)) {
      cut(at);
      start = at + 1;
    }
  }
  cut(text.length);
  return pieces;
}
