import { plain, plainly } from '../../approval/display.js';
import { english, sentence, spoken, type Say, type Sentence, type Value } from '../../say.js';
import { byTime, entryName, shortId, type Bypass, type IncidentEntry, type LedgerEntry, type RequestEntry } from '../entries.js';
import { code, codeBlock } from './markdown.js';

/** What a post-mortem is about. */
export interface PostMortemSubject {
  /** For the heading: `request 1a2b3c4d`, `2026-11-26`. */
  readonly about: Value;
  /** When it was written; RFC 3339. */
  readonly written: string;
  /** What may be missing, such as that the remote could not be reached; undefined when nothing is. */
  readonly gap: string | undefined;
}

const BYPASS_WORDS: Readonly<Record<Bypass, Sentence>> = {
  incident: sentence('it began without asking'),
  'broken glass': sentence('its requester broke the glass to run it without the others'),
  'unconfirmed use': sentence('it ran while the store could not be reached, so whether it had run already could not be told'),
  'unapproved use': sentence('it ran, and not enough people had signed'),
};

const KIND_WORDS: Readonly<Record<RequestEntry['kind'], Sentence>> = { task: sentence('task'), command: sentence('command'), edit: sentence('edit'), tool: sentence('tool'), rules: sentence('rules') };

/**
 * A report of what happened, in Markdown, from the ledger alone: what was asked, by whom or which agent, what the gate
 * said, who approved seeing what, what ran, how it ended, and what went round the gate. What only people know is left
 * to them, under its own headings. What was recorded stands as it was recorded, whatever the reader's language.
 */
export function postMortem(entries: readonly LedgerEntry[], { about, written, gap }: PostMortemSubject, say: Say = english): string {
  const oldestFirst = [...entries].sort(byTime);
  const bypassed = oldestFirst.filter((entry) => entry.bypassed.length > 0);
  return [
    `# ${say('Post-mortem: {0}', typeof about === 'object' ? plainly(about, say) : plain(String(about)))}`,
    '',
    say('Written on {0} from the ledger of this repository. Every name, command and reason stands `like this`, as it was signed; characters that could mislead are shown as {1}. Times are in UTC.', written, '`\\u{…}`'),
    ...(gap === undefined ? [] : ['', `**${say('Something may be missing:')}** ${code(gap, say)}`]),
    '',
    `## ${say('In short')}`,
    '',
    ...summary(oldestFirst, say).map((line) => `- ${line}`),
    '',
    `## ${say('What went round the gate')}`,
    '',
    ...(bypassed.length === 0 ? [say('Nothing that the ledger knows of.')] : bypassed.map((entry) => `- ${name(entry, say)}: ${bypasses(entry, say)}.`)),
    '',
    `## ${say('Time line')}`,
    '',
    ...timeline(oldestFirst, say),
    ...oldestFirst.flatMap((entry) => ['', ...(entry.entry === 'incident' ? incident(entry, say) : request(entry, say))]),
    '',
    `## ${say('What the ledger cannot know')}`,
    '',
    `- ${say('Impact:')}`,
    `- ${say('Cause:')}`,
    `- ${say('What we change, who does it, and by when:')}`,
    '',
  ].join('\n');
}

function summary(entries: readonly LedgerEntry[], say: Say): string[] {
  const requests = entries.filter((entry) => entry.entry === 'request');
  const count = (keep: (entry: RequestEntry) => boolean) => requests.filter(keep).length;
  const agents = count(({ agent }) => agent !== null);
  const approved = count(({ approvals, state }) => approvals.length > 0 && state !== 'waiting');
  const failed = count(({ outcome }) => outcome !== null && outcome.exitCode !== 0);
  return [
    say('Asked for: {0}, of which {1} through an assistant', requests.length, agents),
    say('Approved: {0}; denied: {1}; withdrawn: {2}; expired: {3}', approved, count(({ denial }) => denial !== null), count(({ state }) => state === 'withdrawn'), count(({ state }) => state === 'expired')),
    say('Ran: {0}, of which {1} did not end with exit code 0', count(({ use }) => use !== null), failed),
    say('Began without asking: {0}; glass broken: {1}', entries.length - requests.length, count(({ glass }) => glass !== null)),
  ];
}

