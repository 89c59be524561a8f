import assert from 'node:assert/strict';
import type { Target } from '../../../../src/core/assess/assessment.js';
import { scanFile } from '../../../../src/core/files/scan.js';
import { assessIn, PROJECT, worldOf } from '../assess/fake-world.js';

const names = (targets: readonly Target[] | undefined): readonly string[] => (targets ?? []).map(({ name }) => name);

/** Each dangerous place of a script, with the names of where it is said to land. */
function landings(text: string, path = 'x.sh'): readonly (readonly [place: string, names: readonly string[]])[] {
  const findings = scanFile({ path: `${PROJECT}/${path}`, text }, [], worldOf());
  return findings.map(({ span, targets }) => [text.slice(span.start, span.end), names(targets)]);
}

const PROD = 'kubectl --context prod-eu delete ns payments';
const LOCAL = 'rm -rf ./data';

describe('where a command of a script is said to land', () => {
  const cases: readonly (readonly [title: string, text: string, expected: ReturnType<typeof landings>])[] = [
    ['each command where it says itself', `${LOCAL}\n${PROD}\n`, [[LOCAL, []], [PROD, ['prod-eu']]]],
    ['two commands in two places', `kubectl --context staging-eu delete ns a\n${PROD}\n`, [['kubectl --context staging-eu delete ns a', ['staging-eu']], [PROD, ['prod-eu']]]],
    ['what only writes is shown where it lands in a place with a name, and not beside one', `kubectl --context prod-eu apply -f a.yaml\nkubectl --context kind-a apply -f a.yaml\n`, [['kubectl --context prod-eu apply -f a.yaml', ['prod-eu']]]],
    ['a command that an earlier one sent there', `kubectl config use-context prod-eu\n${LOCAL}\nkubectl delete ns a\n`, [[LOCAL, []], ['kubectl delete ns a', ['prod-eu']]]],
    ['what follows a file that brings its surroundings', `. ./production.env\naws s3 rb s3://a --force\n`, [['aws s3 rb s3://a --force', ['./production.env']]]],
    ['every place that a loop takes a command to', 'for c in staging-eu prod-eu; do kubectl --context "$c" delete ns a; done\n', [['kubectl --context "$c" delete ns a', ['staging-eu', 'prod-eu']]]],
    ['what runs inside another command, where that one lands', `kubectl --context prod-eu exec web -- sh -c '${LOCAL}'\n`, [[LOCAL, ['prod-eu']]]],
  ];
  for (const [title, text, expected] of cases) it(title, () => assert.deepEqual(landings(text), expected));

  it('while the whole script lands wherever any of it does', () => {
    const { effect, targets } = assessIn(`${LOCAL}\n${PROD}`);
    assert.equal(effect, 'destroy');
    assert.ok(names(targets).includes('prod-eu'));
  });
});
