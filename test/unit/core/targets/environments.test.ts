import assert from 'node:assert/strict';
import { Environments } from '../../../../src/core/targets/environments.js';

describe('names of environments', () => {
  const ours = new Environments([]);
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['prod', 'production'], ['prd', 'production'], ['PROD', 'production'], ['production', 'production'], ['live', 'production'], ['prod-eu', 'production'], ['eu_prod_1', 'production'], ['prod1', 'production'], ['payProd', 'production'], ['arn:aws:eks:eu:1:cluster/prod', 'production'], ['db.prod.example.com', 'production'], ['Deploy to Production', 'production'], ['deploy:live', 'production'],
    ['staging', 'staging'], ['stag', 'staging'], ['stg-2', 'staging'], ['uat', 'staging'], ['preprod', 'staging'], ['pre-prod', 'staging'], ['nonprod', 'staging'], ['non-prod-eu', 'staging'], ['NonProd', 'staging'],
    ['product', undefined], ['products-api', undefined], ['reproduce', undefined], ['delivery', undefined], ['liver', undefined], ['livestock', undefined], ['olive', undefined], ['dev', undefined], ['main', undefined], ['', undefined], ['productivity', undefined], ['alive', undefined],
  ];
  for (const [name, expected] of cases) it(`${JSON.stringify(name)} is ${expected ?? 'nothing'}`, () => assert.equal(ours.of(name), expected));

  it('come from the policy when it has any', () => {
    const theirs = new Environments([{ name: 'production', match: ['tokyo-*', 'crown'] }, { name: 'lab', match: ['*sandbox*'] }]);
    assert.equal(theirs.of('tokyo-7'), 'production');
    assert.equal(theirs.of('the-crown'), 'production');
    assert.equal(theirs.of('my-sandbox-1'), 'lab');
    assert.equal(theirs.of('prod'), undefined);
  });

  it('do not depend on the order in which they are asked', () => {
    const theirs = new Environments([{ name: 'production', match: ['prod', 'production'] }, { name: 'staging', match: ['pre-prod', 'non-prod'] }]);
    assert.equal(theirs.of('pre-prod-eu'), 'staging');
    assert.equal(theirs.of('prod-eu'), 'production');
    assert.equal(theirs.of('pre-prod to prod'), 'production');
  });

  it('take ! and # in a pattern as they are', () => {
    assert.equal(new Environments([{ name: 'production', match: ['!dev*'] }]).of('main'), undefined);
    assert.equal(new Environments([{ name: 'production', match: ['#x*'] }]).of('#x1'), 'production');
  });
});
