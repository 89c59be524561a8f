import assert from 'node:assert/strict';
import type { Operation } from '../../../../src/core/approval/operation.js';
import { trustOfRules } from '../../../../src/core/approval/rules-change.js';
import { Folding, type RequestState, type Thread } from '../../../../src/core/ledger/fold.js';
import { Signatory } from '../../../bench/support/signatory.js';

const NOW = 1_800_000_000;
const POLICY = 'version: 1\nenvironments:\n  production: { approvals: 1, expires: 30m }\n';
const OPERATION: Operation = {
  kind: 'command',
  label: null,
  script: 'terraform destroy',
  shell: '/bin/sh',
  directory: '.',
  environment: {},
  inputs: [],
  repository: 'b'.repeat(40),
  commit: 'c'.repeat(40),
  worktree: 'd'.repeat(40),
  targets: [{ environment: 'production', kind: 'workspace', name: 'production', evidence: 'the workspace is called so' }],
};

describe('what is folded again and again', () => {
  const [ana, ben] = [new Signatory('ana@payments.example'), new Signatory('ben@payments.example')];
  const trust = trustOfRules({ policy: POLICY, roster: ana.rosterLine + ben.rosterLine }, 'origin/main');
  const { signed } = ana.asks(OPERATION, 1, trust, NOW);
  const waiting: Thread = { signed, tokens: [], denials: [], withdrawals: [], uses: [], outcomes: [], glasses: [], reviews: [], releases: [] };
  const approved: Thread = { ...waiting, tokens: [ben.approves(signed).text] };

  it('is the same view as long as a request waits and nothing was said', () => {
    const folding = new Folding();
    const view = folding.fold(waiting, trust, NOW);
    assert.equal(folding.fold(waiting, trust, NOW + 1800), view);
    assert.equal(folding.fold(approved, trust, NOW).state, 'approved');
  });

  const { expires } = signed.request;
  const moments: readonly (readonly [what: string, thread: Thread, moments: readonly (readonly [at: number, state: RequestState])[]])[] = [
    ['ends with the request', waiting, [[NOW, 'waiting'], [expires, 'waiting'], [expires + 1, 'expired']]],
    ['does not outlive a clock that was put back', waiting, [[NOW, 'waiting'], [NOW - 3600, 'invalid'], [NOW, 'waiting']]],
    ['is looked at anew every time where it may run', approved, [[NOW, 'approved'], [expires + 1, 'expired']]],
  ];
  for (const [what, thread, states] of moments) {
    it(what, () => {
      const folding = new Folding();
      assert.deepEqual(states.map(([at]) => folding.fold(thread, trust, at).state), states.map(([, state]) => state));
    });
  }

  it('is another one under other rules', () => {
    const folding = new Folding();
    const stricter = trustOfRules({ policy: POLICY.replace('30m', '10m'), roster: ana.rosterLine + ben.rosterLine }, 'origin/main');
    assert.deepEqual([trust, stricter].map((rules) => folding.fold(waiting, rules, NOW).state), ['waiting', 'invalid']);
  });
});
