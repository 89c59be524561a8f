import { parentPort } from 'node:worker_threads';
import { Memory } from '../core/files/memory.js';
import { reportOf } from '../core/files/report.js';
import { FileWorld } from './file-world.js';
import type { ScanAnswer, ScanQuestion } from './scanner.js';

/** As many files are remembered at once; the one that was asked for longest ago goes first. */
const MOST_REMEMBERED = 16;

const memories = new Map<string, Memory>();
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

parentPort?.on('message', ({ id, file, environments, home, anew }: ScanQuestion) => {
  const findings = reportOf(file, environments, new FileWorld(home, environment), memoryFor(file.path, anew));
  parentPort?.postMessage({ id, findings } satisfies ScanAnswer);
});
