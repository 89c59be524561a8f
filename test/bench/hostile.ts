// Measures what cannot be a test: how time grows with hostile texts, and how many random ones are understood.
// Usage: node out/test/bench/hostile.js [number of random texts]
import { HOSTILE } from '../unit/core/assess/hostile.js';
import { assessed } from './support/judge.js';

const SIZES = [500, 1000, 2000, 4000];

function milliseconds(run: () => unknown): number {
  const times = [0, 1, 2].map(() => {
    const start = process.hrtime.bigint();
    run();
    return Number(process.hrtime.bigint() - start) / 1e6;
  });
  return Math.min(...times);
}

function growth(): void {
  console.log(`milliseconds at ${SIZES.join(', ')} pieces, and the largest step from one size to its double`);
  for (const { name, make } of HOSTILE) {
    const times = SIZES.map((size) => milliseconds(() => assessed(make(size))));
    const steps = times.slice(1).map((time, at) => time / Math.max(times[at] ?? 0, 0.5));
    console.log(`${name.padEnd(36)} ${times.map((time) => time.toFixed(1).padStart(8)).join('')}   ×${Math.max(...steps).toFixed(1)}`);
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
    if (assessed(text).steps.some((step) => step.text === 'The operation could not be understood.')) failed += 1;
    worst = Math.max(worst, Number(process.hrtime.bigint() - start) / 1e6);
  }
  console.log(`${count} random texts: ${failed} not understood at all, the slowest ${worst.toFixed(1)} ms`);
}

growth();
random(Number(process.argv[2] ?? 20_000));
