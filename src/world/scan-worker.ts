import { parentPort } from 'node:worker_threads';
import { compareEdit } from '../core/edits/compare.js';
import { CommonAnswers, Memory } from '../core/files/memory.js';
import { reportOf } from '../core/files/report.js';
import { FileWorld } from './file-world.js';
import { textOf } from './source-text.js';
import type { Found, ScanAnswer, ScanQuestion, ScanWork } from './scanner.js';

/** As many files are remembered at once; the one that was asked for longest ago goes first. */
const MOST_REMEMBERED = 16;

const memories = new Map<string, Memory>();
/** Whoever has whole folders read takes a new reader for each scan: one look at the world, and at what all files have. */
const common = new CommonAnswers();
let wholeWorld: FileWorld | undefined;
// A copy: every look at process.env itself is a call into the system.
const environment = { ...process.env };

function memoryFor(path: string, anew: boolean): Memory {
  const memory = (anew ? undefined : memories.get(path)) ?? new Memory();
  memories.delete(path);
  memories.set(path, memory);
  const [oldest] = memories.keys();
  if (memories.size > MOST_REMEMBERED && oldest !== undefined) memories.delete(oldest);
  return memory;
}

parentPort?.on('message', ({ id, work, environments, home }: ScanQuestion) => {
  const world = work.type === 'scan all' ? (wholeWorld ??= new FileWorld(home, environment)) : new FileWorld(home, environment);
  parentPort?.postMessage({ id, found: foundBy(work, environments, world) } satisfies ScanAnswer);
});

function foundBy(work: ScanWork, environments: ScanQuestion['environments'], world: FileWorld): Found {
  switch (work.type) {
    case 'scan':
      return reportOf(work.file, environments, world, memoryFor(work.file.path, work.anew));
    case 'scan all':
      return work.paths.map((path) => {
        const text = textOf(path);
        return text === undefined ? [] : reportOf({ path, text }, environments, world, new Memory(common));
      });
    case 'compare':
      return compareEdit(work.edit, environments, world);
  }
}
