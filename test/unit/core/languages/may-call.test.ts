import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CLIENT_CALL, PATTERNS, scanCode } from '../../../../src/core/languages/calls.js';
import { mayCall } from '../../../../src/core/languages/may-call.js';
import { runs } from '../../../runs.js';

const CALLS = [
  'exec', 'cp.execSync', 'execAsync', 'spawn', 'child_process.spawnSync', 'execFile', 'execa', 'fork', 'new Deno.Command', 'fs.rmSync', 'rimraf', 'fs.emptyDirSync', 'rmdir', 'Deno.remove', 'Deno.removeSync',
  'fs.unlink', 'truncateSync', 'db.execute', 'client.query', 'knex.raw', 'prisma.$executeRawUnsafe', 'prisma.$queryRaw', 'db.prepare', 'eval', 'Function', 's3.deleteBucket', 'ec2.terminateInstances', 'db.dropDatabase',
  'client.flushall', 'table.batch_delete_items', 'schema.dropTable', 'queue.purgeQueue', '$exec', 'this.$rm', 'a$eval', 'éexec',
];
const GAPS = ['', ' ', '\n', '\t', '\r\n', ' /* why */ ', '/**/', ' // why\n', ' // why (\n  ', '\n/* a\nb */\n'];
const ARGUMENTS = ['"rm -rf /"', "'DROP TABLE users'", '`git push --force`', '["rm", "-rf", "/"]', '{ recursive: true }', 'x', '"/srv", { recursive: true }'];
const REST = ['const a = 1;', 'if (x) y();', '// nothing', '/* exec( */', 'f(/[(]/);', 'const t = `${g(1)}`;', '"(" + b;', '(function () {})();', '\n', 'a / (b);', '$'];

describe('whether code could call what is looked for', () => {
  for (const call of CALLS) {
    it(`never says no to ${call}, whatever stands before its bracket`, () => {
      for (const gap of GAPS) assert.ok(mayCall(`const x = 1;\n${call}${gap}(${ARGUMENTS[0] ?? ''})`, 'javascript'), JSON.stringify(gap));
    });
  }

  it('never says no to code in which something is found', () => {
    const call = fc.tuple(fc.constantFrom(...CALLS), fc.constantFrom(...GAPS), fc.constantFrom(...ARGUMENTS)).map(([name, gap, given]) => `${name}${gap}(${given});`);
    const tagged = fc.tuple(fc.constantFrom('$', ' $ ', 'await $'), fc.constantFrom('`rm -rf /`', '"rm -rf /"', '/**/`rm -rf /`')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.oneof(call, tagged, fc.constantFrom(...REST)), { maxLength: 12 }), fc.constantFrom(' ', '\n', ''), (parts, between) => {
        const source = parts.join(between);
        const { pieces, unknown } = scanCode(source, 'javascript', undefined);
        if (pieces.length > 0 || unknown.length > 0) assert.ok(mayCall(source, 'javascript'));
      }),
      { numRuns: runs(2000) },
    );
  });

  it('takes the names out of every pattern that there is', () => {
    const sources = [...PATTERNS.filter(({ languages }) => languages.includes('javascript')).map(({ call }) => call), CLIENT_CALL].map(({ source }) => source);
    for (const source of sources) assert.match(source, /^[^|]*\(.*\)\\s\*\\\($/, 'a group of names, blanks and a bracket');
  });

  it('says no to most code', () => {
    for (const source of ['export const a = f(1) + g (2);', 'map.delete(key); set.clear();', 'class A { run() { return this.executor(1); } }', 'x.removeListener', 'a / (b)']) assert.ok(!mayCall(source, 'javascript'), source);
  });

  it('is asked about JavaScript only', () => assert.ok(mayCall('', 'python')));
});
