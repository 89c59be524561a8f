import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode, type ProgressReport, ProgressReportStage } from '@vscode/test-electron';
import { patchEditor } from './editor-patches.js';
import { underLock } from './install-lock.js';
import { cacheDirectory, which } from './paths.js';
import { isAlive, run } from './processes.js';
import { browserPackage, buildPackages, ensureSystemPackages } from './system-packages.js';

/** The editor the tests are written against, and the npm packages that carry its server build and the Node it needs. */
export const EDITOR_VERSION = '1.139.1';
const SERVER_PACKAGE = 'code-server@4.139.1';
const NODE_VERSION = '24.21.0';
const REACHABILITY_MS = 20_000;

/** A desktop executable, as users have it. */
export interface DesktopEditor {
  readonly kind: 'desktop';
  readonly executable: string;
}

/** The same editor as a server, shown in a browser. */
export interface ServerEditor {
  readonly kind: 'server';
  /** Folder with `out/server-main.js`. */
  readonly root: string;
  readonly node: string;
  readonly browser: string;
}

export type Editor = DesktopEditor | ServerEditor;

/**
 * The editor to test in: `VSCODE_BIN` if set, else a desktop download, else the server build.
 * `COUNTERSIGN_EDITOR=server` or `=desktop` takes the choice away.
 */
export async function ensureEditor(): Promise<Editor> {
  const chosen = process.env['VSCODE_BIN'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen)) throw new Error(`VSCODE_BIN names ${chosen}, which does not exist.`);
    return { kind: 'desktop', executable: chosen };
  }
  const wish = process.env['COUNTERSIGN_EDITOR'] ?? '';
  if (!['', 'server', 'desktop'].includes(wish)) throw new Error(`COUNTERSIGN_EDITOR is "${wish}"; it may be server or desktop.`);
  if (wish === 'server') return ensureServerEditor();
  if (wish === '' && (existsSync(serverFolder()) || lacksDisplay())) return ensureServerEditor();
  try {
    return { kind: 'desktop', executable: await downloadDesktop() };
  } catch (error) {
    if (wish === 'desktop') throw error;
    console.log(`The desktop editor cannot be downloaded here (${(error as Error).message}); using the server build.`);
    return ensureServerEditor();
  }
}

const lacksDisplay = (): boolean =>
  process.platform === 'linux' && process.env['DISPLAY'] === undefined && process.env['WAYLAND_DISPLAY'] === undefined;

async function downloadDesktop(): Promise<string> {
  let downloading = false;
  const report = (progress: ProgressReport) => {
    if (progress.stage !== ProgressReportStage.Downloading || downloading) return;
    downloading = true;
    console.log(`Downloading VS Code ${EDITOR_VERSION} (once)…`);
  };
  return downloadAndUnzipVSCode({
    version: EDITOR_VERSION,
    cachePath: path.join(cacheDirectory(), 'desktop'),
    timeout: REACHABILITY_MS,
    reporter: { report, error: () => undefined },
  });
}

const nodePackage = (): string => `node-linux-${process.arch}`;
const serverFolder = (): string =>
  path.join(cacheDirectory(), `editor-${SERVER_PACKAGE.replace('@', '-')}-node-${NODE_VERSION}-${process.arch}`);

/** The server build, installed and patched; a second call finds it in the cache. */
export async function ensureServerEditor(): Promise<ServerEditor> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(`The server build of the editor runs on Linux only; set VSCODE_BIN to a desktop VS Code (this is ${process.platform} ${process.arch}).`);
  }
  await ensureSystemPackages([browserPackage], 'the editor window');
  const folder = serverFolder();
  const editor = inside(folder);
  const lock = `${folder}.lock`;
  await underLock(lock, `Waiting for another run that installs the editor (it holds ${lock})…`, async () => {
    if (!existsSync(folder)) await installServer(folder);
    patchEditor(editor.root);
  });
  const browser = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => which(name)).find((file) => file !== undefined);
  if (browser === undefined) throw new Error('No Chromium on PATH.');
  return { kind: 'server', ...editor, browser };
}

const inside = (folder: string): { root: string; node: string } => ({
  root: path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode'),
  node: path.join(folder, 'node_modules', nodePackage(), 'bin', 'node'),
});

/** Installs beside the final place and renames when complete, so that a broken attempt is never mistaken for an editor. */
async function installServer(folder: string): Promise<void> {
  const started = Date.now();
  console.log('Installing the editor (once, about 3 minutes)…');
  await ensureSystemPackages(buildPackages, "the editor's native modules");
  sweepAbandoned(folder);
  const work = mkdtempSync(`${folder}.${process.pid}-`);
  try {
    writeFileSync(path.join(work, 'package.json'), JSON.stringify({ name: 'editor', private: true }));
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    const packages = [`${nodePackage()}@${NODE_VERSION}`, SERVER_PACKAGE];
    const npm = which('npm') ?? 'npm';
    await run(npm, ['install', ...packages, '--ignore-scripts', ...quiet], { cwd: work, env: npmEnvironment(), what: 'npm install of the editor' });
    console.log('  fetched; now building its native modules…');
    const { root, node } = inside(work);
    await run(npm, ['install', '--omit=dev', ...quiet], { cwd: root, env: npmEnvironment(node), what: "Building the editor's native modules" });
    patchEditor(root);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`  installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** Removes what runs that were killed in the middle have left; a run that is still going keeps its folder. */
function sweepAbandoned(folder: string): void {
  const parent = path.dirname(folder);
  mkdirSync(parent, { recursive: true });
  for (const entry of readdirSync(parent)) {
    const owner = entry.startsWith(`${path.basename(folder)}.`) ? /\.(\d+)-[^.]*$/.exec(entry) : null;
    if (owner === null || isAlive(Number(owner[1]))) continue;
    try {
      rmSync(path.join(parent, entry), { recursive: true, force: true });
    } catch {
      // The npm of the killed run still writes there; the next install will sweep it.
    }
  }
}

/** npm's own settings of the run that called us (its folder, its flags) must not reach this install. */
function npmEnvironment(node?: string): NodeJS.ProcessEnv {
  const kept = /^npm_config_(registry|cache|userconfig|globalconfig|.*proxy|cafile)$/i;
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => key !== 'NODE_ENV' && key !== 'INIT_CWD' && (!/^npm_/i.test(key) || kept.test(key))),
  );
  if (node === undefined) return env;
  const bin = path.dirname(node);
  return { ...env, PATH: `${bin}${path.delimiter}${env['PATH'] ?? ''}`, npm_config_nodedir: path.dirname(bin) };
}
