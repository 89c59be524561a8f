import type { Demand, Environment, Exception, Policy } from '../policy/policy.js';
import type { NotifyPolicy } from '../policy/notify-policy.js';
import { quorumForRules, type Quorum } from '../policy/quorum.js';
import { sentence, spoken, type Sentence, type Value } from '../say.js';
import { loss } from './fact.js';
import type { Fact } from './fact.js';

const PRESENCE = loss('policy/presence-lowered', 'critical', '{0} asks for less proof that a person signed.', 'Keep the touch or the PIN.');
const BRANCH = loss('policy/branch-removed', 'critical', '{0} is no longer protected on the server.', 'Keep the branch.');
const FREEZE = loss('policy/freeze-removed', 'high', '{0} may be changed in a time in which nothing was to change.', 'Keep the freeze.');
const AGENTS = loss('policy/agents-allowed', 'critical', '{0} lets assistants do more by themselves.', 'Keep what assistants get.');
const PATH = loss('policy/path-unprotected', 'critical', '{0} is no longer protected, or is protected less.', 'Keep the path.');
const RULES = loss('policy/rules-weakened', 'critical', 'A change of the rules themselves needs less.', 'Keep what it needs.');
const GLASS = loss('policy/glass-easier', 'critical', 'Breaking the glass takes less, or may be done more often.', 'Keep the number and the proof.');
const OFFLINE = loss('policy/offline-run', 'high', 'What was approved may run while nobody can tell whether it was used already.', 'Keep “offline: hold”.');
const EXCEPTION = loss('policy/exception-added', 'critical', 'Something goes ahead without approval.', 'Let it be asked for, or shorten the time.');
const RUNNER = loss('policy/runner-added', 'high', 'Another key may use approvals that others asked for.', 'Let only deploy jobs have such keys.');

const UNTOLD = loss('policy/notify-removed', 'medium', 'No chat is told any more that a request waits.', 'Keep “notify”.');
const TOLD = loss('policy/notify-changed', 'medium', 'Another chat is told that a request waits.', 'Make sure that the webhook is the team’s own.');

const PROOF = ['none', 'touch', 'pin'] as const;
const DEMANDS: readonly (Demand | undefined)[] = [undefined, 'confirm', 'approve', 'deny'];

/** A protection of the policy, and where it is written. */
export type Protection = Omit<Fact, 'span'> & { readonly at: readonly string[] };

/** What an environment holds besides its approvals. */
export function environmentProtections({ name, approvals, presence, branches, freezes, agents }: Environment): readonly Protection[] {
  const at = (key: string) => ['environments', name, key];
  const protections: Protection[] = [];
  if (approvals > 0 && presence !== 'none') protections.push({ key: `${name} presence`, level: PROOF.indexOf(presence), at: at('presence'), rule: PRESENCE, values: [name] });
  for (const branch of branches) protections.push({ key: `${name} branch ${branch}`, at: at('branches'), rule: BRANCH, values: [branch] });
  for (const { from, until } of freezes) protections.push({ key: `${name} freeze ${from} ${until}`, at: at('freeze'), rule: FREEZE, values: [name] });
  if (agents) protections.push({ key: `${name} agents`, level: DEMANDS.indexOf(agents), at: at('agents'), rule: AGENTS, values: [name] });
  return protections;
}

/** What the policy holds for all of the repository. */
export function generalProtections(policy: Policy): readonly Protection[] {
  const { breakGlass, protectedPaths, store, notify } = policy;
  return [
    ...protectedPaths.flatMap(({ paths, edits, by }) =>
      paths.flatMap((glob): readonly Protection[] => {
        const path = { at: ['protectedPaths'], rule: PATH, values: [glob] };
        return [{ ...path, key: `path ${glob}`, level: DEMANDS.indexOf(edits) }, ...(by === 'everyone' ? [{ ...path, key: `path ${glob} everyone` }] : [])];
      }),
    ),
    ...(breakGlass.presence === 'pin' ? [{ key: 'break-glass presence', at: ['breakGlass', 'presence'], rule: GLASS }] : []),
    // Fewer times are better, so that they count backwards.
    { key: 'break-glass number', level: -breakGlass.perWeek, at: ['breakGlass', 'perWeek'], rule: GLASS },
    ...(store.offline === 'hold' ? [{ key: 'store offline', at: ['store', 'offline'], rule: OFFLINE }] : []),
    ...(notify ? [{ key: 'notify', at: ['notify'], rule: UNTOLD }] : []),
  ];
}

