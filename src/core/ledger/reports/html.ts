import { createHash } from 'node:crypto';
import { english, joined, sentence, type Say, type Sentence, type Value } from '../../say.js';
import { shortId, type Bypass, type LedgerEntry } from '../entries.js';
import { columnChart, END_WORDS, ENDS, legend, PATTERNS, rowChart } from './charts.js';
import { escapeHtml, pageText } from './escape-html.js';
import style from './report.css';
import { endOf, statistics, type Count, type Waits } from './statistics.js';

/** What a report covers. */
export interface ReportSubject {
  /** When it was written; RFC 3339. */
  readonly written: string;
  /** The part of the ledger, in words. */
  readonly span: Value;
  /** What may be missing; undefined when nothing is. */
  readonly gap: string | undefined;
}

/** As many rows as a chart has; the table has all of them. */
const MOST_BARS = 12;
/** As many entries are named one by one, the newest first. */
const MOST_NAMED = 200;

/** Why an entry is named. */
const NAMED_FOR: Readonly<Record<Bypass | 'denied', Sentence>> = {
  incident: sentence('incident'),
  'broken glass': sentence('broken glass'),
  'unconfirmed use': sentence('unconfirmed use'),
  'unapproved use': sentence('unapproved use'),
  denied: sentence('denied'),
};

/** Nothing is loaded, run or sent: not even a style but this one. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The ledger as one page without script, with charts and the numbers behind each. */
export function htmlReport(entries: readonly LedgerEntry[], { written, span, gap }: ReportSubject, say: Say = english): string {
  const { total, overTime, unit, byAgent, byRule, waits } = statistics(entries);
  const isByDay = unit === 'day';
  const inTime = () => `${legend(say)}${columnChart(isByDay ? say('Requests and incidents by day') : say('Requests and incidents by month'), overTime, say)}${countTable(isByDay ? say('Day') : say('Month'), overTime, say)}`;
  // The page is in the language of the words it is given: a translation of this one says which that is.
  return `<!DOCTYPE html>
<html lang="${say('en')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${say('Countersign ledger')}</title>
<style>${style}</style>
</head>
<body>
${PATTERNS}
<main>
<h1>${say('Countersign ledger')}</h1>
<p>${say('{0}. Written on {1}; all times are in UTC.', capitalised(pageText(span, say)), escapeHtml(written))}</p>
${gap === undefined ? '' : `<p class="gap"><strong>${say('Something may be missing:')}</strong> ${escapeHtml(gap)}</p>`}
<dl class="totals">
${[[say('Held'), total.held], ...ENDS.map((end) => [pageText(END_WORDS[end], say), total.ends[end]] as const), [say('Median time to approval'), duration(waits.median)]].map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('\n')}
</dl>
${section(isByDay ? say('Held, approved and denied, by day') : say('Held, approved and denied, by month'), overTime.length === 0 ? nothing(say) : inTime())}
${section(say('Time to approval'), waitsSection(waits, say))}
${section(say('By agent'), counted(say('Requests by assistant'), say('Assistant'), byAgent, say))}
${section(say('By rule'), byRule.length === 0 ? `<p>${say('No request names a rule that found something.')}</p>` : counted(say('Requests by rule'), say('Rule'), byRule, say))}
${section(say('What was denied or went round the gate'), namedTable(entries.filter((entry) => ['denied', 'bypassed'].includes(endOf(entry))), say))}
</main>
</body>
</html>
`;
}

function section(title: string, body: string): string {
  return `<section>\n<h2>${title}</h2>\n${body}\n</section>`;
}

function nothing(say: Say): string {
  return `<p>${say('Nothing was asked for.')}</p>`;
}

function counted(title: string, what: string, counts: readonly Count[], say: Say): string {
  if (counts.length === 0) return nothing(say);
  const left = counts.length > MOST_BARS ? `<p>${say('The chart has the {0} most frequent of {1}; the table has all.', MOST_BARS, counts.length)}</p>` : '';
  return `${legend(say)}${rowChart(title, counts.slice(0, MOST_BARS), say)}${left}${countTable(what, counts, say)}`;
}

function countTable(what: string, counts: readonly Count[], say: Say): string {
  return table([what, say('Held'), ...ENDS.map((end) => pageText(END_WORDS[end], say))], counts.map(({ name, held, ends }) => [name, held, ...ENDS.map((end) => ends[end])]), say);
}

function waitsSection({ count, median, p90, steps }: Waits, say: Say): string {
  if (count === 0) return `<p>${say('Nothing was approved and run.')}</p>`;
  const counts = steps.map(({ name, count: waited }): Count => ({ name, held: waited, ends: { approved: waited, denied: 0, bypassed: 0, other: 0 } }));
  const measured = say('Median {0}, 90th percentile {1}, over {2} approved and run. An approval carries no time of its own: what is measured is the time from the request to the run, which starts as soon as enough approvals are there.', `<strong>${duration(median)}</strong>`, `<strong>${duration(p90)}</strong>`, count);
  return `<p>${measured}</p>
${rowChart(say('How long requests waited for approval'), counts, say)}
${table([say('Waited'), say('Requests')], steps.map(({ name, count: waited }) => [name, waited]), say)}`;
}

function namedTable(entries: readonly LedgerEntry[], say: Say): string {
  if (entries.length === 0) return `<p>${say('Nothing that the ledger knows of.')}</p>`;
  const left = entries.length > MOST_NAMED ? `<p>${say('The newest {0} of {1}.', MOST_NAMED, entries.length)}</p>` : '';
  const rows = entries.slice(0, MOST_NAMED).map((entry) => [entry.at.slice(0, 16).replace('T', ' '), shortId(entry), namedFor(entry), entry.title, entry.person, reasonOf(entry)]);
  return `${left}<div class="wide">${bareTable([say('When'), say('Entry'), say('What'), say('Title'), say('Person'), say('Reason given')], rows, say)}</div>`;
}

function namedFor({ bypassed }: LedgerEntry): Sentence {
  const reasons = bypassed.length > 0 ? bypassed : (['denied'] as const);
  return joined(reasons.map((reason) => NAMED_FOR[reason]), ', ');
}

function reasonOf(entry: LedgerEntry): string {
  if (entry.entry === 'incident') return '';
  return entry.glass?.reason ?? entry.denial?.reason ?? '';
}

type Cells = readonly Value[];

/** The numbers behind a chart, folded away. */
function table(head: readonly string[], rows: readonly Cells[], say: Say): string {
  return `<details><summary>${say('The numbers')}</summary><div class="wide">${bareTable(head, rows, say)}</div></details>`;
}

/** @param head in the reader's language */
function bareTable(head: readonly string[], rows: readonly Cells[], say: Say): string {
  const cells = ([first = '', ...others]: Cells) => `<tr><th scope="row">${pageText(first, say)}</th>${others.map((value) => `<td>${pageText(value, say)}</td>`).join('')}</tr>`;
  return `<table><thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.map(cells).join('\n')}</tbody></table>`;
}

/** Seconds as people say them. */
function duration(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
