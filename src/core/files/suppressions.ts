import type { Finding, Span } from '../assess/assessment.js';
import { kindOf } from './kinds.js';
import type { FileKind } from './kinds.js';
import { linesOf } from './passage.js';
import { shellOf } from './shell-files.js';

/** A comment that silences one rule at the command, statement or setting below it, for a reason. */
export interface Suppression {
  readonly rule: string;
  readonly reason: string;
  /** The comment. */
  readonly span: Span;
  /** The line below it, with the lines that continue it. */
  readonly covers: Span;
}

/** A finding that somebody silenced, and why. */
export interface Suppressed {
  readonly finding: Finding;
  readonly reason: string;
}

const SIGNS: Readonly<Partial<Record<FileKind, string>>> = { 'vscode tasks': '//', 'vscode launch': '//', jenkinsfile: '//', sql: '--' };
const CODE: Readonly<Record<string, string>> = { js: '//', mjs: '//', cjs: '//', ts: '//', mts: '//', cts: '//', jsx: '//', tsx: '//', php: '//', lua: '--' };
/** Formats that have no comments. */
const MUTE = /(?:^|\/)(?:package\.json5?|composer\.json|project\.json|deno\.json)$|\.(?:json|template)$/i;

/** What a comment begins with in a file of this name and text; undefined where there are no comments, or nothing is read. */
export function commentSign(path: string, text: string): string | undefined {
  const kind = kindOf(path, text);
  if (kind === undefined) return undefined;
  const sign = SIGNS[kind] ?? (kind === 'code' ? CODE[/\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''] : undefined);
  if (sign !== undefined) return sign;
  if (MUTE.test(path)) return undefined;
  return kind === 'shell' && shellOf(path, text) === 'cmd' ? 'REM' : '#';
}

const MARKER = /^countersign-ignore[ \t]{1,8}([\w./-]{1,80})[ \t]{0,8}:[ \t]{0,8}(\S.{0,500})$/;
/** What makes the next line part of this one. */
const CONTINUES = /[\\`^]$/;

/** The comments of a file that silence a rule. One without a reason silences nothing. */
export function suppressionsIn(path: string, text: string): readonly Suppression[] {
  if (!text.includes('countersign-ignore')) return [];
  const sign = commentSign(path, text);
  if (sign === undefined) return [];
  const lines = linesOf(text);
  return lines.flatMap((line, at) => {
    const content = text.slice(line.start, Math.min(line.end, line.start + 1024)).trim();
    const [, rule, reason] = (content.startsWith(sign) ? MARKER.exec(content.slice(sign.length).trim()) : null) ?? [];
    if (rule === undefined || reason === undefined) return [];
    let first = at + 1;
    // Several of them may stand above the same line.
    while (text.slice(lines[first]?.start, lines[first]?.end).trimStart().startsWith(`${sign} countersign-ignore`)) first += 1;
    const start = lines[first]?.start;
    if (start === undefined) return [];
    let last = first;
    while (last < lines.length - 1 && CONTINUES.test(text.slice(lines[last]?.start, lines[last]?.end))) last += 1;
    return [{ rule, reason: reason.trim(), span: { start: line.start, end: line.end }, covers: { start, end: lines[last]?.end ?? start } }];
  });
}

/**
 * Tells what is silenced from what is not. Only what is shown may be sorted like this: the gate reads what would run, and
 * no comment changes what that does.
 */
export function sortOut<T extends Finding>(findings: readonly T[], suppressions: readonly Suppression[]): { readonly open: readonly T[]; readonly suppressed: readonly (Suppressed & { readonly finding: T })[] } {
  const open: T[] = [];
  const suppressed: (Suppressed & { readonly finding: T })[] = [];
  for (const finding of findings) {
    const by = suppressions.find(({ rule, covers }) => rule === finding.rule && covers.start <= finding.span.start && finding.span.start <= covers.end);
    if (by) suppressed.push({ finding, reason: by.reason });
    else open.push(finding);
  }
  return { open, suppressed };
}

/** The comment that would silence a finding, and where it has to be put; undefined where the file cannot hold one. */
export function suppressionFor(path: string, text: string, finding: Finding, reason: string): { readonly at: number; readonly text: string } | undefined {
  const sign = commentSign(path, text);
  const lines = linesOf(text);
  let line = lines.findLastIndex(({ start }) => start <= finding.span.start);
  if (sign === undefined || line < 0) return undefined;
  // Nothing may be put between a line and the one that continues it.
  while (line > 0 && CONTINUES.test(text.slice(lines[line - 1]?.start, lines[line - 1]?.end))) line -= 1;
  const at = lines[line]?.start ?? 0;
  const indent = /^[ \t]*/.exec(text.slice(at, at + 256))?.[0] ?? '';
  return { at, text: `${indent}${sign} countersign-ignore ${finding.rule}: ${reason.replace(/\s+/g, ' ').trim()}\n` };
}
