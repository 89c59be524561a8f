import { parseArgs } from 'node:util';
import { entriesFor, ledgerEntries } from '../../broker/ledger-entries.js';
import { inert, inline } from '../../core/approval/display.js';
import { messageOf } from '../../core/errors.js';
import { entryName, forPrograms, shortId, stateOf, timestamp, type LedgerEntry } from '../../core/ledger/entries.js';
import { readFilter, type FilterWords, type LedgerFilter } from '../../core/ledger/filter.js';
import { EXPORTS, isExportFormat, type ExportFormat } from '../../core/ledger/reports/exports.js';
import { postMortem } from '../../core/ledger/reports/post-mortem.js';
import { joined } from '../../core/say.js';
import { syncedDesk, type Context } from '../context.js';
import { EXIT, print, printError, UsageError } from '../terminal.js';

/** What somebody wants told from the ledger, and what part of it. */
export interface ReportAsked {
  readonly what: 'list' | 'json' | 'post-mortem' | ExportFormat;
  readonly filter: LedgerFilter;
  /** The one request or incident that a post-mortem is about. */
  readonly about: string | undefined;
  /** The span of time as it was asked for. */
  readonly span: string;
}

/** Whether a command tells something from the ledger: these have options of their own. */
export function isReport(name: string | undefined, verb: string | undefined): name is 'ledger' | 'post-mortem' {
  return name === 'post-mortem' || (name === 'ledger' && (verb === 'list' || verb === 'export'));
}

/**
 * Reads the command line of `ledger list`, `ledger export` and `post-mortem`.
 *
 * @param now Unix seconds
 * @returns undefined where somebody asks for help
 * @throws UsageError when it cannot be understood
 */
export function readReport(name: 'ledger' | 'post-mortem', args: readonly string[], now: number): ReportAsked | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { since: text, until: text, person: text, agent: text, state: text, text, format: text, json: flag, help: { ...flag, short: 'h' } },
  });
  const { json, format, help, ...words } = values;
  if (help) return undefined;
  const verb = name === 'ledger' ? positionals[0] : name;
  const [about, ...others] = name === 'ledger' ? [undefined, ...positionals.slice(1)] : positionals;
  const isWhole = Object.keys(words).length === 0;
  if (others.length > 0) throw new UsageError('There is a word too many. “countersign help” shows how it is used.');
  if (about !== undefined && !isWhole) throw new UsageError('Name a request, or say which part of the ledger, not both.');
  if ((json && verb !== 'list') || (format !== undefined && verb !== 'export')) throw new UsageError('--json goes with “ledger list”, and --format with “ledger export”.');
  const isUsual = verb === 'post-mortem' && about === undefined && isWhole;
  return {
    what: verb === 'list' ? (json ? 'json' : 'list') : verb === 'post-mortem' ? verb : formatOf(format),
    filter: filterOf(isUsual ? { since: '7d' } : words, now),
    about,
    span: isUsual ? 'the last seven days' : spanOf(words),
  };
}

function formatOf(format: string | undefined): ExportFormat {
  if (format === undefined || !isExportFormat(format)) throw new UsageError(`Say which format with --format ${Object.keys(EXPORTS).join('|')}.`);
  return format;
}

function filterOf(words: FilterWords, now: number): LedgerFilter {
  try {
    return readFilter(words, now);
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

function spanOf({ since, until, ...others }: FilterWords): string {
  const part = Object.keys(others).length > 0 ? ', a part of it' : '';
  return `${since === undefined ? 'everything' : `from ${since}`}${until === undefined ? '' : ` until ${until}`}${part}`;
}

/** Tells what was asked for, on standard output; what may be missing, on standard error. */
export async function report(context: Context, { what, filter, about, span }: ReportAsked): Promise<number> {
  const { desk, problem } = await syncedDesk(context);
  if (problem !== undefined) printError(`Something may be missing: ${inert(problem)}`);
  const now = context.now();
  const entries = entriesFor(await ledgerEntries(desk, now), filter, about);
  if (what === 'list') for (const line of entries.length === 0 ? ['The ledger has nothing like that.'] : entries.map(lineOf)) print(line);
  else if (what === 'json') print(JSON.stringify(entries.map(forPrograms)));
  else if (what === 'post-mortem') process.stdout.write(postMortem(entries, { about: about === undefined ? span : joined(entries.map(entryName), ', '), written: timestamp(now), gap: problem }));
  else process.stdout.write(EXPORTS[what](entries, { written: timestamp(now), span, gap: problem }));
  return EXIT.ok;
}

function lineOf(entry: LedgerEntry): string {
  const agent = entry.entry === 'request' && entry.agent ? ` through ${inline(entry.agent.name)}` : '';
  const bypassed = entry.entry === 'request' && entry.bypassed.length > 0 ? ` (${entry.bypassed.join(', ')})` : '';
  return `${entry.at.slice(0, 16).replace('T', ' ')}  ${shortId(entry)}  ${stateOf(entry)}${bypassed}  ${inline(entry.title)}  by ${inline(entry.person)}${agent}`;
}
