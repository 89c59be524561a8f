import { defineTool } from '../rule.js';
import { HISTORY } from './history.js';
import { WORK_TREE } from './work-tree.js';

const GRAMMAR = {
  values: '-C -c --git-dir --work-tree --namespace --exec-path --super-prefix --config-env --attr-source',
  valuesOf: {
    commit: '-m --message -F --file --author --date -t --template --fixup --squash -C --reuse-message -c --trailer --cleanup',
    tag: '-m --message -F --file -u --local-user --sort --format --points-at --contains',
    push: '-o --push-option --receive-pack --exec --repo --recurse-submodules',
    branch: '-u --set-upstream-to --sort --format --contains --merged --no-merged --points-at',
    log: '-n --max-count --grep --author --since --until --format --pretty -S -G -L --after --before --skip',
    clone: '-b --branch -o --origin --depth --reference -u --upload-pack -j --jobs --template --shallow-since',
    stash: '-m --message',
    merge: '-m --message -s --strategy -X --strategy-option -F --file',
    rebase: '--onto -s --strategy -X --strategy-option -x --exec',
    clean: '-e --exclude',
    restore: '-s --source --conflict -U --unified --inter-hunk-context --pathspec-from-file',
    checkout: '-b -B --orphan --conflict',
    switch: '-c -C --create --force-create --orphan --conflict',
    'for-each-ref': '--format --sort --count --contains --points-at',
    'filter-repo': '--replace-text --path --path-glob --path-regex --path-rename --paths-from-file --subdirectory-filter --to-subdirectory-filter --mailmap --replace-message --strip-blobs-bigger-than --strip-blobs-with-ids --refs --source --target --filename-callback --message-callback --name-callback --email-callback --refname-callback --blob-callback --commit-callback --tag-callback --tag-rename --max-blob-size --state-branch',
    gc: '',
  },
  flags:
    '--force --force-with-lease --force-if-includes --hard --soft --mixed --merge --keep --delete --mirror --dry-run --prune --tags --all --staged --worktree --cached --abort --quit --continue --discard-changes --force-create --interactive --expire --amend --no-verify --help --version --patch --ours --theirs --detach --set-upstream --porcelain --verbose --quiet --atomic --follow-tags --recursive --pathspec-from-file',
  abbreviates: true,
} as const;

export const gitTool = defineTool({
  names: ['git', 'g', 'hub', 'yadm'],
  grammar: GRAMMAR,
  harmless: '-h',
  reads: [
    'status|log|diff|show|blame|annotate|grep|ls-files|ls-tree|ls-remote|rev-parse|rev-list|describe|shortlog|cat-file|for-each-ref|reflog|whatchanged|name-rev|merge-base|cherry|count-objects|fsck|help|version|var|check-ignore|check-attr|show-ref|verify-commit|verify-tag|diff-tree|diff-index|range-diff|archive|request-pull|instaweb|gitk|bisect|difftool|fetch',
    'stash list|show',
    'remote show|get-url',
    'worktree list',
    'config --get|--list|get|list',
  ],
  otherwise: 'write',
  rules: [...HISTORY, ...WORK_TREE],
});

const DASHED = /^git-([a-z-]+)$/;

/** `git-push --force` is `git push --force`: the executables in git's own directory are called with a dash. */
export function gitSubcommand(program: string): string | undefined {
  return program.startsWith('git-') ? DASHED.exec(program)?.[1] : undefined;
}
