import { hexOf } from '../core/approval/canonical.js';
import { counted, inert, inline, plain, plainly, showLines } from '../core/approval/display.js';
import type { Severity } from '../core/assess/assessment.js';
import type { Explained } from '../core/assess/explain.js';
import { operationTitle, type Operation } from '../core/approval/operation.js';
import { secondsLeft } from '../core/approval/judge.js';
import type { Trust } from '../core/approval/trust.js';
import { extentLines, type Extent } from '../core/blast/extent.js';
import { candidatesFor } from '../core/approval/trust.js';
import type { RequestState, RequestView } from '../core/ledger/fold.js';
import { english, sentence, spoken, spokenWay, type Say, type Sentence } from '../core/say.js';
import { HOLE } from '../core/shell/program.js';
import { kindWords } from '../core/targets/kinds.js';
import { describeQuorum } from '../core/policy/quorum.js';
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
 * @param say the reader's language; what was recorded is English, as it is signed
 */
export function reviewText(view: RequestView, facts: ReviewFacts, trust: Trust, now: number, reach: Reach = [], history: readonly string[] = [], say: Say = english): string {
  const { request } = view.signed;
  const { operation } = request;
  const lines = [
    ...headLines(view, trust, now, say),
    ...glassLines(view, say),
    '',
    headingOf(operation.kind, say),
    ...(operation.shell === '' ? [] : [row(say('Shell'), plain(operation.shell))]),
    row(say('Directory'), operation.directory === '.' ? say('the top of the repository') : plain(operation.directory)),
    ...scriptLines(operation.script, say),
    ...(isShort(facts) ? callLines(facts, say) : []),
    '',
    say('Where it would land'),
    ...operation.targets.map((target) => row(plain(target.environment), `${plainly(kindWords(target.kind), say)} "${plain(target.name)}": ${evidenceOf(target, facts, say)}`)),
    ...(operation.targets.length === 0 ? [row(say('Unknown'), say('nothing in it names a target'))] : []),
    '',
    ...sealedLines(facts, say),
    say('What this machine found'),
    ...problemLines(view.problems, say),
    ...factLines(facts, operation.commit, say),
    ...facts.assessment.findings.map((finding) => row(spoken(SEVERITIES[finding.severity], say), [plainly(finding.message, say), ...(finding.safer === undefined ? [] : [say('Safer: {0}', spokenWay(finding.safer, say))])].join(' '))),
    '',
    ...reachLines(reach, say),
    say('What the requester was shown'),
    ...request.findings.map((finding) => `  - ${plain(finding)}`),
    ...(request.findings.length === 0 ? [`  - ${say('nothing')}`] : []),
    ...(request.reason === '' ? [] : [row(say('Reason'), plain(request.reason))]),
    '',
    ...(history.length === 0 ? [] : [say('What came before it'), ...history, '']),
    say('What your signature binds'),
    row(say('Request'), view.digest),
    row(say('Operation'), request.operationDigest),
    row('Commit', operation.commit),
    row(say('Working copy'), operation.worktree),
    ...Object.keys(operation.environment).map((name) => row(say('Variable'), say('{0} (its value is bound, not shown)', plain(name)))),
    row(say('Policy'), `${request.policy} (${plain(trust.source)})`),
    row(say('Roster'), request.roster),
    row(say('Uses'), say('one')),
    '',
    // Long, and for whoever wants to know more: what is decided on stands above.
    say('How it was understood'),
    ...(isShort(facts) ? [] : callLines(facts, say)),
    ...facts.steps.map((step) => row(spoken(STAGES[step.stage], say), spoken(step.text, say, (value) => plain(value.replaceAll(`${facts.root}/`, ''))).replaceAll(`in ${plain(facts.root)}`, say('in the top of the repository')))),
    ...facts.inputs.filter(isSameHere).map(({ path, state }) => row(say('Input'), inputLine(plain(path), state, say))),
    ...fileLines(facts, say),
    '',
  ];
  return lines.join('\n');
}

const SEVERITIES: Readonly<Record<Severity, Sentence>> = { critical: sentence('critical'), high: sentence('high'), medium: sentence('medium'), low: sentence('low') };

const STAGES: Readonly<Record<Explained['stage'], Sentence>> = { parse: sentence('parse'), unwrap: sentence('unwrap'), follow: sentence('follow'), rule: sentence('rule'), unknown: sentence('unknown'), safer: sentence('safer'), target: sentence('target'), verdict: sentence('verdict') };

/** Why a target is one, as it is signed; where this machine says the same, in the reader's language. Escaped. */
function evidenceOf({ evidence }: Operation['targets'][number], { assessment }: ReviewFacts, say: Say): string {
  const same = assessment.targets.find((target) => spoken(target.evidence) === evidence);
  return same ? plainly(same.evidence, say) : plain(evidence);
}

