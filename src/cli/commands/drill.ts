import path from 'node:path';
import type { GuardAsk } from '../../broker/protocol.js';
import { ruleOn } from '../../broker/rules.js';
import { BrokerServer } from '../../broker/server.js';
import { userDirectory } from '../../broker/windows.js';
import { assistantPaths } from '../../drill/assistants.js';
import { DrillBook, drillGate } from '../../drill/book.js';
import { runDrill } from '../../drill/drill.js';
import { starterHere } from '../../drill/here.js';
import { terminalPaths } from '../../drill/paths.js';
import { passed, textOf } from '../../drill/report.js';
import { FileWorld } from '../../world/file-world.js';
import { run } from '../../world/process.js';
import type { Context } from '../context.js';
import { EXIT, print, printError } from '../terminal.js';

/**
 * `countersign drill`: plays harmless canaries through every path of the terminal it runs in. For the time of the
 * drill this process is the window that guards ask about them, so that nothing reaches the team.
 */
export async function drill(context: Context, options: { readonly json: boolean; readonly only: readonly string[] | undefined }): Promise<number> {
  const book = new DrillBook();
  const refuse = () => Promise.resolve(false);
  const rule = async (ask: GuardAsk) => {
    const { judged } = await ruleOn({ ...ask, kind: 'command', label: undefined, labels: [], actor: 'person' }, () => Promise.resolve([]), context.home);
    return judged.verdict.action;
  };
  const server = new BrokerServer(context.home, drillGate(refuse, book, rule));
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt);
  try {
    const report = await runDrill({
      book,
      canaries: [...terminalPaths(starterHere(context.env, path.join(userDirectory(context.home), 'gate', 'shims'))), ...assistantPaths([{ home: context.home, project: new FileWorld(context.home, context.env).git(context.cwd)?.root, searchPath: context.env['PATH'] ?? '' }])],
      where: 'this terminal',
      runBare: ([program = '', ...args], cwd) => run(program, args, { cwd, env: { PATH: '/usr/bin:/bin' } }),
      now: context.now,
      signal: stop.signal,
      ...(options.only && { only: options.only }),
      onProgress: (title, done, all) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${done + 1}/${all} ${title}`);
      },
      onGround: (ground) => server.start([ground.directory]),
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    print(options.json ? JSON.stringify(report, undefined, 2) : textOf(report));
    if (context.env['COUNTERSIGN_WINDOW'] === undefined) printError('This terminal belongs to no editor window with Countersign: in one of those, run the drill from the palette or its terminal.');
    return passed(report) ? EXIT.ok : EXIT.failed;
  } finally {
    process.off('SIGINT', interrupt);
    server.dispose();
  }
}
