import { inert } from '../core/approval/display.js';
import { GROUPS, type Canary, type Group, type Outcome, type Result } from './canary.js';

/** One line of the report. */
export interface Finding extends Outcome {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly gate: string;
  /** How to close it; only where the tool decides, or nobody can say. */
  readonly fix: string | undefined;
}

/** What a drill found out. Its JSON form is part of the command line's interface. */
export interface Report {
  readonly version: 1;
  /** Seconds since 1970. */
  readonly at: number;
  /** Where it was played: `a window of the editor`, `this terminal`. */
  readonly where: string;
  /** False when somebody stopped it before its end. */
  readonly complete: boolean;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Result, number>>;
}

const WORDS: Record<Result, string> = {
  waits: 'waits for review',
  decides: 'tool decides',
  absent: 'not on this machine',
  unclear: 'could not be told',
};

const TITLES: Record<Group, string> = {
  terminals: 'Interactive terminals',
  shells: 'Shells that run a command or a script',
  tasks: 'Tasks',
  programs: 'Programs that start programs',
  debug: 'Debugging',
  assistants: 'AI assistants',
  approvals: 'Approvals that must not count',
};

export function findingOf({ id, group, title, gate, fix }: Canary, outcome: Outcome): Finding {
  const open = outcome.result === 'decides' || outcome.result === 'unclear';
  return { id, group, title, gate, fix: open ? fix : undefined, ...outcome };
}

export function reportOf(at: number, where: string, findings: readonly Finding[], complete: boolean): Report {
  const count = (result: Result) => findings.filter((finding) => finding.result === result).length;
  return { version: 1, at, where, complete, findings, counts: { waits: count('waits'), decides: count('decides'), absent: count('absent'), unclear: count('unclear') } };
}

/** Whether every path that is there was shown to wait. */
export function passed({ counts, complete }: Report): boolean {
  return complete && counts.decides === 0 && counts.unclear === 0 && counts.waits > 0;
}

/** The report for people, as Markdown. */
export function markdownOf(report: Report): string {
  const { counts, findings } = report;
  const open = findings.filter((finding) => finding.fix !== undefined);
  const lines = [
    '# Countersign drill',
    '',
    `${new Date(report.at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC, in ${report.where}. ${verdict(report)}`,
    '',
    `| | paths |\n|---|---|\n| ${WORDS.waits} | ${counts.waits} |\n| **${WORDS.decides}** | **${counts.decides}** |\n| ${WORDS.unclear} | ${counts.unclear} |\n| ${WORDS.absent} | ${counts.absent} |`,
    '',
    ...(open.length === 0 ? [] : ['## What to close', '', ...open.map((finding) => `- **${cell(finding.title)}**: ${WORDS[finding.result]}. ${cell(finding.detail)} ${cell(finding.fix ?? '')}`), '']),
    ...GROUPS.flatMap((group) => section(group, findings.filter((finding) => finding.group === group))),
    'A canary is a program that leaves one line in a private directory where no gate stops it, and does nothing else. Nobody was asked or notified.',
    '',
  ];
  return lines.join('\n');
}

function section(group: Group, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ title, result, gate, detail }) => `| ${cell(title)} | ${result === 'decides' ? `**${WORDS[result]}**` : WORDS[result]} | ${cell(gate)} | ${cell(detail)} |`);
  return [`## ${TITLES[group]}`, '', '| path | result | held by | how it is known |', '|---|---|---|---|', ...rows, ''];
}

function verdict(report: Report): string {
  if (!report.complete) return 'It was stopped before its end.';
  return passed(report) ? 'Every path that is here waits for review.' : 'Not every path waits for review.';
}

/** The report for a terminal: one line a path. */
export function textOf(report: Report): string {
  const width = Math.max(...Object.values(WORDS).map((word) => word.length));
  const lines = report.findings.flatMap(({ title, result, detail, fix }) => [`${WORDS[result].padEnd(width)}  ${inert(title)}`, ...(fix === undefined ? [] : [`${' '.repeat(width + 4)}${inert(detail)} ${inert(fix)}`])]);
  const { counts } = report;
  return [...lines, '', `${counts.waits} wait for review, ${counts.decides} decide by themselves, ${counts.unclear} could not be told, ${counts.absent} are not here. ${verdict(report)}`].join('\n');
}

/** A text in a table's cell: one line, and no mark of Markdown's own. */
function cell(text: string): string {
  return inert(text).replace(/[\\`*_{}[\]<>|]/g, (mark) => `\\${mark}`);
}
