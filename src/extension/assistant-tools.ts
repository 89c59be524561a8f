import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { answerOf, ASSISTANT_TOOLS } from '../broker/assistant-tools.js';
import { plain } from '../core/approval/display.js';
import { clock } from '../world/clock.js';
import type { Desks } from './desks.js';

/** Runs one of the tools that chat assistants see, by its name, and gives what the assistant reads. */
export type RunTool = (name: string, input: unknown) => Promise<string>;

/** An assistant of the editor itself: the API names none. */
const AGENT = { name: 'VS Code agent mode', session: '' };

/** @param environment what a command of an assistant would find in its terminal */
export function toolRunner(desks: Desks, environment: () => Readonly<Record<string, string>>): RunTool {
  return async (name, input) => {
    const tool = ASSISTANT_TOOLS.find((candidate) => candidate.name === name);
    if (!tool) throw new Error(`There is no tool ${name}.`);
    const cwd = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
    return (await answerOf(tool, input, { home: homedir(), cwd, env: environment(), now: clock, desksFor: (directory) => desks.around(directory), agent: AGENT })).text;
  };
}

/** What the user is told, and asked, before a tool runs. */
export function prepareTool(name: string, input: unknown): vscode.PreparedToolInvocation {
  const command = commandIn(input);
  switch (name) {
    case 'countersign_request_approval':
      return {
        invocationMessage: vscode.l10n.t('Asking your teammates for approval'),
        // It is signed with this person's key, so this person says yes.
        confirmationMessages: { title: vscode.l10n.t('Ask your teammates to approve this?'), message: new vscode.MarkdownString().appendCodeblock(plain(command), 'sh') },
      };
    case 'countersign_assess_command':
      return { invocationMessage: vscode.l10n.t('Assessing a command') };
    default:
      return { invocationMessage: vscode.l10n.t('Looking at a request') };
  }
}

function commandIn(input: unknown): string {
  return typeof input === 'object' && input !== null && 'command' in input && typeof input.command === 'string' ? input.command : '';
}
