import { hexOf } from '../core/approval/canonical.js';
import { counted, inert, inline, plain, showLines } from '../core/approval/display.js';
import { operationTitle } from '../core/approval/operation.js';
import { secondsLeft } from '../core/approval/judge.js';
import type { Trust } from '../core/approval/trust.js';
import { extentLines, type Extent } from '../core/blast/extent.js';
import { candidatesFor } from '../core/approval/trust.js';
import type { RequestView } from '../core/ledger/fold.js';
import { describeQuorum } from '../core/policy/quorum.js';
import { describeState } from './approvals.js';
import type { InputState, ReviewFacts } from './review-facts.js';

/** How far an operation reaches, as far as that is known by now. */
export type Reach = readonly Extent[] | 'being counted';

/** The first digits of a request's digest, enough to tell requests apart when people talk about them. */
export function shortName(view: RequestView): string {
  return hexOf(view.digest).slice(0, 8);
}

/** A person in few letters: an address without its domain. */
export function shortPerson(person: string | undefined): string {
  return inline(person?.split('@')[0] ?? '?');
}

/** What a request is about, in one line. */
export function titleOf(view: RequestView): string {
  return inline(operationTitle(view.signed.request.operation));
}

/**
 * The review document: plain text, everything from outside escaped, nothing cut. What the machine worked out
 * stands above what a person wrote.
 *
 * @param now Unix seconds
 * @param history what the ledger says beside it, as lines
 */
export function reviewText(view: RequestView, facts: ReviewFacts, trust: Trust, now: number, reach: Reach = [], history: readonly string[] = []): string {
  const { request } = view.signed;
  const { operation } = request;
  const lines = [
    view.state === 'waiting' ? `Approval request ${shortName(view)}` : `Approval request ${shortName(view)}: ${describeState(view)}`,
    titleOf(view),
    '',
    row('Asked by', `${plain(view.requester ?? `${request.by} (not verified!)`)}${request.agent ? ` through the assistant ${plain(request.agent.name)}${request.agent.model === undefined ? '' : ` (model ${plain(request.agent.model)})`}` : ', no assistant reported'}`),
    row('State', stateLine(view, trust, now)),
    ...(view.state === 'waiting' || view.state === 'approved' ? [row('Open until', `${timeOf(request.expires)} (${timeLeft(secondsLeft(request, now))})`)] : []),
    ...glassLines(view),
    '',
    { task: 'What would run', command: 'What would run', edit: 'What would be written', tool: 'Which tool would be used, and with what', rules: 'What the rules would say' }[operation.kind],
    ...(operation.shell === '' ? [] : [row('Shell', plain(operation.shell))]),
    row('Directory', operation.directory === '.' ? 'the top of the repository' : plain(operation.directory)),
    ...scriptLines(operation.script),
    '',
    'Where it would land',
    ...operation.targets.map((target) => row(plain(target.environment), `${plain(target.kind)} "${plain(target.name)}": ${plain(target.evidence)}`)),
    ...(operation.targets.length === 0 ? [row('Unknown', 'nothing in it names a target')] : []),
    '',
    ...sealedLines(facts),
    'What this machine found',
    ...problemLines(view.problems),
    ...factLines(facts, operation.commit),
    ...facts.assessment.findings.map((finding) => row(finding.severity, `${plain(finding.message)}${finding.safer === undefined ? '' : ` Safer: ${plain(finding.safer)}`}`)),
    '',
    ...reachLines(reach),
    'What the requester was shown',
    ...request.findings.map((finding) => `  - ${plain(finding)}`),
    ...(request.findings.length === 0 ? ['  - nothing'] : []),
    ...(request.reason === '' ? [] : [row('Reason', plain(request.reason))]),
    '',
    ...(history.length === 0 ? [] : ['What came before it', ...history, '']),
    'What your signature binds',
    row('Request', view.digest),
    row('Operation', request.operationDigest),
    row('Commit', operation.commit),
    row('Working copy', operation.worktree),
    ...Object.keys(operation.environment).map((name) => row('Variable', `${plain(name)} (its value is bound, not shown)`)),
    row('Policy', `${request.policy} (${plain(trust.source)})`),
    row('Roster', request.roster),
    row('Uses', 'one'),
    '',
    // Long, and for whoever wants to know more: what is decided on stands above.
    'How it was understood',
    ...facts.steps.map((step) => row(step.stage, plain(step.text.replaceAll(`${facts.root}/`, '').replaceAll(`in ${facts.root}`, 'in the top of the repository')))),
    ...fileLines(facts),
    '',
  ];
  return lines.join('\n');
}

/** How far it reaches, where anything in it says so. */
function reachLines(reach: Reach): readonly string[] {
  if (reach.length === 0) return [];
  return ['How far it reaches', ...(reach === 'being counted' ? [row('One moment', 'this is being counted')] : extentLines(reach, row)), ''];
}

function sealedLines({ sealed }: ReviewFacts): string[] {
  return sealed.length === 0 ? [] : ['What it would be given', ...sealed.map(({ name, text, good }) => row(good ? plain(name) : 'Attention', inert(text))), ''];
}

