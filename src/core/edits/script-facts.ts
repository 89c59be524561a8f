import { describesInfrastructure, PROTECTIONS } from '../files/infrastructure-code.js';
import { linesOf } from '../files/passage.js';
import { splitSql } from '../languages/sql.js';
import { judgeSql } from '../rules/sql.js';
import { sentence } from '../say.js';
import { loss, normal } from './fact.js';
import type { Fact, FactReader } from './fact.js';

const ERREXIT = loss('script/errexit-lost', 'medium', 'Goes on after a command that failed.', 'Keep set -e.');
const NOUNSET = loss('script/nounset-lost', 'medium', 'Takes a variable that is not set for an empty text.', 'Keep set -u.');
const PIPEFAIL = loss('script/pipefail-lost', 'low', 'Goes on when a command in a pipe failed.', 'Keep set -o pipefail.');
const REHEARSAL = loss('script/dry-run-lost', 'high', 'Was a rehearsal, and now acts.', 'Keep --dry-run until somebody looked at what it prints.');
const PROMPT = loss('script/prompt-lost', 'high', 'No longer asks before it goes on.', 'Keep the question.');
const REQUIRED = loss('script/required-variable-lost', 'high', 'No longer insists that a variable is set.', 'Keep the :? in the expansion.');
const CHECK = loss('script/check-lost', 'medium', 'No longer checks which environment or branch it runs for.', 'Keep the check.');

const PROTECTION = loss('infrastructure-code/protection-lost', 'high', 'No longer keeps it from being deleted.', 'Keep it, and turn it off in a change of its own right before the deletion.');

