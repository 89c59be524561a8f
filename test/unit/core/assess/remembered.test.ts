import assert from 'node:assert/strict';
import { assess } from '../../../../src/core/assess/assess.js';
import type { Assess, EnvironmentPattern, Subject } from '../../../../src/core/assess/assessment.js';
import { remembered } from '../../../../src/core/assess/remembered.js';
import { PROJECT, worldOf, type Given } from './fake-world.js';

const ENVIRONMENTS: readonly EnvironmentPattern[] = [{ name: 'production', match: ['*prod*'] }];
const subject = (text: string): Subject => ({ kind: 'task', text, shell: 'sh', cwd: PROJECT, labels: [] });

/** Assesses, and counts how often that took work. */
function counted(most = 10): { readonly ask: (text: string, given?: Given, environments?: readonly EnvironmentPattern[]) => unknown; readonly count: () => number } {
  let count = 0;
  const counting: Assess = (...given) => {
    count += 1;
    return assess(...given);
  };
  const once = remembered(counting, most);
  return {
    ask: (text, given = {}, environments = ENVIRONMENTS) => {
      const answer = once(subject(text), environments, worldOf(given));
      assert.deepEqual(answer, assess(subject(text), environments, worldOf(given)), 'A remembered answer is that of an assessment made now.');
      return answer;
    },
    count: () => count,
  };
}

describe('an assessment that is remembered', () => {
  const SCRIPT = './sweep.sh';
  const files = { 'sweep.sh': '#!/bin/sh\nls\n' };
  const cases: readonly [what: string, text: string, before: Given, after: Given, anew: boolean][] = [
    ['is given again while nothing changes', SCRIPT, { files }, { files: { ...files } }, false],
    ['is given again when something else changes', SCRIPT, { files }, { files: { ...files, 'README.md': 'x' }, env: { UNRELATED: 'x' } }, false],
    ['is made anew when a script changes', SCRIPT, { files }, { files: { 'sweep.sh': '#!/bin/sh\nkubectl --context prod delete namespace x\n' } }, true],
    ['is made anew when a script goes', SCRIPT, { files }, {}, true],
    ['is made anew when a script comes', SCRIPT, {}, { files }, true],
    ['is made anew when a variable it rests on changes', 'terraform apply -auto-approve', { env: { TF_WORKSPACE: 'staging' } }, { env: { TF_WORKSPACE: 'prod' } }, true],
    ['is made anew when another branch is checked out', 'git push origin HEAD', { branch: 'feature' }, { branch: 'prod' }, true],
  ];
  for (const [what, text, before, after, anew] of cases) {
    it(what, () => {
      const { ask, count } = counted();
      ask(text, before);
      ask(text, after);
      assert.equal(count(), anew ? 2 : 1);
    });
  }

  it('is one of its command and its rules', () => {
    const { ask, count } = counted();
    ask('kubectl --context moon delete namespace x');
    ask('kubectl --context moon delete namespace x', {}, [{ name: 'moonbase', match: ['moon'] }]);
    ask('kubectl --context moon delete namespace y');
    assert.equal(count(), 3);
  });

  it('is forgotten first when it was asked for longest ago', () => {
    const { ask, count } = counted(2);
    for (const text of ['ls a', 'ls b', 'ls a', 'ls c', 'ls a']) ask(text);
    assert.equal(count(), 3);
    ask('ls b');
    assert.equal(count(), 4);
  });
});
