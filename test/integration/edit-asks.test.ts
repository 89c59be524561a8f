import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { askAgain, askOfEdits } from '../../src/broker/edit-asks.js';
import { askAhead, takeUp, type Standing } from '../../src/broker/hold.js';
import { reviewOf } from '../../src/broker/review-rules.js';
import type { Edit } from '../../src/core/edits/compare.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { spoken } from '../../src/core/say.js';
import { clock } from '../../src/world/clock.js';
import { createTeam, type Team } from '../demo/team.js';
import { Seat } from './people.js';

/** Why it is not let through; undefined while it waits. */
function reasonIn(standing: Standing): string | undefined {
  assert.ok(!standing.run, 'it is let through');
  return standing.reason && spoken(standing.reason);
}

/** A held edit, from the person who asks for it to the file. */
describe('an edit that a person asks others for', function () {
  this.timeout(60_000);
  let team: Team;
  let ana: Seat;
  let ben: Seat;
  let file: string;
  let before: string;

  beforeEach(async () => {
    team = createTeam();
    [ana, ben] = await Promise.all([Seat.of(team.ana), Seat.of(team.ben)]);
    file = path.join(team.ana.clone, 'infra', 'main.tf');
    before = readFileSync(file, 'utf8');
  });
  afterEach(() => team.dispose());

  async function asked(edit: Edit = { path: file, before, after: before.replace('deletion_protection = true', 'deletion_protection = false') }): Promise<RequestView> {
    const ask = askOfEdits([edit], team.ana.clone, () => team.ana.clone);
    return askAhead(ask, await ana.judge(ask), ana.context, { reason: 'It is replaced tonight', agent: null });
  }

  /** Reads the request again, as a window does that knows nothing else. */
  async function taken(view: RequestView): Promise<{ readonly standing: Standing; readonly edit: Edit | undefined; readonly after: string | undefined }> {
    const ask = askAgain(view.signed.request.operation, team.ana.clone, team.ana.home);
    await ana.desk.sync();
    return { standing: await takeUp(await ana.see(view), ask, ana.context), edit: ask.edits?.[0], after: ask.edits?.[0]?.after };
  }

  it('is reviewed as the patch that it is, with what it takes away', async () => {
    const view = await asked();
    const review = await reviewOf(await ben.see(view), ben.desk, team.ben.home, clock(), []);
    assert.match(review, /What would be written/);
    assert.match(review, /-  deletion_protection = true/);
    assert.match(review, /high +aws_db_instance\.ledger .*deletion protection/i);
  });

  it('is let through once when it is approved, with exactly the text that was', async () => {
    const view = await asked();
    assert.deepEqual(reasonIn((await taken(view)).standing), undefined);
    await ben.approve(view);
    const { standing, after } = await taken(view);
    assert.equal(standing.run, true);
    assert.equal(after, before.replace('deletion_protection = true', 'deletion_protection = false'));
    assert.match(reasonIn((await taken(view)).standing) ?? '', /running/);
  });

  it('is not let through when the file, or another one beside it, has changed since', async () => {
    const view = await asked();
    await ben.approve(view);
    for (const name of ['infra/main.tf', 'package.json']) {
      const other = path.join(team.ana.clone, name);
      const text = readFileSync(other, 'utf8');
      writeFileSync(other, `${text}\n`);
      const { standing } = await taken(view);
      assert.match(reasonIn(standing) ?? '', /^What would be written is no longer what was approved \(.*changed since\)\. Make the edit again to ask again\.$/, name);
      writeFileSync(other, text);
    }
    assert.equal((await taken(view)).standing.run, true);
  });

  it('is not let through when it is denied', async () => {
    const view = await asked();
    await ben.desk.deny(await ben.see(view), 'Not tonight');
    const { standing } = await taken(view);
    assert.equal(reasonIn(standing), 'Denied by ben@payments.example: Not tonight');
  });

  describe('for a whole file', () => {
    const DESTROYS = '#!/bin/sh\nkubectl --context production delete namespace payments';
    const at = (name: string) => path.join(team.ana.clone, name);

    it('binds that there was none, and all of a new file’s text', async () => {
      const edit = { path: at('scripts/wipe.sh'), before: undefined, after: DESTROYS };
      const view = await asked(edit);
      const { operation } = view.signed.request;
      assert.deepEqual(operation.inputs, [{ path: 'scripts/wipe.sh', sha256: null }]);
      assert.match(operation.script, /^--- \/dev\/null\t?\n\+\+\+ b\/scripts\/wipe\.sh\t?\n/m);
      const review = await reviewOf(await ben.see(view), ben.desk, team.ben.home, clock(), []);
      assert.match(review, /\+kubectl --context production delete namespace payments/);
      await ben.approve(view);
      const taking = await taken(view);
      assert.equal(taking.standing.run, true);
      assert.deepEqual(taking.edit, edit);
      assert.match(reasonIn((await taken(view)).standing) ?? '', /running/);
    });

    it('is not let through for a new file once there is another one of its name, as long as that is there', async () => {
      const path = at('scripts/wipe.sh');
      const view = await asked({ path, before: undefined, after: DESTROYS });
      await ben.approve(view);
      for (const text of ['#!/bin/sh\n', DESTROYS]) {
        writeFileSync(path, text);
        assert.match(reasonIn((await taken(view)).standing) ?? '', /\(.*scripts\/wipe\.sh.*changed since\)/);
      }
      rmSync(path);
      assert.equal((await taken(view)).standing.run, true);
    });

    it('binds the text of a deleted file to its last byte, and says what goes with it', async () => {
      const view = await asked({ path: file, before, after: undefined });
      const review = await reviewOf(await ben.see(view), ben.desk, team.ben.home, clock(), []);
      assert.match(review, /\+\+\+ \/dev\/null/);
      assert.match(review, /high +aws_db_instance\.ledger .*deletion protection/i);
      await ben.approve(view);
      writeFileSync(file, `${before} `);
      assert.match(reasonIn((await taken(view)).standing) ?? '', /\(.*infra\/main\.tf.*changed since\)/);
      rmSync(file);
      assert.match(reasonIn((await taken(view)).standing) ?? '', /\(.*infra\/main\.tf.*changed since\)/);
      writeFileSync(file, before);
      const taking = await taken(view);
      assert.equal(taking.standing.run, true);
      assert.deepEqual(taking.edit, { path: file, before, after: undefined });
    });
  });
});
