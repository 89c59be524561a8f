// Scores the decision engine on a corpus of labelled commands: node out/test/bench/corpus.js [--list FILE]
import { writeFileSync } from 'node:fs';
import { reasonFor } from './support/disagreements.js';
import { assessed, stopsAgent } from './support/judge.js';
import { coreOf, corpusFile, readRows } from './support/rows.js';
import type { Row } from './support/rows.js';
import { Tally } from './support/tally.js';

const SHELLS = { shell: 'bash', powershell: 'powershell' } as const;

interface Disagreement {
  readonly row: Row;
  readonly reason: string;
}

function main(): void {
  const file = corpusFile();
  if (file === undefined) {
    console.log('No corpus of labelled commands here (COUNTERSIGN_CORPUS names one), so there is nothing to score.');
    return;
  }
  const rows = readRows(file);
  const overall = new Tally();
  const undisputed = new Tally();
  const parts = new Map<string, Tally>();
  const differing: Disagreement[] = [];
  const part = (name: string): Tally => {
    const known = parts.get(name) ?? new Tally();
    parts.set(name, known);
    return known;
  };
  for (const row of coreOf(rows, 'shell')) {
    const assessment = assessed(row.command);
    const flagged = stopsAgent(assessment);
    const destructive = row.expected === 'destructive';
    const reason = flagged === destructive ? undefined : reasonFor(row, assessment);
    if (reason !== undefined) differing.push({ row, reason });
    if (reason === undefined || reason.startsWith('our ')) undisputed.add(destructive, flagged);
    for (const tally of [overall, part(`peer ${row.peer}`), part(`category ${row.category}`), part('form shell')]) tally.add(destructive, flagged);
  }
  for (const row of coreOf(rows, 'powershell')) part('form powershell').add(row.expected === 'destructive', stopsAgent(assessed(row.command, SHELLS.powershell)));
  for (const row of coreOf(rows, 'sql')) part('form sql').add(row.expected === 'destructive', stopsAgent(assessed(`psql <<'END OF STATEMENTS'\n${row.command}\nEND OF STATEMENTS`)));
  console.log(`core: ${overall.toString()}`);
  console.log(`without the rows whose label or policy we dispute: ${undisputed.toString()}`);
  for (const name of [...parts.keys()].sort()) console.log(`${name.padEnd(30)} ${part(name).toString()}`);
  const reasons = grouped(differing);
  console.log(`\n${differing.length} disagreements:`);
  for (const [reason, list] of [...reasons].sort((left, right) => right[1].length - left[1].length)) console.log(`${String(list.length).padStart(4)}  ${reason}`);
  writeList(differing);
}

function grouped(list: readonly Disagreement[]): Map<string, Disagreement[]> {
  const groups = new Map<string, Disagreement[]>();
  for (const item of list) groups.set(item.reason, [...(groups.get(item.reason) ?? []), item]);
  return groups;
}

function writeList(list: readonly Disagreement[]): void {
  const at = process.argv.indexOf('--list');
  const file = process.argv[at + 1];
  if (at < 0 || file === undefined) return;
  const lines = [...list]
    .sort((left, right) => left.reason.localeCompare(right.reason))
    .map(({ row, reason }) => `${reason}\t${row.expected}\t${row.peer}\t${JSON.stringify(row.command)}`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  console.log(`\nEvery disagreement: ${file}`);
}

main();
