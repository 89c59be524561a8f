import assert from 'node:assert/strict';
import { CountersignError, messageOf, sentenceOf } from '../../../src/core/errors.js';
import { parseRoster, RosterLineError } from '../../../src/core/approval/roster.js';
import { readKeyList } from '../../../src/core/approval/key-list.js';
import { sentence, spoken, type Say } from '../../../src/core/say.js';

const GERMAN: Readonly<Record<string, string>> = { 'The store {0} is gone: {1}': '{1}, darum fehlt {0}', 'the disk is full': 'die Platte ist voll' };
const say: Say = (text, ...values) => spoken(sentence(GERMAN[text] ?? text, ...values));

describe('an error', () => {
  const full = new CountersignError('store', sentence('the disk is full'));
  const gone = new CountersignError('store', sentence('The store {0} is gone: {1}', 'A', sentenceOf(full)), { cause: full });

  it('is in English where no language is asked for', () => {
    assert.equal(gone.message, 'The store A is gone: the disk is full');
    assert.equal(messageOf(gone), gone.message);
  });

  it('is in the reader’s language, and what it repeats of another one is as well', () => assert.equal(messageOf(gone, say), 'die Platte ist voll, darum fehlt A'));

  it('that is a plain text, or comes from elsewhere, stays as it is', () => {
    for (const error of [new CountersignError('git', 'A {0} is {1}'), new Error('A {0} is {1}'), 'A {0} is {1}']) {
      assert.equal(messageOf(error), 'A {0} is {1}');
      assert.equal(messageOf(error, say), 'A {0} is {1}');
    }
  });
});

describe('an error in a roster', () => {
  it('names its line beside what is wrong with it', () => {
    assert.throws(() => parseRoster('# names\n* ssh-ed25519 AAAA\n'), (error: unknown) => {
      assert.ok(error instanceof RosterLineError);
      assert.equal(error.line, 2);
      assert.equal(error.message, `Line 2 of the list of allowed signers: ${spoken(error.problem)}`);
      return true;
    });
  });

  it('is said of a list of keys without the roster around it', () => {
    assert.throws(() => readKeyList('* ssh-ed25519 AAAA'), (error: Error) => !error.message.includes('Line'));
    assert.throws(() => readKeyList('# first\n\n* ssh-ed25519 AAAA\n* ssh-ed25519 AAAA'), (error: Error) => /^Line 3: (?!Line)/.test(error.message));
  });
});
