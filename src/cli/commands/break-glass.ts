import { judgeAsk, type Ask } from '../../broker/assessing.js';
import { askForGlass, breakGlass } from '../../broker/break-glass.js';
import type { Approvals } from '../../broker/approvals.js';
import { tryOnce, type HoldContext } from '../../broker/hold.js';
import { withFullStop, shortName, titleOf } from '../../broker/review.js';
import { REFUSED_STATUS } from '../../guards/gate-shell.js';
import { tell } from '../../guards/tell.js';
import { inert, plain } from '../../core/approval/display.js';
import type { RequestView } from '../../core/ledger/fold.js';
import { CountersignError } from '../../core/errors.js';
import { spoken } from '../../core/say.js';
import { askFor, requestByPrefix, syncedDesk, type Context } from '../context.js';
import { askLine, EXIT, hasPerson, print } from '../terminal.js';
import { start } from './run.js';

/** `countersign break-glass -- COMMAND…`: runs COMMAND in an emergency, without the others and in front of them all. */
export async function breakGlassFor(context: Context, words: readonly string[], options: { readonly shell: string | undefined }): Promise<number> {
  demandPerson();
  const { desk } = await syncedDesk(context);
  const ask = askFor(context, words, options.shell);
  const judged = judgeAsk(ask, await desk.trust(), desk.repository.root, context.home);
  if (judged.verdict.action !== 'approve') throw new CountersignError('refused', 'This needs nobody’s approval, so there is no glass to break: run it as usual.');
  const holding: HoldContext = { approvals: desk, home: context.home, now: context.now, live: new Set() };
  const emergency = { reason: '', agent: null, emergency: true } as const;
  const asked = await tryOnce(ask, judged, holding, emergency);
  if (!asked.run) {
    if (asked.reason !== undefined) return refuse(spoken(asked.reason));
    await talk(asked.view, desk, context);
  }
  const result = asked.run ? asked : await tryOnce(ask, judged, holding, emergency);
  if (!result.run) return refuse(result.reason === undefined ? 'The glass did not break.' : spoken(result.reason));
  return runOnce(ask, result.view, desk);
}

/** `countersign break-glass REQUEST`: lets something of one's own run that is held elsewhere, in a window or terminal. */
export async function breakGlassAt(context: Context, name: string): Promise<number> {
  demandPerson();
  const { desk } = await syncedDesk(context);
  const view = await requestByPrefix(desk, name);
  await talk(view, desk, context);
  print(`The glass is broken for ${shortName(view)}. It runs where it is held.`);
  return EXIT.ok;
}

/** `countersign reviewed --reason TEXT REQUEST`: another person looked at what was done behind a broken glass. */
export async function reviewed(context: Context, name: string, note: string): Promise<number> {
  const { desk } = await syncedDesk(context);
  const view = await requestByPrefix(desk, name);
  await desk.reviewGlass(view, note);
  print(`Reviewed ${shortName(view)} (${titleOf(view)}).`);
  return EXIT.ok;
}

/** An assistant may pretend to be a terminal; what it cannot pretend is the touch of the key that is asked for next. */
function demandPerson(): void {
  if (!hasPerson()) throw new CountersignError('refused', 'Only a person at a terminal can break the glass. Run this in one.');
}

async function talk(view: RequestView, desk: Approvals, context: Context): Promise<void> {
  const { environments } = await askForGlass(view, desk, context.now());
  tell([
    `Countersign: breaking the glass for ${shortName(view)}: ${titleOf(view)}`,
    'It runs without another person’s approval. Everybody is told, and nothing more of yours runs this way until another person has reviewed it.',
  ]);
  const typed = await askLine(`Type where it lands, “${plain(environments.join(' '))}”:`);
  const reason = await askLine('Why?');
  if (typed === undefined || reason === undefined) throw new CountersignError('cancelled', 'Cancelled. Nothing was run.');
  tell(['Touch your security key when it blinks.']);
  await breakGlass(view, { environments: typed, reason }, desk, context.now());
}

async function runOnce(ask: Ask, view: RequestView, desk: Approvals): Promise<number> {
  tell(['Countersign: the glass is broken, and everybody is told. Running it now, once.']);
  const code = await start(ask);
  await desk.recordOutcome(view.digest, code);
  return code;
}

function refuse(reason: string): number {
  tell([`Countersign: ${withFullStop(inert(reason))} Nothing was run.`]);
  return REFUSED_STATUS;
}