/** What the requester did without the others, and who looked at it since. */
export function glassLines({ glass, glassReview }: RequestView): string[] {
  if (!glass) return [];
  return [
    row('Break-glass', `without approval at ${timeOf(glass.at)}, with ${glass.fingerprint}`),
    row('Because', plain(glass.reason)),
    row('Reviewed', glassReview ? `by ${plain(glassReview.person)} at ${timeOf(glassReview.at)}: ${plain(glassReview.note)}` : 'not yet: another person has to look at it'),
  ];
}

export function row(name: string, text: string): string {
  return `  ${name.padEnd(13)} ${text}`;
}

/** Every line of the script with its number; runs of empty lines are counted, so that nothing hides behind them. */
function scriptLines(script: string): string[] {
  const shown = showLines(script);
  const escaped = shown.reduce((sum, line) => sum + line.escaped, 0);
  const rows: string[] = shown.length === 1 && script.length < 500 ? [] : [row('Length', `${shown.length} lines, ${script.length} characters`)];
  let empty = 0;
  const flush = () => {
    if (empty > 0) rows.push(row('', `(${empty} empty ${empty === 1 ? 'line' : 'lines'})`));
    empty = 0;
  };
  shown.forEach((line, index) => {
    if (line.text.trim() === '') {
      empty += 1;
      return;
    }
    flush();
    rows.push(row(`[${index + 1}]`, counted(line.text)));
  });
  flush();
  return escaped === 0 ? rows : [...rows, row('Attention', `${escaped} characters that could mislead are shown as \\u{…}`)];
}

/** What was left out of account: counted in full, shown in part, for anybody can add to it. */
function problemLines(problems: readonly string[]): string[] {
  const shown = [...new Set(problems)].slice(0, 5).map((problem) => row('Note', inert(problem)));
  return problems.length > shown.length ? [...shown, row('Note', `${problems.length} things in all were left out of account`)] : shown;
}

/** The files that would run, as the commit has them, with the lines that findings stand on marked. */
function fileLines({ files }: ReviewFacts): string[] {
  return files.flatMap((file) => [
    '',
    `What ${plain(file.path)} says in the commit`,
    ...file.lines.map(({ text, flagged }, index) => row(`${flagged ? '!' : ' '}[${index + 1}]`, text)),
    ...(file.left === 0 ? [] : [row('Attention', `${file.left} more lines are not shown: read the file itself before you sign`)]),
  ]);
}

export function stateLine(view: RequestView, trust: Trust, now: number): string {
  const signed = view.approvals.map((approval) => plain(approval.person));
  const by = signed.length > 0 ? `, signed by ${signed.join(', ')}` : '';
  if (view.state === 'denied' && view.denial) return `Denied by ${plain(view.denial.person)}: ${plain(view.denial.reason)}`;
  if (view.state === 'finished' && view.outcome) return `Finished with ${view.outcome.exitCode === null ? 'no exit code' : `exit code ${view.outcome.exitCode}`}${by}`;
  if (view.state === 'running' && view.use) return `${view.use.unconfirmed ? 'Used while the store could not be reached' : 'Used'} at ${new Date(view.use.at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC, and no outcome is recorded: it still runs, or nobody saw its end${by}`;
  if (view.state !== 'waiting' || now > view.signed.request.expires) return `${capitalised(describeState(view))}${by}`;
  const candidates = [...candidatesFor(trust, view.quorum)].filter((person) => person !== view.requester);
  return `Waiting for ${plain(describeQuorum(view.quorum))}${by}. Can sign: ${candidates.map(plain).join(', ') || 'nobody'}`;
}

function factLines(facts: ReviewFacts, commit: string): string[] {
  const lines: string[] = [];
  if (!facts.sameRepository) lines.push(row('Attention', 'this request is for another repository'));
  lines.push(
    facts.commit
      ? row('Commit', `${commit.slice(0, 12)} is in this clone: "${plain(facts.commit.subject)}" by ${plain(facts.commit.author)}`)
      : row('Attention', `commit ${commit.slice(0, 12)} is not in this clone: fetch it, or ask the requester to push it`),
  );
  if (facts.clean === true) lines.push(row('Files', 'every file that git does not ignore is as in that commit'));
  if (facts.clean === false) lines.push(row('Attention', 'the requester\'s working copy has changes that are not in the commit'));
  const words: Record<InputState, string> = {
    same: 'is as in the commit',
    'same here': 'lies outside the repository and is the same file on this machine',
    differs: 'differs from the commit: what would run cannot be seen here',
    'not in the commit': 'is not in the commit: what would run cannot be seen here',
    missing: 'does not exist on the requester\'s machine',
    'outside the repository': 'lies outside the repository: what would run cannot be seen here',
  };
  for (const input of facts.inputs) lines.push(row(input.state === 'same' || input.state === 'same here' ? 'Input' : 'Attention', `${plain(input.path)} ${words[input.state]}`));
  return lines;
}

/** A text as a sentence of its own, so that another one can follow. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}

/** From here on minutes are more than anybody wants to know, in seconds. */
export const HOURS_FROM = 2 * 3600;

/** How long a request stays open. @param seconds as they are left */
export function timeLeft(seconds: number): string {
  if (seconds <= 0) return 'over';
  if (seconds < 60) return `${seconds} s left`;
  return seconds < HOURS_FROM ? `${Math.floor(seconds / 60)} min left` : `${Math.floor(seconds / 3600)} h left`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
