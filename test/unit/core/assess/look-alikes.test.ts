import assert from 'node:assert/strict';
import { assessIn, isAlarming } from './fake-world.js';

const DANGER = ['rm -rf /', 'git push --force', 'terraform destroy', 'kubectl delete ns prod', 'DROP TABLE users', 'mkfs.ext4 /dev/sda'];

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
];

const OTHERS: readonly string[] = [
  'rm --help', 'git push --help', 'terraform destroy -help', 'kubectl delete --help', 'man rm', 'which terraform', 'type rm', 'command -v kubectl', 'kubectl delete ns x --dry-run=client', 'kubectl delete ns x --dry-run=server', 'aws s3 rm s3://b --recursive --dryrun', 'git push --force --dry-run', 'git clean -n', 'rsync -an --delete a/ b/', 'terraform plan -destroy', 'npm publish --dry-run', 'helm uninstall x --dry-run', 'make -n clean', 'apt-get remove -s nginx', 'rm file.txt', 'rm -f *.log', 'rm -rf node_modules', 'rm -rf dist build coverage', 'rm -rf ./target', 'rm -rf /tmp/build-1', 'rm -rf -- /tmp/x', 'D=/tmp/x; rm -rf "$D"', 'D=$(mktemp -d); rm -rf "$D"', 'T="$(mktemp -d)"; trap \'rm -rf "$T"\' EXIT; ls', 'cd /tmp && rm -rf x', 'rm -rf packages/api/dist', 'rm -rf .next .turbo', 'find . -name "*.pyc"', 'find dist -type f -delete', 'find . -name node_modules -prune -o -print', 'git status', 'git diff', 'git log --oneline', 'git stash', 'git stash pop', 'git checkout main', 'git checkout -b x', 'git switch -c x', 'git restore --staged a.ts', 'git reset', 'git reset --soft HEAD~1', 'git branch -d merged', 'git push', 'git push -u origin feature', 'git push --force-with-lease', 'git fetch --prune', 'git rebase main', 'terraform init', 'terraform plan', 'terraform validate', 'terraform state list', 'kubectl get pods -A', 'kubectl describe ns pay', 'kubectl logs -f web', 'kubectl rollout status deploy/web', 'kubectl config delete-context old', 'helm list', 'helm template x ./c', 'docker ps -a', 'docker build -t x .', 'docker run --rm -it node node -v', 'docker compose up -d', 'docker logs web', 'aws s3 ls', 'aws sts get-caller-identity', 'aws ec2 describe-instances', 'gcloud projects list', 'az group list', 'psql -c "SELECT * FROM users"', 'psql -c "SELECT * FROM drop_log"', 'psql -c "SELECT 1 -- DROP TABLE x"', 'mysql -e "SHOW TABLES"', 'sqlite3 a.db .tables', 'redis-cli get flushall', 'mongosh --eval "db.users.find()"', 'curl https://example.com/delete', 'curl -X POST http://localhost:3000/items -d "{}"', 'npm test', 'npm ci', 'npm run build', 'yarn install', 'pnpm -r build', 'cargo build --release', 'go test ./...', 'make', 'pytest -k delete', 'jest --testNamePattern "drop table"', 'systemctl status nginx', 'kill 4242', 'pgrep node', 'chmod +x run.sh', 'chmod -R u+w dist', 'chown me a.txt', 'tar xzf a.tgz -C /tmp', 'mkdir -p a/b', 'cp -r a b', 'mv a b', 'touch a', 'ls -la | grep rm', 'history | grep "rm -rf"', 'echo x >> log.txt', 'ls > /dev/null 2>&1', 'echo 1 > /tmp/x', 'python manage.py migrate --plan', 'rails db:migrate:status', 'vault kv get secret/x', 'gh pr list', 'ssh web uptime', 'for f in *.ts; do echo "$f"; done', 'if [ -d dist ]; then rm -rf dist; fi', 'test -f a && cat a',
];

describe('what only looks destructive', () => {
  for (const [name, wrap] of HARMLESS) {
    for (const text of DANGER) {
      it(`${name}: ${text}`, () => {
        const { findings } = assessIn(wrap(text));
        assert.deepEqual(findings.filter(({ severity, effect }) => severity !== 'low' || effect === 'destroy').map(({ rule }) => rule), []);
      });
    }
  }
  for (const text of OTHERS) it(text, () => assert.ok(!isAlarming(assessIn(text)), assessIn(text).findings.map(({ rule }) => rule).join(', ')));
});

describe('what only looks', () => {
  const reads: readonly string[] = ['ls -la', 'cat a | grep b | sort -u', 'git status', 'git diff HEAD~1', 'kubectl get pods', 'terraform plan', 'docker ps', 'aws s3 ls', 'grep "rm -rf" x', "echo 'terraform destroy'", 'psql -c "SELECT 1"', 'find . -name x', 'rm --help', 'helm list', 'gh pr list', 'npm ls', 'cd src && ls', 'export A=b', 'curl https://example.com'];
  for (const text of reads) it(text, () => assert.equal(assessIn(text).effect, 'read'));
});
