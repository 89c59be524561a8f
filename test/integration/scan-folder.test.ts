import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reportOf, type PlacedFinding } from '../../src/core/files/report.js';
import { defaultPolicy } from '../../src/core/policy/policy.js';
import { FileWorld } from '../../src/world/file-world.js';
import { scanFolder } from '../../src/world/scan-folder.js';
import { ScannerPool } from '../../src/world/scanner-pool.js';
import { repositoryRoot } from '../harness/paths.js';

const { environments } = defaultPolicy();
const READER = path.join(repositoryRoot(), 'out', 'scan-worker.js');

describe('a folder that is scanned by readers side by side', () => {
  let place: string;
  let folder: string;
  beforeEach(() => {
    place = mkdtempSync(path.join(os.tmpdir(), 'scan-folder-'));
    folder = path.join(place, 'repository');
    mkdirSync(path.join(folder, 'scripts'), { recursive: true });
    for (let index = 0; index < 60; index += 1) writeFileSync(path.join(folder, 'scripts', `${String(index).padStart(2, '0')}.sh`), index % 3 === 0 ? `rm -rf /srv/${index}\n` : 'ls\n');
    writeFileSync(path.join(folder, 'a.py'), 'import shutil\nshutil.rmtree("/srv")\n');
    writeFileSync(path.join(folder, 'picture.png'), 'rm -rf /\n');
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  const scan = async (program: string) => {
    const pool = new ScannerPool(os.homedir(), program);
    const found: (readonly [string, readonly PlacedFinding[]])[] = [];
    const lost: string[] = [];
    let last = { done: 0, total: 0 };
    for await (const { done, total, files, unread } of scanFolder(folder, (paths) => pool.read(paths, environments), pool.ahead)) {
      assert.ok(done >= last.done && done <= total);
      last = { done, total };
      found.push(...files.map((file) => [file.path, file.findings] as const));
      lost.push(...unread.map((file) => file.path));
    }
    pool.dispose();
    assert.equal(last.done, last.total);
    return { found, lost };
  };

  it('comes to what its files come to one by one, in the order of their names', async () => {
    const { found, lost } = await scan(READER);
    const world = new FileWorld(os.homedir(), { ...process.env });
    const alone = (name: string, text: string) => [name, reportOf({ path: path.join(folder, name), text }, environments, world)] as const;
    assert.deepEqual(found, [alone('a.py', 'import shutil\nshutil.rmtree("/srv")\n'), ...Array.from({ length: 20 }, (_, third) => alone(`scripts/${String(third * 3).padStart(2, '0')}.sh`, `rm -rf /srv/${third * 3}\n`))]);
    assert.equal(found.length, 21);
    assert.deepEqual(lost, []);
  });

  it('loses the file at which a reader runs out of memory, and no other', async () => {
    const program = path.join(place, 'hungry.cjs');
    writeFileSync(program, `require('node:worker_threads').parentPort.on('message', ({ work }) => {\n  if (work.paths.some((path) => path.endsWith('15.sh'))) for (const kept = []; ; ) kept.push(new Array(1e6).fill(kept.length));\n});\nrequire(${JSON.stringify(READER)});\n`);
    const { found, lost } = await scan(program);
    assert.deepEqual(lost, ['scripts/15.sh']);
    assert.equal(found.length, 20);
  });

  it('is given up at any time', async () => {
    const pool = new ScannerPool(os.homedir(), READER);
    for await (const step of scanFolder(folder, (paths) => pool.read(paths, environments), pool.ahead)) {
      assert.ok(step.done <= step.total);
      break;
    }
    pool.dispose();
  });
});