/** What every review begins with: which request, about what, by whom, and how it stands. */
export function headLines(view: RequestView, trust: Trust, now: number, say: Say): readonly string[] {
  const { request } = view.signed;
  return [
    view.state === 'waiting' ? say('Approval request {0}', shortName(view)) : say('Approval request {0}: {1}', shortName(view), stateOf(view.state, say)),
    titleOf(view),
    '',
    row(say('Asked by'), askedBy(view, say)),
    row(say('State'), stateLine(view, trust, now, say)),
    ...(view.state === 'waiting' || view.state === 'approved' ? [row(say('Open until'), `${timeOf(request.expires)} (${timeLeft(secondsLeft(request, now), say)})`)] : []),
  ];
}

function askedBy({ requester, signed }: RequestView, say: Say): string {
  const { by, agent } = signed.request;
  const person = requester === undefined ? say('{0} (not verified!)', plain(by)) : plain(requester);
  if (!agent) return say('{0}, no assistant reported', person);
  return agent.model === undefined ? say('{0} through the assistant {1}', person, plain(agent.name)) : say('{0} through the assistant {1} (model {2})', person, plain(agent.name), plain(agent.model));
}

function headingOf(kind: Operation['kind'], say: Say): string {
  switch (kind) {
    case 'task':
    case 'command':
      return say('What would run');
    case 'edit':
      return say('What would be written');
    case 'tool':
      return say('Which tool would be used, and with what');
    case 'rules':
      return say('What the rules would say');
  }
}

/** A request's state, as people read it. */
export function stateOf(state: RequestState, say: Say = english): string {
  switch (state) {
    case 'waiting':
      return say('waiting');
    case 'approved':
      return say('approved');
    case 'denied':
      return say('denied');
    case 'expired':
      return say('expired');
    case 'withdrawn':
      return say('withdrawn');
    case 'running':
      return say('running');
    case 'finished':
      return say('finished');
    case 'invalid':
      return say('not valid');
  }
}

/** How far it reaches, where anything in it says so. */
function reachLines(reach: Reach, say: Say): readonly string[] {
  if (reach.length === 0) return [];
  return [say('How far it reaches'), ...(reach === 'being counted' ? [row(say('One moment'), say('this is being counted'))] : extentLines(reach, row, say)), ''];
}

function sealedLines({ sealed }: ReviewFacts, say: Say): string[] {
  return sealed.length === 0 ? [] : [say('What it would be given'), ...sealed.map(({ name, text, good }) => row(good ? plain(name) : say('Attention'), inert(spoken(text, say)))), ''];
}

/** What the requester did without the others, and who looked at it since. */
export function glassLines({ glass, glassReview }: RequestView, say: Say): string[] {
  if (!glass) return [];
  return [
    row(say('Break-glass'), say('without approval at {0}, with {1}', timeOf(glass.at), glass.fingerprint)),
    row(say('Because'), plain(glass.reason)),
    row(say('Reviewed'), glassReview ? say('by {0} at {1}: {2}', plain(glassReview.person), timeOf(glassReview.at), plain(glassReview.note)) : say('not yet: another person has to look at it')),
  ];
}

export function row(name: string, text: string): string {
  return `  ${name.padEnd(13)} ${text}`;
}

