import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { eventName } from '../../src/broker/store.js';
import { boundedFacts, formatIncident, incidentBytes, incidentDigest, parseIncident, type Incident, type IncidentFacts } from '../../src/core/ledger/incident.js';
import { hexOf } from '../../src/core/approval/canonical.js';
import { RECORD_NAMESPACE } from '../../src/core/approval/record.js';
import { forgetIncident, keepIncident, keptIncidents } from '../../src/world/incident-files.js';
import { createTeam, type Team } from '../demo/team.js';
import { Seat } from './people.js';

const FACTS: IncidentFacts = { at: 1_790_000_000, way: 'terminal', name: 'bash', script: 'terraform destroy -auto-approve', environments: ['production'], findings: ['Destroys every resource of this configuration.'], stopped: true };

describe('an incident', () => {
  let team: Team;
  let ana: Seat;
  let ben: Seat;
  beforeEach(async () => {
    team = createTeam();
    ana = await Seat.of(team.ana);
    ben = await Seat.of(team.ben);
  });
  afterEach(() => team.dispose());

  const now = () => Math.floor(Date.now() / 1000);
  const seen = async () => {
    await ben.desk.sync();
    return (await ben.desk.read()).incidents;
  };

  it('is told to the team under its reporter’s name, and is no request', async () => {
    await ana.desk.reportIncident({ ...FACTS, at: now() });
    const [incident, ...others] = await seen();
    assert.deepEqual(others, []);
    assert.equal(incident!.reporter, team.ana.email);
    assert.equal(incident!.incident.script, FACTS.script);
    assert.deepEqual(await ben.desk.requests(), []);
  });

  it('counts once, however often it is stored', async () => {
    const digest = await ana.desk.reportIncident({ ...FACTS, at: now() });
    const [event] = await ana.desk.store.events();
    await ana.desk.store.put(eventName('incident', hexOf(digest), '0123456789abcdef'), event!.text);
    assert.equal((await seen()).length, 1);
  });

  it('is one when a window died between recording it and forgetting it', async () => {
    keepIncident(team.ana.home, team.ana.clone, { ...FACTS, at: now() });
    for (let again = 0; again < 2; again += 1) {
      const [kept] = keptIncidents(team.ana.home);
      await ana.desk.reportIncident(kept!.facts, kept!.nonce);
    }
    assert.equal((await seen()).length, 1);
  });

  it('is left out when somebody else signed it, or it was changed', async () => {
    const trust = await ana.desk.trust();
    const me = await ana.desk.signer.me(trust, RECORD_NAMESPACE, now());
    const incident: Incident = { v: 1, event: 'incident', nonce: '0'.repeat(32), by: team.ben.email, ...FACTS, at: now() };
    const signature = await ana.desk.signer.sign(me, RECORD_NAMESPACE, incidentBytes(incident));
    await ana.desk.store.put(eventName('incident', hexOf(incidentDigest(incident)), 'aaaaaaaaaaaaaaaa'), formatIncident(incident, signature));
    const changed = { ...incident, by: team.ana.email, script: 'ls' };
    await ana.desk.store.put(eventName('incident', hexOf(incidentDigest(changed)), 'bbbbbbbbbbbbbbbb'), formatIncident(changed, signature));
    assert.deepEqual(await seen(), []);
  });

  it('has one spelling', async () => {
    const signature = Buffer.from('x');
    const incident: Incident = { v: 1, event: 'incident', nonce: '0'.repeat(32), by: 'ana@example.com', ...FACTS };
    const text = formatIncident(incident, signature);
    assert.deepEqual(parseIncident(text).incident, incident);
    const loose = `csi1.${Buffer.from(JSON.stringify(incident)).toString('base64url')}.${signature.toString('base64url')}`;
    assert.throws(() => parseIncident(loose), /not well formed/);
    assert.throws(() => parseIncident(`${text}.x`), /not well formed/);
    await Promise.resolve();
  });

  it('is cut to what a record may hold, also when every character has to be escaped', async () => {
    const long = '\u202e'.repeat(20_000);
    const facts = boundedFacts({ ...FACTS, at: now(), name: long, script: long, environments: [long], findings: Array.from({ length: 100 }, () => long) });
    await ana.desk.reportIncident(facts);
    assert.equal((await seen())[0]!.incident.script.length, 8000);
  });

  it('is kept on the machine until it can be recorded', () => {
    const { home } = team.ana;
    const file = keepIncident(home, team.ana.clone, FACTS);
    keepIncident(home, team.ana.clone, { ...FACTS, at: FACTS.at + 1 });
    assert.deepEqual(keptIncidents(home).map(({ facts }) => facts.at), [FACTS.at + 1, FACTS.at]);
    assert.equal(keptIncidents(home)[0]!.root, team.ana.clone);
    forgetIncident(file);
    assert.equal(keptIncidents(home).length, 1);
    rmSync(keptIncidents(home)[0]!.file);
    assert.deepEqual(keptIncidents(home), []);
  });
});
