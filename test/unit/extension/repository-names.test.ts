import assert from 'node:assert/strict';
import { namesBeside } from '../../../src/extension/repository-names.js';

describe('the names of repositories that are open beside each other', () => {
  const cases: readonly [what: string, roots: readonly string[], names: readonly string[]][] = [
    ['are those of their folders', ['/home/ana/payments', '/home/ana/shop'], ['payments', 'shop']],
    ['have as much before them as tells them apart', ['/home/ana/payments', '/home/ana/next/payments', '/srv/next/payments'], ['ana/payments', 'ana/next/payments', 'srv/next/payments']],
    ['are not taken for the end of another', ['/home/ana/pay', '/home/ana/repay'], ['pay', 'repay']],
    ['are whole paths where one lies in a folder of the same name', ['/payments', '/home/payments'], ['/payments', 'home/payments']],
    ['may be those of a drive', ['C:/work/payments', 'D:/work/payments'], ['C:/work/payments', 'D:/work/payments']],
  ];
  for (const [what, roots, names] of cases) {
    it(what, () => {
      assert.deepEqual(roots.map((root) => namesBeside(roots).get(root)), names);
    });
  }
});
