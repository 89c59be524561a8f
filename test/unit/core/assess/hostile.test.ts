import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assessIn, HOME, stopsAgent } from './fake-world.js';
import { DISGUISES } from './disguises.js';
import { HOSTILE } from './hostile.js';
import { THINGS } from './things.js';
import { patience, runs } from '../../../runs.js';
import { spoken } from '../../../../src/core/say.js';

const FAILED = 'The operation could not be understood.';

describe('a hostile text', () => {
  for (const { name, make } of HOSTILE) {
    it(`of ${name} comes to an end`, () => {
      for (const count of [1, 50, 3000]) {
        const { steps, findings, targets } = assessIn(make(count));
        assert.ok(!steps.some(({ text }) => spoken(text) === FAILED), `${name} ${count}`);
        assert.ok(findings.length <= 500);
        assert.ok(steps.length <= 1100);
        assert.ok(targets.length > 0);
      }
    }).timeout(20_000);
  }

  it('leads round no gate by its length alone', () => {
    const { effect, targets } = assessIn(`kubectl delete ns payments --context prod-eu # ${'x'.repeat(70_000)}`);
    assert.deepEqual([effect, targets[0]?.environment], ['destroy', 'production']);
  });

  it('holds what is too long to be read where a tool would reach production by itself', () => {
    const config = 'current-context: prod-eu\ncontexts: [{ name: prod-eu, context: { cluster: c } }]';
    const padded = `kubectl delete ns payments # ${'x'.repeat(70_000)}`;
    const { targets } = assessIn(padded, { files: { [`${HOME}/.kube/config`]: config } });
    assert.ok(targets.some(({ environment, kind }) => environment === 'production' && kind === 'Kubernetes context'));
    assert.ok(!assessIn(padded).targets.some(({ environment }) => environment === 'production'));
  });

  it('does not hide what stands in front of it', () => {
    for (const { name, make } of HOSTILE) assert.ok(stopsAgent(assessIn(`rm -rf /srv/data\n${make(20)}`)), name);
  });

  it('does not hide what cannot be reached any more', () => {
    const calls = `${Array.from({ length: 14 }, (_, i) => `f${i}() { f${i + 1}; f${i + 1}; }`).join('; ')}; f14() { ls; }; f0; rm -rf /srv/data`;
    assert.ok(stopsAgent(assessIn(calls)));
    assert.ok(stopsAgent(assessIn(`echo ${'x'.repeat(70_000)}; rm -rf /srv/data`)));
    assert.ok(stopsAgent(assessIn(`${'('.repeat(80)}rm -rf /srv/data${')'.repeat(80)}`)));
  });
});

describe('more findings than are told', () => {
  const many = (line: (i: number) => string): string => Array.from({ length: 600 }, (_, i) => line(i)).join('\n');

  it('still raise the effect', () => {
    const { effect, reversible, findings } = assessIn(`${many((i) => `curl -X POST https://api.example.com/${i}`)}\nrm -rf /srv/data`);
    assert.equal(findings.length, 500);
    assert.equal(effect, 'destroy');
    assert.equal(reversible, 'no');
  });
  it('still say that nothing can be brought back', () => {
    const { reversible, findings } = assessIn(`${many((i) => `git push -f origin b${i}`)}\nrm -rf /srv/data`);
    assert.equal(findings.length, 500);
    assert.equal(reversible, 'no');
  });
});

describe('any disguise in any other', () => {
  const disguise = fc.constantFrom(...DISGUISES.filter(([name]) => !/every|arguments|IFS|array|brace expansion|halves|slice|replaced|substitution|back quotes|xargs itself|tabs/.test(name)));
  it('is held', () => {
    fc.assert(fc.property(fc.constantFrom(...THINGS.map(({ plain }) => plain)), disguise, (plain, [, say]) => {
      assert.ok(stopsAgent(assessIn(`eval "$(cat <<'THE END'\n${say(plain)}\nTHE END\n)"`)), say(plain));
      assert.ok(stopsAgent(assessIn(`bash <<'THE END'\n${say(plain)}\nTHE END`)), say(plain));
    }), { numRuns: runs(400) });
  }).timeout(patience(20_000));
});

describe('any text', () => {
  const piece = fc.oneof(fc.constantFrom('rm -rf /', '$(', ')', '"', "'", '`', '{', '}', '((', '))', '<<E\n', '\nE\n', '|', '&', ';', '\n', '\\', '$x', '${', 'x=', ' ', '>', '<(', 'eval ', 'xargs ', 'sh -c ', 'find . -exec ', '{}', '*', '~', '#', '!', '\uFFFC', '\0', '\u202E'), fc.string({ maxLength: 8 }));
  it('gets an assessment in any shell', () => {
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('bash', 'zsh', 'sh', 'fish', 'powershell', 'cmd'), (pieces, shell) => {
      const { steps, targets } = assessIn(pieces.join(''), { shell });
      assert.ok(!steps.some(({ text }) => spoken(text) === FAILED), pieces.join(''));
      assert.ok(targets.length > 0);
    }), { numRuns: runs(3000) });
  }).timeout(patience(60_000));
});
