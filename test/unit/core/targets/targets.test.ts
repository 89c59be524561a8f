import assert from 'node:assert/strict';
import { assessIn, HOME } from '../assess/fake-world.js';
import type { Given } from '../assess/fake-world.js';
import { spoken } from '../../../../src/core/say.js';
import { plainly } from '../../../../src/core/approval/display.js';
import { kindWords } from '../../../../src/core/targets/kinds.js';
import { RULES } from '../../../../src/core/rules/index.js';

const KUBECONFIG = `apiVersion: v1\ncurrent-context: prod-eu\ncontexts:\n- name: prod-eu\n  context: { cluster: eu-1, namespace: pay }\n- name: dev\n  context: { cluster: dev-1 }\n`;
const kube = { files: { [`${HOME}/.kube/config`]: KUBECONFIG } };

/** `environment: name` of each target. */
const targets = (text: string, given: Given = {}): readonly string[] => assessIn(text, given).targets.map(({ environment, name }) => `${environment}: ${name}`);
const environments = (text: string, given: Given = {}): readonly string[] => [...new Set(assessIn(text, given).targets.map(({ environment }) => environment))];

describe('where it lands', () => {
  const cases: readonly (readonly [string, Given, readonly string[]])[] = [
    ['kubectl delete ns payments', kube, ['production: prod-eu']],
    ['kubectl --context dev delete ns payments', kube, ['shared: dev']],
    ['kubectl delete ns payments', { files: { [`${HOME}/.kube/config`]: KUBECONFIG.replace('current-context: prod-eu', 'current-context: dev') } }, ['shared: dev']],
    ['kubectl delete ns payments', {}, ['shared: payments']],
    ['kubectl delete pod x', {}, ['shared: kubectl']],
    ['kubectl -n live delete pod x', {}, ['production: live']],
    ['KUBECONFIG=/etc/k/prod.yaml kubectl delete pod x', {}, ['production: prod.yaml']],
    ['kubectl --context kind-test delete ns x', {}, ['local: kind-test']],
    ['helm --kube-context prod uninstall x', {}, ['production: prod']],
    ['helm upgrade x ./c -f values.production.yaml', {}, ['production: values.production.yaml']],
    ['kubectl exec db-0 -- rm -rf /var/lib/data', kube, ['production: prod-eu']],
    ['terraform apply', { files: { '.terraform/environment': 'prod\n' } }, ['production: prod']],
    ['TF_WORKSPACE=prod terraform apply', {}, ['production: prod']],
    ['terraform apply -var-file=live.tfvars', {}, ['production: live.tfvars']],
    ['terraform -chdir=infra/prod apply', {}, ['production: prod']],
    ['terraform apply', { cwd: '/home/ada/shop/infra/staging' }, ['staging: staging']],
    ['cd infra/production && terraform apply', {}, ['production: production']],
    ['aws --profile prod ec2 terminate-instances --instance-ids i', {}, ['production: prod']],
    ['AWS_PROFILE=prod aws s3 rb s3://x', {}, ['production: prod']],
    ['aws s3 rb s3://x', { env: { AWS_PROFILE: 'live' } }, ['production: live']],
    ['aws s3 rb s3://x', { files: { [`${HOME}/.aws/config`]: '[default]\nrole_arn = arn:aws:iam::1:role/prod-admin\n' } }, ['production: arn:aws:iam::1:role/prod-admin']],
    ['aws-vault exec prod -- aws s3 rb s3://x', {}, ['production: prod']],
    ['gcloud --project shop-prod compute instances delete x', {}, ['production: shop-prod']],
    ['gcloud sql instances delete x', { files: { [`${HOME}/.config/gcloud/active_config`]: 'live' } }, ['production: live']],
    ['az group delete -g rg-prod', {}, ['production: rg-prod']],
    ['docker --context prod rm -f web', {}, ['production: prod']],
    ['DOCKER_HOST=ssh://prod-1 docker rm -f web', {}, ['production: ssh://prod-1']],
    ['docker-compose -f docker-compose.prod.yml down -v', {}, ['production: docker-compose.prod.yml']],
    ['psql -h db.prod.example.com -c "DROP TABLE x"', {}, ['production: db.prod.example.com']],
    ['psql postgres://a:b@live-db:5432/x -c "DROP TABLE x"', {}, ['production: live-db']],
    ['PGHOST=prod-db psql -c "DROP TABLE x"', {}, ['production: prod-db']],
    ['psql -c "DROP TABLE x"', { env: { DATABASE_URL: 'postgres://prod-db/x' } }, ['production: postgres://prod-db/x']],
    ['psql -h localhost -c "DROP TABLE x"', {}, ['local: localhost']],
    ['ssh prod-1 "rm -rf /srv"', {}, ['production: prod-1']],
    ['ssh box "rm -rf /srv"', { files: { [`${HOME}/.ssh/config`]: 'Host box\n  HostName web.prod.example.com\n' } }, ['production: web.prod.example.com']],
    ['ssh box "rm -rf /srv"', {}, ['shared: box']],
    ['sftp deploy@prod-1 <<< "rm /srv/x"', {}, ['production: prod-1']],
    ['lftp -e "rm -r /srv; bye" ftp://prod-1/', {}, ['production: prod-1']],
    ['git push --force origin prod', {}, ['production: prod']],
    ['git push --force origin feature', {}, ['shared: origin']],
    ['heroku pg:reset -a shop-production', {}, ['production: shop-production']],
    ['serverless remove --stage prod', {}, ['production: prod']],
    ['cdk destroy --profile prod', {}, ['production: prod']],
    ['pulumi destroy -s acme/prod', {}, ['production: acme/prod']],
    ['ansible-playbook -i inventories/production site.yml', {}, ['production: inventories/production']],
    ['RAILS_ENV=production rails db:drop', {}, ['production: production']],
    ['./deploy.sh production', {}, ['production: production']],
    ['npm publish', {}, ['shared: npm']],
    ['rm -rf /srv', {}, ['local: this machine']],
    ['ls', {}, ['local: this machine']],
  ];
  for (const [text, given, expected] of cases) {
    it(text, () => {
      const found = targets(text, given);
      for (const target of expected) assert.ok(found.includes(target), found.join(', '));
      if (!expected.some((target) => target.startsWith('production'))) assert.ok(!found.some((target) => target.startsWith('production')), found.join(', '));
    });
  }

  it('is given away by kinds of names that have words in every language', () => {
    // Wherever it lands belongs to it, so that no kind is left out.
    const everywhere = [{ name: 'anywhere', match: ['*'] }];
    const commands = RULES.flatMap(({ examples }) => [...examples.flagged, ...examples.clear]);
    const found = [...commands.map((text) => assessIn(text, { environments: everywhere })), ...cases.map(([text, given]) => assessIn(text, { ...given, environments: everywhere })), assessIn('ls', { labels: ['x'], environments: everywhere })];
    const kinds = new Set(found.flatMap((assessment) => assessment.targets.map(({ kind }) => kind)));
    assert.ok(kinds.size > 30, [...kinds].join(', '));
    assert.deepEqual([...kinds].filter((kind) => kindWords(kind).text !== kind), []);
  });
  it('shows a kind that is none of ours as what it is: a text from outside', () => assert.equal(plainly(kindWords('host\u202e')), 'host\\u{202e}'));
  it('says how it knows', () => {
    const [target] = assessIn('kubectl delete ns payments', kube).targets;
    assert.equal(target && spoken(target.evidence), 'current context of ~/.kube/config is prod-eu');
  });
  it('leaves out the targets of what only looks, beside what acts', () => {
    assert.deepEqual(environments('kubectl --context prod get pods && touch x'), ['local']);
    assert.deepEqual(environments('kubectl --context prod get pods'), ['production']);
  });
  it('lets a label speak for the whole operation', () => {
    assert.deepEqual(targets('echo hello', { labels: ['Deploy: production'] }), ['production: Deploy: production']);
    assert.deepEqual(targets('echo hello', { labels: ['Reproduce the bug'] }), ['local: this machine']);
  });
  it('is not fooled by names that are not the invocation’s own', () => {
    assert.deepEqual(environments('echo prod; rm -rf /srv/x'), ['local']);
    assert.deepEqual(environments('git commit -m "fix production"'), ['local']);
  });
});
