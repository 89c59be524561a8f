import path from 'node:path';
import * as vscode from 'vscode';

/** How long a shell may take until its guard says hello before its terminal counts as not guarded, in milliseconds. */
const PATIENCE = 8_000;

export type TerminalState = 'guarded' | 'starting' | 'unguarded' | 'no shell';

/** Which terminals of this window have a guard: a shell that loaded one says hello with its pid. */
export class TerminalWatch implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly greeted = new Set<number>();
  private readonly pids = new Map<vscode.Terminal, number>();
  private readonly late = new Set<vscode.Terminal>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.window.onDidOpenTerminal((terminal) => void this.meet(terminal)),
      vscode.window.onDidCloseTerminal((terminal) => this.forget(terminal)),
    ];
    for (const terminal of vscode.window.terminals) void this.meet(terminal);
  }

  /** A guarded shell said hello. */
  greet(pid: number): void {
    this.greeted.add(pid);
    this.changed.fire();
  }

  stateOf(terminal: vscode.Terminal): TerminalState {
    const pid = this.pids.get(terminal);
    if (pid !== undefined && this.greeted.has(pid)) return 'guarded';
    if (isPseudo(terminal)) return 'no shell';
    return this.late.has(terminal) ? 'unguarded' : 'starting';
  }

  /** Whether the shell of a terminal said hello; waits for it as long as a shell may take to start. */
  async isGuarded(terminal: vscode.Terminal): Promise<boolean> {
    for (const deadline = Date.now() + PATIENCE; this.stateOf(terminal) === 'starting' && Date.now() < deadline; ) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          listener.dispose();
          resolve();
        };
        const timer = setTimeout(done, deadline - Date.now());
        const listener = this.onDidChange(done);
      });
    }
    return this.stateOf(terminal) === 'guarded';
  }

  pidOf(terminal: vscode.Terminal): number | undefined {
    return this.pids.get(terminal);
  }

  private async meet(terminal: vscode.Terminal): Promise<void> {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.late.add(terminal);
      this.changed.fire();
    }, PATIENCE);
    this.timers.add(timer);
    const pid = await terminal.processId;
    if (pid !== undefined) this.pids.set(terminal, pid);
    this.changed.fire();
  }

  private forget(terminal: vscode.Terminal): void {
    const pid = this.pids.get(terminal);
    if (pid !== undefined) this.greeted.delete(pid);
    this.pids.delete(terminal);
    this.late.delete(terminal);
    this.changed.fire();
  }

  dispose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }
}

/** A terminal that another extension draws has no process of its own. */
function isPseudo(terminal: vscode.Terminal): boolean {
  return 'pty' in terminal.creationOptions;
}

/** The name of a terminal's shell, as far as VS Code says: `bash`, `dash`. */
export function shellNameOf(terminal: vscode.Terminal): string | undefined {
  const { creationOptions: options, state } = terminal;
  const given = 'shellPath' in options ? options.shellPath : undefined;
  if (given !== undefined) return path.basename(given);
  // VS Code 1.107 and later tell what they found out.
  return 'shell' in state && typeof state.shell === 'string' ? state.shell : undefined;
}
