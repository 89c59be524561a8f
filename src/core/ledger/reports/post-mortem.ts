import { byTime, entryName, shortId, type Bypass, type IncidentEntry, type LedgerEntry, type RequestEntry } from '../entries.js';
import { code, codeBlock } from './markdown.js';

/** What a post-mortem is about. */
export interface PostMortemSubject {
  /** In words, for the heading and the first sentence: `request 1a2b3c4d`, `2026-11-19 to 2026-11-26`. */
  readonly about: string;
  /** When it was written; RFC 3339. */
  readonly written: string;
  /** What may be missing, such as that the remote could not be reached; undefined when nothing is. */
  readonly gap: string | undefined;
}

const BYPASS_WORDS: Readonly<Record<Bypass, string>> = {
  incident: 'it began without asking',
  'broken glass': 'its requester broke the glass to run it without the others',
  'unconfirmed use': 'it ran while the store could not be reached, so whether it had run already could not be told',
  'unapproved use': 'it ran, and not enough people had signed',
};

/**
 * A report of what happened, in Markdown, from the ledger alone: what was asked, by whom or which agent, what the gate
 * said, who approved seeing what, what ran, how it ended, and what went round the gate. What only people know is left
 * to them, under its own headings.
 */
export function postMortem(entries: readonly LedgerEntry[], { about, written, gap }: PostMortemSubject): string {
  const oldestFirst = [...entries].sort(byTime);
  const bypassed = oldestFirst.filter((entry) => entry.bypassed.length > 0);
  return [
    `# Post-mortem: ${about}`,
    '',
    `Written on ${written} from the ledger of this repository. Every name, command and reason stands \`like this\`, as it was signed; characters that could mislead are shown as \`\\u{…}\`. Times are in UTC.`,
    ...(gap === undefined ? [] : ['', `**Something may be missing:** ${code(gap)}`]),
    '',
    '## In short',
    '',
    ...summary(oldestFirst),
    '',
    '## What went round the gate',
    '',
    ...(bypassed.length === 0 ? ['Nothing that the ledger knows of.'] : bypassed.map((entry) => `- ${name(entry)}: ${entry.bypassed.map((bypass) => BYPASS_WORDS[bypass]).join('; ')}.`)),
    '',
    '## Time line',
    '',
    ...timeline(oldestFirst),
    ...oldestFirst.flatMap((entry) => ['', ...(entry.entry === 'incident' ? incident(entry) : request(entry))]),
    '',
    '## What the ledger cannot know',
    '',
    '- Impact:',
    '- Cause:',
    '- What we change, who does it, and by when:',
    '',
  ].join('\n');
}

function summary(entries: readonly LedgerEntry[]): string[] {
  const requests = entries.filter((entry) => entry.entry === 'request');
  const count = (keep: (entry: RequestEntry) => boolean) => requests.filter(keep).length;
  const agents = count(({ agent }) => agent !== null);
  const failed = count(({ outcome }) => outcome !== null && outcome.exitCode !== 0);
  return [
    `- Asked for: ${requests.length}, of which ${agents} through an assistant`,
    `- Approved: ${count(({ approvals, state }) => approvals.length > 0 && state !== 'waiting')}; denied: ${count(({ denial }) => denial !== null)}; withdrawn: ${count(({ state }) => state === 'withdrawn')}; expired: ${count(({ state }) => state === 'expired')}`,
    `- Ran: ${count(({ use }) => use !== null)}, of which ${failed} did not end with exit code 0`,
    `- Began without asking: ${entries.length - requests.length}; glass broken: ${count(({ glass }) => glass !== null)}`,
  ];
}

function name(entry: LedgerEntry): string {
  return `${code(entry.title)} (${entryName(entry)})`;
}

function timeline(entries: readonly LedgerEntry[]): string[] {
  const events = entries.flatMap((entry) => eventsOf(entry).map(([at, words]) => ({ at, line: `- ${at.slice(11, 19)} ${name(entry)} ${words}` })));
  const sorted = events.sort(byTime);
  if (sorted.length === 0) return ['Nothing happened.'];
  return sorted.flatMap(({ at, line }, index) => {
    const day = at.slice(0, 10);
    return sorted[index - 1]?.at.slice(0, 10) === day ? [line] : [...(index === 0 ? [] : ['']), `### ${day}`, '', line];
  });
}

