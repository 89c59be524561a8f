import * as vscode from 'vscode';
import type { Judged } from '../broker/assessing.js';
import type { Incidents } from './incidents.js';
import type { TerminalWatch } from './terminal-watch.js';
import { spoken } from '../core/say.js';
import { firstReason } from '../core/policy/words.js';

/** What an interrupt character is to a terminal: Ctrl+C. */
const INTERRUPT = '\u0003';

export interface LateWatchParts {
  readonly terminals: TerminalWatch;
  readonly isTask: (terminal: vscode.Terminal) => Promise<boolean>;
  readonly incidents: Incidents;
  /** Judges a command line as the gate would; undefined for a canary of a drill. */
  readonly judge: (text: string, directory: string, shell: string) => Promise<Judged | undefined>;
  readonly log: (line: string) => void;
}

/**
 * The watch after the fact: VS Code tells of a command once it has started. In a terminal without a guard that is all
 * there is: what should have waited is interrupted at once, and told to the team.
 */
export function watchTerminals({ terminals, isTask, incidents, judge, log }: LateWatchParts): vscode.Disposable {
  return vscode.window.onDidStartTerminalShellExecution(async ({ terminal, execution, shellIntegration }) => {
    // A guarded shell asked before this line began.
    if (terminals.stateOf(terminal) === 'guarded') return;
    const text = execution.commandLine.value;
    const directory = execution.cwd?.fsPath ?? shellIntegration.cwd?.fsPath ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/';
    if (text.trim() === '') return;
    const judged = await judge(text, directory, shellOf(terminal));
    if (!judged || !shouldHaveWaited(judged)) return;
    if (terminals.stateOf(terminal) === 'guarded' || (await isTask(terminal))) return;
    terminal.sendText(INTERRUPT, false);
    log(`interrupted: ${firstReason(judged.verdict, '')}`);
    await incidents.report({ way: 'terminal', name: terminal.name, script: text, ...consequences(judged), stopped: true }, directory);
  });
}

export function shouldHaveWaited({ verdict }: Judged): boolean {
  return verdict.action === 'approve' || verdict.action === 'deny';
}

/** What a record of an incident says about where it landed and why that matters. */
export function consequences({ assessment, verdict }: Judged): { readonly environments: string[]; readonly findings: string[] } {
  return {
    environments: [...new Set(assessment.targets.map((target) => target.environment))],
    findings: [...new Set([...verdict.reasons, ...assessment.findings.map((finding) => finding.message)].map((said) => spoken(said)))],
  };
}

function shellOf(terminal: vscode.Terminal): string {
  const { creationOptions: options } = terminal;
  return ('shellPath' in options ? options.shellPath : undefined) ?? vscode.env.shell;
}
