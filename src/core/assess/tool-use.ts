import { judgeSql } from '../rules/sql.js';
import { sentence, type Sentence } from '../say.js';
import { environmentsOf } from '../targets/environments.js';
import type { World } from '../world.js';
import { findingOf, harder, unique, weightOf, worse } from './findings.js';
import type { Assessment, Effect, EnvironmentPattern, Finding, Target } from './assessment.js';

/** A tool of another program that an assistant would use, such as an MCP server's. */
export interface ToolUse {
  /** As the assistant calls it, with its server: `mcp__postgres__query`. */
  readonly name: string;
  readonly input: unknown;
}

/** A use as a text, for people to read and for their signature to bind. */
export function toolText({ name, input }: ToolUse): string {
  return `${name.replace(/\s/g, '_')} ${JSON.stringify(input ?? null, undefined, 2)}`;
}

/** The use that a text stands for; one that stands for none keeps its whole text as what the tool is given. */
export function toolUseOf(text: string): ToolUse {
  const blank = text.indexOf(' ');
  const name = blank < 0 ? text : text.slice(0, blank);
  try {
    return { name, input: JSON.parse(text.slice(name.length)) as unknown };
  } catch {
    return { name, input: text };
  }
}

/** First words that say what a tool does to what it names. */
const VERBS: readonly (readonly [effect: Effect, words: string])[] = [
  ['destroy', 'delete drop destroy remove purge truncate wipe erase terminate deregister revoke uninstall reset kill evict flush detach disable rm del clear prune unpublish archive expire decommission'],
  ['write', 'create update put set apply deploy scale restart write insert add edit patch merge push send post publish execute exec run upload import migrate promote rollback restore start stop enable rename move assign upsert invoke trigger'],
  ['read', 'get list read search describe query fetch find show view status count explain lookup inspect check browse browser navigate screenshot snapshot preview diff resolve think plan'],
];
const EFFECTS: ReadonlyMap<string, Effect> = new Map([...VERBS].reverse().flatMap(([effect, words]) => words.split(' ').map((word) => [word, effect] as const)));
const SQL = /^(sql|query|queries|statement|statements|sql_?query|sqlquery)$/i;
const STATEMENT = /^\s*(--|\/\*|with\b|select\b|insert\b|update\b|delete\b|drop\b|truncate\b|alter\b|create\b|grant\b|revoke\b|merge\b|call\b|do\b|begin\b|set\b|vacuum\b|copy\b|explain\b|show\b|use\b|replace\b|exec\b)/i;

/** Nobody reads more of what a tool is given. */
const MOST_VALUES = 500;
const LONGEST_NAME = 200;

/** Says what a tool of another program would do and where, by its name and by what it is given. Pure, and never throws. */
export function assessTool({ name, input }: ToolUse, patterns: readonly EnvironmentPattern[], world: World): Assessment {
  const values = [...valuesIn(input)];
  const sql = values.filter(({ key, text }) => SQL.test(key) && STATEMENT.test(text)).map(({ text }) => judgeSql(text, 'postgres', world.sqlParsers));
  const byName = effectOf(name);
  const findings = [...sql.flatMap(({ matches }) => matches.map(sqlFinding)), ...(byName === 'destroy' ? [nameFinding(name)] : [])];
  // Statements say more than the name of what runs them.
  const start: Effect = sql.length > 0 ? (sql.some(({ unknown }) => unknown.length > 0) ? 'unknown' : 'read') : byName;
  const effect = findings.reduce((found, finding) => worse(found, weightOf(finding)), start);
  const targets = unique([{ key: 'the tool', text: name }, ...values].flatMap(({ key, text }) => targetOf(key, text, patterns)));
  return {
    effect,
    reversible: findings.reduce(harder, 'yes'),
    findings,
    targets: targets.length > 0 ? targets : [{ environment: 'local', kind: 'tool', name, evidence: sentence('nothing in the call points anywhere else') }],
    inputs: [],
    steps: [{ stage: effect === 'unknown' ? 'unknown' : 'rule', text: stepOf(name, effect) }],
  };
}

function stepOf(name: string, effect: Effect): Sentence {
  switch (effect) {
    case 'unknown':
      return sentence('{0}: what it does is not known.', name);
    case 'read':
      return sentence('{0}: it would read.', name);
    case 'write':
      return sentence('{0}: it would write.', name);
    case 'destroy':
      return sentence('{0}: it would destroy.', name);
  }
}

/** The worst that a name says. `list_deleted_files` looks: the first verb counts. */
function effectOf(name: string): Effect {
  const words = name.slice(0, LONGEST_NAME).replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z\d]+/);
  return words.map((word) => EFFECTS.get(word)).find((effect) => effect !== undefined) ?? 'unknown';
}

function nameFinding(name: string): Finding {
  return { rule: 'tool/destroys', severity: 'high', effect: 'destroy', reversible: 'no', message: sentence('Calls the tool {0}, whose name says that it destroys something.', name), safer: undefined, file: undefined, span: { start: 0, end: 0 }, via: [] };
}

function sqlFinding({ rule, override, at }: ReturnType<typeof judgeSql>['matches'][number]): Finding {
  return findingOf(rule, override, rule.message, { file: undefined, span: at, via: [] });
}

function targetOf(key: string, text: string, patterns: readonly EnvironmentPattern[]): readonly Target[] {
  if (text.length > LONGEST_NAME || text.includes('\n') || SQL.test(key)) return [];
  const environment = environmentsOf(patterns).of(text);
  return environment === undefined ? [] : [{ environment, kind: 'tool argument', name: text, evidence: key === 'the tool' ? sentence('the tool is called {0}', text) : sentence('{0} is {1}', key, text) }];
}

/** Every text in a value with the key it stands under. */
function* valuesIn(value: unknown, key = 'it'): Generator<{ readonly key: string; readonly text: string }> {
  const open: { readonly key: string; readonly value: unknown }[] = [{ key, value }];
  for (let seen = 0; seen < MOST_VALUES; seen += 1) {
    const next = open.pop();
    if (!next) return;
    if (typeof next.value === 'string') yield { key: next.key, text: next.value };
    else if (Array.isArray(next.value)) open.push(...next.value.slice(0, MOST_VALUES).map((each: unknown) => ({ key: next.key, value: each })));
    else if (typeof next.value === 'object' && next.value !== null) open.push(...Object.entries(next.value).slice(0, MOST_VALUES).map(([name, each]) => ({ key: name, value: each as unknown })));
  }
}
