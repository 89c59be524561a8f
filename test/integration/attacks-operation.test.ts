import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Ask } from '../../src/broker/assessing.js';
import { spoken } from '../../src/core/say.js';
import { createTeam, deployments, git, type Team } from '../demo/team.js';
import { Seat, TestClock } from './people.js';

/** Ana changes something between Ben's signature and the run, where git does not look: what she changed is said, and nothing runs. */
describe('attacks on what was signed: nothing else runs', () => {
  let team: Team;
  let ana: Seat;
  let ben: Seat;
  beforeEach(async () => {
    team = createTeam();
    writeFileSync(path.join(team.ana.clone, '.gitignore'), 'ignored/\n');
    git(team.ana, team.ana.clone, 'add', '.gitignore');
    git(team.ana, team.ana.clone, 'commit', '--quiet', '-m', 'Plans are nobody else’s');
    const clock = new TestClock();
    [ana, ben] = [await Seat.of(team.ana, clock), await Seat.of(team.ben, clock)];
    mkdirSync(path.join(team.ana.clone, 'ignored'));
    for (const name of ['prod.tfplan', 'compose.yml', 'ids.json', 'pay.yaml', 'm.sql']) writeFileSync(path.join(team.ana.clone, 'ignored', name), 'as signed');
  });
  afterEach(() => team.dispose());

  const rows: readonly [row: string, text: string, file: string][] = [
    ['8: a saved plan', './scripts/deploy.sh production; terraform apply ignored/prod.tfplan', 'prod.tfplan'],
    ['8: a manifest', 'kubectl --context prod apply -f ignored/pay.yaml', 'pay.yaml'],
    ['8: a file that a tool is handed in a word', 'aws --profile prod s3api delete-objects --bucket x --delete file://ignored/ids.json', 'ids.json'],
    ['8: what is read from standard input', 'psql -h prod-db < ignored/m.sql', 'm.sql'],
    ['9: a file of a tool that nobody knows', './scripts/deploy.sh production ignored/compose.yml', 'compose.yml'],
  ];
  for (const [row, text, file] of rows) {
    it(`${row} is exchanged after it was signed`, async () => {
      const ask: Partial<Ask> = { text, kind: 'task' };
      const { view, end, stop } = await ana.hold(ana.deployment(ask));
      await ben.approve(view);
      writeFileSync(path.join(team.ana.clone, 'ignored', file), 'something else');
      await ana.desk.sync();
      const result = await end;
      stop.abort();
      assert.equal(result.run, false);
      assert.match('reason' in result ? spoken(result.reason) : '', new RegExp(`no longer what was approved \\(the files it would run or obey \\(ignored/${file.replace('.', '\\.')}\\) changed since\\)`));
      assert.deepEqual(deployments(team.ana), []);
    });
  }
});