function name(entry: LedgerEntry, say: Say): string {
  return `${code(entry.title, say)} (${plainly(entryName(entry), say)})`;
}

function timeline(entries: readonly LedgerEntry[], say: Say): string[] {
  const events = entries.flatMap((entry) => eventsOf(entry, say).map(([at, words]) => ({ at, line: `- ${at.slice(11, 19)} ${words}` })));
  const sorted = events.sort(byTime);
  if (sorted.length === 0) return [say('Nothing happened.')];
  return sorted.flatMap(({ at, line }, index) => {
    const day = at.slice(0, 10);
    return sorted[index - 1]?.at.slice(0, 10) === day ? [line] : [...(index === 0 ? [] : ['']), `### ${day}`, '', line];
  });
}

function eventsOf(entry: LedgerEntry, say: Say): readonly (readonly [at: string, words: string])[] {
  const what = name(entry, say);
  const person = code(entry.person, say);
  if (entry.entry === 'incident') return [[entry.at, say('{0} began without asking on the machine of {1}', what, person)]];
  const { agent, approvals, denial, withdrawal, glass, use, outcome } = entry;
  return [
    [entry.at, agent ? say('{0} was asked for by {1} through the assistant {2}', what, person, code(agent.name, say)) : say('{0} was asked for by {1}', what, person)],
    ...(denial ? [[denial.at, say('{0} was denied by {1}: {2}', what, code(denial.person, say), code(denial.reason, say))] as const] : []),
    ...(withdrawal ? [[withdrawal.at, say('{0} was withdrawn', what)] as const] : []),
    ...(glass ? [[glass.at, say('{0} was to run behind a broken glass: {1}', what, code(glass.reason, say))] as const] : []),
    ...(use ? [[use.at, approvals.length > 0 ? say('{0} was run by {1}, approved by {2}', what, code(use.by, say), codes(approvals.map((approval) => approval.person), say)) : say('{0} was run by {1}', what, code(use.by, say))] as const] : []),
    ...(outcome ? [[outcome.at, outcome.exitCode === null ? say('{0} ended without an exit code', what) : say('{0} ended with exit code {1}', what, outcome.exitCode)] as const] : []),
    ...(glass?.review ? [[glass.review.at, say('{0} was reviewed by {1}', what, code(glass.review.person, say))] as const] : []),
  ];
}

function codes(texts: readonly string[], say: Say): string {
  return texts.map((text) => code(text, say)).join(', ');
}

