import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { CANARY } from '../core/rules/canary.js';
import { gateDirectory } from '../guards/install.js';
import { installShims, shimsDirectory } from '../guards/shims.js';
import { writeScript } from '../guards/write-script.js';

/** When a window that opens has other things behind it, in milliseconds. */
const SETTLED = 3_000;

/** Gives a stand-in to every tool on the PATH that can reach production, and to the drill's canary. */
export function keepShims(): vscode.Disposable {
  const gate = gateDirectory(homedir());
  const refresh = () => {
    const canary = path.join(gate, 'canary');
    // Shims stand only in front of what is there.
    writeScript(path.join(canary, CANARY), '#!/bin/sh\n# What the shim of the drill stands for while no drill is played. It does nothing.\n');
    installShims(gate, `${process.env['PATH'] ?? ''}${path.delimiter}${canary}`);
  };
  // Shims outlive the window; only in the first one somebody may miss them.
  const timer = setTimeout(refresh, existsSync(shimsDirectory(gate)) ? SETTLED : 0);
  return new vscode.Disposable(() => clearTimeout(timer));
}
