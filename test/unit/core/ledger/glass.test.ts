import assert from 'node:assert/strict';
import type { RequestView } from '../../../../src/core/ledger/fold.js';
import { isGlassBroken } from '../../../../src/core/ledger/glass.js';
import { parsePolicy } from '../../../../src/core/policy/policy.js';

const NOW = 1_800_000_000;
const DAY = 24 * 60 * 60;
const POLICY = parsePolicy('version: 1\nbreakGlass: { perWeek: 2 }\n');

/** A request whose glass was broken, as far as the rule looks at it. */
function broken(name: string, requester: string, at: number, reviewedAt?: number): RequestView {
  return {
    digest: `sha256:${name.padEnd(64, '0')}`,
    requester,
    glass: { at, reason: 'Payments are down', environments: ['production'], fingerprint: 'SHA256:x' },
    glassReview: reviewedAt === undefined ? undefined : { person: 'Ben', at: reviewedAt, note: '' },
  } as unknown as RequestView;
}

describe('a broken glass counts', () => {
  const mine = broken('a', 'Ana', NOW);
  const cases: readonly (readonly [what: string, view: RequestView, others: readonly RequestView[], counts: boolean])[] = [
    ['when it is the first', mine, [], true],
    ['after the same person’s last one was reviewed', mine, [broken('b', 'Ana', NOW - DAY, NOW - 60)], true],
    ['not before the same person’s last one was reviewed', mine, [broken('b', 'Ana', NOW - DAY)], false],
    ['not when it is dated back before one that nobody has reviewed', broken('a', 'Ana', NOW - 600), [broken('b', 'Ana', NOW - 60)], false],
    ['beside one of another person', mine, [broken('b', 'Cleo', NOW - DAY)], true],
    ['not when the week’s number is reached, by whomever', mine, [broken('b', 'Cleo', NOW - DAY), broken('c', 'Dan', NOW - 2 * DAY)], false],
    ['not when it is dated back into a week with room', broken('a', 'Ana', NOW - 600), [broken('b', 'Cleo', NOW - 60), broken('c', 'Dan', NOW - 30)], false],
    ['when those of the week before are over', mine, [broken('b', 'Cleo', NOW - 8 * DAY), broken('c', 'Dan', NOW - 9 * DAY)], true],
  ];
  for (const [what, view, others, counts] of cases) {
    it(what, () => assert.equal(isGlassBroken(view, [view, ...others], [POLICY], NOW), counts));
  }
});
