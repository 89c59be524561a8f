// Measures one assessment in this process, warm, and the start of a new one: node out/test/bench/assess.js
import path from 'node:path';
import { RULES } from '../../src/core/rules/index.js';
import { coldStart } from './support/cold-start.js';
import { assessed } from './support/judge.js';
import { corpusFile, coreOf, readRows } from './support/rows.js';

const ROUNDS = 5;
const SLOW = 2_000;

/** The best of a few rounds for each text, in microseconds, the shortest first. */
function best(texts: readonly string[], run: (text: string) => unknown): readonly number[] {
  const times = texts.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round += 1) {
    texts.forEach((text, at) => {
      // What is slow three times is slow; what was slow once may only have been interrupted.
      if (round >= 3 && (times[at] ?? 0) > SLOW) return;
      const start = process.hrtime.bigint();
      run(text);
      times[at] = Math.min(times[at] ?? Number.POSITIVE_INFINITY, Number(process.hrtime.bigint() - start) / 1000);
    });
  }
  return times.sort((left, right) => left - right);
}

function at(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
}

function line(name: string, times: readonly number[]): string {
  return `${name.padEnd(28)} median ${at(times, 0.5).toFixed(1)}  p90 ${at(times, 0.9).toFixed(1)}  p99 ${at(times, 0.99).toFixed(1)}  worst ${at(times, 1).toFixed(0)} µs`;
}

function main(): void {
  const file = corpusFile();
  const rows = file === undefined ? [] : coreOf(readRows(file), 'shell');
  const texts = file === undefined ? [...new Set(RULES.flatMap(({ examples }) => [...examples.flagged, ...examples.clear]))] : rows.map(({ command }) => command);
  // A row as a reader would get it: parsing it says how fast this machine is.
  const json = texts.map((command) => JSON.stringify({ id: 'x', source: 'a/b:c:1', peer: 'x', command, expected: 'safe', category: 'other', form: 'shell' }));
  for (let warm = 0; warm < 20; warm += 1) {
    for (const text of texts) assessed(text);
    for (const text of json) JSON.parse(text);
  }
  const ours = best(texts, assessed);
  const yardstick = best(json, (text) => JSON.parse(text) as unknown);
  console.log(`${texts.length} ${file === undefined ? 'examples of our own rules' : 'commands of the corpus'}`);
  console.log(line('one assessment', ours));
  console.log(line('JSON.parse of the same row', yardstick));
  console.log(`ratio                        median ${(at(ours, 0.5) / at(yardstick, 0.5)).toFixed(0)}  p99 ${(at(ours, 0.99) / at(yardstick, 0.99)).toFixed(0)}`);
  const { nothing, check } = coldStart(path.resolve(__dirname, '..', '..', 'cli.js'));
  console.log(`cold start                   countersign check ${check.toFixed(0)} ms, node -e 0 ${nothing.toFixed(0)} ms, ratio ${(check / nothing).toFixed(1)}`);
}

main();
