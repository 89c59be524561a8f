import { randomBytes } from 'node:crypto';
import type { RequestView } from '../core/ledger/fold.js';
import { proposedRules, ROSTER_FILE, POLICY_FILE, rulesOperation, sameRules, trustOfRules, type RuleTexts } from '../core/approval/rules-change.js';
import type { Trust } from '../core/approval/trust.js';
import { CountersignError, sentenceOf } from '../core/errors.js';
import { weakeningsOf } from '../core/edits/weakenings.js';
import { quorumForRules } from '../core/policy/quorum.js';
import { FileWorld } from '../world/file-world.js';
import { textsOf } from '../world/rule-pins.js';
import { readWorkingRules } from '../world/trust.js';
import type { Approvals } from './approvals.js';
import { acceptedIn } from './pinned-rules.js';
import { sentence, spoken, type Sentence } from '../core/say.js';

/**
 * The change that a person would propose: the working copy's files, or, where these say what is in force already, what
 * stands on the protected branch.
 *
 * @throws CountersignError `refused` when there is nothing to propose, `policy` or `roster` when it cannot be read
 */
export async function proposalOf(desk: Approvals): Promise<{ readonly from: RuleTexts; readonly to: RuleTexts }> {
  await desk.trust();
  const pin = await desk.rules.current();
  if (!pin) throw new CountersignError('refused', sentence('No rules are in force here yet: the first roster on the protected branch counts as it is. Run “Countersign: Set up this repository”.'));
  const from = textsOf(pin);
  const to = await otherRules(desk, from);
  if (!to) throw new CountersignError('refused', sentence('There is nothing to propose: {0} and {1} say what is in force already. Edit them first.', POLICY_FILE, ROSTER_FILE));
  // Fewer than two people could never approve anything again, the way back included.
  if (trustOfRules(to, 'the proposal').people.all().length < 2) throw new CountersignError('refused', sentence('After this change nobody could approve anything: the roster needs two people at least.'));
  return { from, to };
}

/** Whether rules are in force here, and neither the working copy nor the protected branch says anything else. */
export async function isAgreed(desk: Approvals): Promise<boolean> {
  await desk.trust();
  const pin = await desk.rules.current();
  return pin !== undefined && (await otherRules(desk, textsOf(pin))) === undefined;
}

async function otherRules(desk: Approvals, than: RuleTexts): Promise<RuleTexts | undefined> {
  const branch = await desk.rules.branch();
  return [readWorkingRules(desk.repository.root), branch?.texts].find((texts) => texts && !sameRules(texts, than));
}

/**
 * Asks the people who are in charge now to agree to other rules.
 *
 * @throws CountersignError when it cannot be asked for
 */
export async function proposeRules(desk: Approvals, to: RuleTexts, reason: string): Promise<RequestView> {
  const trust = await desk.trust();
  const pin = await desk.rules.current();
  if (!pin) throw new CountersignError('refused', sentence('No rules are in force here yet.'));
  const mine = (await desk.requests()).find((view) => (view.state === 'waiting' || view.state === 'approved') && isTo(view, to) && view.signed.request.policy === trust.policy.digest && view.signed.request.roster === trust.rosterDigest);
  if (mine) return mine;
  const { repository, commit, worktree } = await desk.repository.state();
  const branch = await desk.rules.branch();
  const operation = rulesOperation(to, { repository, commit: branch?.commit ?? commit, worktree });
  const findings = changesInWords(textsOf(pin), to, trust).map((finding) => spoken(finding).slice(0, 2000)).slice(0, 200);
  return desk.ask(operation, randomBytes(16).toString('hex'), { agent: null, findings, reason, quorum: quorumForRules(trust.policy) });
}

function isTo(view: RequestView, to: RuleTexts): boolean {
  const proposed = proposedRules(view.signed.request.operation);
  return proposed !== undefined && sameRules(proposed, to);
}

/** What a change of the rules means, as far as it weakens something or names other people; one sentence each. */
export function changesInWords(from: RuleTexts, to: RuleTexts, trust: Trust): readonly Sentence[] {
  const world = new FileWorld('/', {});
  const edits = [{ path: `/${POLICY_FILE}`, before: from.policy ?? '', after: to.policy ?? '' }, { path: `/${ROSTER_FILE}`, before: from.roster ?? '', after: to.roster ?? '' }];
  const weaker = edits.flatMap((edit) => weakeningsOf(edit, trust.policy.environments, world));
  return weaker.length > 0 ? weaker : [sentence('Nothing in it is known to weaken a rule. Read it all the same.')];
}

/**
 * Writes down that changes which this person proposed have been made, so that whoever fetches later than the request
 * is open can still tell that it was agreed to in time.
 */
export async function settleRules(desk: Approvals): Promise<void> {
  const accepted = new Set<string>(acceptedIn(await desk.rules.current()));
  if (accepted.size === 0) return;
  const due = (await desk.requests()).filter((view) => accepted.has(view.digest) && !view.use);
  for (const view of due) await desk.recordApplied(view);
}

/**
 * Takes the rules of the protected branch over although nobody of the pinned roster agreed, and tells everybody.
 *
 * @param fingerprint the one that the person saw and typed
 * @returns why the others could not be told, or undefined when they were
 */
export async function acceptRulesByHand(desk: Approvals, fingerprint: string, now: number): Promise<Sentence | undefined> {
  const before = await desk.trust();
  await desk.rules.acceptByHand(fingerprint);
  const environments = before.policy.environments.filter(({ approvals }) => approvals > 0).map(({ name }) => name);
  const old = before.pinned?.fingerprint ?? 'none';
  try {
    await desk.reportIncident({ at: now, way: 'terminal', name: 'Rules taken over by hand', script: `countersign rules accept: from ${old} to ${fingerprint}`, environments, findings: ['The rules of the protected branch were taken over on this account without the approval of those who were in charge.'], stopped: false });
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}
