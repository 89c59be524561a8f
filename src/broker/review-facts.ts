import { createHash } from 'node:crypto';
import path from 'node:path';
import { assess } from '../core/assess/assess.js';
import { callsOf, explain } from '../core/assess/explain.js';
import type { Explained } from '../core/assess/explain.js';
import type { Assessment, Subject } from '../core/assess/assessment.js';
import { assessTool, toolUseOf } from '../core/assess/tool-use.js';
import { judgeEdits, type JudgedEdits } from '../core/edits/judge-edits.js';
import { editsOf } from '../core/edits/patch-text.js';
import type { ApprovalRequest } from '../core/approval/request.js';
import type { World } from '../core/world.js';
import { decide } from '../core/policy/decide.js';
import { verdictLines } from '../core/policy/words.js';
import type { RequestView } from '../core/ledger/fold.js';
import type { Trust } from '../core/approval/trust.js';
import { looksOf } from '../core/blast/looks.js';
import type { Extent } from '../core/blast/extent.js';
import { CommitWorld } from '../world/commit-world.js';
import { fileDigest } from '../world/file-world.js';
import type { Repository } from '../world/repository.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { shellName } from './assessing.js';
import { blastOf, groundOf } from './blast.js';
import { followedFiles } from './review-files.js';
import type { FollowedFile } from './review-files.js';
import { describeSealed } from './unsealing.js';

/** Larger files outside the repository are not compared: whoever asks chooses them. Bytes. */
const MOST_COMPARED = 32 * 1024 * 1024;

/** How a file that would run compares with the commit in this clone, or with this machine's file of that name. */
export type InputState = 'same' | 'same here' | 'differs' | 'not in the commit' | 'missing' | 'outside the repository';

/** What the approver's own machine found out, without believing the request. */
export interface ReviewFacts {
  readonly commit: { readonly subject: string; readonly author: string } | undefined;
  /** Whether the requester's working copy is exactly the commit; undefined when the commit is not here. */
  readonly clean: boolean | undefined;
  readonly sameRepository: boolean;
  /** The top of the approver's clone. */
  readonly root: string;
  readonly inputs: readonly { readonly path: string; readonly state: InputState }[];
  /** The operation assessed here, over the commit's own files. */
  readonly assessment: Assessment;
  /** The calls in its text, word by word; none of what starts nothing. */
  readonly calls: readonly (readonly string[])[];
  /** How that came about, step by step, to the verdict of this machine's policy. */
  readonly steps: readonly Explained[];
  /** What it would be given that is sealed, as this clone has it. */
  readonly sealed: Awaited<ReturnType<typeof describeSealed>>;
  /** The text of the files that would run. */
  readonly files: readonly FollowedFile[];
}

export async function reviewFacts(view: RequestView, repository: Repository, trust: Trust, home: string): Promise<ReviewFacts> {
  const { operation } = view.signed.request;
  const { kind } = operation;
  if (kind === 'rules') throw new CountersignError('request', sentence('A change of the rules runs nothing: it has a review of its own.'));
  const commit = await repository.describeCommit(operation.commit);
  const state = await repository.state().catch(() => undefined);
  const { subject, world, inside } = await seenAt(operation, repository, commit !== undefined, home);
  const { assessment, verdict } = judged(view.signed.request, subject, trust, world, repository.root);
  const runs = kind === 'task' || kind === 'command';
  return {
    commit,
    clean: commit ? commit.tree === operation.worktree : undefined,
    root: repository.root,
    sameRepository: state?.repository === operation.repository,
    inputs: await Promise.all(operation.inputs.map(async (input) => ({ path: input.path, state: await inputState(input, world, repository.root) }))),
    assessment,
    calls: runs ? callsOf(subject, world) : [],
    steps: !runs ? [...assessment.steps, ...verdictLines(verdict).map((text) => ({ stage: 'verdict' as const, text }))] : explain(subject, assessment, verdictLines(verdict), world),
    sealed: await describeSealed(view.signed.request, trust, repository),
    files: followedFiles(inside, assessment.findings, repository.root, world),
  };
}