/** Every line of the script with its number; runs of empty lines are counted, so that nothing hides behind them. */
function scriptLines(script: string, say: Say): string[] {
  const shown = showLines(script);
  const escaped = shown.reduce((sum, line) => sum + line.escaped, 0);
  const rows: string[] = shown.length === 1 && script.length < 500 ? [] : [row(say('Length'), say('{0} lines, {1} characters', shown.length, script.length))];
  let empty = 0;
  const flush = () => {
    if (empty > 0) rows.push(row('', empty === 1 ? say('(1 empty line)') : say('({0} empty lines)', empty)));
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
  return escaped === 0 ? rows : [...rows, row(say('Attention'), say('{0} characters that could mislead are shown as \\u{…}', escaped))];
}

/** Few enough calls to be read word by word where the text stands. */
function isShort({ calls }: ReviewFacts): boolean {
  return calls.length <= 3;
}

const MOST_CALLS = 40;

/** One word per line, for where a word ends decides what a program is told. */
function callLines({ calls }: ReviewFacts, say: Say): string[] {
  const shown = calls.slice(0, MOST_CALLS).flatMap((words, call) => (words.length < 2 ? [] : words.map((word, at) => row(at === 0 ? say('Call {0}', call + 1) : '', counted(wordOf(word))))));
  return calls.length > MOST_CALLS ? [...shown, row('', say('And {0} more calls.', calls.length - MOST_CALLS))] : shown;
}

function wordOf(word: string): string {
  const text = word.split(HOLE).map(plain).join('…');
  return word === '' || /\s/.test(word) ? `'${text}'` : text;
}

/** What was left out of account: counted in full, shown in part, for anybody can add to it. */
function problemLines(problems: readonly Sentence[], say: Say): string[] {
  const shown = [...new Set(problems.map((problem) => spoken(problem, say)))].slice(0, 5).map((problem) => row(say('Note'), inert(problem)));
  return problems.length > shown.length ? [...shown, row(say('Note'), say('{0} things in all were left out of account', problems.length))] : shown;
}

/** The files that would run, as the commit has them, with the lines that findings stand on marked. */
function fileLines({ files }: ReviewFacts, say: Say): string[] {
  return files.flatMap((file) => [
    '',
    say('What {0} says in the commit', plain(file.path)),
    ...file.lines.map(({ text, flagged }, index) => row(`${flagged ? '!' : ' '}[${index + 1}]`, text)),
    ...(file.left === 0 ? [] : [row(say('Attention'), say('{0} more lines are not shown: read the file itself before you sign', file.left))]),
  ]);
}

function stateLine(view: RequestView, trust: Trust, now: number, say: Say): string {
  const state = standing(view, now, say);
  const signed = view.approvals.map((approval) => plain(approval.person)).join(', ');
  if (view.state === 'denied' && view.denial) return state;
  const ends = signed === '' ? state : say('{0}, signed by {1}', state, signed);
  if (!isOpen(view, now)) return ends;
  const candidates = [...candidatesFor(trust, view.quorum)].filter((person) => person !== view.requester).map(plain);
  return say('{0}. Can sign: {1}', ends, candidates.join(', ') || say('nobody'));
}

function isOpen({ state, signed }: RequestView, now: number): boolean {
  return state === 'waiting' && now <= signed.request.expires;
}

function standing(view: RequestView, now: number, say: Say): string {
  const { state, denial, outcome, use, quorum } = view;
  if (state === 'denied' && denial) return say('Denied by {0}: {1}', plain(denial.person), plain(denial.reason));
  if (state === 'finished' && outcome) return outcome.exitCode === null ? say('Finished with no exit code') : say('Finished with exit code {0}', outcome.exitCode);
  if (state === 'running' && use) {
    const at = `${new Date(use.at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    return use.unconfirmed ? say('Used while the store could not be reached at {0}, and no outcome is recorded: it still runs, or nobody saw its end', at) : say('Used at {0}, and no outcome is recorded: it still runs, or nobody saw its end', at);
  }
  return isOpen(view, now) ? say('Waiting for {0}', describeQuorum(quorum, say)) : capitalised(stateOf(view.state, say));
}

function factLines(facts: ReviewFacts, commit: string, say: Say): string[] {
  const lines: string[] = [];
  const attention = (text: string): string => row(say('Attention'), text);
  if (!facts.sameRepository) lines.push(attention(say('this request is for another repository')));
  lines.push(
    facts.commit
      ? row('Commit', say('{0} is in this clone: "{1}" by {2}', commit.slice(0, 12), plain(facts.commit.subject), plain(facts.commit.author)))
      : attention(say('commit {0} is not in this clone: fetch it, or ask the requester to push it', commit.slice(0, 12))),
  );
  if (facts.clean === true) lines.push(row(say('Files'), say('every file that git does not ignore is as in that commit')));
  if (facts.clean === false) lines.push(attention(say('the requester\'s working copy has changes that are not in the commit')));
  for (const { path, state } of facts.inputs) if (state !== 'same here') lines.push(row(state === 'same' ? say('Input') : say('Attention'), inputLine(plain(path), state, say)));
  const alike = facts.inputs.filter(isSameHere).length;
  if (alike > 0) lines.push(row(say('Input'), alike === 1 ? say('1 file outside the repository is the same on this machine') : say('{0} files outside the repository are the same on this machine', alike)));
  return lines;
}

/** Whether an input is such as the editor's own helpers are, which every task is given: they are counted first, and named at the end. */
function isSameHere({ state }: ReviewFacts['inputs'][number]): boolean {
  return state === 'same here';
}

function inputLine(file: string, state: InputState, say: Say): string {
  switch (state) {
    case 'same':
      return say('{0} is as in the commit', file);
    case 'same here':
      return say('{0} lies outside the repository and is the same file on this machine', file);
    case 'differs':
      return say('{0} differs from the commit: what would run cannot be seen here', file);
    case 'not in the commit':
      return say('{0} is not in the commit: what would run cannot be seen here', file);
    case 'missing':
      return say('{0} does not exist on the requester\'s machine', file);
    case 'outside the repository':
      return say('{0} lies outside the repository: what would run cannot be seen here', file);
  }
}

/** A text as a sentence of its own, so that another one can follow. */
export function withFullStop(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
}

/** From here on minutes are more than anybody wants to know, in seconds. */
const HOURS_FROM = 2 * 3600;

/** How long a request stays open. @param seconds as they are left */
export function timeLeft(seconds: number, say: Say = english): string {
  if (seconds <= 0) return say('over');
  if (seconds < 60) return say('{0} s left', seconds);
  return seconds < HOURS_FROM ? say('{0} min left', Math.floor(seconds / 60)) : say('{0} h left', Math.floor(seconds / 3600));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
