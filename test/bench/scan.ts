// What it costs to scan a whole repository, beside reading it with cat: node out/test/bench/scan.js
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

interface Written {
  readonly name: string;
  readonly text: string;
}

/** What a repository of code holds, by the ends of the names. */
const READ = /\.(?:ts|js|json|md|sh|sql|tf|tfvars|ya?ml|py|txt)$/;

/** The files of this repository over and over, each a little different: hardly anybody writes of so much destruction. */
function ours(root: string): readonly Written[] {
  const names = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter((name) => READ.test(name) && name !== 'package-lock.json');
  const texts = names.map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));
  return Array.from({ length: FILES }, (_, count) => {
    const { name, text } = texts[count % texts.length] ?? { name: 'none', text: '' };
    // JSON takes white space at its end, and so does everything else here.
    return { name: path.join(`part-${Math.floor(count / texts.length)}`, name), text: `${text}${' '.repeat(count % 80)}\n` };
  });
}

/** What other people wrote: the packages that this project is built and tested with. */
function others(root: string): readonly Written[] {
  const packages = path.join(root, 'node_modules');
  const names = readdirSync(packages, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() && READ.test(entry.name) ? [path.relative(packages, path.join(entry.parentPath, entry.name))] : []));
  return names.sort().slice(0, FILES).map((name) => ({ name, text: readFileSync(path.join(packages, name), 'utf8') }));
}

/** Makes a repository, and gives its size in bytes. */
function write(directory: string, files: readonly Written[]): number {
  for (const { name, text } of files) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  execFileSync('git', ['init', '--quiet'], { cwd: directory });
  // Whatever these files say is to be left out.
  execFileSync('git', ['add', '--all', '--force'], { cwd: directory });
  return files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
}

function line(name: string, text: string): void {
  console.log(`${name.padEnd(52)} ${text}`);
}

async function measure(what: string, files: readonly Written[]): Promise<void> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'bench-scan-'));
  try {
    const bytes = write(directory, files);
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
        for await (const { files } of scanFolder(directory, pool.readers(environments))) findings += files.reduce((sum, file) => sum + file.findings.length, 0);
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
    line(`${files.length} files of ${what}, ${Math.round(bytes / 1e6)} MB, read by cat`, `median ${median(cats).toFixed(0)} ms`);
    line(`scanned, ${findings} findings`, `median ${median(scans).toFixed(0)} ms, ${(median(scans) / median(cats)).toFixed(1)} times that  (goal 5)`);
    line('longest time without a pause for others', `${longest.toFixed(0)} ms  (goal 50 ms)`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  await measure('our own', ours(repositoryRoot()));
  await measure('other people', others(repositoryRoot()));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
