import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { gateDirectory } from '../../src/guards/install.js';
import { BashStage, PROMPT } from './bash-stage.js';
import type { Terminal } from './pty.js';

/** What a shell is told to load; see the environment that the extension sets. */
type Loader = (gate: string) => Readonly<Record<string, string>>;

export const ZSH: Loader = (gate) => ({ ZDOTDIR: path.join(gate, 'zdotdir') });
export const FISH: Loader = (gate) => ({ XDG_DATA_DIRS: `${path.join(gate, 'share')}:/usr/local/share:/usr/share` });

/** The stage of the bash tests, with zsh or fish on it. */
export class ShellStage extends BashStage {
  constructor(
    private readonly shell: string,
    private readonly loader: Loader,
  ) {
    super();
    mkdirSync(path.join(this.home, '.config', 'fish'), { recursive: true });
    // Otherwise fish makes completions of all manual pages, behind our backs.
    mkdirSync(path.join(this.home, '.local', 'share', 'fish', 'generated_completions'), { recursive: true });
    this.startFile('');
  }

  /** What the shell reads at its start, below what makes its prompt known. */
  startFile(text: string): void {
    this.write('.zshrc', `PS1='${PROMPT}'\nunsetopt PROMPT_SP\n${text}\n`);
    this.write('.config/fish/config.fish', `function fish_greeting; end\nfunction fish_prompt; echo -n '${PROMPT}'; end\n${text}\n`);
  }

  override get env(): Record<string, string> {
    return { ...super.env, PROMPT_COMMAND: '', BASH_ENV: '', ...this.loader(gateDirectory(this.home)) };
  }

  /** An interactive shell at its first prompt. */
  interactive(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    return this.start(this.shell, args, env);
  }

  /** Types a line and waits for the next prompt; gives what was shown in between. */
  override async line(terminal: Terminal, text: string): Promise<string> {
    const from = terminal.output.length;
    terminal.write(`${text}\r`);
    await terminal.waitFor(/\n[^\n]*ready> /);
    return visible(terminal.output.slice(from));
  }

  /** Runs the shell without a terminal. */
  run(args: readonly string[], input = ''): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
    const child = spawn(this.shell, args, { cwd: this.work, env: this.env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  }
}

/** What a terminal would show of this, roughly: without escape sequences and returns. */
export function visible(text: string): string {
  return text.replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[[(][0-9;?>]*[A-Za-z=]?|\u001b[=>78]|\r/g, '');
}
