import { scanCode } from './calls.js';
import { mask } from './mask.js';
import { pathOf, readText } from './material.js';
import type { Follow } from './material.js';

const FILES = ['rakefile', 'Rakefile', 'rakefile.rb', 'Rakefile.rb'];
/** Options of rake that take a value. */
const VALUES = /^(-f|--rakefile|-I|--libdir|-r|--require|-R|--rakelibdir|-j|--jobs|-g|--system|-e|--execute|-p|--execute-print|-E|--execute-continue)$/;
const REHEARSAL = /^(-n|--dry-run|-T|--tasks|-D|--describe|-P|--prereqs|-W|--where|-V|--version|-h|-H|--help|-A|--all)$/;
/** Where the definition of a task begins: `task :name`, `task name:`, `task "name"`. */
const HEAD = /^[ \t]{0,64}(?:(?:multi)?task|file|namespace|desc|rule)\b[ \t(]{0,8}(?::?([\w-]{1,64})|:?(\uE000\d{1,6}\uE001))?([^\n]{0,512})/gm;

interface Segment {
  readonly name: string;
  readonly needs: readonly string[];
  readonly start: number;
  end: number;
}

/** `rake clean`: the Ruby of the task and of what it needs; what stands outside of tasks always runs. */
export const followRake: Follow = (invocation, world) => {
  const { goals, file, rehearsal } = readArguments(invocation.args.map((word) => word.text));
  if (rehearsal) return { pieces: [], files: [], unknown: [], complete: true };
  for (const name of file === undefined ? FILES : [file]) {
    const path = pathOf(invocation, name);
    const read = path === undefined ? undefined : readText(path, world);
    if (path === undefined || read === undefined || 'reason' in read) continue;
    const segments = segmentsOf(read.text);
    const wanted = needed(goals.length > 0 ? goals : ['default'], segments);
    const { pieces, unknown } = scanCode(read.text, 'ruby', path);
    const runs = pieces.filter(({ at }) => {
      const owner = at && segments.find(({ start, end }) => at.start >= start && at.start < end);
      return owner === undefined || wanted.has(owner);
    });
    return { pieces: runs, files: [path], unknown, complete: false };
  }
  return undefined;
};

function readArguments(args: readonly string[]): { readonly goals: readonly string[]; readonly file: string | undefined; readonly rehearsal: boolean } {
  const goals: string[] = [];
  let file: string | undefined;
  let rehearsal = false;
  for (let index = 0; index < args.length; index += 1) {
    const text = args[index] ?? '';
    if (REHEARSAL.test(text)) rehearsal = true;
    else if (VALUES.test(text)) {
      index += 1;
      if (text === '-f' || text === '--rakefile') file = args[index];
    } else if (!text.startsWith('-') && !/^\w+=/.test(text)) goals.push(text.replace(/\[.*$/s, ''));
  }
  return { goals, file, rehearsal };
}

/** The tasks of a Rakefile with their places; each reaches to where the next definition begins. */
function segmentsOf(text: string): readonly Segment[] {
  const masked = mask(text, 'ruby');
  const value = (token: string): string => masked.strings[Number(token.slice(1, -1))] ?? '';
  const segments: Segment[] = [];
  for (const match of masked.code.matchAll(HEAD)) {
    const [all, word, string, rest = ''] = match;
    const start = masked.sourceAt(match.index);
    const last = segments.at(-1);
    if (last) last.end = start;
    const isTask = /^\s*(?:multi)?task\b|^\s*file\b/.test(all);
    const [needs = ''] = rest.split(/\bdo\b|\{\s*\|/, 1);
    const from = needs.includes('=>') ? needs.slice(needs.indexOf('=>')) : needs.startsWith(':') ? needs : '';
    const names = [...from.matchAll(/:([\w-]{1,64})|(\uE000\d{1,6}\uE001)/g)].map(([, symbol, quoted = '']) => lastOf(symbol ?? value(quoted)));
    segments.push({ name: isTask ? lastOf(word ?? (string === undefined ? '' : value(string))) : '', needs: isTask ? names : [], start, end: text.length });
  }
  return segments;
}

/** Names are compared without their name spaces: nothing says where those end but the nesting of blocks. */
function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

function needed(goals: readonly string[], segments: readonly Segment[]): ReadonlySet<Segment> {
  const byName = new Map<string, Segment[]>();
  for (const segment of segments) {
    const known = byName.get(segment.name) ?? [];
    known.push(segment);
    byName.set(segment.name, known);
  }
  const wanted = new Set<Segment>();
  const left = goals.map(lastOf);
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    for (const segment of byName.get(name) ?? []) {
      if (wanted.has(segment)) continue;
      wanted.add(segment);
      left.push(...segment.needs);
    }
  }
  return wanted;
}