function eventsOf(entry: LedgerEntry): readonly (readonly [at: string, words: string])[] {
  if (entry.entry === 'incident') return [[entry.at, `began without asking on the machine of ${code(entry.person)}`]];
  const { denial, withdrawal, glass, use, outcome } = entry;
  return [
    [entry.at, `was asked for by ${code(entry.person)}${throughAgent(entry)}`],
    ...(denial ? [[denial.at, `was denied by ${code(denial.person)}: ${code(denial.reason)}`] as const] : []),
    ...(withdrawal ? [[withdrawal.at, 'was withdrawn'] as const] : []),
    ...(glass ? [[glass.at, `was to run behind a broken glass: ${code(glass.reason)}`] as const] : []),
    ...(use ? [[use.at, `was run by ${code(use.by)}${entry.approvals.length > 0 ? `, approved by ${approvers(entry)}` : ''}`] as const] : []),
    ...(outcome ? [[outcome.at, outcome.exitCode === null ? 'ended without an exit code' : `ended with exit code ${outcome.exitCode}`] as const] : []),
    ...(glass?.review ? [[glass.review.at, `was reviewed by ${code(glass.review.person)}`] as const] : []),
  ];
}

function throughAgent({ agent }: RequestEntry): string {
  return agent ? ` through the assistant ${code(agent.name)}` : '';
}

function approvers({ approvals }: RequestEntry): string {
  return approvals.map(({ person }) => code(person)).join(', ');
}

function request(entry: RequestEntry): string[] {
  const { agent, glass, use, outcome, denial, withdrawal } = entry;
  return [
    `## Request ${shortId(entry)}`,
    '',
    `- **Asked** on ${entry.at} by ${code(entry.person)}${agent ? `${throughAgent(entry)}, session ${code(agent.session)}${agent.model === null ? '' : `, model ${code(agent.model)}`}` : ', no assistant reported'}`,
    ...(entry.reason === '' ? [] : [`- **Why:** ${code(entry.reason)}`]),
    `- **What** (${entry.kind}${entry.title === entry.script ? '' : ` ${code(entry.title)}`}, in ${entry.directory === '.' ? 'the top of the repository' : code(entry.directory)}):`,
    '',
    ...codeBlock(entry.script, '  '),
    '',
    `- **Where it would land:** ${entry.targets.map(({ environment, kind, name: target, evidence }) => `${code(environment)} by the ${code(kind)} ${code(target)}: ${code(evidence)}`).join('; ') || 'nothing in it names a target'}`,
    ...listed('What the gate said', entry.gate),
    `- **Needed:** ${code(entry.needed)}, until ${entry.expires}`,
    ...(entry.approvals.length === 0 ? ['- **Approved** by nobody'] : entry.approvals.map(({ person, key }) => `- **Approved** by ${code(person)} with the key ${code(key)}, who saw and signed what stands above: request \`${entry.id}\``)),
    `- **Bound by the request:** operation \`${entry.operation}\`, commit \`${entry.commit}\`${entry.files.length > 0 ? `, and by their digests ${entry.files.map(code).join(', ')}` : ''}`,
    ...(denial ? [`- **Denied** on ${denial.at} by ${code(denial.person)}: ${code(denial.reason)}`] : []),
    ...(withdrawal ? [`- **Withdrawn** on ${withdrawal.at}: ${code(withdrawal.reason)}`] : []),
    ...(glass ? [`- **Glass broken** on ${glass.at} with the key ${code(glass.key)}: ${code(glass.reason)}. ${glass.review ? `Reviewed on ${glass.review.at} by ${code(glass.review.person)}: ${code(glass.review.note)}` : 'Nobody has reviewed that yet'}`] : []),
    use ? `- **Ran** on ${use.at}, started by ${code(use.by)}` : '- **Did not run**, as far as the ledger knows',
    ...(use ? [`- **Outcome:** ${outcome ? (outcome.exitCode === null ? `ended on ${outcome.at} without an exit code` : `exit code ${outcome.exitCode} on ${outcome.at}`) : 'none is recorded: it still runs, or nobody saw its end'}`] : []),
    bypassedLine(entry),
    ...listed('Left out of account', entry.problems),
  ];
}

function incident(entry: IncidentEntry): string[] {
  return [
    `## Incident ${shortId(entry)}`,
    '',
    `- **Began without asking** on ${entry.at}, ${entry.way === 'terminal' ? 'in the terminal' : 'as the task'} ${code(entry.name)}; noticed and signed by ${code(entry.person)}`,
    '- **What:**',
    '',
    ...codeBlock(entry.script, '  '),
    '',
    `- **Where it would land:** ${entry.environments.map(code).join(', ') || 'unknown'}`,
    ...listed('What the gate would have said', entry.gate),
    `- **Outcome:** ${entry.stopped ? 'interrupted after it had begun' : 'over before it could be interrupted'}`,
    bypassedLine(entry),
  ];
}

function bypassedLine({ bypassed }: LedgerEntry): string {
  return `- **Bypassed:** ${bypassed.map((bypass) => BYPASS_WORDS[bypass]).join('; ') || 'nothing'}`;
}

function listed(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [`- **${title}:**`, ...texts.map((text) => `  - ${code(text)}`)];
}
