import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from 'sarif';
import { anchor } from '../../src/broker/anchoring.js';
import { askAhead } from '../../src/broker/hold.js';
import { ledgerEntries } from '../../src/broker/ledger-entries.js';
import { shortName } from '../../src/broker/review.js';
import type { LedgerEntry } from '../../src/core/ledger/entries.js';
import { createTeam, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { meetAnew, Seat, TestClock } from './people.js';

const DAY = 24 * 3600;
const AGENT = { name: 'Claude Code', session: 's1', model: 'm1' };

/** The built command line, as people run it. */
function countersign(person: Person, ...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), ...args], { cwd: person.clone, env: environmentOf(person), encoding: 'utf8', timeout: 30_000 });
  return { code: status, out: stdout, err: stderr };
}

describe('what is told from the ledger', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  beforeEach(async () => {
    team = createTeam();
    clock = new TestClock();
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
  });
  afterEach(() => team.dispose());

  /** A deployment that Ben approved a minute later, and that ran. */
  const deploy = async (text = './scripts/deploy.sh production') => {
    const held = await ana.hold(ana.deployment({ text }));
    clock.seconds += 60;
    await ben.approve(held.view);
    await ana.desk.sync();
    assert.equal((await held.end).run, true);
    await ana.desk.recordOutcome(held.view.digest, 0);
    return held.view;
  };
  /** One by an assistant that Ben denied. */
  const deny = async (reason: string) => {
    const ask = ana.deployment({ text: './scripts/deploy.sh production --all', actor: 'agent' });
    const view = await askAhead(ask, await ana.judge(ask), ana.context, { reason: '', agent: AGENT });
    await ben.desk.deny(await ben.see(view), reason);
  };
  const incident = () => ana.desk.reportIncident({ at: clock.seconds, way: 'terminal', name: 'bash', script: 'terraform destroy', environments: ['production'], findings: ['Destroys everything.'], stopped: true });
  const told = async (seat = ben) => (await seat.desk.sync(), ledgerEntries(seat.desk, clock.seconds));
  const shape = (entries: readonly LedgerEntry[]) => entries.map((entry) => (entry.entry === 'incident' ? 'incident' : `${entry.state} ${entry.approvals.map(({ person }) => person).join()} ${entry.outcome?.exitCode ?? ''}`.trim()));

  it('is the same before and after it was folded away, for others and in a new clone', async () => {
    await deploy();
    await deny('not today');
    await incident();
    const before = await told();
    assert.deepEqual([...shape(before)].sort(), ['denied', `finished ${team.ben.email} 0`, 'incident']);
    await anchor(ben.desk, clock.seconds);
    clock.seconds += 9 * DAY;
    await anchor(ben.desk, clock.seconds);
    assert.deepEqual(await ben.desk.store.events(), []);
    assert.deepEqual(await told(), before);
    const fresh = path.join(team.directory, 'ben', 'fresh');
    git(team.ben, team.directory, 'clone', '--quiet', team.remote!, fresh);
    assert.deepEqual(await told(await Seat.of({ ...team.ben, clone: fresh }, clock)), before);
  });

  it('is told under the rules of its time, also after they changed', async () => {
    await deploy();
    await anchor(ben.desk, clock.seconds);
    writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: 1\nenvironments:\n  production:\n    match: ["*production*"]\n    approvals: 2\n');
    git(team.ana, team.ana.clone, 'commit', '--quiet', '--all', '-m', 'Two signatures');
    git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'main');
    git(team.ben, team.ben.clone, 'fetch', '--quiet');
    meetAnew(team.ben);
    const [entry, ...others] = await told(await Seat.of(team.ben, clock));
    assert.deepEqual(others, []);
    assert.deepEqual(shape([entry!]), [`finished ${team.ben.email} 0`]);
    assert.deepEqual(entry?.bypassed, []);
  });

  it('is listed, exported and reported by the command line', async () => {
    const view = await deploy();
    await deny('not\u001b[2J today');
    await incident();
    const list = countersign(team.ben, 'ledger', 'list');
    assert.equal(list.code, 0, list.err);
    assert.equal(list.out.trim().split('\n').length, 3);
    assert.match(list.out, new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  ${shortName(view)}  finished  deploy: production  by ana@payments\\.example$`, 'm'));
    assert.match(list.out, /denied {2}deploy: production {2}by ana@payments\.example through Claude Code$/m);
    assert.match(countersign(team.ben, 'ledger', 'list', '--state', 'bypassed').out, /^.* incident {2}terraform destroy {2}by ana@payments\.example\n$/);
    assert.match(countersign(team.ben, 'ledger', 'list', '--agent', 'claude', '--text', 'nothing like it').out, /^The ledger has nothing like that\.$/m);
    assert.equal((JSON.parse(countersign(team.ben, 'ledger', 'list', '--json').out) as unknown[]).length, 3);

    const formats: Readonly<Record<string, (text: string) => void>> = {
      jsonl: (text) => assert.equal(text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as LedgerEntry).length, 3),
      csv: (text) => assert.equal(text.split('\r\n').length, 5),
      sarif: (text) => assert.deepEqual((JSON.parse(text) as Log).runs[0]!.results!.map(({ ruleId }) => ruleId).sort(), ['countersign/denied', 'countersign/incident']),
      html: (text) => assert.match(text, /^<!DOCTYPE html>[\s\S]*Claude Code[\s\S]*<\/html>\n$/),
    };
    for (const [format, check] of Object.entries(formats)) {
      const exported = countersign(team.ben, 'ledger', 'export', '--format', format);
      assert.equal(exported.code, 0, exported.err);
      assert.doesNotMatch(exported.out, /\u001b/, format);
      check(exported.out);
    }

    const week = countersign(team.ben, 'post-mortem');
    assert.match(week.out, /^# Post-mortem: the last seven days$/m);
    assert.match(week.out, /was denied by `ben@payments\.example`: `not\\u\{1b\}\[2J today`$/m);
    const one = countersign(team.ben, 'post-mortem', shortName(view));
    assert.match(one.out, new RegExp(`^# Post-mortem: request ${shortName(view)}$`, 'm'));
    assert.match(one.out, /^- \*\*Approved\*\* by `ben@payments\.example` with the key `SHA256:/m);
    assert.doesNotMatch(one.out, /terraform destroy/);
  });

  it('says what is wrong with how it was asked', () => {
    const usage: readonly (readonly [args: string, says: RegExp])[] = [
      ['ledger export', /Say which format with --format jsonl\|csv\|sarif\|html/],
      ['ledger export --format pdf', /Say which format/],
      ['ledger list --since yesterday', /is no time: write/],
      ['ledger list --state done', /is no state: write one of waiting/],
      ['ledger list --format csv', /--format with “ledger export”/],
      ['ledger list x', /a word too many/],
      ['post-mortem abcd --since 7d', /not both/],
      ['post-mortem --json', /--json goes with/],
    ];
    for (const [args, says] of usage) {
      const { code, err } = countersign(team.ben, ...args.split(' '));
      assert.equal(code, 2, args);
      assert.match(err, says, args);
    }
    assert.match(countersign(team.ben, 'post-mortem', 'abcd').err, /The ledger has nothing that is called “abcd”/);
    assert.equal(countersign(team.ben, 'post-mortem', 'abcd').code, 4);
    assert.equal(countersign(team.ben, 'ledger', 'export', '--help').code, 0);
  });
});
