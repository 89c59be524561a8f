import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ancestry, processes } from '../../../src/world/process-tree.js';
import { which } from '../../harness/paths.js';

/** Runs as if on another system, where `ps` has to tell. */
async function as<T>(platform: NodeJS.Platform, work: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...own, value: platform });
  try {
    return await work();
  } finally {
    Object.defineProperty(process, 'platform', own);
  }
}

const platforms: readonly NodeJS.Platform[] = [...(process.platform === 'linux' ? (['linux'] as const) : []), ...(which('ps') === undefined ? [] : (['darwin'] as const))];

describe('the process tree', () => {
  for (const platform of platforms) {
    it(`names a process, its parents and when each began (${platform === 'linux' ? '/proc' : 'ps'})`, async () => {
      // A name with a bracket and blanks, which /proc does not escape.
      const child = spawn('bash', ['-c', 'exec -a ") 1 (x" sleep 60'], { stdio: 'ignore' });
      const pid = child.pid!;
      try {
        const chain = await as(platform, () => ancestry(pid));
        assert.deepEqual(chain.slice(0, 3).map((info) => info.pid), [pid, process.pid, process.ppid]);
        assert.deepEqual((await as(platform, processes)).get(pid), chain[0]);
        assert.notEqual(chain[0]?.start, '');
      } finally {
        child.kill('SIGKILL');
      }
      await once(child, 'close');
      assert.deepEqual(await as(platform, () => ancestry(pid)), []);
    });
  }
});
