import { createHash } from 'node:crypto';
import path from 'node:path';
import { assess } from '../core/assess/assess.js';
import { explain } from '../core/assess/explain.js';
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
import { CommitWorld } from '../world/commit-world.js';
import type { Repository } from '../world/repository.js';
import { CountersignError } from '../core/errors.js';
import { shellName } from './assessing.js';
import { followedFiles } from './review-files.js';
import type { FollowedFile } from './review-files.js';

/** How a file that would run compares with the commit in this clone. */
export type InputState = 'same' | 'differs' | 'not in the commit' | 'missing' | 'outside the repository';

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
  /** How that came about, step by step, to the verdict of this machine's policy. */
  readonly steps: readonly Explained[];
  /** The text of the files that would run. */
  readonly files: readonly FollowedFile[];
}

export async function reviewFacts(view: RequestView, repository: Repository, trust: Trust, home: string): Promise<ReviewFacts> {
  const { operation } = view.signed.request;
  const { kind } = operation;
  if (kind === 'rules') throw new CountersignError('request', 'A change of the rules runs nothing: it has a review of its own.');
  const commit = await repository.describeCommit(operation.commit);
  const state = await repository.state().catch(() => undefined);
  const inside = operation.inputs.filter((input) => !/^[~/]/.test(input.path));
  const world = await CommitWorld.at(repository, operation.commit, commit ? inside.map((input) => input.path) : [], home);
  const labels = operation.label === null ? [] : [operation.label];
  const cwd = path.join(repository.root, operation.directory);
  const subject: Subject = { kind: operation.kind === 'task' ? 'task' : 'command', text: operation.script, shell: shellName(operation.shell), cwd, labels };
  const { assessment, verdict } = judged(view.signed.request, subject, trust, world, repository.root);
  return {
    commit,
    clean: commit ? commit.tree === operation.worktree : undefined,
    root: repository.root,
    sameRepository: state?.repository === operation.repository,
    inputs: operation.inputs.map((input) => ({ path: input.path, state: inputState(input, world, repository.root) })),
    assessment,
    steps: operation.kind === 'edit' || operation.kind === 'tool' ? [...assessment.steps, ...verdictLines(verdict).map((text) => ({ stage: 'verdict' as const, text }))] : explain(subject, assessment, verdictLines(verdict), world),
    files: followedFiles(inside.map((input) => input.path), assessment.findings, repository.root, world),
  };
}

/** What this machine makes of an operation, without believing the request. */
function judged({ operation, agent, notBefore }: ApprovalRequest, subject: Subject, { policy }: Trust, world: World, root: string): JudgedEdits {
  const actor = agent ? 'agent' : 'person';
  if (operation.kind === 'edit') return judgeEdits(editsOf(operation.script, root, world), actor, policy, world);
  if (operation.kind === 'tool') {
    const assessment = assessTool(toolUseOf(operation.script), policy.environments, world);
    return { assessment, verdict: decide(assessment, actor, policy) };
  }
  const assessment = assess(subject, policy.environments, world);
  return { assessment, verdict: decide(assessment, actor, policy, { ...subject, now: notBefore }) };
}

function inputState(input: { readonly path: string; readonly sha256: string | null }, world: CommitWorld, root: string): InputState {
  if (/^[~/]/.test(input.path)) return 'outside the repository';
  if (input.sha256 === null) return 'missing';
  const bytes = world.readFile(path.join(root, input.path));
  if (!bytes) return 'not in the commit';
  return createHash('sha256').update(bytes).digest('hex') === input.sha256 ? 'same' : 'differs';
}
