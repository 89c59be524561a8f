import * as vscode from 'vscode';
import { messageOf } from '../core/errors.js';
import { ASSISTANT_TOOL_NAMES, COMMANDS } from './ids.js';
import { uriHandler } from './links.js';
import { WindowGuard, type Judge } from './window-guard.js';
import type { WindowParts } from './window.js';

/**
 * Two steps, for VS Code waits for the first one: the gates stand at once; what judges, holds and shows is a bundle of
 * its own and is loaded right behind, or by the first question.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const before = process.cpuUsage();
  const log = vscode.window.createOutputChannel('Countersign', { log: true });
  context.subscriptions.push(log);
  try {
    let loading: Promise<WindowParts> | undefined;
    const window = (): Promise<WindowParts> => (loading ??= import('./window.js').then(({ openWindow }) => openWindow({ context, log, guard })));
    const judge = (): Promise<Judge> => window().then((parts) => parts.judge);
    const guard = await WindowGuard.start(context, judge);
    context.subscriptions.push(guard, vscode.window.registerUriHandler(uriHandler), commands(window, log), assistantTools(window));
    setImmediate(() => void window().catch((error: unknown) => failed(error, log)));
  } catch (error) {
    failed(error, log);
  }
  const { user, system } = process.cpuUsage(before);
  log.info(`Gates stand; ${Math.round((user + system) / 1000)} ms of processor time.`);
}

/** Every command exists from the start; what it does is loaded with the rest. */
function commands(window: () => Promise<WindowParts>, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.values(COMMANDS).map((id) =>
      vscode.commands.registerCommand(id, async (argument: unknown) => {
        if (id !== COMMANDS.showLog) return (await window()).run(id, argument);
        log.show();
        return undefined;
      }),
    ),
  );
}

/** The same for what chat assistants can ask. */
function assistantTools(window: () => Promise<WindowParts>): vscode.Disposable {
  return vscode.Disposable.from(
    ...ASSISTANT_TOOL_NAMES.map((name) =>
      vscode.lm.registerTool(name, {
        prepareInvocation: async ({ input }) => (await window()).prepareTool(name, input),
        invoke: async ({ input }) => new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await (await window()).runTool(name, input))]),
      }),
    ),
  );
}

/** VS Code says nothing when an extension fails to start, and a gate that failed in silence is the worst of all. */
function failed(error: unknown, log: vscode.LogOutputChannel): void {
  log.error(error instanceof Error ? error : messageOf(error));
  const show = vscode.l10n.t('Show log');
  void vscode.window.showErrorMessage(vscode.l10n.t('Countersign could not start, so production tasks are refused: {0}', messageOf(error, vscode.l10n.t)), show).then((choice) => (choice === show ? log.show() : undefined));
}
