import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assessIn, PROJECT } from './fake-world.js';
import { runs } from '../../../runs.js';
import { spoken } from '../../../../src/core/say.js';

describe('an assessment', () => {
  it('has the worst effect of all there is', () => {
    assert.equal(assessIn('ls').effect, 'read');
    assert.equal(assessIn('ls; touch x').effect, 'write');
    assert.equal(assessIn('touch x; no-such-program').effect, 'unknown');
    assert.equal(assessIn('no-such-program; rm -rf /srv').effect, 'destroy');
  });
  it('says whether what is lost can be brought back', () => {
    assert.equal(assessIn('ls').reversible, 'yes');
    assert.equal(assessIn('git push --force').reversible, 'with-effort');
    assert.equal(assessIn('git push --force; rm -rf /srv').reversible, 'no');
  });
  it('has findings with their range, their way and a safer way', () => {
    const text = "ls && sudo bash -c 'cd /srv; rm -rf data'";
    const [finding] = assessIn(text).findings;
    assert.ok(finding);
    assert.equal(finding.rule, 'filesystem/remove-recursive');
    assert.equal(text.slice(finding.span.start, finding.span.end), 'rm -rf data');
    assert.deepEqual(finding.via, ['sudo', 'bash -c']);
    assert.equal(finding.file, undefined);
    assert.ok(finding.safer);
  });
  it('tells the same thing once', () => {
    assert.equal(assessIn('for i in 1 2 3; do rm -rf /srv; done').findings.length, 1);
  });
  it('explains itself', () => {
    const { steps } = assessIn('./x.sh', { files: { 'x.sh': '#!/bin/sh\nterraform destroy\n' }, cwd: `${PROJECT}/infra/prod` });
    assert.ok(steps.length === 0 || steps.every(({ text }) => spoken(text).endsWith('.')), JSON.stringify(steps));
    const { steps: followed } = assessIn('./x.sh', { files: { 'x.sh': '#!/bin/sh\nterraform destroy\n' } });
    assert.deepEqual([...new Set(followed.map(({ stage }) => stage))], ['follow', 'rule', 'target']);
  });
  it('is the same for the same question', () => {
    assert.deepEqual(assessIn('kubectl delete ns x && ./y.sh'), assessIn('kubectl delete ns x && ./y.sh'));
  });
  it('follows files no deeper than it says', () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`s${i}.sh`, `#!/bin/sh\n./s${i + 1}.sh\n`]));
    const { effect, inputs } = assessIn('./s0.sh', { files });
    assert.equal(effect, 'unknown');
    assert.ok(inputs.length <= 9);
  });
  it('does not trip over names that every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']) assert.equal(assessIn(`${name} --x`).effect, 'unknown');
  });
});

describe('any operation', () => {
  const word = fc.constantFrom('rm', '-rf', '/', 'git', 'push', '--force', 'kubectl', 'delete', 'terraform', 'psql', '-c', "'DROP TABLE x'", 'aws', 's3', 'docker', 'run', '-v', 'npm', 'run', 'make', 'python', "'os.system(1)'", 'node', '-e', '"`$(x)`"', 'curl', '-X', 'DELETE', '--', '-', '=', '--x=', 'find', '-exec', '{}', ';', '|', '&&', '$(', ')', '>', '/dev/sda', 'ssh', 'h', 'sudo', 'xargs', '<<E\nx\nE\n', 'rails', 'db:drop', 'vault', 'helm', 'systemctl', 'stop', '~', '..', '*');
  it('gets an assessment', () => {
    fc.assert(fc.property(fc.array(word, { maxLength: 24 }), (words) => {
      const { effect, steps, targets } = assessIn(words.join(' '));
      assert.ok(['read', 'write', 'destroy', 'unknown'].includes(effect));
      assert.ok(targets.length > 0);
      assert.ok(!steps.some(({ text }) => spoken(text) === 'The operation could not be understood.'), words.join(' '));
    }), { numRuns: runs(3000) });
  });
  it('gets one when files say anything', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), fc.constantFrom('x.sh', 'x.py', 'x.js', 'x.rb', 'Makefile', 'package.json', 'x.sql'), (text, name) => {
      const command = name === 'Makefile' ? 'make' : name === 'package.json' ? 'npm run x' : name === 'x.sql' ? 'psql -f x.sql' : `./${name}`;
      const { steps } = assessIn(command, { files: { [name]: text } });
      assert.ok(!steps.some((step) => spoken(step.text) === 'The operation could not be understood.'));
    }), { numRuns: runs(600) });
  });
});
