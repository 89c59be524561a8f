import { watch, type FSWatcher } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ASSISTANTS } from '../assistants/assistants.js';

/** What the person's shells read when they start. Directory below the home, then the files. */
const START_FILES: readonly (readonly [directory: string, names: readonly string[]])[] = [
  ['', ['.bashrc', '.bash_profile', '.bash_login', '.profile', '.zshrc', '.zshenv', '.zprofile', '.zlogin']],
  ['.config/fish', ['config.fish']],
];

/** One folder below the home, and what in it gates rest on. */
interface WatchedFolder {
  readonly directory: string;
  readonly has: (name: string) => boolean;
}

/** Files below the home directory that gates rest on: what shells and assistants read when they start. */
export function homeFiles(): readonly string[] {
  const assistants = ASSISTANTS.flatMap(({ placements, switches }) => [...placements.user.flatMap((placement) => (placement.type === 'entries' ? [] : [placement.file])), ...switches.filter(({ scope }) => scope === 'user').map(({ file }) => file)]);
  const start = START_FILES.flatMap(([directory, names]) => names.map((name) => path.posix.join(directory, name)));
  return [...new Set([...start, ...assistants])].map((file) => path.join(homedir(), file));
}

/**
 * Calls back with each such file that somebody changed. The directories are watched and not the files: editors replace a
 * file instead of changing it. One that is not there yet is waited for.
 */
export class HomeWatch {
  private readonly watchers = new Set<FSWatcher>();

  constructor(private readonly changed: (file: string) => void) {
    const byDirectory = new Map<string, string[]>();
    for (const file of homeFiles()) byDirectory.set(path.dirname(file), [...(byDirectory.get(path.dirname(file)) ?? []), path.basename(file)]);
    const folders = ASSISTANTS.flatMap(({ placements }) => placements.user.flatMap((placement) => (placement.type === 'entries' ? [path.join(homedir(), placement.folder)] : [])));
    const watched: readonly WatchedFolder[] = [
      ...[...byDirectory].map(([directory, names]) => ({ directory, has: (name: string) => names.includes(name) })),
      ...[...new Set(folders)].map((directory) => ({ directory, has: (name: string) => name.endsWith('.json') })),
    ];
    for (const folder of watched) this.watchFolder(folder);
  }

  private watchFolder(folder: WatchedFolder): void {
    const { directory, has } = folder;
    const isThere = this.watch(directory, (name) => has(name) && this.changed(path.join(directory, name)));
    if (!isThere && directory !== homedir()) this.wait(folder, directory);
  }

  /** Waits for a missing directory in the nearest one that is there. */
  private wait(folder: WatchedFolder, missing: string): void {
    const parent = path.dirname(missing);
    const waiting = this.watch(parent, (name) => {
      if (name !== path.basename(missing)) return;
      this.end(waiting);
      this.watchFolder(folder);
      // What it was made for may be in it already.
      for (const file of homeFiles()) if (path.dirname(file) === folder.directory) this.changed(file);
    });
    if (!waiting && parent !== homedir() && parent !== path.dirname(parent)) this.wait(folder, parent);
  }

  private watch(directory: string, happened: (name: string) => unknown): FSWatcher | undefined {
    try {
      const watcher = watch(directory, (_event, name) => name !== null && happened(name));
      watcher.on('error', () => this.end(watcher));
      this.watchers.add(watcher);
      return watcher;
    } catch {
      // It is not there, or the system lets nobody watch more; the shells themselves still say hello or not.
      return undefined;
    }
  }

  private end(watcher: FSWatcher | undefined): void {
    watcher?.close();
    if (watcher) this.watchers.delete(watcher);
  }

  dispose(): void {
    for (const watcher of [...this.watchers]) this.end(watcher);
  }
}