/** What a policy allows that the one before it did not. */
export function generalAdditions(was: Policy, is: Policy): readonly Protection[] {
  const old = new Map(was.exceptions.map((exception) => [nameOf(exception), exception.until]));
  const exceptions = is.exceptions.filter((exception) => (old.get(nameOf(exception)) ?? 0) < exception.until);
  const runners = is.runners.filter((runner) => !was.runners.includes(runner));
  // Without words of their own the rules need what environments need, which is looked at there.
  const isOwn = was.rules !== undefined || is.rules !== undefined;
  const isWeaker = isOwn && needsLess(quorumForRules(is), quorumForRules(was));
  const [before, after] = [rulesPeople(was), rulesPeople(is)];
  const people = !isOwn || before === undefined ? [] : after === undefined ? [sentence('Everybody on the roster')] : [...after].filter((person) => !before.has(person));
  return [
    ...exceptions.map((exception) => ({ key: nameOf(exception), at: ['exceptions'], rule: EXCEPTION, message: sentence('{0} goes ahead in {1} without approval until {2}: {3}', exceptionInWords(exception), exception.environment, `${new Date(exception.until * 1000).toISOString().slice(0, 16)}Z`, exception.reason) })),
    ...runners.map((runner) => ({ key: runner, at: ['runners'], rule: RUNNER, message: sentence('{0} may use approvals that others asked for.', runner) })),
    ...(isWeaker ? [{ key: 'rules', at: ['rules'], rule: RULES }] : []),
    ...people.map((person) => ({ key: `rules ${typeof person === 'object' ? spoken(person) : person}`, at: ['rules', 'approvers'], rule: RULES, message: sentence('{0} may approve changes of the rules from now on.', person) })),
    ...notifyAdditions(was.notify, is.notify),
  ];
}

function notifyAdditions(was: NotifyPolicy | undefined, is: NotifyPolicy | undefined): readonly Protection[] {
  if (!is || (was?.kind === is.kind && was.variable === is.variable)) return [];
  return [{ key: `notify ${is.kind} ${is.variable}`, at: ['notify'], rule: TOLD, message: sentence('{0} hears of every request from now on (digest, requester, repository, environment, time), at the address that {1} holds.', CHATS[is.kind], is.variable) }];
}

const CHATS: Readonly<Record<NotifyPolicy['kind'], Sentence>> = { slack: sentence('A Slack channel'), teams: sentence('A Microsoft Teams channel'), plain: sentence('A webhook') };

function needsLess(is: Quorum, was: Quorum): boolean {
  return signatures(is) < signatures(was) || PROOF.indexOf(is.presence) < PROOF.indexOf(was.presence);
}

function signatures({ requirements }: Quorum): number {
  return Math.max(...requirements.map((parts) => parts.reduce((sum, { count }) => sum + count, 0)));
}

function nameOf({ environment, rules, command, task }: Exception): string {
  return JSON.stringify([environment, rules ?? null, command ?? null, task ?? null]);
}

function exceptionInWords({ rules, command, task }: Exception): Value {
  const [what = sentence('What destroys nothing')] = [command, task === undefined ? undefined : sentence('The task “{0}”', task), rules?.join(', ')].filter((words) => words !== undefined);
  return what;
}

/** Who may approve a change of the rules; undefined when that is anybody on the roster. */
function rulesPeople(policy: Policy): ReadonlySet<string> | undefined {
  const parts = quorumForRules(policy).requirements.flat();
  if (parts.some(({ of }) => of === undefined)) return undefined;
  return new Set(parts.flatMap(({ of = [] }) => of.flatMap((name) => policy.groups.get(name) ?? [name])));
}
