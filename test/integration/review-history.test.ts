import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { operationOf, type Ask } from '../../src/broker/assessing.js';
import { historyLines, historyOf } from '../../src/broker/review-history.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { quorumFor } from '../../src/core/policy/quorum.js';
import { createTeam, type Team } from '../demo/team.js';
import { Seat, TestClock } from './people.js';

describe('what came before a request', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  beforeEach(async () => {
    team = createTeam();
    clock = new TestClock();
    // In the middle of a day, so that an hour before belongs to it.
    clock.seconds += 43_200 - (clock.seconds % 86_400);
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
  });
  afterEach(() => team.dispose());

  async function ask(changes: Partial<Ask> = {}): Promise<RequestView> {
    const wanted = ana.deployment(changes);
    const judged = await ana.judge(wanted);
    const nonce = randomBytes(16).toString('hex');
    const operation = await operationOf(wanted, judged, ana.desk.repository, nonce, team.ana.home);
    return ana.desk.ask(operation, nonce, { agent: null, findings: [], reason: '', quorum: quorumFor(judged.assessment.targets, judged.policies) });
  }

  async function runs(changes: Partial<Ask> = {}): Promise<void> {
    const view = await ask(changes);
    await ben.approve(view);
    await ana.desk.sync();
    assert.equal(await ana.desk.consume(await ana.desk.find(view.digest)), 'won');
    await ana.desk.recordOutcome(view.digest, 0);
  }

  async function before(view: RequestView): Promise<string> {
    await ben.desk.sync();
    return historyLines(await historyOf(view, await ben.desk.requests(), ben.desk.repository, clock.now())).join('\n');
  }

  it('says what else its requester asked for today, and nothing of other days', async () => {
    await ask({ label: 'yesterday: production' });
    clock.seconds += 86_400;
    await ask({ label: 'one\u202e: production' });
    const text = await before(await ask());
    assert.match(text, /Today +1 other request of this requester\n +\d\d:\d\d:\d\d UTC one\\u\{202e\}: production: waiting/);
    assert.doesNotMatch(text, /yesterday/);
    assert.match(text, /this never ran with an approval/);
  });

  it('compares with the last approved run of the same, and shows what ran then', async () => {
    await runs({ text: './scripts/deploy.sh production --old' });
    clock.seconds += 60;
    const changed = await before(await ask({ env: { ...ana.deployment().env, KUBECONFIG: '/x' } }));
    assert.match(changed, /Before +ran last at .*, approved by ben@payments\.example, and ended with exit code 0/);
    assert.match(changed, /Since then +the command line; environment variables \(KUBECONFIG\) are not as before/);
    assert.match(changed, /It was +this then:\n +\.\/scripts\/deploy\.sh production --old/);
    assert.match(await before(await ask({ text: './scripts/deploy.sh production --old' })), /Since then +nothing of it has changed/);
    assert.match(await before(await ask({ label: 'another: production' })), /this never ran with an approval/);
  });
});
