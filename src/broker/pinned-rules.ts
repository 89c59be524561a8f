import type { Digest } from '../core/approval/canonical.js';
import { POLICY_FILE, ROSTER_FILE, rulesFingerprint, sameRules, trustOfRules, type RuleTexts } from '../core/approval/rules-change.js';
import type { Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { sentence, type Sentence } from '../core/say.js';
import { followRules, type Followed } from '../core/ledger/agreed-rules.js';
import type { Thread } from '../core/ledger/fold.js';
import type { Repository } from '../world/repository.js';
import { textsOf, type Pin, type RulePins } from '../world/rule-pins.js';
import { TrustHistory } from '../world/trust-history.js';
import { readBranchRules, rulesAt, rulesPlace, type BranchRules } from '../world/trust.js';

/** What the protected branch says, when it says something else than the pinned rules. */
interface Difference {
  readonly key: string;
  readonly followed: Followed;
  readonly commit: string;
  readonly problem: Sentence;
}

/**
 * The rules that count: the pinned ones. What stands on the protected branch is pinned when a roster is seen for the
 * first time, and from then on replaces the pinned rules only when its commit descends from theirs and those who were
 * in charge agreed to the change (trust table 15, 16). Until then it may tighten, and nothing else.
 */
export class PinnedRules {
  private known: Difference | undefined;

  /**
   * @param threads everything that was said in the repository, without the network
   * @param now Unix seconds
   */
  constructor(
    private readonly repository: Repository,
    private readonly pins: RulePins,
    private readonly threads: () => Promise<readonly Thread[]>,
    private readonly now: () => number,
  ) {}

  /**
   * The rules that hold now.
   *
   * @throws CountersignError `policy` or `roster` when the pinned ones, or those on the branch, cannot be understood
   */
  async trust(): Promise<Trust> {
    const place = rulesPlace(this.repository);
    const [branch, pin] = [await readBranchRules(this.repository), await this.pins.find(place)];
    if (pin) return this.follow(pin, branch);
    const trust = trustOfRules(branch?.texts ?? { policy: null, roster: null }, branch?.name ?? 'defaults');
    // Without a roster nobody is in charge of anything that could be pinned.
    if (!branch || trust.roster.entries.length === 0) return trust;
    const first: Pin = { v: 1, ...branch.texts, commit: branch.commit, met: branch.commit, branch: branch.name, since: this.now(), how: 'first contact', accepted: [], announced: false, history: [] };
    // On a full disk they count as they would have counted, and the next time is the first contact again.
    return this.pins.create(place, first).then(pinnedTrust, (error: unknown) => unlessStore(error, trust));
  }

  /** The pinned rules as they are written, or undefined as long as there are none. */
  async current(): Promise<Pin | undefined> {
    return this.pins.find(rulesPlace(this.repository));
  }

  /**
   * The rules that were ever in force.
   *
   * @throws CountersignError `policy` or `roster` when the pinned ones, or those on the branch, cannot be understood
   */
  async history(): Promise<TrustHistory> {
    // What was agreed to since the last look is pinned first.
    await this.trust();
    return TrustHistory.of(this.repository, await this.current());
  }

  /** The rules on the protected branch, whether they count or not. */
  branch(): Promise<BranchRules | undefined> {
    return readBranchRules(this.repository);
  }

  /** The person has seen the fingerprint of these rules. */
  async announced(fingerprint: string): Promise<void> {
    const pin = await this.current();
    if (pin && !pin.announced && rulesFingerprint(textsOf(pin)) === fingerprint) await this.pins.replace(rulesPlace(this.repository), { ...pin, announced: true });
  }

  /**
   * Pins what the protected branch says although nobody agreed to it: the way out when nobody of the old roster is left.
   *
   * @param fingerprint what the person saw and typed; nothing else is pinned
   * @throws CountersignError `refused` when the branch says something else by now
   */
  async acceptByHand(fingerprint: string): Promise<void> {
    const [branch, pin] = [await this.branch(), await this.current()];
    if (!branch || rulesFingerprint(branch.texts) !== fingerprint) throw new CountersignError('refused', sentence('The protected branch says something else by now. Look at it again.'));
    if (trustOfRules(branch.texts, branch.name).roster.entries.length === 0) throw new CountersignError('refused', sentence('There is no roster on {0}, so nobody would be in charge.', branch.name));
    await this.pins.replace(rulesPlace(this.repository), successor(pin, [branch.texts], { commit: branch.commit, branch: branch.name, since: this.now(), how: 'by hand', accepted: pin?.accepted ?? [] }));
  }

  private async follow(pin: Pin, branch: BranchRules | undefined): Promise<Trust> {
    const pinned = textsOf(pin);
    if (!branch || sameRules(branch.texts, pinned)) return pinnedTrust(pin);
    const { followed, commit, problem } = await this.difference(pin, branch);
    let current = pin;
    if (followed.at >= 0) {
      current = successor(pin, followed.passed, { commit, branch: branch.name, since: this.now(), how: 'approved', accepted: [...pin.accepted, ...followed.accepted] });
      // What cannot be noted follows from the same approvals the next time.
      await this.pins.replace(rulesPlace(this.repository), current).catch((error: unknown) => unlessStore(error, undefined));
    }
    if (sameRules(followed.texts, branch.texts)) return pinnedTrust(current);
    const pending = trustOfRules(branch.texts, branch.name);
    return { ...pinnedTrust(current), pending: { policy: pending.policy, fingerprint: rulesFingerprint(branch.texts), problem } };
  }

  /** Looked at again only when the branch, the pin or what people said is another. */
  private async difference(pin: Pin, branch: BranchRules): Promise<Difference> {
    const threads = await this.threads();
    const said = threads.map(({ signed, tokens, denials, uses }) => `${signed.digest} ${tokens.length} ${denials.length} ${uses.length}`).join('\n');
    const key = [rulesFingerprint(textsOf(pin)), pin.commit, branch.commit, Math.floor(this.now() / 60), said].join('\n');
    if (this.known?.key !== key) this.known = { key, ...(await this.look(pin, branch, threads)) };
    return this.known;
  }

  private async look(pin: Pin, branch: BranchRules, threads: readonly Thread[]): Promise<Omit<Difference, 'key'>> {
    const pinned = textsOf(pin);
    const stay = { texts: pinned, passed: [], at: -1, accepted: [] };
    const descends = await this.repository.descends(branch.commit, pin.commit);
    const name = rulesFingerprint(pinned);
    if (descends !== true) {
      const problem = descends === false
        ? sentence('{0} no longer contains the commit that the pinned rules come from, so the rules there do not count and the pinned ones ({1}) stay in force. Find out who rewrote it; “countersign rules accept” takes them over by hand.', branch.name, name)
        : sentence('This clone is too shallow to show that {0} follows from the pinned rules, so those ({1}) stay in force. Run “git fetch --unshallow”.', branch.name, name);
      return { followed: stay, commit: pin.commit, problem };
    }
    const commits = await this.repository.changesOf([POLICY_FILE, ROSTER_FILE], pin.commit, branch.commit);
    const steps = [...(await Promise.all(commits.map(async (commit) => ({ commit, texts: await rulesAt(this.repository, commit) })))), { commit: branch.commit, texts: branch.texts }];
    const followed = followRules(pinned, steps.map(({ texts }) => texts), threads, pin.accepted, this.now());
    return {
      followed,
      commit: steps[followed.at]?.commit ?? pin.commit,
      problem: sentence('The rules on {0} changed and nobody approved the change, so production follows the pinned rules ({1}). Ask for its approval with “Countersign: Propose rule change…” or “countersign rules propose”.', branch.name, rulesFingerprint(followed.texts)),
    };
  }
}

/** @param passed the rules that were in force since, one after the other; the last of them are so now */
function successor(pin: Pin | undefined, passed: readonly RuleTexts[], now: Pick<Pin, 'commit' | 'branch' | 'since' | 'how' | 'accepted'>): Pin {
  const { policy, roster } = passed.at(-1) ?? { policy: null, roster: null };
  const before = pin ? [{ at: pin.since, how: pin.how, fingerprint: rulesFingerprint(textsOf(pin)) }] : [];
  const between = passed.slice(0, -1).map((texts) => ({ at: now.since, how: now.how, fingerprint: rulesFingerprint(texts) }));
  return { v: 1, policy, roster, met: pin?.met ?? now.commit, announced: false, history: [...(pin?.history ?? []), ...before, ...between], ...now };
}

function pinnedTrust(pin: Pin): Trust {
  const texts = textsOf(pin);
  return { ...trustOfRules(texts, pin.branch), pinned: { fingerprint: rulesFingerprint(texts), since: pin.since, how: pin.how, announced: pin.announced } };
}

function unlessStore<T>(error: unknown, instead: T): T {
  if (error instanceof CountersignError && error.code === 'store') return instead;
  throw error;
}

/** The requests whose approvals led to the pinned rules. */
export function acceptedIn(pin: Pin | undefined): readonly Digest[] {
  return (pin?.accepted ?? []) as Digest[];
}
