import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Approvals } from '../../broker/approvals.js';
import { diffLines } from '../../broker/review-rules.js';
import { timeOf, shortName } from '../../broker/review.js';
import { acceptRulesByHand, changesInWords, proposalOf, proposeRules, settleRules } from '../../broker/rule-changes.js';
import { inert, plain, plainly } from '../../core/approval/display.js';
import { readKeyList, rosterWith, type Member } from '../../core/approval/key-list.js';
import { ROSTER_FILE, rulesFingerprint } from '../../core/approval/rules-change.js';
import { CountersignError } from '../../core/errors.js';
import { spoken } from '../../core/say.js';
import { describeQuorum } from '../../core/policy/quorum.js';
import { readBounded } from '../../world/file-world.js';
import { fetchKeyList, keyListUrl } from '../../world/key-lists.js';
import { Repository } from '../../world/repository.js';
import { textsOf } from '../../world/rule-pins.js';
import { readWorkingRules } from '../../world/trust.js';
import { syncedDesk, type Context } from '../context.js';
import { confirm, EXIT, print, printError, readStandardInput, typed } from '../terminal.js';

const VERBS = ['status', 'propose', 'accept', 'import'] as const;

export function isRulesVerb(text: string): text is (typeof VERBS)[number] {
  return (VERBS as readonly string[]).includes(text);
}

export interface RulesOptions {
  readonly json: boolean;
  readonly reason: string;
  /** Where keys are imported from. */
  readonly source: string | undefined;
  /** Whose keys they are, where the text does not say. */
  readonly as: string | undefined;
  readonly yes: boolean;
}

/** `countersign rules status|propose|accept|import`: which rules count on this account, and how they become others. */
export async function rules(context: Context, verb: (typeof VERBS)[number], options: RulesOptions): Promise<number> {
  if (verb === 'import') return importKeys(context, options);
  const { desk, problem } = await syncedDesk(context);
  if (problem !== undefined) printError(`Trouble with ${desk.store.name}: ${problem}`);
  switch (verb) {
    case 'status':
      return status(desk, options.json);
    case 'propose':
      return propose(desk, options.reason);
    case 'accept':
      return accept(desk, context);
  }
}

async function status(desk: Approvals, json: boolean): Promise<number> {
  const { pinned, pending, source, policy, people } = await desk.trust();
  await settleRules(desk);
  const pin = await desk.rules.current();
  if (json) {
    print(JSON.stringify({ pinned: pinned ?? null, pending: pending ? { fingerprint: pending.fingerprint, problem: spoken(pending.problem) } : null, source, commit: pin?.commit ?? null, history: pin?.history ?? [] }));
    return pending ? EXIT.needsApproval : EXIT.ok;
  }
  if (!pinned) print(`No rules are pinned: there is no roster on ${plain(source)} yet. The first one that is seen there counts as it is.`);
  else {
    print(`The rules of ${plain(source)} are in force: ${pinned.fingerprint}`);
    print(`  since ${timeOf(pinned.since)}, by ${pinned.how}, from commit ${pin?.commit.slice(0, 12) ?? ''}`);
    print(`  ${people.all().length} people on the roster: ${people.all().map(plain).join(', ')}`);
    if (pinned.how === 'first contact') print('  Nobody vouched for them but the remote: compare the fingerprint with a teammate’s.');
    for (const { at, how, fingerprint } of pin?.history ?? []) print(`  before: ${fingerprint}, since ${timeOf(at)}, by ${plain(how)}`);
    await desk.rules.announced(pinned.fingerprint);
  }
  for (const { environment, reason, until } of policy.exceptions) print(`  exception in ${plain(environment)} until ${timeOf(until)}: ${plain(reason)}`);
  if (pending) print(inert(spoken(pending.problem)));
  return pending ? EXIT.needsApproval : EXIT.ok;
}

async function propose(desk: Approvals, reason: string): Promise<number> {
  const { to } = await proposalOf(desk);
  const view = await proposeRules(desk, to, reason);
  printError(`Request ${shortName(view)} waits for ${describeQuorum(view.quorum)}. Once it is approved, bring the files to the protected branch; the change counts from then on.`);
  print(desk.textOf(view));
  return EXIT.ok;
}

/** Typed by a person, or not at all. */
async function accept(desk: Approvals, context: Context): Promise<number> {
  const trust = await desk.trust();
  const [pin, branch] = [await desk.rules.current(), await desk.rules.branch()];
  if (!trust.pending || !pin || !branch) {
    print('There is nothing to accept: the rules of the protected branch are in force.');
    return EXIT.ok;
  }
  const { fingerprint, problem } = trust.pending;
  printError(inert(spoken(problem)));
  printError(`This takes the rules of ${plain(branch.name)} (${fingerprint}) over without the approval of those in charge, for this account. It is recorded, and the others are told. Do it only when they cannot approve any more.`);
  for (const change of changesInWords(textsOf(pin), branch.texts, trust)) printError(`  ${plainly(change)}`);
  const word = fingerprint.slice(0, 9);
  if ((await typed(`Compare the fingerprint with a teammate’s. To go on, type its first two groups (${word}):`)) !== word) throw new CountersignError('refused', 'Not accepted: the fingerprint was not typed. The pinned rules stay in force.');
  const untold = await acceptRulesByHand(desk, fingerprint, context.now());
  print(`The rules ${rulesFingerprint(branch.texts)} are in force now.`);
  if (untold !== undefined) printError(`The others could not be told: ${inert(spoken(untold))}`);
  return EXIT.ok;
}

/** Adds keys to the working copy's roster, after showing what that changes in it. */
async function importKeys(context: Context, { source, as, yes }: RulesOptions): Promise<number> {
  if (source === undefined) throw new CountersignError('key', 'Say where the keys are: a file, “-” for standard input, github:USER, gitlab:USER, or https://HOST/USER.keys.');
  const repository = await Repository.at(context.cwd, context.env);
  if (!repository) throw new CountersignError('git', 'This is not inside a git repository, and the roster lives in one.');
  const members = readKeyList(await keysFrom(source, context.cwd)).map(({ principal, key }): Member => {
    if (principal === undefined && as === undefined) throw new CountersignError('key', 'It is not said whose keys these are: add “--as NAME@EXAMPLE.COM”.');
    return { principal: principal ?? as ?? '', key };
  });
  const before = readWorkingRules(repository.root).roster;
  const after = rosterWith(before ?? undefined, members);
  if (after === before) {
    print('All of these keys are on the roster already.');
    return EXIT.ok;
  }
  for (const line of diffLines(ROSTER_FILE, before, after)) printError(line);
  for (const { principal, key } of members) printError(`${plain(principal)}: ${key.fingerprint}. Compare it with them.`);
  if (!yes && !(await confirm('Write this?'))) {
    printError('Not written.');
    return EXIT.refused;
  }
  const file = path.join(repository.root, ROSTER_FILE);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, after);
  print(`Written to ${ROSTER_FILE}. It counts once it is on the protected branch, and, where rules are in force, approved: countersign rules propose.`);
  return EXIT.ok;
}

async function keysFrom(source: string, cwd: string): Promise<string> {
  const url = keyListUrl(source);
  if (url) return fetchKeyList(url);
  if (source === '-') return (await readStandardInput()).toString('utf8');
  const bytes = readBounded(path.resolve(cwd, source));
  if (bytes === undefined) throw new CountersignError('key', `There is no file “${plain(source)}” that could be read.`);
  return Buffer.from(bytes).toString('utf8');
}