function request(entry: RequestEntry, say: Say): string[] {
  const { glass, use, denial, withdrawal } = entry;
  const what = `${spoken(KIND_WORDS[entry.kind], say)}${entry.title === entry.script ? '' : ` ${code(entry.title, say)}`}`;
  const where = entry.directory === '.' ? say('the top of the repository') : code(entry.directory, say);
  const targets = entry.targets.map(({ environment, kind, name: target, evidence }) => say('{0} by the {1} {2}: {3}', code(environment, say), code(kind, say), code(target, say), code(evidence, say)));
  const [operation, commit] = [`\`${entry.operation}\``, `\`${entry.commit}\``];
  return [
    `## ${say('Request {0}', shortId(entry))}`,
    '',
    `- ${asked(entry, say)}`,
    ...(entry.reason === '' ? [] : [`- ${say('**Why:** {0}', code(entry.reason, say))}`]),
    `- ${say('**What** ({0}, in {1}):', what, where)}`,
    '',
    ...codeBlock(entry.script, '  '),
    '',
    `- ${say('**Where it would land:** {0}', targets.join('; ') || say('nothing in it names a target'))}`,
    ...listed(say('What the gate said'), entry.gate, say),
    `- ${say('**Needed:** {0}, until {1}', code(entry.needed, say), entry.expires)}`,
    ...(entry.approvals.length === 0
      ? [`- ${say('**Approved** by nobody')}`]
      : entry.approvals.map(({ person, key }) => `- ${say('**Approved** by {0} with the key {1}, who saw and signed what stands above: request {2}', code(person, say), code(key, say), `\`${entry.id}\``)}`)),
    `- ${entry.files.length > 0 ? say('**Bound by the request:** operation {0}, commit {1}, and by their digests {2}', operation, commit, codes(entry.files, say)) : say('**Bound by the request:** operation {0}, commit {1}', operation, commit)}`,
    ...(denial ? [`- ${say('**Denied** on {0} by {1}: {2}', denial.at, code(denial.person, say), code(denial.reason, say))}`] : []),
    ...(withdrawal ? [`- ${say('**Withdrawn** on {0}: {1}', withdrawal.at, code(withdrawal.reason, say))}`] : []),
    ...(glass ? [`- ${brokenGlass(glass, say)}`] : []),
    `- ${use ? say('**Ran** on {0}, started by {1}', use.at, code(use.by, say)) : say('**Did not run**, as far as the ledger knows')}`,
    ...(use ? [`- ${outcomeOf(entry, say)}`] : []),
    bypassedLine(entry, say),
    ...listed(say('Left out of account'), entry.problems, say),
  ];
}

function asked({ at, person, agent }: RequestEntry, say: Say): string {
  if (!agent) return say('**Asked** on {0} by {1}, no assistant reported', at, code(person, say));
  const { name: assistant, session, model } = agent;
  return model === null
    ? say('**Asked** on {0} by {1} through the assistant {2}, session {3}', at, code(person, say), code(assistant, say), code(session, say))
    : say('**Asked** on {0} by {1} through the assistant {2}, session {3}, model {4}', at, code(person, say), code(assistant, say), code(session, say), code(model, say));
}

function brokenGlass({ at, key, reason, review }: NonNullable<RequestEntry['glass']>, say: Say): string {
  return review
    ? say('**Glass broken** on {0} with the key {1}: {2}. Reviewed on {3} by {4}: {5}', at, code(key, say), code(reason, say), review.at, code(review.person, say), code(review.note, say))
    : say('**Glass broken** on {0} with the key {1}: {2}. Nobody has reviewed that yet', at, code(key, say), code(reason, say));
}

function outcomeOf({ outcome }: RequestEntry, say: Say): string {
  if (!outcome) return say('**Outcome:** none is recorded: it still runs, or nobody saw its end');
  return outcome.exitCode === null ? say('**Outcome:** ended on {0} without an exit code', outcome.at) : say('**Outcome:** exit code {0} on {1}', outcome.exitCode, outcome.at);
}

function incident(entry: IncidentEntry, say: Say): string[] {
  const [place, person] = [code(entry.name, say), code(entry.person, say)];
  return [
    `## ${say('Incident {0}', shortId(entry))}`,
    '',
    `- ${entry.way === 'terminal' ? say('**Began without asking** on {0}, in the terminal {1}; noticed and signed by {2}', entry.at, place, person) : say('**Began without asking** on {0}, as the task {1}; noticed and signed by {2}', entry.at, place, person)}`,
    `- ${say('**What:**')}`,
    '',
    ...codeBlock(entry.script, '  '),
    '',
    `- ${say('**Where it would land:** {0}', codes(entry.environments, say) || say('unknown'))}`,
    ...listed(say('What the gate would have said'), entry.gate, say),
    `- ${entry.stopped ? say('**Outcome:** interrupted after it had begun') : say('**Outcome:** over before it could be interrupted')}`,
    bypassedLine(entry, say),
  ];
}

function bypassedLine(entry: LedgerEntry, say: Say): string {
  return `- ${entry.bypassed.length === 0 ? say('**Bypassed:** nothing') : say('**Bypassed:** {0}', bypasses(entry, say))}`;
}

function bypasses({ bypassed }: LedgerEntry, say: Say): string {
  return bypassed.map((bypass) => spoken(BYPASS_WORDS[bypass], say)).join('; ');
}

/** @param title in the reader's language */
function listed(title: string, texts: readonly string[], say: Say): string[] {
  return texts.length === 0 ? [] : [`- **${title}:**`, ...texts.map((text) => `  - ${code(text, say)}`)];
}
