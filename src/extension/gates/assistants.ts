import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Assistant } from '../../assistants/assistant.js';
import { ASSISTANTS } from '../../assistants/assistants.js';
import { install, isPresent, standingAcross, type Grounds, type Standing } from '../../assistants/install/install.js';
import { inert } from '../../core/approval/display.js';
import { messageOf } from '../../core/errors.js';
import { agentModeFix, carriedHooks } from './agent-mode.js';
import { consent, type Fix, type Gate, type GateGroup } from './gate.js';

/** Every assistant that is installed on this machine, and whether it asks before it acts. */
export function assistantGates(): GateGroup {
  return { id: 'assistants', name: vscode.l10n.t('AI assistants'), gates: presentHere().map(gateOf) };
}

function presentHere(): readonly Assistant[] {
  // The hook needs bash.
  return process.platform === 'win32' ? [] : ASSISTANTS.filter((assistant) => isPresent(assistant, grounds()[0]));
}

function gateOf(assistant: Assistant): Gate {
  const standing = standingHere(assistant);
  const { state, detail } = standing;
  const base = { id: `assistant/${assistant.id}`, name: assistant.name, explanation: inert(detail) };
  if (state === 'gated') return { ...base, state: 'gated' };
  if (state === 'silenced' && carriedHooks().has(assistant.id)) {
    const fix = agentModeFix();
    return { ...base, state: 'open', ...(fix && { fix }) };
  }
  return { ...base, state: 'open', ...(isMissing(standing) && { fix: fixOf([assistant]) }) };
}

/** Whether writing the hook into its configuration would change something. */
function isMissing({ state }: Pick<Standing, 'state'>): boolean {
  return state === 'missing' || state === 'outdated';
}

/** “Gate my assistants…”: lets the person choose, says which files change, and writes them. */
export async function gateAssistants(): Promise<void> {
  const items = ASSISTANTS.filter((assistant) => assistant.hook !== undefined).map((assistant) => {
    const { state, detail } = standingHere(assistant);
    const present = isPresent(assistant, grounds()[0]);
    return { label: assistant.name, description: state === 'gated' ? vscode.l10n.t('waits for review') : present ? vscode.l10n.t('not gated') : vscode.l10n.t('not found here'), detail: inert(detail), picked: present && state !== 'gated', assistant };
  });
  const chosen = await vscode.window.showQuickPick(items, { canPickMany: true, title: vscode.l10n.t('Gate my assistants'), placeHolder: vscode.l10n.t('Which assistants are to ask before they act?') });
  if (chosen && chosen.length > 0) await fixOf(chosen.map(({ assistant }) => assistant)).apply();
}

/** The assistants of this machine that ask nobody and could, each with the files that would get an entry. */
export function assistantsToGate(): readonly { readonly assistant: Assistant; readonly files: readonly string[] }[] {
  return presentHere()
    .filter((assistant) => isMissing(standingHere(assistant)))
    .map((assistant) => ({ assistant, files: filesOf([assistant]) }));
}

function fixOf(assistants: readonly Assistant[]): Fix {
  return {
    title: vscode.l10n.t('Gate it'),
    apply: async () => {
      const question = vscode.l10n.t('Let {0} ask Countersign before each tool call?', assistants.map(({ name }) => name).join(', '));
      if (await consent(question, vscode.l10n.t('An entry is added to: {0}. Everything else in these files stays, and “countersign assistants remove” takes it out again.', filesOf(assistants).join(', ')))) putBefore(assistants);
    },
  };
}

/** What gating them writes to, as people find it. */
function filesOf(assistants: readonly Assistant[]): readonly string[] {
  const files = assistants.flatMap(({ placements }) => placements.user.map((placement) => `~/${placement.type === 'entries' ? placement.folder : placement.file}`));
  return [...new Set(files)];
}

/** Puts the hook before assistants, which the person has agreed to; what went wrong is told. */
export function putBefore(assistants: readonly Assistant[]): void {
  const problems = assistants.flatMap((assistant) => {
    try {
      install(assistant, 'user', grounds()[0]);
      const { state, detail } = standingHere(assistant);
      return state === 'gated' ? [] : [detail];
    } catch (error) {
      return [messageOf(error, vscode.l10n.t)];
    }
  });
  if (problems.length > 0) void vscode.window.showWarningMessage(inert(problems.join(' ')));
}

/** How it stands in every folder of the window; one in which it does not ask is named. */
function standingHere(assistant: Assistant): Pick<Standing, 'state' | 'detail'> {
  const all = grounds();
  const { standing, ground } = standingAcross(assistant, all);
  if (all.length === 1 || standing.state === 'gated' || ground.project === undefined) return standing;
  return { state: standing.state, detail: vscode.l10n.t('In {0}: {1}', ground.project, standing.detail) };
}

/** This machine, each folder of the window, and what this extension brings along. */
export function grounds(): Grounds {
  const on = (project: string | undefined) => ({ home: homedir(), project, searchPath: process.env['PATH'] ?? '', carried: carriedHooks() });
  const [first, ...others] = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
  return [on(first), ...others.map(on)];
}
