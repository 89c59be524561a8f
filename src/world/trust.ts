import path from 'node:path';
import { POLICY_FILE, ROSTER_FILE, type RuleTexts } from '../core/approval/rules-change.js';
import { parsePolicy, type Policy } from '../core/policy/policy.js';
import { gitDirectories, readBounded } from './file-world.js';
import type { Repository } from './repository.js';
import type { RulesPlace } from './rule-pins.js';

/** Before any policy is read there is only the usual name to go by. */
const FIRST_REMOTE = 'origin';

/** The rules as they stand on the protected branch. Whether they count is another question. */
export interface BranchRules {
  readonly texts: RuleTexts;
  readonly commit: string;
  /** For people: `origin/main`. */
  readonly name: string;
}

/** Reads the rules of the protected branch, or gives undefined where there is none. The working copy has no say here. */
export async function readBranchRules(repository: Repository): Promise<BranchRules | undefined> {
  const branch = await repository.protectedRevision(FIRST_REMOTE);
  return branch && { texts: await rulesAt(repository, branch.revision), commit: branch.revision, name: branch.name };
}

const lastRead = new WeakMap<Repository, { readonly commit: string; readonly texts: Promise<RuleTexts> }>();

/** The rules at a commit. Looked for at every poll, and a commit never changes, so the last one is remembered. */
export async function rulesAt(repository: Repository, commit: string): Promise<RuleTexts> {
  const last = lastRead.get(repository);
  if (last?.commit === commit) return last.texts;
  const texts = readRules(repository, commit);
  lastRead.set(repository, { commit, texts });
  texts.catch(() => lastRead.delete(repository));
  return texts;
}

async function readRules(repository: Repository, revision: string): Promise<RuleTexts> {
  const [policy, roster] = await Promise.all([repository.fileAt(revision, POLICY_FILE), repository.fileAt(revision, ROSTER_FILE)]);
  return { policy: policy ?? null, roster: roster ?? null };
}

/** Where a repository's pinned rules are looked for. */
export function rulesPlace(repository: Repository): RulesPlace {
  return {
    clone: gitDirectories(repository.root)?.shared ?? repository.root,
    remote: async () => {
      const remote = (await repository.protectedRevision(FIRST_REMOTE))?.remote;
      return remote === undefined ? undefined : repository.remote(remote);
    },
  };
}

/**
 * The working copy's policy, which may only tighten, or undefined when there is none.
 *
 * @throws CountersignError `policy` when it cannot be understood
 */
export function readWorkingPolicy(root: string): Policy | undefined {
  const text = workingText(root, POLICY_FILE);
  return text === null ? undefined : parsePolicy(text);
}

/** The rules as the working copy has them. */
export function readWorkingRules(root: string): RuleTexts {
  return { policy: workingText(root, POLICY_FILE), roster: workingText(root, ROSTER_FILE) };
}

function workingText(root: string, file: string): string | null {
  const bytes = readBounded(path.join(root, file));
  return bytes === undefined ? null : Buffer.from(bytes).toString('utf8');
}
