import { sentence } from '../../say.js';
import { defineRule } from '../rule.js';
import type { Override, Rule } from '../rule.js';
import type { Use } from '../use.js';

/** Where `--` stood: git tells branches from paths by it, and the grammar keeps only what came after. */
function hasDashes(use: Use): boolean {
  return use.invocation.args.some((word) => word.text === '--');
}

function looksLikePath(text: string): boolean {
  return text === '.' || text.startsWith('./') || text.startsWith(':/') || text.startsWith('*') || /\.[A-Za-z]{1,5}$/.test(text) || text.endsWith('/') || text.startsWith('/') || text.includes('*');
}

/** Git asks before each hunk; an agent answers such questions by itself. */
const ASKS_FIRST: Override = { severity: 'low', reversible: 'with-effort', message: sentence('Discards uncommitted changes, hunk by hunk, as it is answered.') };

/** Rules about work that is not committed yet. */
export const WORK_TREE: readonly Rule[] = [
  defineRule({
    id: 'git/reset-hard',
    title: 'Discards uncommitted work',
    on: 'reset',
    options: '--hard --merge --keep',
    when: (use) => (use.has('--keep') && !use.has('--hard') ? { severity: 'low', effect: 'write' } : true),
    severity: 'high',
    reversible: 'no',
    message: 'Discards every uncommitted change to tracked files.',
    safer: 'git stash',
    examples: {
      flagged: ['git reset --hard', 'git reset --hard HEAD~1', 'git -C /x reset --har', 'git reset --merge'],
      clear: ['git reset', 'git reset --soft HEAD~1', 'git reset HEAD file.txt', 'git log --grep="reset --hard"'],
    },
  }),
  defineRule({
    id: 'git/clean',
    title: 'Deletes files that git does not know',
    on: 'clean',
    unless: '-n --dry-run -i --interactive',
    when: (use) => use.has('-f --force') || use.invocation.args.some((word) => word.text.includes('clean.requireForce')),
    severity: 'high',
    reversible: 'no',
    message: (use) => (use.has('-x -X') ? sentence('Deletes untracked and ignored files, such as local settings.') : sentence('Deletes untracked files.')),
    safer: 'git clean -n',
    examples: {
      flagged: ['git clean -fd', 'git clean -xdf', 'git clean --force', 'git -c clean.requireForce=false clean'],
      clear: ['git clean -n', 'git clean -ndx', 'git clean -fdn', 'git clean -i'],
    },
  }),
  defineRule({
    id: 'git/checkout-discard',
    title: 'Discards changes to files',
    on: 'checkout',
    unless: '-b -B --orphan --detach',
    when: (use) => {
      if (use.has('-f --force')) return { severity: 'high', message: sentence('Discards every uncommitted change on the way to another branch.') };
      if (use.has('--ours --theirs')) return false;
      if (use.has('-p --patch')) return ASKS_FIRST;
      const paths = use.rest(1);
      if (use.has('--pathspec-from-file')) return true;
      if (hasDashes(use) && paths.length > 0) return true;
      return paths.length > 0 && paths.every(looksLikePath) ? true : paths.length > 1 && paths.slice(1).some(looksLikePath);
    },
    severity: 'medium',
    reversible: 'no',
    message: (use) => sentence('Discards uncommitted changes: {0}.', use.rest(1).join(', ') || sentence('everything')),
    safer: 'git stash push -- path',
    examples: {
      flagged: ['git checkout -- .', 'git checkout .', 'git checkout -f main', 'git checkout HEAD -- src/a.ts', 'git checkout HEAD~2 -- README.md'],
      clear: ['git checkout main', 'git checkout -b feature', 'git checkout feature/login', 'git checkout -'],
    },
  }),
  defineRule({
    id: 'git/checkout-reset-branch',
    title: 'Moves a branch over what it was',
    on: 'checkout|switch',
    options: '-B -C --force-create --discard-changes -f --force',
    when: (use) => use.operand(0) === 'switch' || !use.has('-f --force'),
    severity: 'medium',
    reversible: 'with-effort',
    message: 'Moves an existing branch, or discards changes on the way to it.',
    safer: 'git switch branch',
    examples: {
      flagged: ['git checkout -B main origin/main', 'git switch -C main', 'git switch --discard-changes main', 'git switch -f main'],
      clear: ['git switch main', 'git switch -c new', 'git checkout -b new'],
    },
  }),
  defineRule({
    id: 'git/restore',
    title: 'Discards changes to files',
    on: 'restore',
    when: (use) => {
      if ((use.has('-S --staged') && !use.has('-W --worktree')) || use.has('--no-worktree')) return false;
      if (use.has('-p --patch')) return ASKS_FIRST;
      return use.operands.length > 1 || use.has('--pathspec-from-file');
    },
    severity: 'medium',
    reversible: 'no',
    message: (use) => sentence('Discards uncommitted changes: {0}.', use.rest(1).join(', ') || sentence('everything')),
    safer: 'git stash push -- path',
    examples: {
      flagged: ['git restore .', 'git restore --source=HEAD~1 src', 'git restore --staged --worktree a.txt', 'git restore -SW .', 'yes | git restore -p'],
      clear: ['git restore --staged a.txt', 'git restore -S .', 'git status'],
    },
  }),
  defineRule({
    id: 'git/stash-drop',
    title: 'Deletes stashed work',
    on: 'stash drop|clear',
    severity: 'medium',
    reversible: 'with-effort',
    message: (use) => {
      if (use.operand(1) === 'clear') return sentence('Deletes everything that was stashed.');
      const name = use.operand(2);
      return name === undefined ? sentence('Deletes the stash on top.') : sentence('Deletes the stash {0}.', name);
    },
    safer: 'git stash list',
    examples: {
      flagged: ['git stash drop', 'git stash clear', 'git stash drop stash@{2}'],
      clear: ['git stash', 'git stash list', 'git stash pop', 'git stash show -p'],
    },
  }),
  defineRule({
    id: 'git/remove-files',
    title: 'Deletes files and forgets their changes',
    on: 'rm',
    unless: '-n --dry-run --cached',
    when: (use) => (use.has('-f --force') ? {} : use.rest(1).some((text) => /^(\.\/?|\*|:\/)$/.test(text))),
    severity: 'medium',
    reversible: 'with-effort',
    message: (use) => sentence('Deletes {0}, uncommitted changes included.', use.rest(1).join(', ')),
    safer: 'git rm --cached path',
    examples: {
      flagged: ['git rm -f a.txt', 'git rm -rf src', 'git rm -r .', 'git rm .'],
      clear: ['git rm a.txt', 'git rm --cached a.txt', 'git rm -rn src'],
    },
  }),
  defineRule({
    id: 'git/abort',
    title: 'Gives up an operation with what was done in it',
    on: ['rebase|merge|cherry-pick|am|revert', 'submodule deinit', 'sparse-checkout set', 'read-tree', 'checkout-index', 'annex drop'],
    when: (use) => {
      if (use.operand(0) === 'submodule') return use.has('-f --force');
      if (use.operand(0) === 'read-tree') return use.has('--reset') ? { severity: 'medium', effect: 'destroy' } : false;
      if (use.operand(0) === 'checkout-index') return use.has('-f --force') ? { severity: 'medium', effect: 'destroy' } : false;
      return use.has('--abort --quit');
    },
    effect: 'write',
    severity: 'low',
    reversible: 'with-effort',
    message: 'Gives up an operation; conflicts that were resolved are lost.',
    safer: 'git status',
    examples: {
      flagged: ['git rebase --abort', 'git merge --abort', 'git cherry-pick --abort', 'git submodule deinit -f vendor/x'],
      clear: ['git rebase --continue', 'git merge feature', 'git submodule update'],
    },
  }),
];
