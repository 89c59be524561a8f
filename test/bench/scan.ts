// What it costs to scan a whole repository, beside reading it with cat: node out/test/bench/scan.js
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { defaultPolicy } from '../../src/core/policy/policy.js';
import { scanFolder } from '../../src/world/scan-folder.js';
import { ScannerPool } from '../../src/world/scanner-pool.js';
import { repositoryRoot } from '../harness/paths.js';
import { sleep } from '../harness/processes.js';
import { median, timed } from './support/times.js';

const FILES = 10_000;
const ROUNDS = 5;

/** A repository whose files are those of this one, over and over, each a little different. */
function grow(directory: string): number {
  const root = repositoryRoot();
  const names = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter((name) => /\.(?:ts|js|json|md|sh|sql|tf|tfvars|ya?ml|py|txt)$/.test(name) && name !== 'package-lock.json');
  const texts = names.map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));
  let bytes = 0;
  for (let count = 0; count < FILES; count += 1) {
    const { name, text } = texts[count % texts.length] ?? { name: 'none', text: '' };
    const file = path.join(directory, `part-${Math.floor(count / texts.length)}`, name);
    mkdirSync(path.dirname(file), { recursive: true });
    // JSON takes white space at its end, and so does everything else here.
    const own = `${text}${' '.repeat(count % 80)}\n`;
    writeFileSync(file, own);
    bytes += own.length;
  }
  execFileSync('git', ['init', '--quiet'], { cwd: directory });
  execFileSync('git', ['add', '--all'], { cwd: directory });
  return bytes;
}

function line(name: string, text: string): void {
  console.log(`${name.padEnd(44)} ${text}`);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'bench-scan-'));
  try {
    const bytes = grow(directory);
    const { environments } = defaultPolicy();
    const read = () => timed(() => execFileSync('sh', ['-c', 'git ls-files -z | xargs -0 cat > /dev/null'], { cwd: directory }));
    let longest = 0;
    let findings = 0;
    const scan = () =>
      timed(async () => {
        findings = 0;
        const pool = new ScannerPool(os.homedir(), path.join(repositoryRoot(), 'out', 'scan-worker.js'));
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        // From here on, not from the last round.
        await sleep(50);
        delay.reset();
        for await (const { files } of scanFolder(directory, (sources) => pool.read(sources, environments), pool.ahead)) findings += files.reduce((sum, file) => sum + file.findings.length, 0);
        delay.disable();
        longest = Math.max(longest, delay.max / 1e6);
        pool.dispose();
      });
    const cats: number[] = [];
    const scans: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      cats.push(await read());
      scans.push(await scan());
    }
    line(`${FILES} files, ${Math.round(bytes / 1e6)} MB, read by cat`, `median ${median(cats).toFixed(0)} ms`);
    line(`scanned, ${findings} findings`, `median ${median(scans).toFixed(0)} ms, ${(median(scans) / median(cats)).toFixed(1)} times that  (goal 5)`);
    line('longest time without a pause for others', `${longest.toFixed(0)} ms  (goal 50 ms)`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
