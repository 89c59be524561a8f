import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { GuardAsk } from '../../src/broker/protocol.js';
import type { QuickAsk } from '../../src/broker/quick-protocol.js';
import { BrokerServer } from '../../src/broker/server.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { repositoryRoot } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';
import { Terminal } from './pty.js';

/** What stands at the end of every prompt of the stage. */
export const PROMPT = 'ready> ';

const WORDS = /[a-z]\w*/g;

/** One ask that was held, and what the test decides about it. */
export interface Held {
  readonly ask: GuardAsk;
  readonly signal: AbortSignal;
  decide(run: boolean): void;
}

/**
 * A home with the guards installed, and a broker that holds every line with the word `danger` in it. The program
 * `danger` leaves the names it was called with in a file: an effect that cannot be missed.
 */
export class BashStage {
  readonly home = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'test-bash-')));
  readonly work = path.join(this.home, 'work');
  readonly asked: QuickAsk[] = [];
  readonly greeted: number[] = [];
  readonly prompted: number[] = [];
  readonly held: Held[] = [];
  private readonly terminals: Terminal[] = [];
  private server: BrokerServer | undefined;

  constructor() {
    mkdirSync(path.join(this.home, 'bin'));
    mkdirSync(this.work);
    this.program('danger', 'echo "$*" >> "$HOME/effects"; echo "danger ran: $*"; exit "${DANGER_STATUS:-0}"');
    this.write('.bashrc', `PS1='${PROMPT}'\nHISTFILE=/dev/null\n`);
    installGuards(this.home, { shell: '/bin/bash', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
  }

  async open(): Promise<void> {
    this.server = new BrokerServer(
      this.home,
      (ask, say, signal) => {
        say([`held: ${ask.text.split('\n').at(-1) ?? ''}`]);
        return new Promise((resolve) => {
          this.held.push({ ask, signal, decide: resolve });
          signal.addEventListener('abort', () => resolve(false));
        });
      },
      {
        ask: (ask, define) => this.judge(ask, define),
        call: () => ({ run: false }),
        prompted: (pid) => void this.prompted.push(pid),
        greeted: (_shell, pid) => void this.greeted.push(pid),
      },
    );
    await this.server.start([this.home]);
  }

  private async judge(ask: QuickAsk, define: (names: readonly string[]) => Promise<string | undefined>): Promise<{ run: boolean }> {
    this.asked.push(ask);
    let { definitions } = ask;
    // As the engine would find out: a name that is computed, and what the definitions call.
    let unknown = [...ask.text.matchAll(/\$\{p\}(\w+)/g)].map(([, end = '']) => `po${end}`);
    const known = new Set(ask.text.match(WORDS));
    for (let round = 0; round < 4; round += 1) {
      unknown = [...new Set([...unknown, ...(definitions.match(WORDS) ?? [])])].filter((name) => !known.has(name));
      if (unknown.length === 0) break;
      for (const name of unknown) known.add(name);
      definitions += (await define(unknown)) ?? '';
    }
    return { run: !/danger/.test(definitions + ask.text) };
  }

  get env(): Record<string, string> {
    const gate = gateDirectory(this.home);
    return {
      HOME: this.home,
      PATH: `${path.join(this.home, 'bin')}:/usr/local/bin:/usr/bin:/bin`,
      LANG: 'C.UTF-8',
      SHLVL: '1',
      COUNTERSIGN_WINDOW: this.server?.windowName ?? 'none',
      COUNTERSIGN_GATE: gate,
      PROMPT_COMMAND: '. "$COUNTERSIGN_GATE/guard.bash"',
      BASH_ENV: path.join(gate, 'guard.bash'),
    };
  }

  /** An interactive bash at its first prompt. */
  bash(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    return this.start('/bin/bash', args, env);
  }

  /** The same for another program that becomes one. */
  async start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    const terminal = await Terminal.start(program, args, { cwd: this.work, env: { ...this.env, ...env } });
    this.terminals.push(terminal);
    await terminal.waitFor(PROMPT);
    return terminal;
  }

  /** Waits for one more line to be held. */
  async nextHeld(): Promise<Held> {
    const known = this.held.length;
    return waitFor(() => this.held[known], { message: 'nothing was held' });
  }

  /** Types a line and waits for the next prompt; gives what was shown in between. */
  async line(terminal: Terminal, text: string): Promise<string> {
    const from = terminal.output.length;
    terminal.write(`${text}\r`);
    await terminal.waitFor(/\n(?:[^\n]*\u0007)?[^\n]*ready> $/);
    return terminal.output.slice(from);
  }

  /** The names that `danger` was called with. */
  get effects(): readonly string[] {
    const file = path.join(this.home, 'effects');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.home, file), text);
  }

  read(file: string): string {
    return readFileSync(path.join(this.home, file), 'utf8');
  }

  program(name: string, script: string): void {
    const file = path.join(this.home, 'bin', name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  closeBroker(): void {
    this.server?.dispose();
    this.server = undefined;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.terminals.map((terminal) => terminal.kill()));
    this.closeBroker();
    rmSync(this.home, { recursive: true, force: true });
  }
}
