import type { Assessment, Effect, Finding, Target } from '../assess/assessment.js';
import { harder, unique, worse } from '../assess/findings.js';
import { strictest, type ActorKind, type Verdict } from '../policy/decide.js';
import { decideEdit } from '../policy/edits.js';
import { guardedEnvironment, type Policy } from '../policy/policy.js';
import { isInside, parentOf } from '../shell/paths.js';
import type { World } from '../world.js';
import { compareEdit, type Edit } from './compare.js';
import { worseIn } from './proposal.js';
import { sentence, type Sentence } from '../say.js';

/** What edits come to under one policy. */
export interface JudgedEdits {
  readonly assessment: Assessment;
  readonly verdict: Verdict;
}

const NOTHING: Verdict = { action: 'allow', environment: undefined, reasons: [] };

/**
 * Judges edits before they are written: where the files are, what they would do that they did not do before, and what
 * kept things safe and would be gone. Pure.
 */
export function judgeEdits(edits: readonly Edit[], actor: ActorKind, policy: Policy, world: World): JudgedEdits {
  const each = edits.map((edit) => judgeEdit(edit, actor, policy, world));
  const findings = each.flatMap((one) => one.findings);
  const targets = unique(each.flatMap((one) => one.targets));
  return {
    assessment: {
      effect: findings.reduce<Effect>((effect, finding) => worse(effect, finding.effect), 'write'),
      reversible: findings.reduce(harder, 'with-effort'),
      findings,
      targets,
      inputs: edits.map(({ path }) => ({ path, sha256: undefined })),
      steps: each.map(({ path, verdict }) => ({ stage: 'rule', text: stepOf(path, verdict) })),
    },
    verdict: strictest([NOTHING, ...each.map(({ verdict }) => verdict)]),
  };
}

function stepOf(path: string, { action, reasons: [first, ...others] }: Verdict): Sentence {
  if (!first) return sentence('edits {0}: {1}', path, action);
  return sentence('edits {0}: {1}, because {2}', path, action, others.reduce((before, next) => sentence('{0} {1}', before, next), first));
}

function judgeEdit(edit: Edit, actor: ActorKind, policy: Policy, world: World): { readonly path: string; readonly findings: readonly Finding[]; readonly targets: readonly Target[]; readonly verdict: Verdict } {
  const path = policyPath(edit.path, world);
  const findings = worseIn(compareEdit(edit, policy.environments, world));
  const environment = path.split('/').map((part) => guardedEnvironment(policy, part)).find((found) => found !== undefined);
  const asked = decideEdit(path, actor, policy);
  const byFindings: Verdict = findings.length === 0 ? NOTHING : { action: environment ? 'approve' : actor === 'agent' ? 'confirm' : 'warn', environment: environment?.name, reasons: findings.map((finding) => sentence('{0}: {1}', path, finding.message)) };
  const verdict = strictest([asked, byFindings]);
  return { path, findings, targets: [{ environment: verdict.environment ?? 'local', kind: 'file', name: path, evidence: sentence('the file is {0}', path) }], verdict };
}

/** A file as policies name it: relative to the top of its repository, absolute outside one. */
export function policyPath(path: string, world: World): string {
  const root = world.git(parentOf(path))?.root;
  return root !== undefined && isInside(root, path) ? path.slice(root.length + 1) : path;
}
