import { inert, plain, plainly } from '../core/approval/display.js';
import type { RequestView } from '../core/ledger/fold.js';
import { describeQuorum, type Quorum } from '../core/policy/quorum.js';
import { firstReason } from '../core/policy/words.js';
import { english, spokenWay, type Say } from '../core/say.js';
import type { Judged } from './assessing.js';
import { shortName } from './review.js';

/** What a terminal says while it holds something: what, why, the safer way, and the way out. */
export function heldLines(view: RequestView, quorum: Quorum, { verdict, assessment }: Judged, say: Say = english): string[] {
  const { operation, expires, notBefore } = view.signed.request;
  const reason = firstReason(verdict, say('It needs approval.'), say);
  const risky = assessment.findings.filter((finding) => finding.effect === 'destroy').slice(0, 5);
  return [
    operation.kind === 'task' ? say('Countersign holds this task. {0}', reason) : say('Countersign holds this command. {0}', reason),
    ...risky.map(({ message, safer }) => {
      const what = plainly(message, say);
      return `  ${safer === undefined ? say('It would: {0}', what) : say('It would: {0} Safer: {1}', what, spokenWay(safer, say))}`;
    }),
    say('Waiting for {0} from somebody else. Request {1}, open for {2} minutes.', describeQuorum(quorum, say), shortName(view), Math.round((expires - notBefore) / 60)),
    say('Nothing has run. It runs by itself once approved; Ctrl+C cancels.'),
  ];
}

/** What a terminal says besides while nobody else can know of it. */
export function undeliveredLine(store: string, say: Say = english): string {
  return say('The others do not know of it yet, for {0} cannot be reached. It is sent as soon as that works; until then “Copy request as text” carries it by hand.', inert(store));
}

/** What a terminal says when what it held runs: on whose word. */
export function releasedLine({ approvals }: RequestView, say: Say = english): string {
  const people = approvals.map(({ person }) => plain(person)).join(', ');
  return people === '' ? say('Countersign: the glass is broken, and nobody approved this. Running it now, once; another person has to review it.') : say('Countersign: approved by {0}. Running it now, once.', people);
}
