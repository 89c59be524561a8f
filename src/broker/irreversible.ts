import { plain } from '../core/approval/display.js';
import type { Trust } from '../core/approval/trust.js';
import type { RequestView } from '../core/ledger/fold.js';
import { guardedEnvironment } from '../core/policy/policy.js';
import type { Repository } from '../world/repository.js';
import { assessedHere } from './review-facts.js';

/**
 * What an approver has to type before signing: the name of where it lands, when what would run cannot be undone.
 * Undefined when it can be, or when nothing that is guarded is named. Whether it can is this machine's own finding;
 * where it lands is also what the requester's machine found, which knows its own contexts and profiles.
 *
 * @param home the approver's home directory
 */
export async function nameToType(view: RequestView, repository: Repository, trust: Trust, home: string): Promise<string | undefined> {
  const { operation } = view.signed.request;
  // What is written can be written back.
  if (operation.kind === 'rules' || operation.kind === 'edit') return undefined;
  const assessment = await assessedHere(view, repository, trust, home);
  if (assessment.effect !== 'destroy' || assessment.reversible !== 'no') return undefined;
  const target = [...assessment.targets, ...operation.targets].find(({ environment }) => guardedEnvironment(trust.policy, environment) !== undefined);
  if (!target) return undefined;
  // A request may name its target with blanks only, which would be no question.
  const name = plain(target.name).trim();
  return name === '' ? target.environment : name;
}
