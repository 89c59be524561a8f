import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningAgent {
  readonly env: NodeJS.ProcessEnv;
  add(...args: readonly string[]): void;
  stop(): void;
}

/** A real ssh-agent in the foreground on a socket of its own. */
export async function startAgent(socket: string, ...args: readonly string[]): Promise<RunningAgent> {
  const child: ChildProcess = spawn('ssh-agent', ['-D', '-a', socket, ...args], { stdio: 'ignore' });
  for (let tries = 0; !existsSync(socket); tries += 1) {
    if (tries > 200) throw new Error('ssh-agent did not start');
    await sleep(10);
  }
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  return {
    env,
    add: (...keys) => void execFileSync('ssh-add', ['-q', ...keys], { env, stdio: ['ignore', 'ignore', 'pipe'] }),
    stop: () => void child.kill(),
  };
}

/** OpenSSH's software security key (Debian package openssh-tests), or undefined with the reason printed. */
export function softwareSecurityKey(): string | undefined {
  const candidates = [process.env['COUNTERSIGN_SK_DUMMY'], '/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so'];
  const found = candidates.find((file) => file !== undefined && existsSync(file));
  if (found === undefined) console.log('      skipped: sk-dummy.so is not there; install the package openssh-tests or set COUNTERSIGN_SK_DUMMY');
  return found;
}
