import { createHash } from 'node:crypto';
import { shortId, stateOf, type LedgerEntry } from '../entries.js';
import { columnChart, END_WORDS, ENDS, LEGEND, PATTERNS, rowChart } from './charts.js';
import { escapeHtml } from './escape-html.js';
import style from './report.css';
import { endOf, statistics, type Count, type Waits } from './statistics.js';

/** What a report covers. */
export interface ReportSubject {
  /** When it was written; RFC 3339. */
  readonly written: string;
  /** The part of the ledger, in words. */
  readonly span: string;
  /** What may be missing; undefined when nothing is. */
  readonly gap: string | undefined;
}

/** As many rows as a chart has; the table has all of them. */
const MOST_BARS = 12;
/** As many entries are named one by one, the newest first. */
const MOST_NAMED = 200;

/** Nothing is loaded, run or sent: not even a style but this one. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The ledger as one page without script, with charts and the numbers behind each. */
export function htmlReport(entries: readonly LedgerEntry[], { written, span, gap }: ReportSubject): string {
  const { total, overTime, byAgent, byRule, waits } = statistics(entries);
  const unit = overTime[0]?.name.length === 7 ? 'month' : 'day';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Countersign ledger</title>
<style>${style}</style>
</head>
<body>
${PATTERNS}
<main>
<h1>Countersign ledger</h1>
<p>${escapeHtml(capitalised(span))}. Written on ${escapeHtml(written)}; all times are in UTC.</p>
${gap === undefined ? '' : `<p class="gap"><strong>Something may be missing:</strong> ${escapeHtml(gap)}</p>`}
<dl class="totals">
${[['Held', total.held], ...ENDS.map((end) => [END_WORDS[end], total.ends[end]] as const), ['Median time to approval', duration(waits.median)]].map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('\n')}
</dl>
${section(`Held, approved and denied, by ${unit}`, overTime.length === 0 ? nothing() : `${LEGEND}${columnChart(`Requests and incidents by ${unit}`, overTime)}${countTable(capitalised(unit), overTime)}`)}
${section('Time to approval', waitsSection(waits))}
${section('By agent', counted('Assistant', byAgent))}
${section('By rule', byRule.length === 0 ? '<p>No request names a rule that found something.</p>' : counted('Rule', byRule))}
${section('What was denied or went round the gate', namedTable(entries.filter((entry) => ['denied', 'bypassed'].includes(endOf(entry)))))}
</main>
</body>
</html>
`;
}

function section(title: string, body: string): string {
  return `<section>\n<h2>${title}</h2>\n${body}\n</section>`;
}

function nothing(): string {
  return '<p>Nothing was asked for.</p>';
}

function counted(what: string, counts: readonly Count[]): string {
  if (counts.length === 0) return nothing();
  const left = counts.length > MOST_BARS ? `<p>The chart has the ${MOST_BARS} most frequent of ${counts.length}; the table has all.</p>` : '';
  return `${LEGEND}${rowChart(`Requests by ${what.toLowerCase()}`, counts.slice(0, MOST_BARS))}${left}${countTable(what, counts)}`;
}

function countTable(what: string, counts: readonly Count[]): string {
  return table([what, 'Held', ...ENDS.map((end) => END_WORDS[end])], counts.map(({ name, held, ends }) => [name, held, ...ENDS.map((end) => ends[end])]));
}

function waitsSection({ count, median, p90, steps }: Waits): string {
  if (count === 0) return '<p>Nothing was approved and run.</p>';
  const counts = steps.map(({ name, count: waited }): Count => ({ name, held: waited, ends: { approved: waited, denied: 0, bypassed: 0, other: 0 } }));
  return `<p>Median <strong>${duration(median)}</strong>, 90th percentile <strong>${duration(p90)}</strong>, over ${count} approved and run. An approval carries no time of its own: what is measured is the time from the request to the run, which starts as soon as enough approvals are there.</p>
${rowChart('How long requests waited for approval', counts)}
${table(['Waited', 'Requests'], steps.map(({ name, count: waited }) => [name, waited]))}`;
}

function namedTable(entries: readonly LedgerEntry[]): string {
  if (entries.length === 0) return '<p>Nothing that the ledger knows of.</p>';
  const left = entries.length > MOST_NAMED ? `<p>The newest ${MOST_NAMED} of ${entries.length}.</p>` : '';
  const rows = entries.slice(0, MOST_NAMED).map((entry) => [entry.at.slice(0, 16).replace('T', ' '), shortId(entry), entry.bypassed.join(', ') || stateOf(entry), entry.title, entry.person, reasonOf(entry)]);
  return `${left}<div class="wide">${bareTable(['When', 'Entry', 'What', 'Title', 'Person', 'Reason given'], rows)}</div>`;
}

function reasonOf(entry: LedgerEntry): string {
  if (entry.entry === 'incident') return '';
  return entry.glass?.reason ?? entry.denial?.reason ?? '';
}

type Cells = readonly (string | number)[];

/** The numbers behind a chart, folded away. */
function table(head: readonly string[], rows: readonly Cells[]): string {
  return `<details><summary>The numbers</summary><div class="wide">${bareTable(head, rows)}</div></details>`;
}

function bareTable(head: readonly string[], rows: readonly Cells[]): string {
  const cells = ([first = '', ...others]: Cells) => `<tr><th scope="row">${escapeHtml(String(first))}</th>${others.map((text) => `<td>${escapeHtml(String(text))}</td>`).join('')}</tr>`;
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
