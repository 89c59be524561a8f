import { sentence, type Say, type Sentence } from '../../say.js';
import { entities, escapeHtml, pageText } from './escape-html.js';
import type { Count, End } from './statistics.js';

export const END_WORDS: Readonly<Record<End, Sentence>> = { approved: sentence('Approved'), denied: sentence('Denied'), bypassed: sentence('Went round the gate'), other: sentence('Open, expired or withdrawn') };
export const ENDS = Object.keys(END_WORDS) as readonly End[];

/** The measures of every chart, in the units of its view box. */
const WIDTH = 720;
const LABELS = 250;
const ROW = 26;
const PLOT = { left: 40, top: 12, height: 150, foot: 26 };

/** Ends differ in their pattern as well as in their colour. One for the whole page. */
export const PATTERNS = `<svg class="patterns" aria-hidden="true" focusable="false"><defs>
<pattern id="approved" width="8" height="8" patternUnits="userSpaceOnUse"><rect class="approved" width="8" height="8"/></pattern>
<pattern id="denied" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="denied" width="6" height="6"/><path class="mark" d="M0 6 6 0M-1 1 1 -1M5 7 7 5"/></pattern>
<pattern id="bypassed" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="bypassed" width="6" height="6"/><path class="mark" d="M0 0 6 6M6 0 0 6"/></pattern>
<pattern id="other" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="other" width="6" height="6"/><path class="mark" d="M0 3H6"/></pattern>
</defs></svg>`;

/** Which pattern means which end. */
export function legend(say: Say): string {
  return `<ul class="legend">${ENDS.map((end) => `<li><svg width="14" height="14" aria-hidden="true" focusable="false"><rect class="bar" width="14" height="14" fill="url(#${end})"/></svg> ${pageText(END_WORDS[end], say)}</li>`).join('')}</ul>`;
}

/**
 * Standing bars over time, one for each count.
 *
 * @param title in the reader's language
 */
export function columnChart(title: string, counts: readonly Count[], say: Say): string {
  const most = Math.max(1, ...counts.map(sum));
  const step = (WIDTH - PLOT.left) / Math.max(1, counts.length);
  const width = Math.min(40, step * 0.7);
  const base = PLOT.top + PLOT.height;
  const bars = counts.map((count, index) => {
    const x = PLOT.left + index * step + (step - width) / 2;
    let y = base;
    return ENDS.map((end) => {
      const height = (count.ends[end] / most) * PLOT.height;
      y -= height;
      return height === 0 ? '' : bar(end, x, y, width, height);
    }).join('');
  });
  // As many names as there is room for.
  const every = Math.ceil(counts.length / 8);
  const names = counts.map(({ name }, index) => (index % every === 0 ? `<text class="name" x="${round(PLOT.left + (index + 0.5) * step)}" y="${base + 18}" text-anchor="middle">${pageText(name, say)}</text>` : ''));
  const lines = [...new Set([0, Math.floor(most / 2), most])].map((value) => {
    const y = round(base - (value / most) * PLOT.height);
    return `<path class="line" d="M${PLOT.left} ${y}H${WIDTH}"/><text class="name" x="${PLOT.left - 6}" y="${y + 4}" text-anchor="end">${value}</text>`;
  });
  return svg(title, base + PLOT.foot, [...lines, ...bars, ...names].join(''), say);
}

/**
 * Lying bars, one for each count, with its name in front and its sum behind.
 *
 * @param title in the reader's language
 */
export function rowChart(title: string, counts: readonly Count[], say: Say): string {
  const most = Math.max(1, ...counts.map(sum));
  const room = WIDTH - LABELS - 50;
  const rows = counts.map((count, index) => {
    const y = index * ROW + 4;
    let x = LABELS;
    const bars = ENDS.map((end) => {
      const width = (count.ends[end] / most) * room;
      x += width;
      return width === 0 ? '' : bar(end, x - width, y, width, ROW - 8);
    });
    return `<text class="name" x="${LABELS - 8}" y="${y + 13}" text-anchor="end">${nameBeside(count, say)}</text>${bars.join('')}<text class="name" x="${round(x) + 6}" y="${y + 13}">${sum(count)}</text>`;
  });
  return svg(title, counts.length * ROW + 4, rows.join(''), say);
}

function svg(title: string, height: number, body: string, say: Say): string {
  return `<svg class="chart" role="img" aria-label="${entities(say('{0}. The same numbers stand in the table below.', title))}" viewBox="0 0 ${WIDTH} ${height}">${body}</svg>`;
}

function bar(end: End, x: number, y: number, width: number, height: number): string {
  return `<rect class="bar" fill="url(#${end})" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"/>`;
}

function sum({ ends }: Count): number {
  return ENDS.reduce((total, end) => total + ends[end], 0);
}

/** As much of a name as stands beside its bar; the table has all of it. */
function nameBeside({ name }: Count, say: Say): string {
  return typeof name === 'string' ? escapeHtml(name.length > 34 ? `${name.slice(0, 33)}…` : name) : pageText(name, say);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
