import { spawn } from 'node:child_process';
import { judgeAsk, type Ask } from '../../broker/assessing.js';
import { hold } from '../../broker/hold.js';
import { heldLines } from '../../broker/held-lines.js';
import { sentence } from '../../broker/review.js';
import { REFUSED_STATUS } from '../../guards/gate-shell.js';
import { askFor, syncedDesk, type Context } from '../context.js';
import { inert, plain } from '../../core/approval/display.js';
import { tell } from '../../guards/tell.js';
import { confirm } from '../terminal.js';

/** How often the remote is asked for news while something waits, in milliseconds. */
const POLL = 3_000;

/** `countersign run -- COMMAND…`: holds the command until it is approved, then runs it once. */
export async function runHeld(context: Context, words: readonly string[], options: { readonly reason: string; readonly shell: string | undefined }): Promise<number> {
  const { desk } = await syncedDesk(context);
  const ask = askFor(context, words, options.shell);
  const judged = judgeAsk(ask, await desk.trust(), desk.repository.root, context.home);
  const { action } = judged.verdict;
  if (action === 'deny') return refuse(judged.verdict.reasons[0] ?? 'The policy denies it.');
  if (action === 'confirm' && !(await confirm(`${judged.verdict.reasons.join(' ')} Run it?`))) return refuse('Not confirmed.');
  if (action !== 'approve') return start(ask);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt);
  const poll = setInterval(() => void desk.sync().catch(() => undefined), POLL);
  let shown = false;
  try {
    const result = await hold(ask, judged, { approvals: desk, home: context.home, now: context.now, live: new Set() }, {
      reason: options.reason,
      agent: null,
      signal: stop.signal,
      onUpdate: (view, quorum) => {
        if (!shown) tell(heldLines(view, quorum, judged));
        shown = true;
      },
    });
    if (!result.run) return refuse(sentence(inert(result.reason)));
    clearInterval(poll);
    process.off('SIGINT', interrupt);
    tell([`Countersign: approved by ${result.view.approvals.map((approval) => plain(approval.person)).join(', ')}. Running it now, once.`]);
    const code = await start(ask);
    await desk.recordOutcome(result.view.digest, code);
    return code;
  } finally {
    clearInterval(poll);
    process.off('SIGINT', interrupt);
  }
}

function refuse(reason: string): number {
  tell([`Countersign: ${reason} Nothing was run.`]);
  return REFUSED_STATUS;
}

/** Runs exactly the text that was approved, in the shell that was approved. */
function start(ask: Ask): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(ask.shell, ['-c', ask.text], { cwd: ask.cwd, env: ask.env, stdio: 'inherit' });
    // The terminal sends Ctrl+C to the command itself; this process waits for what comes of it.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? (signal ? 128 : 1));
    });
  });
}
