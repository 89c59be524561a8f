import { sentence } from '../../say.js';
import { defineRule } from '../rule.js';
import type { Rule } from '../rule.js';
import type { Use } from '../use.js';

const isForcedRef = (use: Use): boolean => use.rest(1).some((text) => /(^|:)\+/.test(text));
const isDeletedRef = (use: Use): boolean => use.rest(2).some((text) => /^:[^:]/.test(text));

/** Rules about git history, here and on a remote. */
export const HISTORY: readonly Rule[] = [
  defineRule({
    id: 'git/force-push',
    title: 'Overwrites history on a remote',
    on: 'push',
    unless: '-n --dry-run',
    when: (use, context) => {
      const forced = use.has('-f --force --mirror') || isForcedRef(use);
      if (!forced) return false;
      const branches = use.rest(2).map((ref) => ref.replace(/^\+/, '').replace(/^.*:/, ''));
      const main = branches.some((name) => name === context.defaultBranch || /^(main|master|trunk|develop|release.*|prod.*)$/.test(name));
      if (use.has('--mirror')) return { severity: 'critical', message: sentence('Makes the remote exactly like this repository: branches and tags that are not here are deleted.') };
      return main ? { severity: 'critical' } : {};
    },
    severity: 'high',
    reversible: 'with-effort',
    message: (use) => sentence('Overwrites {0} on {1}; commits that others pushed are lost there.', use.operand(2) ?? sentence('a branch'), use.operand(1) ?? sentence('the default remote')),
    safer: 'git push --force-with-lease',
    examples: {
      flagged: ['git push -f', 'git push --force origin main', 'git -C /x push origin +main', 'git push --mirror', "sudo -u ci sh -c 'git push --force'", 'git-push --forc', 'git -c push.default=current push -f'],
      clear: ['git push', 'git push --force-with-lease', 'git push --force-with-lease --force-if-includes', "echo 'git push -f'", 'git commit -m "git push --force"', 'git push --force --dry-run'],
    },
  }),
  defineRule({
    id: 'git/delete-remote-branch',
    title: 'Deletes a branch or tag on a remote',
    on: 'push',
    unless: '-n --dry-run',
    when: (use) => use.has('-d --delete --prune') || isDeletedRef(use),
    severity: 'high',
    reversible: 'with-effort',
    message: (use) => (use.has('--prune') ? sentence('Deletes branches on the remote that are not here.') : sentence('Deletes {0} on {1}.', use.rest(2).join(', ').replaceAll(':', '') || sentence('a branch'), use.operand(1) ?? sentence('the remote'))),
    safer: 'git push --dry-run --delete origin branch',
    examples: {
      flagged: ['git push origin --delete feature', 'git push -d origin v1', 'git push origin :feature', 'git push --prune origin'],
      clear: ['git push origin feature', 'git push origin main:main', 'git branch -d feature'],
    },
  }),
  defineRule({
    id: 'git/push-default',
    title: 'Changes the default branch on a remote',
    on: 'push',
    unless: '-n --dry-run -f --force --mirror -d --delete',
    when: (use, context) => {
      const names = use.rest(2).map((ref) => ref.replace(/^.*:/, '').replace(/^refs\/heads\//, ''));
      const branch = names[0] === 'HEAD' || names.length === 0 ? context.branch : names[0];
      return branch !== undefined && (branch === context.defaultBranch || /^(main|master)$/.test(branch));
    },
    effect: 'write',
    severity: 'low',
    reversible: 'with-effort',
    message: 'Pushes straight to the default branch.',
    safer: 'Push a branch and open a pull request.',
    examples: {
      flagged: ['git push origin main', 'git push origin HEAD:main', 'git push -u origin master'],
      clear: ['git push origin feature', 'git push', 'git push -n origin main'],
    },
  }),
  defineRule({
    id: 'git/rewrite-history',
    title: 'Rewrites every commit',
    on: 'filter-branch|filter-repo|replace',
    when: (use) => use.operand(0) !== 'replace' || use.has('-d --delete -f --force'),
    severity: 'high',
    reversible: 'with-effort',
    message: 'Rewrites the history of the whole repository.',
    safer: 'Work on a fresh clone.',
    examples: {
      flagged: ["git filter-branch --tree-filter 'true' HEAD", 'git filter-repo --path secrets.txt --invert-paths', 'git filter-branch -f --index-filter x'],
      clear: ['git log', 'git help filter-branch', 'git commit -m "filter-branch"'],
    },
  }),
  defineRule({
    id: 'git/drop-reflog',
    title: 'Drops the record of lost commits',
    on: ['reflog expire|delete|drop', 'gc', 'prune', 'repack', 'update-ref', 'worktree prune|remove', 'symbolic-ref', 'notes prune', 'lfs prune'],
    unless: '-n --dry-run',
    when: (use) => {
      const sub = use.operand(0);
      if (sub === 'gc') return use.options.some(({ name, value }) => name === '--prune' && value !== undefined && /^(now|all|0|\d+\.?(seconds?|minutes?))/.test(value)) ? {} : false;
      if (sub === 'repack') return false;
      if (sub === 'update-ref') return use.has('-d --delete') ? { message: sentence('Deletes the reference {0}.', use.operand(1) ?? '') } : false;
      if (sub === 'symbolic-ref') return use.has('-d --delete') ? {} : false;
      if (sub === 'worktree') return use.operand(1) === 'remove' && use.has('-f --force') ? { message: sentence('Deletes the working tree {0} with what is not committed in it.', use.operand(2) ?? '') } : false;
      if (sub === 'notes' || sub === 'lfs') return { severity: 'medium' };
      return true;
    },
    severity: 'high',
    reversible: 'no',
    message: 'Throws away commits that could still be brought back.',
    safer: 'git reflog',
    examples: {
      flagged: ['git reflog expire --all --expire-unreachable=now', 'git gc --prune=now', 'git update-ref -d refs/heads/main', 'git reflog delete HEAD@{1}', 'git worktree remove --force ../x'],
      clear: ['git gc', 'git reflog', 'git worktree remove ../x', 'git update-ref refs/heads/x HEAD', 'git prune -n'],
    },
  }),
  defineRule({
    id: 'git/delete-branch',
    title: 'Deletes a branch that may not be merged',
    on: 'branch',
    when: (use) => use.has('-D') || (use.has('-d --delete') && use.has('-f --force')) || ((use.has('-M -C') || (use.has('-m -c --move --copy') && use.has('-f --force'))) && use.operands.length > 1) || (use.has('-f --force') && use.operands.length > 1 && !use.has('-d --delete')),
    severity: 'medium',
    reversible: 'with-effort',
    message: (use) => (use.has('-D -d --delete') ? sentence('Deletes {0} even if it is not merged.', use.rest(1).join(', ') || sentence('a branch')) : sentence('Moves the branch {0} over what it was.', use.operand(1) ?? '')),
    safer: 'git branch -d branch',
    examples: {
      flagged: ['git branch -D feature', 'git branch --delete --force feature', 'git branch -f main HEAD~3', 'git branch -M old new'],
      clear: ['git branch -d feature', 'git branch', 'git branch -vv', 'git branch -m new'],
    },
  }),
  defineRule({
    id: 'git/delete-tag',
    title: 'Deletes or moves a tag',
    on: 'tag',
    when: (use) => (use.has('-d --delete') && use.operands.length > 1) || (use.has('-f --force') && use.operands.length > 1),
    severity: 'medium',
    reversible: 'with-effort',
    message: (use) => sentence('Deletes or moves the tag {0}.', use.rest(1).join(', ')),
    safer: 'git tag -l',
    examples: {
      flagged: ['git tag -d v1.0', 'git tag --delete v1.0 v1.1', 'git tag -f v1.0 HEAD'],
      clear: ['git tag', 'git tag v1.0', 'git tag -l "v*"'],
    },
  }),
  defineRule({
    id: 'git/remove-remote',
    title: 'Forgets a remote',
    on: 'remote remove|rm|prune|set-url',
    when: (use) => (use.operand(1) === 'prune' ? false : use.operand(1) === 'set-url' ? { severity: 'low', effect: 'write', message: sentence('Points the remote {0} somewhere else.', use.operand(2) ?? '') } : true),
    severity: 'medium',
    reversible: 'with-effort',
    message: (use) => sentence('Forgets the remote {0} and its branches.', use.operand(2) ?? ''),
    safer: 'git remote -v',
    examples: {
      flagged: ['git remote remove origin', 'git remote rm upstream', 'git -C x remote rm origin'],
      clear: ['git remote -v', 'git remote add x url', 'git remote show origin'],
    },
  }),
];
