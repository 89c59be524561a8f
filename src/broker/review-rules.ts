import { structuredPatch } from 'diff';
import type { Approvals } from './approvals.js';
import { describeState } from './approvals.js';
import { timeLeft, reviewText, type Reach, row, shortName, stateLine, timeOf, titleOf } from './review.js';
import { reviewFacts } from './review-facts.js';
import { historyLines, historyOf } from './review-history.js';
import { changesInWords } from './rule-changes.js';
import { counted, plain } from '../core/approval/display.js';
import { secondsLeft } from '../core/approval/judge.js';
import { POLICY_FILE, proposedRules, ROSTER_FILE, rulesFingerprint, type RuleTexts } from '../core/approval/rules-change.js';
import type { Trust } from '../core/approval/trust.js';
import type { RequestView } from '../core/ledger/fold.js';
import { textsOf } from '../world/rule-pins.js';

/** No change of rules has more lines; what is cut says so. */
const MOST_LINES = 2_000;

/**
 * The review of a request, of whatever kind it is, with what this machine found out about it.
 *
 * @param now Unix seconds
 */
export async function reviewOf(view: RequestView, desk: Approvals, home: string, now: number, reach: Reach = []): Promise<string> {
  const { trust, requests } = await desk.read();
  if (view.signed.request.operation.kind !== 'rules') {
    const [facts, history] = await Promise.all([reviewFacts(view, desk.repository, trust, home), historyOf(view, requests, desk.repository, now)]);
    return reviewText(view, facts, trust, now, reach, historyLines(history));
  }
  const pin = await desk.rules.current();
  return rulesReviewText(view, pin ? textsOf(pin) : { policy: null, roster: null }, trust, now);
}

/**
 * The review of a change of the rules: what it would change in the rules that are in force on this machine, line by
 * line, from the very texts that are signed.
 *
 * @param now Unix seconds
 */
export function rulesReviewText(view: RequestView, current: RuleTexts, trust: Trust, now: number): string {
  const { request } = view.signed;
  const proposed = proposedRules(request.operation);
  const isOpen = view.state === 'waiting' || view.state === 'approved';
  const follows = request.policy === trust.policy.digest && request.roster === trust.rosterDigest;
  const isInForce = proposed !== undefined && rulesFingerprint(proposed) === rulesFingerprint(current);
  return [
    view.state === 'waiting' ? `Approval request ${shortName(view)}` : `Approval request ${shortName(view)}: ${describeState(view)}`,
    titleOf(view),
    '',
    row('Asked by', `${plain(view.requester ?? `${request.by} (not verified!)`)}${request.agent ? ` through the assistant ${plain(request.agent.name)}` : ', no assistant reported'}`),
    row('State', stateLine(view, trust, now)),
    ...(isOpen ? [row('Open until', `${timeOf(request.expires)} (${timeLeft(secondsLeft(request, now))})`)] : []),
    ...(request.reason === '' ? [] : [row('Reason', plain(request.reason))]),
    '',
    'What this machine found',
    // Of a change that was made, what stands in its way now says nothing.
    ...(view.state === 'finished' ? [] : [...new Set(view.problems)].slice(0, 5).map((problem) => row('Note', plain(problem)))),
    ...(follows || isInForce ? [] : [row(isOpen ? 'Attention' : 'Note', 'this is a change of other rules than those in force here: the lines below compare with the ones in force here')]),
    ...(isInForce ? [row('Note', 'these are the rules in force here')] : []),
    ...(isInForce ? [] : proposed ? changesInWords(current, proposed, trust).map((change) => row('Change', plain(change))) : [row('Attention', 'the new rules cannot be read')]),
    '',
    ...(proposed ? [...diffLines(POLICY_FILE, current.policy, proposed.policy), '', ...diffLines(ROSTER_FILE, current.roster, proposed.roster), ''] : []),
    'What your signature binds',
    row('Request', view.digest),
    row('Operation', request.operationDigest),
    row('From', `${rulesFingerprint(current)} (in force here), policy ${request.policy}, roster ${request.roster}`),
    row('To', `${proposed ? rulesFingerprint(proposed) : 'unknown'}, ${request.operation.inputs.map(({ path, sha256 }) => `${plain(path)} ${sha256 === null ? 'removed' : `sha256:${sha256}`}`).join(', ')}`),
    row('Uses', 'one'),
    '',
  ].join('\n');
}

/** How two texts of a file differ, for people: everything escaped, a few lines around each change. */
export function diffLines(file: string, before: string | null, after: string | null): readonly string[] {
  if (before === after) return [`${file}: as it is`];
  const { hunks } = structuredPatch(file, file, before ?? '', after ?? '', undefined, undefined, { context: 3, maxEditLength: 20_000 }) ?? { hunks: [] };
  const lines = hunks.flatMap((hunk) => [`  from line ${hunk.oldStart}:`, ...hunk.lines.map((line) => `  ${line[0] ?? ' '} ${counted(plain(line.slice(1)))}`)]);
  const whole = hunks.length > 0 ? lines : [`  ! Too much is different to be shown as changes. The whole new text:`, ...(after ?? '').split('\n').map((line) => `  + ${counted(plain(line))}`)];
  return [
    `${file}${after === null ? ' is removed' : before === null ? ' is new' : ''}`,
    ...whole.slice(0, MOST_LINES),
    ...(whole.length > MOST_LINES ? [row('Attention', `${whole.length - MOST_LINES} more lines are not shown: do not sign what you have not read`)] : []),
  ];
}
