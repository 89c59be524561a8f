import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from './paths.js';
import { run } from './processes.js';

/**
 * Packages the extension exactly as a release does, into the given .vsix file. Works on a copy of the checkout,
 * because the production build clears `out/`, which the running tests were loaded from.
 */
export async function packageExtension(vsix: string): Promise<string> {
  const root = repositoryRoot();
  const left = new Set(['node_modules', 'out', '.git', '.vscode-test'].map((name) => path.join(root, name)));
  const copy = mkdtempSync(path.join(os.tmpdir(), 'test-package-'));
  try {
    cpSync(root, copy, { recursive: true, filter: (file) => !left.has(file) && !file.endsWith('.vsix') });
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'dir');
    const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', path.resolve(vsix)];
    await run(process.execPath, args, { cwd: copy, what: 'Packaging the extension' });
    return path.resolve(vsix);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
