import type { Language } from '../languages/inline.js';
import { languageOf } from '../languages/inline.js';
import { receiverStart } from '../languages/calls.js';
import { mask } from '../languages/mask.js';
import type { Masked } from '../languages/mask.js';
import { callsIn } from '../languages/may-call.js';
import { sentence, type Sentence } from '../say.js';
import type { FileRule, Gather } from './gather.js';
import { describesInfrastructure, readInfrastructure } from './infrastructure-code.js';
import { Passage } from './passage.js';

const MORE: Readonly<Record<string, Language>> = { cts: 'javascript', jsx: 'javascript', tsx: 'javascript', pyw: 'python', rake: 'ruby', gemspec: 'ruby', pm: 'perl' };
const NAMES: Readonly<Record<string, Language>> = { Rakefile: 'ruby', Gemfile: 'ruby', Capfile: 'ruby', Vagrantfile: 'ruby', Fastfile: 'ruby', SConstruct: 'python' };

/** The language of a file of code, by its name and its first line. */
export function codeLanguage(path: string, text: string): Language | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  const found = NAMES[name] ?? MORE[extension] ?? languageOf(text, path);
  return found === 'shell' ? undefined : found;
}

interface Call {
  readonly languages: readonly Language[];
  readonly call: RegExp;
  readonly rule: CallRule;
}

/** What a call of a migration does, also where it takes the migration back. */
interface CallRule extends FileRule {
  readonly back: Sentence;
}

const DROP_TABLE: CallRule = { id: 'migration/drop-table', severity: 'critical', effect: 'destroy', reversible: 'no', message: 'Drops a table with everything in it.', back: sentence('Drops a table with everything in it when the migration is taken back.'), safer: 'Rename it first, and drop it in a later release.' };
const DROP_COLUMN: CallRule = { id: 'migration/drop-column', severity: 'high', effect: 'destroy', reversible: 'no', message: 'Drops a column with its data.', back: sentence('Drops a column with its data when the migration is taken back.'), safer: 'Stop using it first, and drop it in a later release.' };

/** What migration libraries call, beyond the methods that say it all by their names. */
const CALLS: readonly Call[] = [
  { languages: ['ruby'], call: /(?<![.\w])drop_(?:table|join_table|schema)\b/g, rule: DROP_TABLE },
  { languages: ['ruby'], call: /(?<![.\w])remove_(?:columns?|reference|belongs_to|timestamps)\b/g, rule: DROP_COLUMN },
  { languages: ['python'], call: /\bmigrations\.DeleteModel\b|\bop\.drop_table\b/g, rule: DROP_TABLE },
  { languages: ['python'], call: /\bmigrations\.RemoveField\b|\bop\.drop_column\b/g, rule: DROP_COLUMN },
  { languages: ['javascript', 'php'], call: /(?:\.|::|->)drop(?:Table(?:IfExists)?|IfExists|AllTables|Schema(?:IfExists)?)\b(?=\s{0,4}\()/g, rule: DROP_TABLE },
  { languages: ['javascript', 'php'], call: /(?:\.|->)(?:dropColumns?|removeColumn|removeColumns|dropTimestamps)\b(?=\s{0,4}\()/g, rule: DROP_COLUMN },
];
/** Names of the two directions of a migration, where they are defined. */
const DIRECTION = /\b(?:def|function|async|public)\s{1,4}(?:self\.)?(up|down|upgrade|downgrade|change)\b|\bexports\.(up|down)\b|(?<![.\w])(?:const|let)\s{1,4}(up|down)\b|(?<![.\w])(up|down)\s{0,4}:\s{0,4}(?:async|function|\()/g;

/** Code of another language: calls that run commands, and calls that delete trees, tables, buckets or instances. */
export function readCode(gather: Gather): void {
  const { path, text } = gather.file;
  const language = codeLanguage(path, text);
  if (language === undefined) return;
  const kinds = callsIn(text, language);
  const infrastructure = describesInfrastructure(text);
  if (kinds.size === 0 && !infrastructure) return;
  const masked = mask(text, language);
  if (infrastructure) readInfrastructure(gather, masked);
  const named = kinds.has('client method') ? CALLS.filter(({ languages }) => languages.includes(language)) : [];
  const taken = migrationCalls(gather, masked, named);
  gather.masked(Passage.of(text, 0, text.length), masked, language, {}, { kinds, except: new Set(taken) });
}

/** Reports the calls of migrations, and says where they stand, so that the reading of method names does not repeat them. */
function migrationCalls(gather: Gather, masked: Masked, calls: readonly Call[]): readonly number[] {
  let directions: readonly Direction[] | undefined;
  const starts: number[] = [];
  for (const { call, rule } of calls) {
    for (const { index, 0: all } of masked.code.matchAll(call)) {
      const after = index + all.length;
      const bracket = /^\s{0,4}\(/.exec(masked.code.slice(after, after + 5));
      const line = masked.code.indexOf('\n', after);
      const end = bracket ? Math.min(masked.brackets.endOf(after + bracket[0].length) + 1, masked.code.length) : line < 0 ? masked.code.length : line;
      const from = masked.sourceAt(receiverStart(masked.code, index));
      const down = isDown((directions ??= directionsIn(masked.code)), index);
      gather.rule(rule, { start: from, end: masked.sourceAt(end) }, down ? { severity: 'low', message: rule.back } : {});
      starts.push(from);
    }
  }
  return starts;
}

interface Direction {
  readonly at: number;
  readonly down: boolean;
}

function directionsIn(code: string): readonly Direction[] {
  return [...code.matchAll(DIRECTION)].map((match) => ({ at: match.index, down: /down/.test(match[0]) }));
}

/** Whether the nearest definition before a place is the one that takes a migration back. */
function isDown(directions: readonly Direction[], index: number): boolean {
  let low = -1;
  let high = directions.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((directions[middle]?.at ?? 0) < index) low = middle;
    else high = middle - 1;
  }
  return directions[low]?.down === true;
}
