import { anchor as fold } from '../../broker/anchoring.js';
import { verifyLedger } from '../../broker/ledger-report.js';
import schema from '../../broker/postgres-schema.sql';
import { plain } from '../../core/approval/display.js';
import { LEDGER_BRANCH } from '../../core/ledger/chain.js';
import { syncedDesk, type Context } from '../context.js';
import { EXIT, print, printError } from '../terminal.js';

export interface LedgerOptions {
  readonly json: boolean;
  readonly since: string | undefined;
}

/** As many problems are told one by one. */
const MOST_SHOWN = 20;

/** `countersign ledger verify|anchor|schema`; undefined for anything else. */
export async function ledger(context: Context, verb: string, options: LedgerOptions): Promise<number | undefined> {
  switch (verb) {
    case 'verify':
      return verify(context, options);
    case 'anchor':
      return anchor(context);
    case 'schema':
      process.stdout.write(schema);
      return EXIT.ok;
    default:
      return undefined;
  }
}

/** Proves the chain and every signature in it. */
async function verify(context: Context, { json, since }: LedgerOptions): Promise<number> {
  const { desk, problem } = await syncedDesk(context);
  const { tip, commits, events, requests, problems } = await verifyLedger(desk, since, context.now());
  const all = [...(problem === undefined ? [] : [problem]), ...problems];
  const used = requests.filter(({ use }) => use !== undefined).length;
  if (json) {
    print(JSON.stringify({ tip, commits, events, requests: requests.length, used, problems: all }));
  } else {
    for (const line of all.slice(0, MOST_SHOWN)) printError(plain(line));
    if (all.length > MOST_SHOWN) printError(`${all.length} problems in all.`);
    print(`${all.length === 0 ? 'Good' : 'NOT good'}: ${LEDGER_BRANCH} at ${tip.slice(0, 12)}, ${commits} ${commits === 1 ? 'commit' : 'commits'}, ${events} signed events, ${requests.length} requests, ${used} of them used.`);
  }
  return all.length === 0 ? EXIT.ok : EXIT.refused;
}

/** Folds finished events into the ledger and takes old ones away. */
async function anchor(context: Context): Promise<number> {
  const { desk } = await syncedDesk(context);
  const { folded, dropped, problem } = await fold(desk, context.now());
  print(`${folded === 0 ? 'Nothing new was finished.' : `Folded ${folded} events into ${LEDGER_BRANCH}.`}${dropped === 0 ? '' : ` Took ${dropped} old ones away that are in it.`}`);
  if (problem !== undefined) printError(`Old events stay where they are: ${plain(problem)}`);
  return EXIT.ok;
}
