import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { ServerEditor } from './editor-install.js';
import { which } from './paths.js';
import { endAfterUs, endGroup, run, sleep } from './processes.js';
import { quietSettings, type Settings } from './settings.js';

export interface ServerOptions {
  readonly editor: ServerEditor;
  /** HOME of the server, its extension hosts and its terminals: one per person. */
  readonly home: string;
  /** A free one is taken when absent. */
  readonly port?: number;
  /** User settings, over the quiet defaults. */
  readonly settings?: Settings;
  /** Further files beside the user settings: their text, by their names. */
  readonly userFiles?: Readonly<Record<string, string>>;
  /** Where extensions are installed; inside the server's temporary folder when absent. */
  readonly extensionsDir?: string;
  /** Options for Node itself; the server hands them on to its extension hosts. */
  readonly nodeOptions?: readonly string[];
  /** Added to the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a window opens: paths on this machine. */
export interface Target {
  /** A folder, or the file of a workspace with several. */
  readonly folder: string;
  readonly extensionDevelopmentPath?: string | undefined;
  readonly extensionTestsPath?: string | undefined;
}

const START_MS = 60_000;
/** The build's own default is a public extension gallery, which it would ask for updates. */
const NO_GALLERY = JSON.stringify({ serviceUrl: '' });

/** A running editor server; loopback only, gone with all its processes and its data after `stop()`. */
export class Server {
  private stopping: Promise<void> | undefined;

  private constructor(
    readonly port: number,
    readonly home: string,
    /** Settings, extensions and logs of this server. */
    readonly dataDir: string,
    readonly extensionsDir: string,
    readonly logFile: string,
    readonly editor: ServerEditor,
    private readonly child: ChildProcess,
    private readonly mark: string,
    private readonly dismissWatch: () => void,
  ) {}

  static async start(options: ServerOptions): Promise<Server> {
    const port = options.port ?? (await freePort());
    const dataDir = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'test-editor-')));
    const extensionsDir = options.extensionsDir ?? path.join(dataDir, 'extensions');
    const logFile = path.join(dataDir, 'server.log');
    mkdirSync(options.home, { recursive: true });
    mkdirSync(extensionsDir, { recursive: true });
    writeSettings(dataDir, options.settings);
    for (const [name, text] of Object.entries(options.userFiles ?? {})) writeFileSync(path.join(userFolder(dataDir), name), text);

    const mark = `COUNTERSIGN_HARNESS=${path.basename(dataDir)}`;
    const args = [
      ...(options.nodeOptions ?? []),
      path.join(options.editor.root, 'out', 'server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
      ...['--server-data-dir', dataDir, '--extensions-dir', extensionsDir],
      ...['--disable-telemetry', '--disable-getting-started-override'],
    ];
    const marked = { COUNTERSIGN_HARNESS: path.basename(dataDir), EXTENSIONS_GALLERY: NO_GALLERY };
    const env = { ...cleanEnvironment(options.home), ...options.env, ...marked };
    const child = spawn(options.editor.node, args, { env, cwd: options.home, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const dismissWatch = child.pid === undefined ? () => undefined : endAfterUs(child.pid, mark, dataDir);
    const server = new Server(port, options.home, dataDir, extensionsDir, logFile, options.editor, child, mark, dismissWatch);
    try {
      await server.listening();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** The address a person (or a window) opens; extensions under development are loaded from their folder. */
  address(folder: string, extensions: Omit<Target, 'folder'> = {}): string {
    const remote = (file: string): string => `vscode-remote://127.0.0.1:${this.port}${path.resolve(file)}`;
    const payload = [['skipWelcome', 'true']];
    for (const key of ['extensionDevelopmentPath', 'extensionTestsPath'] as const) {
      const value = extensions[key];
      if (value !== undefined) payload.push([key, remote(value)]);
    }
    const query = new URLSearchParams({ [folder.endsWith('.code-workspace') ? 'workspace' : 'folder']: path.resolve(folder), payload: JSON.stringify(payload) });
    return `http://127.0.0.1:${this.port}/?${query.toString()}`;
  }

  /** Replaces the user settings; windows have them once they are opened or reloaded (this build does not watch the file). */
  configure(settings: Settings): void {
    writeSettings(this.dataDir, settings);
  }

  /** Installs a packaged extension the way a user does; windows opened afterwards have it. */
  installExtension(vsix: string): Promise<void> {
    return this.manage(`Installing ${path.basename(vsix)}`, /successfully installed/, '--install-extension', path.resolve(vsix), '--force');
  }

  uninstallExtension(id: string): Promise<void> {
    return this.manage(`Uninstalling ${id}`, /successfully uninstalled/, '--uninstall-extension', id);
  }

  private async manage(what: string, success: RegExp, ...args: readonly string[]): Promise<void> {
    const place = ['--server-data-dir', this.dataDir, '--extensions-dir', this.extensionsDir, '--accept-server-license-terms'];
    const printed = await run(this.editor.node, [path.join(this.editor.root, 'out', 'server-main.js'), ...args, ...place], { env: cleanEnvironment(this.home), what });
    if (!success.test(printed)) throw new Error(`${what} failed:\n${printed}`);
  }

  /** Ends the server, its extension hosts, terminals and all they started, and removes its data. */
  stop(): Promise<void> {
    this.stopping ??= (async () => {
      await endGroup(this.child, this.mark);
      this.dismissWatch();
      rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 3 });
    })();
    return this.stopping;
  }

  private async listening(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline && this.child.exitCode === null && this.child.pid !== undefined) {
      if (await answers(this.port)) return;
      await sleep(50);
    }
    throw new Error(`The editor server does not listen on port ${this.port}:\n${readFileSync(this.logFile, 'utf8').slice(-4000)}`);
  }
}

export const startServer = (options: ServerOptions): Promise<Server> => Server.start(options);
export const installExtension = (server: Server, vsix: string): Promise<void> => server.installExtension(vsix);

function userFolder(dataDir: string): string {
  return path.join(dataDir, 'data', 'User');
}

function writeSettings(dataDir: string, settings: Settings = {}): void {
  mkdirSync(userFolder(dataDir), { recursive: true });
  writeFileSync(path.join(userFolder(dataDir), 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/version`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('No free port.'));
      });
    });
  });
}

const CARRIED = /^(USER|LOGNAME|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|SSL_CERT_FILE|SSL_CERT_DIR)$/;

/** What a freshly logged-in person would have: nothing of the shell, the npm run or the sandbox we were started from. */
export function cleanEnvironment(home: string): Record<string, string> {
  const carried = Object.entries(process.env).filter((entry): entry is [string, string] => CARRIED.test(entry[0]) && entry[1] !== undefined);
  const tools = ['git', 'ssh', 'ssh-keygen', 'node'].map((command) => which(command)).filter((file) => file !== undefined);
  const usual = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const searchPath = [...new Set([...usual, ...tools.map((file) => path.dirname(file))])].join(path.delimiter);
  return { ...Object.fromEntries(carried), LANG: process.env['LANG'] ?? 'C.UTF-8', SHELL: which('bash') ?? '/bin/sh', HOME: home, PATH: searchPath };
}
