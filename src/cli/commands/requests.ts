import type { Approvals } from '../../broker/approvals.js';
import { agentIn } from '../../assistants/agent-in.js';
import { judgeAsk, operationOf, saidOf } from '../../broker/assessing.js';
import { askForPush, readPush } from '../../broker/push-request.js';
import { shortName, stateOf, timeLeft, titleOf } from '../../broker/review.js';
import { namesToType } from '../../broker/irreversible.js';
import { Progress } from '../../broker/progress.js';
import { reachOf } from '../../broker/review-facts.js';
import { reviewOf } from '../../broker/review-rules.js';
import { looksLikeRequest } from '../../core/approval/request.js';
import { secondsLeft } from '../../core/approval/judge.js';
import { hexOf } from '../../core/approval/canonical.js';
import { plain } from '../../core/approval/display.js';
import { sentence } from '../../core/say.js';
import { CountersignError } from '../../core/errors.js';
import type { RequestView } from '../../core/ledger/fold.js';
import { describeQuorum, quorumFor } from '../../core/policy/quorum.js';
import { randomBytes } from 'node:crypto';
import { askFor, requestByPrefix, syncedDesk, type Context } from '../context.js';
import { askLine, confirm, EXIT, print, printError } from '../terminal.js';

/** `countersign request -- COMMAND…`: asks for approval and prints the request, to be carried where there is no remote. */
export async function request(context: Context, words: readonly string[], options: { readonly reason: string; readonly shell: string | undefined }): Promise<number> {
  const { desk } = await syncedDesk(context);
  const ask = askFor(context, words, options.shell);
  const judged = judgeAsk(ask, await desk.trust(), desk.repository.root, context.home);
  const quorum = quorumFor(judged.assessment.targets, judged.policies);
  const nonce = randomBytes(16).toString('hex');
  const operation = await operationOf(ask, judged, desk.repository, nonce, context.home);
  const view = await desk.ask(operation, nonce, { agent: agentIn(context.env) ?? null, ...saidOf(judged), reason: options.reason, quorum });
  printError(`Request ${shortName(view)} waits for ${describeQuorum(quorum)}. When it is approved: countersign run -- …`);
  if (await desk.store.owes(hexOf(view.digest))) printError(`The others do not know of it yet, for ${desk.store.name} cannot be reached. It is sent as soon as that works; until then the text below carries it.`);
  print(desk.textOf(view));
  return EXIT.ok;
}

/** `countersign request --push [REVISION:]BRANCH`: asks for a push that the server's hook would refuse without approval. */
export async function requestPush(context: Context, spec: string, options: { readonly reason: string }): Promise<number> {
  const { desk } = await syncedDesk(context);
  const usual = (await desk.trust()).policy.remote;
  const { change, remote, losesCommits } = await readPush(desk.repository, spec, (await desk.repository.remoteFor(usual)) ?? usual);
  const view = await askForPush(desk, change, remote, losesCommits, options.reason);
  printError(`Request ${shortName(view)} waits for ${describeQuorum(view.quorum)}. When it is approved, push: ${plain(view.signed.request.operation.script)}`);
  print(desk.textOf(view));
  return EXIT.ok;
}

/** `countersign pending`: what waits, whoever asked. */
export async function pending(context: Context, options: { readonly json: boolean }): Promise<number> {
  const { desk, problem } = await syncedDesk(context);
  if (problem !== undefined) printError(`Trouble with ${desk.store.name}: ${problem}`);
  const open = (await desk.requests()).filter((view) => view.state === 'waiting' || view.state === 'approved');
  if (options.json) {
    print(JSON.stringify(open.map((view) => ({ request: view.digest, state: view.state, requester: view.requester, title: titleOf(view), expires: view.signed.request.expires }))));
    return EXIT.ok;
  }
  if (open.length === 0) print('Nothing waits for approval.');
  for (const view of open) print(`${shortName(view)}  ${titleOf(view)}  by ${plain(view.requester ?? '?')}  ${stateOf(view.state)}, ${timeLeft(secondsLeft(view.signed.request, context.now()))}`);
  return EXIT.ok;
}

/** `countersign approve REQUEST`: shows the review, signs, prints the token. REQUEST is its first digits or its text. */
export async function approve(context: Context, asked: string, options: { readonly yes: boolean; readonly targets: readonly string[] | undefined }): Promise<number> {
  const { desk } = await syncedDesk(context);
  const view = await requestNamed(desk, asked);
  await showReview(desk, view, context);
  const names = await namesToType(view, desk.repository, await desk.trust(), context.home);
  // What cannot be undone is not signed by a yes that somebody gave beforehand.
  if (names.length > 0) {
    await demandNames(names, options.targets);
  } else if (!options.yes && !(await confirm('Sign this?'))) {
    printError('Not signed.');
    return EXIT.refused;
  }
  const { token, delivery, view: after } = await desk.approve(view);
  printError(delivery === 'delivered' ? 'Approved. The token below is on its way; it may also be carried by hand.' : `Approved, but ${desk.store.name} could not be reached: carry the token below by hand.`);
  if (after.state === 'waiting') printError(`It still waits for others (${describeQuorum(after.quorum)}).`);
  print(token);
  return EXIT.ok;
}

/** @throws CountersignError `refused` unless every name of where it lands is given, or typed one after the other */
async function demandNames(names: readonly string[], given: readonly string[] | undefined): Promise<void> {
  const [all, each] = [names.map((name) => `“${name}”`).join(' and '), names.length > 1 ? 'each' : 'it'];
  const refused = new CountersignError('refused', `This cannot be undone, so nothing was signed: type where it lands, ${all}, exactly, or give ${each} with --target.`);
  if (given) {
    const said = given.map((name) => name.trim());
    if (!names.every((name) => said.includes(name)) || !said.every((name) => names.includes(name))) throw refused;
    return;
  }
  if (names.length > 1) printError(`This lands in ${names.length} places: ${all}.`);
  for (const name of names) {
    if ((await askLine(`This cannot be undone. To sign it, type where it lands, “${name}”:`))?.trim() !== name) throw refused;
  }
}

/** `countersign deny REQUEST --reason TEXT` */
export async function deny(context: Context, name: string, options: { readonly reason: string }): Promise<number> {
  const { desk } = await syncedDesk(context);
  const view = await requestNamed(desk, name);
  await desk.deny(view, options.reason);
  print(`Denied ${shortName(view)}.`);
  return EXIT.ok;
}

/** `countersign review REQUEST`: what an approver would see. */
export async function review(context: Context, name: string): Promise<number> {
  const { desk } = await syncedDesk(context);
  const view = await requestNamed(desk, name);
  print(await wholeReview(view, desk, context));
  return EXIT.ok;
}

function requestNamed(desk: Approvals, name: string): Promise<RequestView> {
  return looksLikeRequest(name) ? desk.takeRequest(name) : requestByPrefix(desk, name);
}

async function showReview(desk: Approvals, view: RequestView, context: Context): Promise<void> {
  printError(await wholeReview(view, desk, context));
}

async function wholeReview(view: RequestView, desk: Approvals, context: Context): Promise<string> {
  const progress = new Progress((lines) => lines.forEach(printError));
  progress.doing = sentence('Counting how far it reaches.');
  try {
    const reach = await reachOf(view, desk.repository, await desk.trust(), context.home);
    return await reviewOf(view, desk, context.home, context.now(), reach);
  } finally {
    progress.end();
  }
}
