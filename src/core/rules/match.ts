import type { Effect } from '../assess/assessment.js';
import type { Context, Override, Rule, Tool } from './rule.js';
import { listed } from './use.js';
import type { Use } from './use.js';

/** What one rule says about one use: nothing, or a match with what differs from the rule itself. */
export function matchRule(rule: Rule, use: Use, context: Context): Override | undefined {
  if (rule.on !== undefined && !matchesAny(asList(rule.on), use)) return undefined;
  if (rule.options !== undefined && !use.has(rule.options)) return undefined;
  if (rule.unless !== undefined && use.has(rule.unless)) return undefined;
  if (!rule.when) return NOTHING;
  const answer = rule.when(use, context);
  if (answer === false) return undefined;
  return answer === true ? NOTHING : answer;
}

/** A tool's rules by the first operand that they are about: most of them begin with a sub-command. */
interface Candidates {
  readonly byFirst: ReadonlyMap<string, readonly Rule[]>;
  /** Those that are about every other one. */
  readonly others: readonly Rule[];
}

const CANDIDATES = new WeakMap<Tool, Candidates>();

/** The rules of a tool that can speak about a use, in their order: the others begin with another sub-command. */
export function candidatesFor(tool: Tool, use: Use): readonly Rule[] {
  let known = CANDIDATES.get(tool);
  if (!known) {
    known = sorted(tool.rules);
    CANDIDATES.set(tool, known);
  }
  const first = use.operands[0];
  return (first && known.byFirst.get(first.text)) ?? known.others;
}

function sorted(rules: readonly Rule[]): Candidates {
  const firsts = rules.map(firstWords);
  const words = new Set(firsts.flatMap((first) => first ?? []));
  const about = (word: string | undefined): readonly Rule[] => rules.filter((_rule, at) => firsts[at]?.includes(word ?? '') ?? true);
  return { byFirst: new Map([...words].map((word) => [word, about(word)])), others: about(undefined) };
}

/** The words of which a call must have one as its first operand; undefined when any will do. */
function firstWords({ on }: Rule): readonly string[] | undefined {
  if (on === undefined) return undefined;
  const heads = asList(on).map((pattern) => pattern.split(' ', 1)[0] ?? '');
  return heads.some((head) => head === '' || head.includes('*')) ? undefined : heads.flatMap((head) => head.split('|'));
}

/** Whether the call only prints help, or is a rehearsal by the tool's own means. */
export function isHarmless(tool: Tool, use: Use): boolean {
  if (use.options.length === 0) return false;
  const harmless = tool.harmless === undefined ? undefined : listed(tool.harmless);
  return use.options.some(({ name, value }) => {
    if (name === '--help' || name === '-help') return true;
    // Elsewhere it is a version that something is to have.
    if (name === '--version' && value === undefined) return use.operands.length === 0;
    if (!harmless?.has(name)) return false;
    return value === undefined || !/^(none|false|no|0|off)$/i.test(value);
  });
}

/** The effect of a call of which no rule spoke. */
export function plainEffect(tool: Tool, use: Use): Effect {
  if (tool.reads && matchesAny(tool.reads, use)) return 'read';
  if (tool.writes && matchesAny(tool.writes, use)) return 'write';
  return tool.otherwise;
}

function matchesAny(patterns: readonly string[], use: Use): boolean {
  for (const pattern of patterns) if (matches(compilePattern(pattern), use)) return true;
  return false;
}

type Segment = ((text: string) => boolean) | 'any';

const PATTERNS = new Map<string, readonly Segment[]>();

/** `delete ns|namespace`, `* delete-*`, `** purge`: one segment an operand; `**` stands for any number of them. */
function compilePattern(pattern: string): readonly Segment[] {
  const known = PATTERNS.get(pattern);
  if (known) return known;
  const segments = pattern === '' ? [] : pattern.split(' ').map(compileSegment);
  PATTERNS.set(pattern, segments);
  return segments;
}

function compileSegment(text: string): Segment {
  if (text === '**') return 'any';
  if (text === '*') return () => true;
  const [literal, wild] = [true, false].map((plain) => text.split('|').filter((alternative) => plain !== alternative.includes('*')));
  const set = new Set(literal);
  if (wild === undefined || wild.length === 0) return (operand) => set.has(operand);
  const tests = wild.map((alternative) => {
    const [front = '', back = ''] = alternative.split('*');
    return (operand: string) => operand.length >= front.length + back.length && operand.startsWith(front) && operand.endsWith(back);
  });
  return (operand) => set.has(operand) || tests.some((test) => test(operand));
}

function matches(segments: readonly Segment[], use: Use, segment = 0, operand = 0): boolean {
  const next = segments[segment];
  if (next === undefined) return true;
  if (next === 'any') {
    for (let at = operand; at <= use.operands.length; at += 1) if (matches(segments, use, segment + 1, at)) return true;
    return false;
  }
  const word = use.operands[operand];
  return word !== undefined && next(word.text) && matches(segments, use, segment + 1, operand + 1);
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

const NOTHING: Override = {};
