import assert from 'node:assert/strict';
import { assess } from '../../../../src/core/assess/assess.js';
import { judgeStart } from '../../../../src/core/files/judge-start.js';
import { parsePolicy, type Policies } from '../../../../src/core/policy/policy.js';
import { PROJECT, worldOf, type Given } from '../assess/fake-world.js';

const NOW = 1_800_000_000;
const production = parsePolicy('version: 1\nenvironments:\n  production: { approvals: 1 }\n');
const moonbase = parsePolicy('version: 1\nenvironments:\n  moonbase: { approvals: 2 }\n');
const excepted = parsePolicy('version: 1\nenvironments:\n  production: { approvals: 1 }\nexceptions:\n  - { environment: production, task: "cleanup", rules: ["kubernetes/*"], until: 2100-01-01, reason: "It is being taken down." }\n');

const judged = (start: { labels?: readonly string[]; commands: readonly string[] }, policies: Policies = [production], given: Given = {}) =>
  judgeStart({ labels: ['cleanup'], ...start }, { cwd: PROJECT, policies, world: worldOf(given), assess, now: NOW });

describe('what starts by its name is judged as the gate will', () => {
  const DELETE = 'kubectl --context prod-eu delete namespace x';
  const cases: readonly [what: string, commands: readonly string[], held: string | undefined, labels?: readonly string[], given?: Given][] = [
    ['by its command', [DELETE], 'production'],
    ['by the command of any platform', ['true', DELETE], 'production'],
    ['by its name, whatever it runs', ['true'], 'production', ['deploy: production']],
    ['by a script that it runs', ['./sweep.sh'], 'production', [], { files: { 'sweep.sh': `#!/bin/sh\n${DELETE}\n` } }],
    ['by the environment that it gets', ['terraform apply -auto-approve'], 'production', [], { env: { TF_WORKSPACE: 'production' } }],
    ['not when it only looks', ['kubectl --context prod-eu get pods'], undefined],
    ['not when it lands elsewhere', ['kubectl --context staging delete namespace x'], undefined],
    ['not when its script is harmless', ['./sweep.sh'], undefined, [], { files: { 'sweep.sh': '#!/bin/sh\nls\n' } }],
  ];
  for (const [what, commands, held, labels = ['cleanup'], given = {}] of cases) {
    it(what, () => {
      const { verdict } = judged({ commands, labels }, [production], given);
      assert.equal(verdict.action === 'approve' ? verdict.environment : undefined, held);
    });
  }

  it('by the strictest rules of all repositories, whose people are asked', () => {
    const { verdict, asked, targets } = judged({ commands: ['kubectl --context moonbase delete namespace x'] }, [production, moonbase]);
    assert.deepEqual([verdict.action, verdict.environment, asked], ['approve', 'moonbase', moonbase]);
    assert.deepEqual([...new Set(targets.map(({ environment }) => environment))], ['moonbase']);
  });

  it('with the exceptions of its rules', () => {
    assert.equal(judged({ commands: [DELETE] }, [excepted]).verdict.action, 'warn');
    assert.equal(judged({ commands: [DELETE], labels: ['other'] }, [excepted]).verdict.action, 'approve');
  });
});
