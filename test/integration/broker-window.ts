import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { askRecord, formatRecord, greeting, type QuickAsk } from '../../src/broker/quick-protocol.js';
import { quickFile, WINDOW_VARIABLE } from '../../src/broker/windows.js';
import { gateShellPath } from '../../src/guards/gate-shell.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { environmentOf, type Person } from '../demo/team.js';
import type { HostOptions } from '../harness/broker-host.js';
import { repositoryRoot } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';

const out = (name: string) => path.join(repositoryRoot(), 'out', name);

/** A process whose output is collected. */
export class Running {
  text = '';
  /** Milliseconds from its start to its first word. */
  firstWord: number | undefined;
  readonly ended: Promise<number | null>;

  constructor(readonly child: ChildProcess) {
    const started = Date.now();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.firstWord ??= Date.now() - started;
        this.text += chunk;
      });
    }
    this.ended = once(child, 'close').then(([code]) => code as number | null);
  }

  /** Ends it together with everything that it started. */
  kill(): void {
    try {
      process.kill(-(this.child.pid ?? 0), 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
  }

  async says(pattern: RegExp): Promise<void> {
    await waitFor(() => pattern.test(this.text), { message: `${String(pattern)} in what it says`, timeout: 60_000 }).catch((error: unknown) => {
      throw new Error(`It said: ${this.text}`, { cause: error });
    });
  }
}

/** A window in a process of its own, which can be killed, stopped and replaced. */
export async function openWindow(person: Person, named = true): Promise<Running & { readonly name: string }> {
  const options: HostOptions = { person, named };
  const running = new Running(spawn(process.execPath, [out('test/harness/broker-host.js'), JSON.stringify(options)], { cwd: person.clone, env: environmentOf(person), stdio: ['ignore', 'pipe', 'pipe'] }));
  await running.says(/listening as \S+\n/);
  return Object.assign(running, { name: /listening as (\S+)/.exec(running.text)?.[1] ?? '' });
}

/** Installs the guards and gives the environment of a terminal of this window. */
export function terminalOf(person: Person, window = ''): Record<string, string> {
  installGuards(person.home, { shell: '/bin/sh', node: process.execPath, gate: out('gate.js') });
  return { ...environmentOf(person), [WINDOW_VARIABLE]: window, COUNTERSIGN_GATE: gateDirectory(person.home) };
}

/** A task, as the editor starts it. */
export function startTask(person: Person, env: Record<string, string>, command: string): Running {
  return new Running(spawn(gateShellPath(person.home), ['-c', command], { cwd: person.clone, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }));
}

/** The slow question of a guard; its exit code is the answer. */
export function askSlowly(person: Person, env: Record<string, string>, kind: string, text: string, input?: string): Running {
  const child = spawn(path.join(gateDirectory(person.home), 'ask'), [kind, '/bin/bash', String(process.pid), text], { cwd: person.clone, env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  return new Running(child);
}

/** A shell's side of the quick protocol. */
export class QuickClient {
  private text = '';
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (this.text += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
  }

  static async connect(person: Person, window: string, token?: string): Promise<QuickClient> {
    const [port = '', known = ''] = readFileSync(quickFile(person.home, window), 'utf8').trim().split(' ');
    const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
    const client = new QuickClient(socket);
    await once(socket, 'connect');
    if (token !== '') socket.write(greeting(token ?? known));
    return client;
  }

  send(...fields: readonly string[]): void {
    this.socket.write(formatRecord(...fields));
  }

  /** The next answer, or `closed`. */
  async answer(): Promise<string> {
    await waitFor(() => this.closed || this.text.includes('\n'), { message: 'an answer' });
    const end = this.text.indexOf('\n');
    if (end < 0) return 'closed';
    const line = this.text.slice(0, end);
    this.text = this.text.slice(end + 1);
    return line;
  }

  ask(ask: QuickAsk): Promise<string> {
    this.socket.write(askRecord(ask));
    return this.answer();
  }
}

/** A question as a shell of this person asks it. */
export function quickAsk(person: Person, text: string, changes: Partial<QuickAsk> = {}): QuickAsk {
  const environment = Object.entries(environmentOf(person)).map(([name, value]) => `declare -x ${name}="${value}"\n`).join('');
  return { kind: 'line', shell: '/bin/bash', pid: process.pid, cwd: person.clone, text, definitions: '', environment, ...changes };
}
