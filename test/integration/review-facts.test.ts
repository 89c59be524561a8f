import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { operationOf } from '../../src/broker/assessing.js';
import { reviewFacts } from '../../src/broker/review-facts.js';
import { reviewOf } from '../../src/broker/review-rules.js';
import { quorumFor } from '../../src/core/policy/quorum.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { Seat } from './people.js';

describe('what the approver’s machine finds out about a file that would run from outside the repository', () => {
  let team: Team;
  let helper: string;
  before(() => {
    team = createTeam();
    helper = path.join(team.directory, 'askpass.sh');
  });
  after(() => team.dispose());

  async function statesOf({ before = () => undefined, after = () => undefined }: { readonly before?: () => void; readonly after?: () => void }): Promise<readonly string[]> {
    writeFileSync(helper, '#!/bin/sh\necho secret\n', { mode: 0o755 });
    before();
    const [ana, ben] = [await Seat.of(team.ana), await Seat.of(team.ben)];
    const { view, stop, end } = await ana.hold(ana.deployment({ env: { ...environmentOf(team.ana), GIT_ASKPASS: helper } }));
    after();
    const { inputs } = await reviewFacts(await ben.see(view), ben.desk.repository, await ben.desk.trust(), team.ben.home);
    stop.abort();
    await end;
    return inputs.filter((input) => input.path === helper).map(({ state }) => state);
  }

  it('is nothing to look at where this machine has the same file', async () => {
    assert.deepEqual(await statesOf({}), ['same here']);
  });
  it('is counted above and named below where this machine has the same file, and named above where it has another one', async () => {
    writeFileSync(helper, '#!/bin/sh\necho secret\n', { mode: 0o755 });
    const [ana, ben] = [await Seat.of(team.ana), await Seat.of(team.ben)];
    const { view, stop, end } = await ana.hold(ana.deployment({ env: { ...environmentOf(team.ana), GIT_ASKPASS: helper } }));
    const seen = await ben.see(view);
    const review = () => reviewOf(seen, ben.desk, team.ben.home, Math.floor(Date.now() / 1000));
    const alike = await review();
    appendFileSync(helper, 'rm -rf /\n');
    const other = await review();
    stop.abort();
    await end;
    assert.match(alike, new RegExp(`^ {2}Input +1 file outside the repository is the same on this machine$[\\s\\S]*^How it was understood$[\\s\\S]*^ {2}Input +${helper} lies outside the repository and is the same file on this machine$`, 'm'));
    assert.match(other, new RegExp(`^ {2}Attention +${helper} lies outside the repository: what would run cannot be seen here$[\\s\\S]*^How it was understood$`, 'm'));
    assert.doesNotMatch(other, /the same/);
  });
  it('is pointed out where it is another one', async () => {
    assert.deepEqual(await statesOf({ after: () => appendFileSync(helper, 'rm -rf /\n') }), ['outside the repository']);
  });
  it('is pointed out where it is too large to be compared', async () => {
    assert.deepEqual(await statesOf({ before: () => truncateSync(helper, 64 * 1024 * 1024) }), ['outside the repository']);
  });
  it('is pointed out where it cannot be read', async () => {
    const after = (): void => {
      rmSync(helper);
      symlinkSync('/proc/self/mem', helper);
    };
    assert.deepEqual(await statesOf({ after }), ['outside the repository']);
    rmSync(helper);
  });
  it('is not looked for under a name that is another machine’s on Windows, as a forged request may have one', async () => {
    writeFileSync(helper, '#!/bin/sh\necho secret\n', { mode: 0o755 });
    const [ana, ben] = [await Seat.of(team.ana), await Seat.of(team.ben)];
    const ask = ana.deployment({ env: { ...environmentOf(team.ana), GIT_ASKPASS: helper } });
    const judged = await ana.judge(ask);
    const nonce = randomBytes(16).toString('hex');
    const operation = await operationOf(ask, judged, ana.desk.repository, nonce, team.ana.home);
    const inputs = operation.inputs.map((input) => (input.path === helper ? { ...input, path: `/${helper}` } : input));
    const view = await ana.desk.ask({ ...operation, inputs }, nonce, { agent: null, findings: [], reason: '', quorum: quorumFor(judged.assessment.targets, judged.policies) });
    const seen = await reviewFacts(await ben.see(view), ben.desk.repository, await ben.desk.trust(), team.ben.home);
    assert.deepEqual(seen.inputs.filter((input) => input.path === `/${helper}`).map(({ state }) => state), ['outside the repository']);
  });
});
