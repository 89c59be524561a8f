import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { runMocha } from '../../harness/suite-runner.js';

/** Guards the ground the other suites stand on: a real editor that refuses what users' editors refuse. */
export const run = (): Promise<void> =>
  runMocha([], () => {
    describe('the editor under test', () => {
      it('is at least the version the extension asks for', () => {
        const [major = 0, minor = 0] = vscode.version.split('.').map(Number);
        assert.ok(major > 1 || minor >= 101, vscode.version);
      });

      it('refuses proposed API, so that a suite cannot pass on what users do not have', () => {
        const proposed = vscode.window as unknown as { onDidWriteTerminalData: (listener: () => void) => vscode.Disposable };
        assert.throws(() => proposed.onDidWriteTerminalData(() => undefined), /CANNOT use API proposal/);
      });

      it('has the extension installed', () => {
        assert.ok(vscode.extensions.getExtension('countersign.countersign'));
      });
    });
  });
