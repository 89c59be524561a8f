import assert from 'node:assert/strict';
import { timeLeft } from '../../../src/broker/review.js';

describe('how long a request stays open', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-1, 'over'],
    [0, 'over'],
    [59, '59 s left'],
    [60, '1 min left'],
    [7_199, '119 min left'],
    [7_200, '2 h left'],
    [86_399, '23 h left'],
  ];
  for (const [seconds, words] of cases) it(`${seconds} seconds: ${words}`, () => assert.equal(timeLeft(seconds), words));
});
