const test = require('node:test');
const assert = require('node:assert/strict');
const { feeFor } = require('./fees.js');

test('a fee is 1.4 % and 25 cents, rounded up', () => {
  assert.equal(feeFor(10_000), 165);
  assert.equal(feeFor(1), 26);
});
