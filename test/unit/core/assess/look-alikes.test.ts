import assert from 'node:assert/strict';
import { assessIn, isAlarming, stopsAgent } from './fake-world.js';
import { THINGS } from './things.js';

const DANGER = [...THINGS.map(({ plain }) => plain), 'DROP TABLE users'];

/** Places where a dangerous text is only a text. */
const HARMLESS: readonly (readonly [string, (text: string) => string])[] = [
  ['in grep', (text) => `grep -rn "${text}" docs`],
  ['in ripgrep', (text) => `rg --fixed-strings '${text}'`],
  ['in echo', (text) => `echo '${text}'`],
  ['in printf', (text) => `printf '%s\\n' "${text}"`],
  ['in a commit message', (text) => `git commit -m "never ${text}"`],
  ['in a long commit message', (text) => `git commit --message='docs: ${text}' --no-verify`],
  ['in a comment', (text) => `ls # ${text}`],
  ['in a git log search', (text) => `git log --grep='${text}'`],
  ['written to a file', (text) => `echo "${text}" > notes.md`],
  ['in a here-document for cat', (text) => `cat > notes.md <<'EOF'\n${text}\nEOF`],
  ['in an assignment', (text) => `NOTE='${text}'`],
  ['in a test', (text) => `[ "$x" = '${text}' ] && ls`],
  ['in a pull request', (text) => `gh pr create --title 'Stop ${text}' --body "$(cat body.md)"`],
  ['in sed', (text) => `sed 's|${text}|x|' notes.md`],
  ['in jq', (text) => `jq '.["${text}"]' a.json`],
  ['in python’s print', (text) => `python3 -c 'print("${text}")'`],
  ['in node’s log', (text) => `node -e 'console.log("${text}")'`],
  ['in awk', (text) => `awk '/${text.replaceAll('/', '\\/')}/ { print $1 }' notes.md`],
  ['in git grep', (text) => `git grep -n -e '${text}' -- docs`],
  ['in a search of history', (text) => `history | grep '${text}'`],
  ['in a search of processes', (text) => `ps aux | grep -F '${text}' | grep -v grep`],
  ['in a tag message', (text) => `git tag -a v1 -m 'before ${text}'`],
  ['in a note of git', (text) => `git notes add -m '${text}'`],
  ['in a stash message', (text) => `git stash push -m "before ${text}"`],
  ['in an issue', (text) => `gh issue create --title 'Why ${text}?' --body 'Somebody ran ${text}.'`],
  ['in a comment on a pull request', (text) => `gh pr comment 3 --body '${text}'`],
  ['after a comment sign on a line of its own', (text) => `ls\n# ${text}\npwd`],
  ['appended to a file', (text) => `echo '${text}' >> docs/runbook.md`],
  ['through tee into a file', (text) => `echo '${text}' | tee -a notes.md`],
  ['in a heading with printf', (text) => `printf '## %s\\n' '${text}'`],
  ['as the name of a test', (text) => `npx vitest run -t '${text}'`],
  ['as a test filter of pytest', (text) => `pytest -k '${text}'`],
  ['in a quoted here-document for python', (text) => `python3 - <<'EOF'\nprint("${text}")\nEOF`],
  ['in a string of ruby', (text) => `ruby -e 'puts "${text}"'`],
  ['in a string of perl', (text) => `perl -e 'print "${text}"'`],
  ['in JSON for jq', (text) => `jq -n --arg c '${text}' '{command: $c}'`],
  ['compared', (text) => `if [[ $cmd == '${text}' ]]; then echo no; fi`],
  ['in a case pattern', (text) => `case "$cmd" in '${text}') echo no;; esac`],
  ['in an array of words', (text) => `blocked=('${text}' 'ls'); echo "\${#blocked[@]}"`],
  ['exported', (text) => `export MOTD='${text}'`],
  ['in a query string', (text) => `curl -G https://search.example.com --data-urlencode 'q=${text}'`],
  ['counted', (text) => `echo '${text}' | wc -c`],
  ['hashed', (text) => `printf '%s' '${text}' | sha256sum`],
  ['encoded', (text) => `echo '${text}' | base64`],
  ['looked up', (text) => `command -v ${text.split(' ')[0] ?? ''}`],
  ['in a manual', (text) => `man ${text.split(' ')[0] ?? ''}`],
  ['in a diff', (text) => `diff <(echo '${text}') notes.md`],
  ['in fold and sort', (text) => `echo '${text}' | tr ' ' '\\n' | sort | uniq -c`],
];

