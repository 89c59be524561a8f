import assert from 'node:assert/strict';
import { CountersignError } from '../../../../src/core/errors.js';
import { filterWords, readFilter, select } from '../../../../src/core/ledger/filter.js';
import { incidentOf, requestOf } from './ledger-entries.js';

const NOW = Date.parse('2026-11-26T12:00:00Z') / 1000;
const DENIED = requestOf({ state: 'denied', at: '2026-11-20T10:00:00Z', title: 'deploy: staging', script: 'deploy staging', targets: [{ environment: 'staging', kind: 'kubernetes context', name: 'eu-blue', evidence: 'the current context' }], agent: { name: 'Claude Code', session: 's', model: 'm1' }, approvals: [], use: null, denial: { at: '2026-11-20T10:01:00Z', person: 'Cleo', reason: 'not today' } });
const GLASS = requestOf({ at: '2026-11-24T00:00:00Z', bypassed: ['broken glass'], glass: { at: '2026-11-24T00:00:30Z', reason: 'payments are down', key: 'k', review: { at: '2026-11-24T09:00:00Z', person: 'Dan', note: 'fine' } } });
const ENTRIES = { run: requestOf(), incident: incidentOf(), glass: GLASS, denied: DENIED };

describe('what somebody looks for in the ledger', () => {
  const cases: readonly (readonly [line: string, found: readonly (keyof typeof ENTRIES)[]])[] = [
    ['', ['run', 'incident', 'glass', 'denied']],
    ['since:2026-11-25', ['run', 'incident']],
    ['since:36h', ['run', 'incident']],
    ['since:2026-11-24T01:00+01:00 until:2026-11-24', ['glass']],
    ['until:2026-11-24T00:00Z', ['denied']],
    ['person:cleo', ['denied']],
    ['person:ben', ['run', 'glass']],
    ['person:dan', ['glass']],
    ['agent:claude', ['denied']],
    ['agent:M1', ['denied']],
    ['state:incident', ['incident']],
    ['state:bypassed', ['incident', 'glass']],
    ['state:denied', ['denied']],
    ['staging', ['denied']],
    ['TERRAFORM bash', ['incident']],
    ['text:staging', []],
    ['are down', ['glass']],
    ['eu-BLUE', ['denied']],
    ['person:ana state:finished release', ['run', 'glass']],
    ['nothing:like this', []],
  ];
  for (const [line, found] of cases) {
    it(`“${line}” finds ${found.join(', ') || 'nothing'}`, () => {
      const filter = readFilter(filterWords(line), NOW);
      assert.deepEqual(select(Object.values(ENTRIES), filter), found.map((name) => ENTRIES[name]));
    });
  }

  for (const line of ['since:yesterday', 'until:2026-13-01', 'since:2026-11-24T01:00', 'state:done']) {
    it(`“${line}” is told to be no such thing`, () => {
      assert.throws(() => readFilter(filterWords(line), NOW), (error) => error instanceof CountersignError && /is no (time|state): write /.test(error.message));
    });
  }
});
