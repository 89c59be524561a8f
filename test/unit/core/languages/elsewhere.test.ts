import assert from 'node:assert/strict';
import { rulesIn } from '../assess/fake-world.js';

/** What a command hands to another program, another machine or a framework, and the rules that speak about it. */
const FLAGGED: readonly (readonly [string, string])[] = [
  ["ansible all -a 'rm -rf /srv/app'", 'filesystem/remove-recursive'],
  ["ansible web -b -m shell -a 'chdir=/tmp rm -rf /srv/app'", 'filesystem/remove-recursive'],
  ["ansible db -m ansible.builtin.command --args='dropdb shop'", 'database/drop'],
  ["salt '*' cmd.run 'rm -rf /srv/app'", 'filesystem/remove-recursive'],
  ["rails runner 'User.delete_all'", 'code/delete'],
  ["bin/rails runner -e production 'User.where(a: 1).destroy_all'", 'code/delete'],
  ['python manage.py shell -c "U.objects.filter(a=1).delete()"', 'code/delete'],
  ['php artisan tinker --execute="User::truncate();"', 'code/delete'],
  ['wrangler d1 execute shop --remote --command "DROP TABLE users"', 'sql/drop-table'],
  ["perl -e 'unlink glob \"/etc/*\"'", 'filesystem/remove-important'],
  ['dotnet ef database drop -f', 'migrations/destroy'],
];

const CLEAR: readonly string[] = [
  "ansible all -a 'uptime'",
  "ansible web -m copy -a 'src=rm dest=/srv/app'",
  "salt '*' cmd.run 'uptime'",
  "rails runner 'puts User.count'",
  'python manage.py shell -c "print(U.objects.count())"',
  'wrangler d1 execute shop --local --command "DROP TABLE users"',
  'aws help delete-bucket',
  "python -c 'session.delete(url)'",
];

describe('what is handed on', () => {
  for (const [text, rule] of FLAGGED) it(`is flagged: ${text}`, () => assert.ok(rulesIn(text).includes(rule), rulesIn(text).join(' ')));
  for (const text of CLEAR) it(`is left alone: ${text}`, () => assert.deepEqual(rulesIn(text), []));
});