const SET = /(?:^|[;&|(]|\s)set\s+([-+][a-zA-Z]+(?:\s+[-+]?[a-zA-Z]+){0,8})/;
const DRY = /(?:^|\s)(?:--dry-run(?:=\S+)?|--dryrun|--simulate|--just-print|--no-execute|--what-if|-WhatIf|--check|--preview)(?=\s|$|["';&|)])/g;
const PROMPTS = /\bread\s(?:[^|;]{0,64}\s)?-[a-z]{0,8}p\b|\bgum confirm\b|--yesno\b|\bRead-Host\b|\bset \/p\b|^\s*input\s*[('"]|^\s*input\s+(?:message|id)\b/;
const CHECKS = /^\s*(?:if|elif|case|unless|\[\[?|test)(?=[\s"'$(]).{0,400}\b(?:prod|production|main|master|staging|ENVIRONMENT|BRANCH|CONFIRM\w{0,16})\b/;
const PARAMETER = /\bdry_?run\s{0,4}[=:]\s{0,4}true\b/gi;

/** What scripts protect, wherever their lines stand: in a file of their own, a recipe, a pipeline's step. */
export const scriptFacts: FactReader = ({ text }) => {
  const facts: Fact[] = [];
  for (const { start, end } of linesOf(text)) {
    // A line longer than this is data.
    const line = text.slice(start, Math.min(end, start + 2048));
    const front = line.length - line.trimStart().length;
    const trimmed = line.trim();
    if (trimmed === '' || (trimmed.startsWith('#') && !trimmed.startsWith('#!')) || trimmed.startsWith('//')) continue;
    const span = { start: start + front, end: start + front + trimmed.length };
    const options = SET.exec(line)?.[1] ?? (trimmed.startsWith('#!') ? /\s(-[a-z]+)$/.exec(trimmed)?.[1] : undefined);
    if (options !== undefined) facts.push(...setFacts(options, span));
    facts.push(...rehearsals(line, span));
    if (PROMPTS.test(line)) facts.push({ key: `prompt ${normal(trimmed)}`, span, rule: PROMPT });
    for (const [, name = ''] of line.matchAll(/\$\{(\w{1,64}):?\?/g)) facts.push({ key: `required ${name}`, span, rule: REQUIRED, message: sentence('No longer insists that {0} is set.', name) });
    if (CHECKS.test(line)) facts.push({ key: `check ${normal(trimmed)}`, span, rule: CHECK });
  }
  return facts;
};

function setFacts(options: string, span: Fact['span']): readonly Fact[] {
  const words = options.split(/\s+/);
  const letters = words.filter((word) => word.startsWith('-')).join('');
  const facts: Fact[] = [];
  if (letters.includes('e') || words.includes('errexit')) facts.push({ key: 'set -e', span, rule: ERREXIT });
  if (letters.includes('u') || words.includes('nounset')) facts.push({ key: 'set -u', span, rule: NOUNSET });
  if (words.includes('pipefail')) facts.push({ key: 'set -o pipefail', span, rule: PIPEFAIL });
  return facts;
}

/** Each command of a line by its program and sub-command, as a rehearsal or as the real thing. */
function rehearsals(line: string, span: Fact['span']): readonly Fact[] {
  const facts: Fact[] = [];
  for (const part of line.split(/&&|\|\||[;|]/)) {
    const dry = part.match(DRY) !== null;
    const words = part.replace(DRY, ' ').replace(/^[\s"'@-]*(?:(?:run|script|cmd|command|RUN)["']?\s*:?\s+)?["'[]*/, '').split(/\s+/).filter((word) => word !== '' && !/^(sudo|exec|time|env|[A-Z_]+=\S*)$/.test(word));
    const [program = '', ...rest] = words;
    if (!/^[\w./-]+$/.test(program)) continue;
    const operand = rest.find((word) => !word.startsWith('-')) ?? '';
    facts.push({ key: `run ${program} ${operand}`, span, rule: REHEARSAL, bare: !dry });
  }
  return facts;
}

/** `dry_run=True` in code, and what code that describes infrastructure protects. */
export const codeFacts: FactReader = ({ text }) => [
  ...[...text.matchAll(PARAMETER)].map((match) => ({ key: 'dry run', span: spanOf(match), rule: REHEARSAL })),
  ...(describesInfrastructure(text) ? [...text.matchAll(PROTECTIONS)].map((match) => ({ key: normal(match[0]), span: spanOf(match), rule: PROTECTION })) : []),
];

function spanOf({ index, 0: all }: RegExpExecArray): Fact['span'] {
  return { start: index, end: index + all.length };
}

const WHERE = loss('sql/where-lost', 'high', 'Touches every row now: the condition is gone.', 'Keep the WHERE.');
const TRANSACTION = loss('sql/transaction-lost', 'medium', 'No longer runs in a transaction, so half of it may stay.', 'Keep BEGIN and COMMIT.');
const ROLLBACK = loss('sql/rollback-lost', 'high', 'Was taken back at the end, and now stays.', 'Keep the ROLLBACK until somebody looked at the result.');

/** What SQL files protect: conditions, transactions, and rehearsals that end in ROLLBACK. */
export const sqlFacts: FactReader = ({ text }) => {
  const facts: Fact[] = [];
  for (const { tokens, at } of splitSql(text, 'postgres').statements) {
    const [verb = '', second = '', third = ''] = tokens;
    if (verb === 'BEGIN' || (verb === 'START' && second === 'TRANSACTION')) facts.push({ key: 'transaction', span: at, rule: TRANSACTION });
    if (verb === 'ROLLBACK') facts.push({ key: 'rollback', span: at, rule: ROLLBACK });
    if (verb !== 'DELETE' && verb !== 'UPDATE') continue;
    const table = (verb === 'DELETE' && second === 'FROM' ? third : second).replaceAll('"', '').toUpperCase();
    const bare = judgeSql(text.slice(at.start, at.end), 'postgres').matches.some(({ rule }) => /-all$/.test(rule.id));
    facts.push({ key: `${verb} ${table}`, span: at, rule: WHERE, bare });
  }
  return facts;
};
