import { existsSync } from 'node:fs';
import { which } from './paths.js';
import { postgresBinaries } from './postgres.js';
import { run } from './processes.js';

/** A Debian package and how to see that what it brings is there, however it came. */
export interface SystemPackage {
  readonly name: string;
  readonly present: () => boolean;
}

const onPath = (name: string, ...commands: string[]): SystemPackage => ({
  name,
  present: () => (commands.length === 0 ? [name] : commands).some((command) => which(command) !== undefined),
});

/** What compiling the editor's native modules needs. */
export const buildPackages: readonly SystemPackage[] = [
  onPath('python3'),
  onPath('make'),
  onPath('g++'),
  onPath('pkg-config'),
  onPath('libkrb5-dev', 'krb5-config'),
];

export const browserPackage = onPath('chromium', 'chromium', 'chromium-browser', 'google-chrome');
export const zshPackage = onPath('zsh');
export const fishPackage = onPath('fish');
export const postgresPackage: SystemPackage = { name: 'postgresql', present: () => postgresBinaries() !== undefined };

/** Installs what is missing where that needs nobody's password; otherwise says in one sentence what to run. */
export async function ensureSystemPackages(packages: readonly SystemPackage[], purpose: string): Promise<void> {
  const missing = packages.filter((entry) => !entry.present()).map((entry) => entry.name);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!mayInstall) throw new Error(`${purpose} needs ${missing.join(', ')}, not installed here; run: sudo ${command}`);
  console.log(`Installing system packages for ${purpose}: ${missing.join(', ')}…`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { what: 'apt-get update', env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { what: command, env });
}