const OTHERS: readonly string[] = [
  'rm --help', 'git push --help', 'terraform destroy -help', 'kubectl delete --help', 'man rm', 'which terraform', 'type rm', 'command -v kubectl', 'kubectl delete ns x --dry-run=client', 'kubectl delete ns x --dry-run=server', 'aws s3 rm s3://b --recursive --dryrun', 'git push --force --dry-run', 'git clean -n', 'rsync -an --delete a/ b/', 'terraform plan -destroy', 'npm publish --dry-run', 'helm uninstall x --dry-run', 'make -n clean', 'apt-get remove -s nginx', 'rm file.txt', 'rm -f *.log', 'rm -rf node_modules', 'rm -rf dist build coverage', 'rm -rf ./target', 'rm -rf /tmp/build-1', 'rm -rf -- /tmp/x', 'D=/tmp/x; rm -rf "$D"', 'D=$(mktemp -d); rm -rf "$D"', 'T="$(mktemp -d)"; trap \'rm -rf "$T"\' EXIT; ls', 'cd /tmp && rm -rf x', 'rm -rf packages/api/dist', 'rm -rf .next .turbo', 'find . -name "*.pyc"', 'find dist -type f -delete', 'find . -name node_modules -prune -o -print', 'git status', 'git diff', 'git log --oneline', 'git stash', 'git stash pop', 'git checkout main', 'git checkout -b x', 'git switch -c x', 'git restore --staged a.ts', 'git reset', 'git reset --soft HEAD~1', 'git branch -d merged', 'git push', 'git push -u origin feature', 'git push --force-with-lease', 'git fetch --prune', 'git rebase main', 'terraform init', 'terraform plan', 'terraform validate', 'terraform state list', 'kubectl get pods -A', 'kubectl describe ns pay', 'kubectl logs -f web', 'kubectl rollout status deploy/web', 'kubectl config delete-context old', 'helm list', 'helm template x ./c', 'docker ps -a', 'docker build -t x .', 'docker run --rm -it node node -v', 'docker compose up -d', 'docker logs web', 'aws s3 ls', 'aws sts get-caller-identity', 'aws ec2 describe-instances', 'gcloud projects list', 'az group list', 'psql -c "SELECT * FROM users"', 'psql -c "SELECT * FROM drop_log"', 'psql -c "SELECT 1 -- DROP TABLE x"', 'mysql -e "SHOW TABLES"', 'sqlite3 a.db .tables', 'redis-cli get flushall', 'mongosh --eval "db.users.find()"', 'curl https://example.com/delete', 'curl -X POST http://localhost:3000/items -d "{}"', 'npm test', 'npm ci', 'npm run build', 'yarn install', 'pnpm -r build', 'cargo build --release', 'go test ./...', 'make', 'pytest -k delete', 'jest --testNamePattern "drop table"', 'systemctl status nginx', 'kill 4242', 'pgrep node', 'chmod +x run.sh', 'chmod -R u+w dist', 'chown me a.txt', 'tar xzf a.tgz -C /tmp', 'mkdir -p a/b', 'cp -r a b', 'mv a b', 'touch a', 'ls -la | grep rm', 'history | grep "rm -rf"', 'echo x >> log.txt', 'ls > /dev/null 2>&1', 'echo 1 > /tmp/x', 'python manage.py migrate --plan', 'rails db:migrate:status', 'vault kv get secret/x', 'gh pr list', 'ssh web uptime', 'for f in *.ts; do echo "$f"; done', 'if [ -d dist ]; then rm -rf dist; fi', 'test -f a && cat a',
];

/** Rehearsals and questions, by the tools' own means. */
const REHEARSALS: readonly string[] = ['git push --force --dry-run origin main', 'git clean -fdxn', 'git branch -D --help', 'terraform plan -destroy -out=x.tfplan', 'terraform destroy -help', 'kubectl delete namespace pay --dry-run=server', 'kubectl drain node-1 --dry-run=client', 'helm uninstall shop --dry-run', 'helm rollback shop 1 --dry-run', 'aws s3 rm s3://shop --recursive --dryrun', 'az group delete --help', 'docker volume rm --help', 'systemctl stop --help', 'mkfs.ext4 -n /dev/sdb1', 'wipefs -n -a /dev/sda', 'shutdown --help', 'shutdown -c', 'npm unpublish shop --dry-run', 'npm publish --dry-run', 'rsync -an --delete a/ b/', 'make -n clean', 'apt-get remove --simulate nginx', 'restic forget --dry-run --keep-last 1', 'zfs destroy -n tank/data', 'rclone sync --dry-run a: b:'];

describe('what only looks destructive', () => {
  for (const text of REHEARSALS) it(text, () => assert.ok(!stopsAgent(assessIn(text))));
  it('comes in many forms', () => assert.ok(HARMLESS.length * DANGER.length + OTHERS.length >= 400));

  for (const [name, wrap] of HARMLESS) {
    for (const text of DANGER) {
      it(`${name}: ${text}`, () => {
        const { findings } = assessIn(wrap(text));
        assert.deepEqual(findings.filter(({ severity, effect }) => severity !== 'low' || effect === 'destroy').map(({ rule }) => rule), []);
        assert.ok(!stopsAgent(assessIn(wrap(text))));
      });
    }
  }
  for (const text of OTHERS) it(text, () => assert.ok(!isAlarming(assessIn(text)), assessIn(text).findings.map(({ rule }) => rule).join(', ')));
});

describe('what only looks', () => {
  const reads: readonly string[] = ['ls -la', 'cat a | grep b | sort -u', 'git status', 'git diff HEAD~1', 'kubectl get pods', 'terraform plan', 'docker ps', 'aws s3 ls', 'grep "rm -rf" x', "echo 'terraform destroy'", 'psql -c "SELECT 1"', 'find . -name x', 'rm --help', 'helm list', 'gh pr list', 'npm ls', 'cd src && ls', 'export A=b', 'curl https://example.com'];
  for (const text of reads) it(text, () => assert.equal(assessIn(text).effect, 'read'));
});
