import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDirectory } from '../harness/paths.js';

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

const LIBRARY = 'usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so';

/** OpenSSH’s software security key (Debian package openssh-tests), or undefined with the reason printed. */
export function softwareSecurityKey(): string | undefined {
  const unpacked = path.join(cacheDirectory(), 'openssh-tests');
  const candidates = [process.env['COUNTERSIGN_SK_DUMMY'], `/${LIBRARY}`, path.join(unpacked, LIBRARY)];
  const found = candidates.find((file) => file !== undefined && existsSync(file)) ?? unpack(unpacked);
  if (found === undefined) console.log('      skipped: sk-dummy.so is not there; install the package openssh-tests or set COUNTERSIGN_SK_DUMMY');
  return found;
}

/** Unpacks the package beside the editor, without installing it: it would bring a server along. */
function unpack(folder: string): string | undefined {
  const download = mkdtempSync(path.join(tmpdir(), 'openssh-tests-'));
  try {
    execFileSync('apt-get', ['download', 'openssh-tests'], { cwd: download, stdio: 'ignore' });
    const [file] = readdirSync(download);
    if (file === undefined) return undefined;
    mkdirSync(folder, { recursive: true });
    execFileSync('dpkg-deb', ['-x', path.join(download, file), folder], { stdio: 'ignore' });
    return path.join(folder, LIBRARY);
  } catch {
    return undefined;
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}
