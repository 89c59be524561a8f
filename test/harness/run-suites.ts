// Runs the end-to-end suites in a real editor. Usage: run-suites.js [name…]; without names, all of them.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { type Editor, ensureEditor } from './editor-install.js';
import { repositoryRoot } from './paths.js';
import { scratchFolder, whenOrphaned } from './processes.js';
import { quietSettings } from './settings.js';
import { add, nothingRan, readTotals, type Totals, TOTALS_FILE, writeTotals } from './totals.js';
import type { World, WorldModule } from './world.js';

const root = repositoryRoot();
const built = path.join(root, 'out', 'test');
const scratch = scratchFolder('run');

/** A workspace with nothing in it, for suites that bring none. */
function emptyWorld(name: string): World {
  const folder = path.join(scratch, name, 'workspace');
  const home = path.join(scratch, name, 'home');
  for (const made of [folder, home]) mkdirSync(made, { recursive: true });
  return { folder, home, env: {}, dispose: () => Promise.resolve() };
}

async function prepare(name: string): Promise<World> {
  const file = path.join(built, 'editor', name, 'world.js');
  if (!existsSync(file)) return emptyWorld(name);
  const module = (await import(file)) as WorldModule;
  return module.prepare();
}

/** The file test-electron starts: the desktop executable, or a script that starts the stand-in. */
function executable(editor: Editor): string {
  if (editor.kind === 'desktop') return editor.executable;
  const file = path.join(scratch, 'editor');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' --enable-source-maps '${path.join(built, 'harness', 'stand-in.js')}' "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Runs one suite inside the extension host. */
async function runEditorSuite(name: string, editor: Editor): Promise<Totals> {
  console.log(`\n— ${name}, inside the editor`);
  const totals = path.join(scratch, `${name}.json`);
  let world: World | undefined;
  let succeeded = false;
  try {
    world = await prepare(name);
    const userData = mkdtempSync(path.join(scratch, 'user-'));
    mkdirSync(path.join(userData, 'User'));
    writeFileSync(path.join(userData, 'User', 'settings.json'), JSON.stringify({ ...quietSettings, ...world.settings }));
    const given = { ...world.env, [TOTALS_FILE]: totals };
    await runTests({
      vscodeExecutablePath: executable(editor),
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(built, 'editor', name, 'suite.js'),
      launchArgs: [world.folder, `--user-data-dir=${userData}`, `--extensions-dir=${path.join(userData, 'extensions')}`],
      extensionTestsEnv: { ...given, ...homeFor(editor, world.home), COUNTERSIGN_PASS_ENV: Object.keys(given).join(',') },
    });
    succeeded = true;
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}`);
  } finally {
    await world?.dispose();
  }
  return readTotals(totals, name, succeeded);
}

/** The stand-in still looks for the editor in this person's cache after HOME has become the world's. */
const homeFor = (editor: Editor, home: string): Record<string, string> => ({
  HOME: home,
  ...(editor.kind === 'server' && { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache') }),
});

/** Runs a suite that looks at windows from outside. */
async function runWindowSuite(file: string, editor: Editor): Promise<Totals> {
  const name = path.basename(file, '.test.js');
  if (editor.kind === 'desktop') {
    console.log(`skipped: ${name} (windows can only be driven in the server build; COUNTERSIGN_EDITOR=server)`);
    return { ...nothingRan, skipped: 1 };
  }
  console.log(`\n— ${name}, windows from outside`);
  const totals = path.join(scratch, `windows-${name}.json`);
  const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = path.join(built, 'harness', 'totals-reporter.js');
  const args = ['--enable-source-maps', mocha, '--no-config', '--forbid-only', '--timeout', '120000', '--reporter', reporter, '--require', path.join(built, 'harness', 'end-with-parent.js'), file];
  const succeeded = await new Promise<boolean>((resolve) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, [TOTALS_FILE]: totals } });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
  return readTotals(totals, name, succeeded);
}

/**
 * Runs a suite, and once more in a fresh world when something in it failed: a window on a loaded machine can be too slow
 * for whoever drives it. What fails twice has failed; what failed once is named, so that nobody overlooks it.
 */
async function steadily(name: string, run: () => Promise<Totals>): Promise<Totals> {
  const first = await run();
  if (first.failed === 0) return first;
  console.log(`\n${name}: ${first.failed} failed; once more, in a fresh world.`);
  const second = await run();
  console.log(second.failed === 0 ? `\n${name}: unsteady, failed once and passed once.` : `\n${name}: failed twice.`);
  return second;
}

const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

async function main(): Promise<void> {
  if (process.env[TOTALS_FILE] !== undefined) whenOrphaned(() => process.exit(130));
  const asked = process.argv.slice(2);
  const wanted = (name: string): boolean => asked.length === 0 || asked.includes(name);
  const suites = list(path.join(built, 'editor')).filter((name) => wanted(name) && existsSync(path.join(built, 'editor', name, 'suite.js')));
  const windows = list(path.join(built, 'windows')).filter((file) => file.endsWith('.test.js') && wanted(path.basename(file, '.test.js')));
  if (suites.length + windows.length === 0) throw new Error(`No end-to-end suite named ${asked.join(', ') || 'anything'}.`);
  const editor = await ensureEditor();
  console.log(editor.kind === 'desktop' ? `Editor: ${editor.executable}` : 'Editor: server build in a browser');
  let sum = nothingRan;
  for (const name of suites) sum = add(sum, await steadily(name, () => runEditorSuite(name, editor)));
  for (const file of windows) sum = add(sum, await steadily(file, () => runWindowSuite(path.join(built, 'windows', file), editor)));
  const file = process.env[TOTALS_FILE];
  if (file !== undefined) writeTotals(file, sum);
  console.log(`\nEnd to end: ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
  process.exitCode = sum.failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
