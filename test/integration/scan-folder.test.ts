import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reportOf, type PlacedFinding } from '../../src/core/files/report.js';
import { defaultPolicy } from '../../src/core/policy/policy.js';
import { FileWorld } from '../../src/world/file-world.js';
import { scanFolder } from '../../src/world/scan-folder.js';
import { ScannerPool } from '../../src/world/scanner-pool.js';
import { repositoryRoot } from '../harness/paths.js';

const { environments } = defaultPolicy();
/** More than are handed over together, for every reader. */
const SCRIPTS = 300;
const scriptName = (index: number): string => `${String(index).padStart(3, '0')}.sh`;
/** Two files with the same command, under names of their own. */
const packageOf = (name: string): string => JSON.stringify({ scripts: { test: 'mocha', [`clean-${name}`]: 'rm -rf ~/builds' } });
const READER = path.join(repositoryRoot(), 'out', 'scan-worker.js');

describe('a folder that is scanned by readers side by side', () => {
  let place: string;
  let folder: string;
  beforeEach(() => {
    place = mkdtempSync(path.join(os.tmpdir(), 'scan-folder-'));
    folder = path.join(place, 'repository');
    mkdirSync(path.join(folder, 'scripts'), { recursive: true });
    for (let index = 0; index < SCRIPTS; index += 1) writeFileSync(path.join(folder, 'scripts', scriptName(index)), index % 3 === 0 ? `rm -rf /srv/${index}\n` : 'ls\n');
    for (const name of ['one', 'two']) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, 'package.json'), packageOf(name));
    }
    writeFileSync(path.join(folder, 'a.py'), 'import shutil\nshutil.rmtree("/srv")\n');
    writeFileSync(path.join(folder, 'picture.png'), 'rm -rf /\n');
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  const scan = async (program: string) => {
    const pool = new ScannerPool(os.homedir(), program);
    const found: (readonly [string, readonly PlacedFinding[]])[] = [];
    const lost: string[] = [];
    let last = { done: 0, total: 0 };
    for await (const { done, total, files, unread } of scanFolder(folder, pool.readers(environments))) {
      assert.ok(done >= last.done && done <= total);
      last = { done, total };
      found.push(...files.map((file) => [file.path, file.findings] as const));
      lost.push(...unread.map((file) => file.path));
    }
    pool.dispose();
    assert.equal(last.done, last.total);
    return { found, lost };
  };

  it('comes to what its files come to one by one', async () => {
    const { found, lost } = await scan(READER);
    const world = new FileWorld(os.homedir(), { ...process.env });
    const alone = (name: string, text: string) => [name, reportOf({ path: path.join(folder, name), text }, environments, world)] as const;
    const scripts = Array.from({ length: SCRIPTS / 3 }, (_, third) => alone(`scripts/${scriptName(third * 3)}`, `rm -rf /srv/${third * 3}\n`));
    assert.deepEqual(found.toSorted(([a], [b]) => (a < b ? -1 : 1)), [alone('a.py', 'import shutil\nshutil.rmtree("/srv")\n'), alone('one/package.json', packageOf('one')), ...scripts, alone('two/package.json', packageOf('two'))]);
    assert.ok(found.every(([, findings]) => findings.length > 0));
    assert.deepEqual(lost, []);
  });

  it('follows a link to a file, and waits at no pipe that one leads to', async () => {
    const elsewhere = path.join(place, 'elsewhere.sh');
    writeFileSync(elsewhere, 'rm -rf /srv\n');
    symlinkSync(elsewhere, path.join(folder, 'linked.sh'));
    execFileSync('mkfifo', [path.join(place, 'pipe')]);
    symlinkSync(path.join(place, 'pipe'), path.join(folder, 'piped.sh'));
    symlinkSync(path.join(place, 'nowhere'), path.join(folder, 'dangling.sh'));
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    const names = (await scan(READER)).found.map(([name]) => name);
    assert.ok(names.includes('linked.sh'));
    assert.ok(!names.includes('piped.sh') && !names.includes('dangling.sh'));
  });

  it('loses the file at which a reader runs out of memory, and no other', async () => {
    const program = path.join(place, 'hungry.cjs');
    writeFileSync(program, `require('node:worker_threads').parentPort.on('message', ({ work }) => {\n  if (work.paths.some((path) => path.endsWith('015.sh'))) for (const kept = []; ; ) kept.push(new Array(1e6).fill(kept.length));\n});\nrequire(${JSON.stringify(READER)});\n`);
    const { found, lost } = await scan(program);
    assert.deepEqual(lost, ['scripts/015.sh']);
    assert.equal(found.length, SCRIPTS / 3 + 2);
  });

  it('is given up at any time', async () => {
    const pool = new ScannerPool(os.homedir(), READER);
    for await (const step of scanFolder(folder, pool.readers(environments))) {
      assert.ok(step.done <= step.total);
      break;
    }
    pool.dispose();
  });
});
