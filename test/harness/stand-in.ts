// A stand-in for the desktop executable that @vscode/test-electron starts: it understands the same switches and
// runs the suite in the server build of the same editor, in a browser. Prints what the suite prints, exits as it exits.
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EDITOR_VERSION, ensureServerEditor } from './editor-install.js';
import { scratchFolder, whenOrphaned } from './processes.js';
import { startServer } from './server.js';
import type { Settings } from './settings.js';
import { REPORT_FILE } from './suite-runner.js';
import { openWindow } from './window.js';

/** Names (comma separated) of the environment variables that belong into the editor, besides its clean ones. */
const PASSED_ON = 'COUNTERSIGN_PASS_ENV';
/** Seconds after which a suite counts as hung. */
const PATIENCE = 'COUNTERSIGN_SUITE_TIMEOUT';

interface Invocation {
  readonly folder: string;
  readonly extensionDevelopmentPath: string;
  readonly extensionTestsPath: string;
  readonly settings: Settings;
}

function parse(args: readonly string[]): Invocation {
  const value = (name: string): string | undefined => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const folder = args.find((arg) => !arg.startsWith('-') && existsSync(arg) && statSync(arg).isDirectory());
  const extensionDevelopmentPath = value('extensionDevelopmentPath');
  const extensionTestsPath = value('extensionTestsPath');
  if (folder === undefined || extensionDevelopmentPath === undefined || extensionTestsPath === undefined) {
    throw new Error(`The stand-in needs a folder, --extensionDevelopmentPath= and --extensionTestsPath=, not: ${args.join(' ')}`);
  }
  const userSettings = path.join(value('user-data-dir') ?? '', 'User', 'settings.json');
  const settings = existsSync(userSettings) ? (JSON.parse(readFileSync(userSettings, 'utf8')) as Settings) : {};
  return { folder, extensionDevelopmentPath, extensionTestsPath, settings };
}

/** Prints what is appended to a file; the result prints the rest and stops. */
function follow(file: string): () => void {
  const handle = openSync(file, 'r');
  const chunk = Buffer.alloc(65_536);
  const pump = () => {
    for (let size = 0; (size = readSync(handle, chunk)) > 0; ) process.stdout.write(Buffer.from(chunk.subarray(0, size)));
  };
  const timer = setInterval(pump, 100);
  return () => {
    clearInterval(timer);
    pump();
    closeSync(handle);
  };
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--version')) {
    console.log(EDITOR_VERSION);
    return 0;
  }
  const { settings, ...target } = parse(args);
  const editor = await ensureServerEditor();
  const scratch = scratchFolder('suite');
  const report = path.join(scratch, 'report');
  writeFileSync(report, '');
  const names = (process.env[PASSED_ON] ?? '').split(',').filter(Boolean);
  const passed = Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
  const server = await startServer({
    editor,
    home: process.env['HOME'] ?? path.join(scratch, 'home'),
    settings,
    env: { ...passed, [REPORT_FILE]: report },
  });
  const stopping = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(130));
    whenOrphaned(() => resolve(130));
  });
  const stopPrinting = follow(report);
  const seconds = Number(process.env[PATIENCE] ?? '600');
  const complaints: string[] = [];
  try {
    const window = await openWindow(server, {
      ...target,
      onLog: (level, text) => {
        if (level === 'error') complaints.push(text);
      },
    });
    const hung = new Promise<number>((resolve) => {
      setTimeout(() => {
        console.error(`The suite did not end within ${seconds} s.`);
        resolve(1);
      }, seconds * 1000).unref();
    });
    const code = await Promise.race([window.exited, hung, stopping]);
    await window.close();
    if (code !== 0) for (const text of complaints.slice(-20)) console.error(`[editor] ${text.slice(0, 1000)}`);
    return code;
  } finally {
    stopPrinting();
    await server.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
