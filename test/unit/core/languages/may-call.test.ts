import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PATTERNS, scanCode, scanMasked } from '../../../../src/core/languages/calls.js';
import { mask } from '../../../../src/core/languages/mask.js';
import { callsIn } from '../../../../src/core/languages/may-call.js';
import { runs } from '../../../runs.js';

const CALLS = [
  'exec', 'cp.execSync', 'execAsync', 'spawn', 'child_process.spawnSync', 'execFile', 'execa', 'fork', 'new Deno.Command', 'fs.rmSync', 'rimraf', 'fs.emptyDirSync', 'rmdir', 'Deno.remove', 'Deno.removeSync',
  'fs.unlink', 'truncateSync', 'db.execute', 'client.query', 'knex.raw', 'prisma.$executeRawUnsafe', 'prisma.$queryRaw', 'db.prepare', 'eval', 'Function', 's3.deleteBucket', 'ec2.terminateInstances', 'db.dropDatabase',
  'client.flushall', 'table.batch_delete_items', 'schema.dropTable', 'queue.purgeQueue', '$exec', 'this.$rm', 'a$eval', 'éexec',
];
const GAPS = ['', ' ', '\n', '\t', '\r\n', ' /* why */ ', '/**/', ' // why\n', ' // why (\n  ', '\n/* a\nb */\n'];
const ARGUMENTS = ['"rm -rf /"', "'DROP TABLE users'", '`git push --force`', '["rm", "-rf", "/"]', '{ recursive: true }', 'x', '"/srv", { recursive: true }'];
const REST = ['const a = 1;', 'if (x) y();', '// nothing', '/* exec( */', 'f(/[(]/);', 'const t = `${g(1)}`;', '"(" + b;', '(function () {})();', '\n', 'a / (b);', '$'];

describe('what code could call of what is looked for', () => {
  for (const call of CALLS) {
    it(`never says no to ${call}, whatever stands before its bracket`, () => {
      for (const gap of GAPS) assert.ok(callsIn(`const x = 1;\n${call}${gap}(${ARGUMENTS[0] ?? ''})`, 'javascript').size > 0, JSON.stringify(gap));
    });
  }

  it('holds whatever is found', () => {
    const call = fc.tuple(fc.constantFrom(...CALLS), fc.constantFrom(...GAPS), fc.constantFrom(...ARGUMENTS)).map(([name, gap, given]) => `${name}${gap}(${given});`);
    const tagged = fc.tuple(fc.constantFrom('$', ' $ ', 'await $'), fc.constantFrom('`rm -rf /`', '"rm -rf /"', '/**/`rm -rf /`')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.oneof(call, tagged, fc.constantFrom(...REST)), { maxLength: 12 }), fc.constantFrom(' ', '\n', ''), (parts, between) => {
        const source = parts.join(between);
        assert.deepEqual(scanMasked(mask(source, 'javascript'), 'javascript', undefined, callsIn(source, 'javascript')), scanCode(source, 'javascript', undefined));
      }),
      { numRuns: runs(2000) },
    );
  });

  it('knows the names of every call of JavaScript', () => {
    for (const { languages, names, meaning } of PATTERNS) if (languages.includes('javascript')) assert.ok(names && names.length > 0, meaning);
  });

  it('says no to most code', () => {
    for (const source of ['export const a = f(1) + g (2);', 'map.delete(key); set.clear();', 'class A { run() { return this.executor(1); } }', 'x.removeListener', 'a / (b)']) assert.equal(callsIn(source, 'javascript').size, 0, source);
  });

  it('is asked about JavaScript only', () => assert.ok(callsIn('', 'python').size > 0));
});
