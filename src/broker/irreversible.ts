import { plain } from '../core/approval/display.js';
import type { Trust } from '../core/approval/trust.js';
import type { RequestView } from '../core/ledger/fold.js';
import { guardedEnvironment } from '../core/policy/policy.js';
import type { Repository } from '../world/repository.js';
import { assessedHere } from './review-facts.js';

/**
 * What an approver has to type before signing, when what would run cannot be undone: in each guarded environment every
 * name of the kind that was found first, such as two Kubernetes contexts. Names of other kinds tell of the same places as
 * a rule: a variable in a file of variables that is named itself. None when it can be undone, or when nothing that is
 * guarded is named. Whether it can is this machine's own finding; where it lands is also what the requester's machine
 * found, which knows its own contexts and profiles.
 *
 * @param home the approver's home directory
 */
export async function namesToType(view: RequestView, repository: Repository, trust: Trust, home: string): Promise<readonly string[]> {
  const { operation } = view.signed.request;
  // What is written can be written back.
  if (operation.kind === 'rules' || operation.kind === 'edit') return [];
  const assessment = await assessedHere(view, repository, trust, home);
  if (assessment.effect !== 'destroy' || assessment.reversible !== 'no') return [];
  const guarded = [...assessment.targets, ...operation.targets].filter(({ environment }) => guardedEnvironment(trust.policy, environment) !== undefined);
  const telling = guarded.filter(({ environment, kind }) => guarded.find((other) => other.environment === environment)?.kind === kind);
  // A request may name its target with blanks only, which would be no question.
  return [...new Set(telling.map(({ name, environment }) => plain(name).trim() || environment))];
}
