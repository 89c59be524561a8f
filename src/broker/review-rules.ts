import { structuredPatch } from 'diff';
import type { Approvals } from './approvals.js';
import { headLines, reviewText, type Reach, row } from './review.js';
import { reviewFacts } from './review-facts.js';
import { historyLines, historyOf } from './review-history.js';
import { changesInWords } from './rule-changes.js';
import { counted, plain, plainly } from '../core/approval/display.js';
import { POLICY_FILE, proposedRules, ROSTER_FILE, rulesFingerprint, type RuleTexts } from '../core/approval/rules-change.js';
import type { Trust } from '../core/approval/trust.js';
import type { RequestView } from '../core/ledger/fold.js';
import { english, type Say } from '../core/say.js';
import { textsOf } from '../world/rule-pins.js';

/** No change of rules has more lines; what is cut says so. */
const MOST_LINES = 2_000;

/**
 * The review of a request, of whatever kind it is, with what this machine found out about it.
 *
 * @param now Unix seconds
 * @param say the reader's language
 */
export async function reviewOf(view: RequestView, desk: Approvals, home: string, now: number, reach: Reach = [], say: Say = english): Promise<string> {
  const { trust, requests } = await desk.read();
  if (view.signed.request.operation.kind !== 'rules') {
    const [facts, history] = await Promise.all([reviewFacts(view, desk.repository, trust, home), historyOf(view, requests, desk.repository, now)]);
    return reviewText(view, facts, trust, now, reach, historyLines(history, say), say);
  }
  const pin = await desk.rules.current();
  return rulesReviewText(view, pin ? textsOf(pin) : { policy: null, roster: null }, trust, now, say);
}

/**
 * The review of a change of the rules: what it would change in the rules that are in force on this machine, line by
 * line, from the very texts that are signed.
 *
 * @param now Unix seconds
 */
export function rulesReviewText(view: RequestView, current: RuleTexts, trust: Trust, now: number, say: Say): string {
  const { request } = view.signed;
  const proposed = proposedRules(request.operation);
  const isOpen = view.state === 'waiting' || view.state === 'approved';
  const follows = request.policy === trust.policy.digest && request.roster === trust.rosterDigest;
  const isInForce = proposed !== undefined && rulesFingerprint(proposed) === rulesFingerprint(current);
  return [
    ...headLines(view, trust, now, say),
    ...(request.reason === '' ? [] : [row(say('Reason'), plain(request.reason))]),
    '',
    say('What this machine found'),
    // Of a change that was made, what stands in its way now says nothing.
    ...(view.state === 'finished' ? [] : [...new Set(view.problems.map((problem) => plainly(problem, say)))].slice(0, 5).map((problem) => row(say('Note'), problem))),
    ...(follows || isInForce ? [] : [row(isOpen ? say('Attention') : say('Note'), say('this is a change of other rules than those in force here: the lines below compare with the ones in force here'))]),
    ...(isInForce ? [row(say('Note'), say('these are the rules in force here'))] : []),
    ...(isInForce ? [] : proposed ? changesInWords(current, proposed, trust).map((change) => row(say('Change'), plainly(change, say))) : [row(say('Attention'), say('the new rules cannot be read'))]),
    '',
    ...(proposed ? [...diffLines(POLICY_FILE, current.policy, proposed.policy, say), '', ...diffLines(ROSTER_FILE, current.roster, proposed.roster, say), ''] : []),
    say('What your signature binds'),
    row(say('Request'), view.digest),
    row(say('Operation'), request.operationDigest),
    row(say('From'), say('{0} (in force here), policy {1}, roster {2}', rulesFingerprint(current), request.policy, request.roster)),
    row(say('To'), [proposed ? rulesFingerprint(proposed) : say('unknown'), ...request.operation.inputs.map(({ path, sha256 }) => (sha256 === null ? say('{0} removed', plain(path)) : `${plain(path)} sha256:${sha256}`))].join(', ')),
    row(say('Uses'), say('one')),
    '',
  ].join('\n');
}

/** How two texts of a file differ, for people: everything escaped, a few lines around each change. */
export function diffLines(file: string, before: string | null, after: string | null, say: Say = english): readonly string[] {
  if (before === after) return [say('{0}: as it is', file)];
  const { hunks } = structuredPatch(file, file, before ?? '', after ?? '', undefined, undefined, { context: 3, maxEditLength: 20_000 }) ?? { hunks: [] };
  const lines = hunks.flatMap((hunk) => [`  ${say('from line {0}:', hunk.oldStart)}`, ...hunk.lines.map((line) => `  ${line[0] ?? ' '} ${counted(plain(line.slice(1)))}`)]);
  const whole = hunks.length > 0 ? lines : [`  ! ${say('Too much is different to be shown as changes. The whole new text:')}`, ...(after ?? '').split('\n').map((line) => `  + ${counted(plain(line))}`)];
  return [
    after === null ? say('{0} is removed', file) : before === null ? say('{0} is new', file) : file,
    ...whole.slice(0, MOST_LINES),
    ...(whole.length > MOST_LINES ? [row(say('Attention'), say('{0} more lines are not shown: do not sign what you have not read', whole.length - MOST_LINES))] : []),
  ];
}