/** What this machine makes of the operation of a request, without believing the request. */
export async function assessedHere(view: RequestView, repository: Repository, trust: Trust, home: string): Promise<Assessment> {
  const { request } = view.signed;
  const isKnown = (await repository.describeCommit(request.operation.commit)) !== undefined;
  const { subject, world } = await seenAt(request.operation, repository, isKnown, home);
  return judged(request, subject, trust, world, repository.root).assessment;
}

/**
 * How far the operation of a request reaches, as this machine's clone knows it.
 *
 * @param signal gives it up: what is known by then is the answer
 */
export async function reachOf(view: RequestView, repository: Repository, trust: Trust, home: string, signal?: AbortSignal): Promise<readonly Extent[]> {
  const { operation } = view.signed.request;
  const isKnown = (await repository.describeCommit(operation.commit)) !== undefined;
  if (!isKnown || (operation.kind !== 'task' && operation.kind !== 'command')) return [];
  const { subject, world } = await seenAt(operation, repository, isKnown, home);
  return blastOf(looksOf(subject, trust.policy.environments, world), groundOf(repository, operation.commit), signal);
}

/** An operation as this machine looks at it: over the commit's own files, and no others. */
async function seenAt(operation: ApprovalRequest['operation'], repository: Repository, isKnown: boolean, home: string): Promise<{ readonly subject: Subject; readonly world: CommitWorld; readonly inside: readonly string[] }> {
  const inside = operation.inputs.filter((input) => !/^[~/]/.test(input.path)).map((input) => input.path);
  const world = await CommitWorld.at(repository, operation.commit, isKnown ? inside : [], home);
  const labels = operation.label === null ? [] : [operation.label];
  const subject: Subject = { kind: operation.kind === 'task' ? 'task' : 'command', text: operation.script, shell: shellName(operation.shell), cwd: path.join(repository.root, operation.directory), labels };
  return { subject, world, inside };
}

/** What this machine makes of an operation, without believing the request. */
function judged({ operation, agent, notBefore }: ApprovalRequest, subject: Subject, { policy }: Trust, world: World, root: string): JudgedEdits {
  // Nobody typed an edit that is held, whether or not it is known whose it is.
  if (operation.kind === 'edit') return judgeEdits(editsOf(operation.script, root, world), 'agent', policy, world);
  const actor = agent ? 'agent' : 'person';
  if (operation.kind === 'tool') {
    const assessment = assessTool(toolUseOf(operation.script), policy.environments, world);
    return { assessment, verdict: decide(assessment, actor, policy) };
  }
  const assessment = assess(subject, policy.environments, world);
  return { assessment, verdict: decide(assessment, actor, policy, { ...subject, now: notBefore }) };
}

async function inputState(input: { readonly path: string; readonly sha256: string | null }, world: CommitWorld, root: string): Promise<InputState> {
  if (/^[~/]/.test(input.path)) return input.sha256 !== null && (await digestHere(input.path, world.home)) === input.sha256 ? 'same here' : 'outside the repository';
  if (input.sha256 === null) return 'missing';
  const bytes = world.readFile(path.join(root, input.path));
  if (!bytes) return 'not in the commit';
  return createHash('sha256').update(bytes).digest('hex') === input.sha256 ? 'same' : 'differs';
}

/** What lies on this machine where the requester has a file: the editor's own helpers, say, are the same for everybody. */
async function digestHere(file: string, home: string): Promise<string | null> {
  // A name that begins with two slashes of either kind is another machine's on Windows, which would be asked for it.
  if (/^[/\\]{2}/.test(file)) return null;
  // What cannot be read here is not the same.
  return fileDigest(file.replace(/^~(?=\/)/, () => home), MOST_COMPARED).catch(() => null);
}
