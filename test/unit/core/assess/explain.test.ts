import assert from 'node:assert/strict';
import { assess } from '../../../../src/core/assess/assess.js';
import { explain } from '../../../../src/core/assess/explain.js';
import { PROJECT, worldOf } from './fake-world.js';
import type { Given } from './fake-world.js';
import { recordedStep } from '../../../../src/core/assess/findings.js';
import { sentence } from '../../../../src/core/say.js';

function explained(text: string, given: Given = {}): readonly { readonly stage: string; readonly text: string }[] {
  const world = worldOf(given);
  const subject = { kind: 'command' as const, text, shell: 'bash' as const, cwd: PROJECT, labels: [] };
  return explain(subject, assess(subject, [], world), [sentence('Would be held for approval.'), sentence('Because.')], world).map(recordedStep);
}

describe('an explanation', () => {
  it('tells every step in order', () => {
    const steps = explained('sudo ./clean.sh --all', { files: { 'clean.sh': '#!/bin/sh\nkubectl --context prod delete ns shop\n' } });
    assert.deepEqual(steps.map(({ stage }) => stage), ['parse', 'parse', 'unwrap', 'follow', 'rule', 'safer', 'target', 'verdict', 'verdict'], JSON.stringify(steps));
    assert.equal(steps[0]?.text, 'Read as bash: 1 call.');
    assert.equal(steps[1]?.text, `./clean.sh --all in ${PROJECT}.`);
    assert.equal(steps[2]?.text, './clean.sh --all is reached through sudo.');
    assert.match(steps[3]?.text ?? '', /clean\.sh --all runs .*\/clean\.sh\.$/);
    assert.match(steps[4]?.text ?? '', /^kubernetes\/delete: kubectl --context prod delete ns shop\. /);
    assert.match(steps[5]?.text ?? '', /^kubernetes\/delete: \S/);
    assert.match(steps[6]?.text ?? '', /^production: context given on the command line\.$/);
  });
  it('says where a call runs and what it is given', () => {
    const texts = explained("A=1 ssh box 'rm -rf /srv'; $X -rf /").map(({ text }) => text);
    assert.ok(texts.includes('rm -rf /srv on the host box, with A set.') || texts.includes('rm -rf /srv on the host box.'), texts.join('\n'));
    assert.ok(texts.some((text) => text.startsWith('… -rf /')), texts.join('\n'));
  });
  it('says that there is more', () => {
    const texts = explained('ls;'.repeat(100)).map(({ text }) => text);
    assert.ok(texts.includes('And 60 more calls.'));
  });
  it('tells what cannot be read', () => assert.match(explained('ls "')[0]?.text ?? '', /that could not be read\.$/));
});
