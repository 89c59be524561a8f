import assert from 'node:assert/strict';
import { compareEdit } from '../../../../src/core/edits/compare.js';
import { proposedHunks } from '../../../../src/core/edits/proposal.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';
import { sentence } from '../../../../src/core/say.js';

const FREE = { action: 'allow', environment: undefined, reasons: [] } as const;
const PROTECTED = { action: 'approve', environment: undefined, reasons: [sentence('The policy protects it.')] } as const;
const BEFORE = 'BEGIN;\nSELECT 1;\nDELETE FROM users WHERE id = 1;\nCOMMIT;\n';

/** The lines of the new text that have to be looked at, with the rules that say so. */
function shown(after: string, asked: Parameters<typeof proposedHunks>[1]): readonly (readonly [line: number, ...rules: string[]])[] {
  const comparison = compareEdit({ path: `${PROJECT}/migrations/1.sql`, before: BEFORE, after }, [], worldOf());
  return proposedHunks(comparison, asked).map(({ hunk, findings }) => [hunk.after.start + 1, ...findings.map(({ rule }) => rule)]);
}

describe('of an edit that nobody typed', () => {
  it('the places are shown that make something worse, and no other ones', () => {
    assert.deepEqual(shown(BEFORE.replace('SELECT 1', 'SELECT 2').replace(' WHERE id = 1', ''), FREE), [[2, 'sql/where-lost', 'sql/delete-all']]);
    assert.deepEqual(shown(BEFORE.replace('SELECT 1', 'DROP TABLE users').replace('COMMIT', 'END'), FREE), [[2, 'sql/drop-table']]);
  });

  it('nothing is shown when it makes nothing worse', () => {
    assert.deepEqual(shown(BEFORE.replace('SELECT 1', 'SELECT 2'), FREE), []);
  });

  it('every place is shown where the policy protects the file', () => {
    assert.deepEqual(shown(BEFORE.replace('SELECT 1', 'SELECT 2').replace('COMMIT', 'END'), PROTECTED), [[2], [4]]);
  });
});
