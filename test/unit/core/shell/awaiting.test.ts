import assert from 'node:assert/strict';
import { awaitsTyping } from '../../../../src/core/shell/awaiting.js';
import { parseShell } from '../../../../src/core/shell/shell.js';

const waiting = (text: string) => awaitsTyping(parseShell(text, 'bash', { cwd: '/w', home: '/home/u', env: () => undefined }).invocations);

describe('a program that waits for somebody to type', () => {
  for (const text of ['bash', 'bash -i', 'bash --norc', 'sudo bash', 'env X=1 zsh -l', 'sh', 'python3', 'python3 -i', 'node', 'node -i', 'irb', 'psql', 'psql -h db shop', 'mysql -u root -p shop', 'sqlite3 app.db', 'redis-cli -h x', 'ssh host', 'ssh -p 22 me@host', 'docker exec -it web bash', 'kubectl exec -it pod -- sh', 'cd /x && bash', 'nohup python3 &', 'sftp host']) {
    it(`is: ${text}`, () => assert.notEqual(waiting(text), undefined));
  }
  for (const text of ['bash -c ls', 'bash build.sh', 'bash --version', 'echo ls | bash', 'bash <<EOF\nls\nEOF', 'python3 -c 1', 'python3 -m http.server', 'python3 app.py', 'python3 --version', 'node -e 0', 'node app.js', 'node --version', 'psql -c "select 1"', 'psql -f a.sql shop', 'psql --version', 'echo "select 1" | psql', 'mysql -e "select 1"', 'sqlite3 app.db "select 1"', 'redis-cli ping', 'ssh host ls', 'ssh -N -L 1:x:2 host', 'docker exec web ls', 'git status', 'ls', 'which bash', 'cat x | sh']) {
    it(`is not: ${text.split('\n')[0] ?? ''}`, () => assert.equal(waiting(text), undefined));
  }
});
