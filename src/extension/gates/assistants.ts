import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Assistant } from '../../assistants/assistant.js';
import { ASSISTANTS } from '../../assistants/assistants.js';
import { install, isPresent, standingOf, type Ground, type Standing } from '../../assistants/install/install.js';
import { inert } from '../../core/approval/display.js';
import { messageOf } from '../../core/errors.js';
import { agentModeFix, carriedHooks } from './agent-mode.js';
import { consent, type Fix, type Gate, type GateGroup } from './gate.js';

/** Every assistant that is installed on this machine, and whether it asks before it acts. */
export function assistantGates(): GateGroup {
  // The hook needs bash.
  const present = process.platform === 'win32' ? [] : ASSISTANTS.filter((assistant) => isPresent(assistant, ground()));
  return { id: 'assistants', name: vscode.l10n.t('AI assistants'), gates: present.map(gateOf) };
}

function gateOf(assistant: Assistant): Gate {
  const { state, detail } = bestOf(assistant);
  const base = { id: `assistant/${assistant.id}`, name: assistant.name, explanation: inert(detail) };
  if (state === 'gated') return { ...base, state: 'gated' };
  if (state === 'silenced' && ground().carried?.has(assistant.id)) {
    const fix = agentModeFix();
    return { ...base, state: 'open', ...(fix && { fix }) };
  }
  return state === 'missing' || state === 'outdated' ? { ...base, state: 'open', fix: fixOf([assistant]) } : { ...base, state: 'open' };
}

/** “Gate my assistants…”: lets the person choose, says which files change, and writes them. */
export async function gateAssistants(): Promise<void> {
  const items = ASSISTANTS.filter((assistant) => assistant.hook !== undefined).map((assistant) => {
    const { state, detail } = bestOf(assistant);
    const present = isPresent(assistant, ground());
    return { label: assistant.name, description: state === 'gated' ? vscode.l10n.t('waits for review') : present ? vscode.l10n.t('not gated') : vscode.l10n.t('not found here'), detail: inert(detail), picked: present && state !== 'gated', assistant };
  });
  const chosen = await vscode.window.showQuickPick(items, { canPickMany: true, title: vscode.l10n.t('Gate my assistants'), placeHolder: vscode.l10n.t('Which assistants are to ask before they act?') });
  if (chosen && chosen.length > 0) await fixOf(chosen.map(({ assistant }) => assistant)).apply();
}

function fixOf(assistants: readonly Assistant[]): Fix {
  return {
    title: vscode.l10n.t('Gate it'),
    apply: async () => {
      const files = assistants.flatMap(({ placements }) => placements.user.map((placement) => `~/${placement.type === 'entries' ? placement.folder : placement.file}`));
      const question = vscode.l10n.t('Let {0} ask Countersign before each tool call?', assistants.map(({ name }) => name).join(', '));
      if (!(await consent(question, vscode.l10n.t('An entry is added to: {0}. Everything else in these files stays, and “countersign assistants remove” takes it out again.', [...new Set(files)].join(', '))))) return;
      const problems = assistants.flatMap((assistant) => {
        try {
          install(assistant, 'user', ground());
          const { state, detail } = standingOf(assistant, 'user', ground());
          return state === 'gated' ? [] : [detail];
        } catch (error) {
          return [messageOf(error, vscode.l10n.t)];
        }
      });
      if (problems.length > 0) void vscode.window.showWarningMessage(inert(problems.join(' ')));
    },
  };
}

function bestOf(assistant: Assistant): Standing {
  const standings = (['user', 'project'] as const).map((scope) => standingOf(assistant, scope, ground()));
  const [user] = standings as [Standing, Standing];
  return standings.find(({ state }) => state === 'gated') ?? standings.find(({ state }) => state !== 'missing' && state !== 'none') ?? user;
}

/** This machine, this folder, and what this extension brings along. */
export function ground(): Ground {
  return { home: homedir(), project: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath, searchPath: process.env['PATH'] ?? '', carried: carriedHooks() };
}
