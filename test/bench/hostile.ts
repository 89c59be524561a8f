// Measures what cannot be a test: how time grows with hostile texts, and how many random ones are understood.
// Usage: node out/test/bench/hostile.js [number of random texts]
import { scanFile } from '../../src/core/files/scan.js';
import { PROJECT, worldOf } from '../unit/core/assess/fake-world.js';
import { HOSTILE } from '../unit/core/assess/hostile.js';
import { HOSTILE_FILES } from '../unit/core/files/hostile.js';
import { assessed } from './support/judge.js';
import { spoken } from '../../src/core/say.js';

/** Bytes. A command line is not longer than the last of them, and most files are shorter. */
const SIZES = [8, 16, 32, 64].map((kilobytes) => kilobytes * 1024);
/** What takes less than this has only noise to tell. */
const NOISE = 2;

/** The work that something takes, in milliseconds of this process alone, whatever else the machine does. */
function milliseconds(run: () => unknown): number {
  const times = [0, 1, 2, 3, 4].map(() => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** A text of about a size: as many pieces as fit. */
function textOf(make: (count: number) => string, size: number): string {
  let count = Math.max(1, Math.floor(size / Math.max(1, make(2).length - make(1).length)));
  while (count > 1 && make(count).length > size) count = Math.floor(count * 0.9);
  return make(count);
}

function line(name: string, run: (size: number) => unknown): void {
  const times = SIZES.map((size) => milliseconds(() => run(size)));
  const steps = times.slice(1).map((time, at) => (time < NOISE ? 1 : time / Math.max(times[at] ?? 0, NOISE / 2)));
  console.log(`${name.padEnd(44)} ${times.map((time) => time.toFixed(1).padStart(8)).join('')}   ${steps.map((step) => `×${step.toFixed(1)}`).join(' ')}${steps.some((step) => step > 2.5) ? '   more than its share' : ''}`);
}

function growth(): void {
  console.log(`milliseconds at ${SIZES.map((size) => `${size / 1024} KB`).join(', ')}, and each step from one size to its double`);
  for (const { name, make } of HOSTILE) {
    const texts = new Map(SIZES.map((size) => [size, textOf(make, size)]));
    line(name, (size) => assessed(texts.get(size) ?? ''));
  }
  for (const { name, path, make } of HOSTILE_FILES) {
    const texts = new Map(SIZES.map((size) => [size, textOf(make, size)]));
    line(`${path}: ${name}`, (size) => scanFile({ path: `${PROJECT}/${path}`, text: texts.get(size) ?? '' }, [], worldOf()));
  }
}

const PIECES = ['rm -rf /', 'git push -f', '$(', ')', '"', "'", '`', '{', '}', '((', '))', '<<E\n', '\nE\n', '|', '&&', ';', '\n', '\\', '$x', '${x:-', 'x=', ' ', '> ', '<(', 'eval ', 'xargs ', 'sh -c ', 'find . -exec ', '{} ', '* ', '~ ', '#', 'for i in ', 'do ', 'done', 'if ', 'then ', 'fi', 'f() ', 'psql -c ', 'DROP TABLE t', 'python -c ', 'os.system(1)', 'ssh h '];

function random(count: number): void {
  let state = 1;
  const next = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  let failed = 0;
  let worst = 0;
  for (let round = 0; round < count; round += 1) {
    const text = Array.from({ length: 1 + next(24) }, () => PIECES[next(PIECES.length)] ?? '').join('');
    const start = process.hrtime.bigint();
    if (assessed(text).steps.some((step) => spoken(step.text) === 'The operation could not be understood.')) failed += 1;
    worst = Math.max(worst, Number(process.hrtime.bigint() - start) / 1e6);
  }
  console.log(`${count} random texts: ${failed} not understood at all, the slowest ${worst.toFixed(1)} ms`);
}

growth();
random(Number(process.argv[2] ?? 20_000));
