import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CANARY } from '../core/rules/canary.js';
import { Git } from '../world/git.js';

/** How often a plot is listened to, in milliseconds. */
const LOOK = 25;

/** Rules of the drill's own, so that no team's naming can make the canary harmless. */
const POLICY = `version: 1
environments:
  production:
    approvals: 1
`;

/** The place of one canary: its files, and the marker that it would leave. */
export interface Plot {
  /** Absolute. */
  readonly directory: string;
  /** The canary's command line by its absolute path, for POSIX shells, fish and PowerShell alike. */
  readonly line: string;
  /** The same by name, found through PATH. */
  readonly byName: string;
  /** The same as words, by its absolute path. */
  readonly argv: readonly [string, ...string[]];
  hasSung(): boolean;
  /** Resolves when the canary has come through, or the signal fires. */
  sung(signal: AbortSignal): Promise<void>;
  /** Writes a file beside the canary and gives its path. */
  write(name: string, text: string, executable?: boolean): string;
}

/**
 * A private directory in which the drill plays. Its name holds 128 random bits, which nobody knows before it is
 * there: by it a gate tells a canary of this drill from everything else.
 */
export class Ground {
  /** Directory of the canary program, to be searched last. */
  readonly bin: string;

  private constructor(readonly directory: string) {
    this.bin = path.join(directory, 'bin');
  }

  static async make(): Promise<Ground> {
    const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-drill-')));
    const ground = new Ground(path.join(parent, randomBytes(16).toString('hex')));
    mkdirSync(ground.bin, { recursive: true, mode: 0o700 });
    const program = path.join(ground.bin, CANARY);
    writeFileSync(program, `#!/bin/sh\n# A canary of Countersign's drill: it leaves one line where it was let through, and does nothing else.\necho sung >> "$3"\n`);
    chmodSync(program, 0o700);
    mkdirSync(path.join(ground.directory, '.countersign'));
    writeFileSync(path.join(ground.directory, '.countersign', 'policy.yaml'), POLICY);
    await ground.enrol();
    return ground;
  }

  /** A repository of its own: what is decided here is never asked of the team. */
  private async enrol(): Promise<void> {
    const git = new Git(this.directory, { ...process.env, ...PRIVATE_GIT });
    await git.text(['init', '--quiet', '--initial-branch=main']);
    await git.text(['add', '--all']);
    await git.text(['commit', '--quiet', '-m', 'The drill'], { env: PRIVATE_GIT });
  }

  /** Whether something lies on this ground. */
  covers(directory: string): boolean {
    return directory === this.directory || directory.startsWith(`${this.directory}${path.sep}`);
  }

  async plot(id: string): Promise<Plot> {
    const directory = path.join(this.directory, id.replace(/[^a-z0-9]+/gi, '-'), randomBytes(4).toString('hex'));
    mkdirSync(directory, { recursive: true });
    const marker = path.join(directory, 'marker');
    const argv = [path.join(this.bin, CANARY), '--environment', 'production', marker] as const;
    const hasSung = () => existsSync(marker);
    return Promise.resolve({
      directory,
      argv,
      // No character here means anything to any shell.
      line: argv.join(' '),
      byName: [CANARY, ...argv.slice(1)].join(' '),
      hasSung,
      sung: (signal: AbortSignal) => watch(hasSung, signal),
      write: (name: string, text: string, executable = false) => {
        const file = path.join(directory, name);
        writeFileSync(file, text, { mode: executable ? 0o700 : 0o600 });
        return file;
      },
    });
  }

  dispose(): void {
    rmSync(path.dirname(this.directory), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Nothing of the user's git configuration: no signing, no templates, no hooks. */
export const PRIVATE_GIT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Drill',
  GIT_AUTHOR_EMAIL: 'drill@countersign.invalid',
  GIT_COMMITTER_NAME: 'Drill',
  GIT_COMMITTER_EMAIL: 'drill@countersign.invalid',
};

function watch(isThere: () => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isThere() && !signal.aborted) return;
      clearInterval(timer);
      resolve();
    }, LOOK);
  });
}
