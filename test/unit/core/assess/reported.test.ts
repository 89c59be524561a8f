import assert from 'node:assert/strict';
import { assessIn, isAlarming, stopsAgent } from './fake-world.js';

/** Ways round other gates that their users reported. */
const BYPASSES: readonly (readonly [string, readonly string[]])[] = [
  ['a leading assignment', ['FOO=1 git reset --hard', 'A=1 B="2 3" rm -rf ~', 'env A=1 B=2 terraform destroy']],
  ['a dashed git program', ['git-push --force origin main', '/usr/lib/git-core/git-clean -fdx', 'git-reset --hard']],
  ['a safe word somewhere in the line', ['dd if=/dev/zero of=/dev/sda # lsblk', 'mkfs.ext4 /dev/sdb --label blkid', 'wipefs -a /dev/sda df', 'rm -rf ~ --dry-run-later', 'git push --force origin main lsblk']],
  ['nested substitutions without end', [`${'$('.repeat(40)}rm -rf /${')'.repeat(40)}`, `${'"$('.repeat(30)}rm -rf ~${')"'.repeat(30)}`]],
  ['a computed command name', ['$(printf r)m -rf ~', '"$(echo rm)" -rf /srv', '`echo git` push --force']],
  ['structure that comes from a substitution', ['eval "$(printf "%s" "rm -rf ~")"', 'bash -c "$(echo rm -rf /srv)"']],
  ['a target that cannot be known', ['rm -rf "$BUILD_DIR"', 'rm -rf "${OUT}/"', 'rm -rf -- "$1"']],
  ['a string put together in another language', [`python3 -c "import os; os.system('rm' + ' -rf ' + '/srv')"`, `node -e "require('child_process').execSync('git push' + ' --force')"`]],
  ['a proxy in front', ['rtk git reset --hard', 'rtk kubectl delete ns payments', 'op run -- terraform destroy', 'aws-vault exec prod -- terraform destroy -auto-approve', 'doppler run -- rm -rf ~']],
  ['quoted text that is thrown away', [`"rm" -rf ~`, `bash -c 'rm -rf ~'`, `'git' 'push' '--force'`]],
  ['PowerShell handed over as bash', ['Remove-Item -Recurse -Force C:\\data', 'Get-ChildItem | Remove-Item -Recurse -Force']],
  ['an alias that is defined on the spot', ["git -c alias.x='!rm -rf ~' x", 'alias ls="rm -rf ~"\nls']],
  ['letter case', ['RM -RF ~', 'Git Push --Force', 'FIND / -DELETE']],
];

/** False alarms that users of other gates complained of. */
const ALARMS: readonly (readonly [string, readonly string[]])[] = [
  ['cleaning up after oneself', ['rm -rf -- /tmp/x', 'D=/tmp/x; rm -rf "$D"', 'cd /tmp && rm -rf x', 'T=$(mktemp -d) && cp a "$T" && rm -rf "$T"', 'tmp="$(mktemp -d -t build.XXXX)"; rm -rf -- "${tmp}"', 'find /tmp/build -type f -delete', 'rm -rf "${TMPDIR:-/tmp}/build"']],
  ['data that looks like code', ['grep -R "DROP TABLE" migrations', 'git commit -m "stop rm -rf / from running"', "cat > notes.md <<'EOF'\nrm -rf /\nEOF", 'jq \'.command == "rm -rf /"\' log.json', 'gh issue create --body "git push --force broke it"', 'rg "kubectl delete" docs', 'echo "terraform destroy" >> todo.txt']],
  ['redirections', ['ls > /dev/null', 'make 2>&1 | tee build.log', 'echo x > out.txt', 'command > /dev/null 2>&1']],
  ['a gate’s own advice', ['git stash', 'git push --force-with-lease', 'git clean -n', 'terraform plan -destroy', 'kubectl delete ns x --dry-run=server', 'npm publish --dry-run']],
  ['work trees', ['git worktree add ../fix', 'git worktree list', 'git -C ../fix status']],
];

describe('what users of other gates reported', () => {
  for (const [about, texts] of BYPASSES) for (const text of texts) it(`is stopped: ${about}: ${text.slice(0, 70)}`, () => assert.ok(stopsAgent(assessIn(text)), text));
  for (const [about, texts] of ALARMS) for (const text of texts) it(`is left alone: ${about}: ${text.slice(0, 70)}`, () => assert.ok(!isAlarming(assessIn(text)), text));
});
