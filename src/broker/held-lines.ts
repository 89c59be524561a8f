import { plain } from '../core/approval/display.js';
import type { RequestView } from '../core/ledger/fold.js';
import { describeQuorum, type Quorum } from '../core/policy/quorum.js';
import type { Judged } from './assessing.js';
import { shortName } from './review.js';
import { spoken } from '../core/say.js';
import { firstReason } from '../core/policy/words.js';

/** What a terminal says while it holds something: what, why, the safer way, and the way out. */
export function heldLines(view: RequestView, quorum: Quorum, judged: Judged): string[] {
  const { request } = view.signed;
  const risky = judged.assessment.findings.filter((finding) => finding.effect === 'destroy').slice(0, 5);
  return [
    `Countersign holds this ${request.operation.kind}. ${plain(firstReason(judged.verdict, 'It needs approval.'))}`,
    ...risky.map((finding) => `  It would: ${plain(spoken(finding.message))}${finding.safer === undefined ? '' : ` Safer: ${plain(finding.safer)}`}`),
    `Waiting for ${plain(describeQuorum(quorum))} from somebody else. Request ${shortName(view)}, open for ${Math.round((request.expires - request.notBefore) / 60)} minutes.`,
    'Nothing has run. It runs by itself once approved; Ctrl+C cancels.',
  ];
}

/** What a terminal says when what it held runs: on whose word. */
export function releasedLine({ approvals }: RequestView): string {
  const people = approvals.map(({ person }) => plain(person)).join(', ');
  return people === '' ? 'Countersign: the glass is broken, and nobody approved this. Running it now, once; another person has to review it.' : `Countersign: approved by ${people}. Running it now, once.`;
}
