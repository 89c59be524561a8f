import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { assessIn, HOME, PROJECT } from '../assess/fake-world.js';
import type { Given } from '../assess/fake-world.js';
import { spoken } from '../../../../src/core/say.js';

type Files = Given['files'] & object;

const sha = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');
const kube = (current: string, name: string, details = ''): string => `current-context: ${current}\ncontexts:\n- name: ${name}\n  context: { cluster: c${details} }\n`;

/** A command, what is on disk with `NAME` where the environment's name stands, and what the evidence says. */
const cases: readonly (readonly [title: string, command: string, files: Files, evidence: RegExp])[] = [
  ['an AWS role', 'aws s3 rb s3://x', { [`${HOME}/.aws/config`]: '[default]\nrole_arn = arn:aws:iam::1:role/NAME-admin\n' }, /role_arn of the profile default in ~\/\.aws\/config/],
  ['an AWS account of single sign-on', 'aws --profile shop s3 rb s3://x', { [`${HOME}/.aws/config`]: '[profile shop]\nsso_session = us\nsso_account_id = 12\nsso_account_name = NAME\n[sso-session us]\nsso_start_url = https://x\n' }, /sso_account_name of the profile shop/],
  ['an AWS session', 'aws --profile shop s3 rb s3://x', { [`${HOME}/.aws/config`]: '[profile shop]\nsso_session = us\n[sso-session us]\nsso_start_url = https://NAME.example.com/start\n' }, /sso_start_url of the session us/],
  ['an AWS profile behind profiles', 'aws --profile a s3 rb s3://x', { [`${HOME}/.aws/config`]: '[profile a]\nsource_profile = b\n[profile b]\nsource_profile = c\n[profile c]\ncredential_process = get-keys --for NAME\n' }, /credential_process of the profile c/],
  ['the Azure subscription', 'az group delete -n x', { [`${HOME}/.azure/azureProfile.json`]: '\uFEFF{"subscriptions":[{"id":"1","name":"other","isDefault":false},{"id":"2","name":"NAME","isDefault":true}]}' }, /default subscription in ~\/\.azure\/azureProfile\.json/],
  ['the Azure subscription by its id', 'az group delete -n x --subscription 2', { [`${HOME}/.azure/azureProfile.json`]: '{"subscriptions":[{"id":"1","name":"other","isDefault":true},{"id":"2","name":"NAME"}]}' }, /subscription 2 in/],
  ['the Azure subscription of a cloud', 'az group delete -n x', { [`${HOME}/.azure/azureProfile.json`]: '{"subscriptions":[{"id":"1","name":"other","isDefault":true},{"id":"2","name":"NAME"}]}', [`${HOME}/.azure/clouds.config`]: '[AzureCloud]\nsubscription = 2\n' }, /subscription 2 in/],
  ['the gcloud configuration', 'gcloud sql instances delete x', { [`${HOME}/.config/gcloud/active_config`]: 'work\n', [`${HOME}/.config/gcloud/configurations/config_work`]: '[core]\nproject = shop-NAME\n' }, /project in ~\/\.config\/gcloud\/configurations\/config_work/],
  ['the default gcloud configuration', 'gcloud sql instances delete x', { [`${HOME}/.config/gcloud/configurations/config_default`]: '[core]\nproject = shop-NAME\n' }, /config_default/],
  ['the current context', 'kubectl delete deploy x', { [`${HOME}/.kube/config`]: kube('NAME', 'NAME') }, /current context of ~\/\.kube\/config is NAME/],
  ['the first of several kubeconfigs', 'KUBECONFIG=/a:/b:/c kubectl delete deploy x', { '/a': kube('""', 'x'), '/b': kube('NAME', 'y'), '/c': kube('third', 'z') }, /current context of \/b is NAME/],
  ['a context that another kubeconfig describes', 'KUBECONFIG=/a:/b kubectl delete deploy x', { '/a': kube('one', 'x'), '/b': kube('two', 'one', ', namespace: NAME') }, /namespace of the context one in \/b/],
  ['a given kubeconfig', 'kubectl --kubeconfig /k delete deploy x', { '/k': kube('NAME', 'NAME') }, /current context of \/k/],
  ['Helm’s context', 'HELM_KUBECONTEXT=NAME helm uninstall x', {}, /HELM_KUBECONTEXT/],
  ['the Terraform workspace', 'terraform apply', { '.terraform/environment': 'NAME' }, /\.terraform\/environment/],
  ['the Terraform workspace elsewhere', 'TF_DATA_DIR=data terraform apply', { 'data/environment': 'NAME' }, /data\/environment/],
  ['the Terraform backend', 'terraform apply', { '.terraform/terraform.tfstate': '{"backend":{"type":"s3","config":{"bucket":"state","key":"NAME/shop.tfstate"}}}' }, /key of the backend/],
  ['the Terraform backend in the configuration', 'terraform -chdir=infra apply', { 'infra/backend.tf': 'terraform {\n  backend "gcs" {\n    prefix = "NAME/shop"\n  }\n}\n' }, /prefix of the backend in backend\.tf/],
  ['the Terraform cloud workspace', 'terraform apply', { 'main.tf': 'terraform {\n  cloud {\n    organization = "x"\n    workspaces {\n      name = "NAME"\n    }\n  }\n}\n' }, /name of the backend in main\.tf/],
  ['Terraform variables', 'terraform apply', { 'terraform.tfvars': 'region = "eu"\nenvironment = "NAME"\n' }, /environment in terraform\.tfvars/],
  ['TF_CLI_ARGS', 'TF_CLI_ARGS_apply="-var-file=NAME.tfvars" terraform apply', {}, /TF_CLI_ARGS_apply/],
  ['the Pulumi stack', 'pulumi destroy', { 'Pulumi.yaml': 'name: shop\n', [`${HOME}/.pulumi/workspaces/shop-${sha('sha1', `${PROJECT}/Pulumi.yaml`)}-workspace.json`]: '{"stack":"NAME"}' }, /selected in ~\/\.pulumi/],
  ['the docker context', 'docker rm -f x', { [`${HOME}/.docker/config.json`]: '{"currentContext":"NAME"}' }, /current context of ~\/\.docker\/config\.json/],
  ['the host of a docker context', 'docker --context far rm -f x', { [`${HOME}/.docker/contexts/meta/${sha('sha256', 'far')}/meta.json`]: '{"Name":"far","Endpoints":{"docker":{"Host":"ssh://NAME-1"}}}' }, /host of the docker context far/],
  ['a PostgreSQL service', 'PGSERVICE=shop psql -c "drop table x"', { [`${HOME}/.pg_service.conf`]: '[shop]\nhost=db.NAME.example.com\n' }, /host of the service shop in ~\/\.pg_service\.conf/],
  ['a PostgreSQL service in a connection string', 'psql service=shop -c "drop table x"', { '/s': '[other]\nhost=a\n', [`${HOME}/.pg_service.conf`]: '[shop]\ndbname=NAME\n' }, /dbname of the service shop/],
  ['an environment file', 'npx prisma migrate reset --force', { '.env': '# x\nexport DATABASE_URL="postgres://a:secret@NAME-db/x?y=z"\n' }, /DATABASE_URL in \.env/],
  ['an environment file that is loaded', 'dotenv -e conf/db.env -- npx prisma migrate reset --force', { 'conf/db.env': 'DATABASE_URL=postgres://NAME-db/x\n', '.env': 'DATABASE_URL=postgres://localhost/x\n' }, /DATABASE_URL in conf\/db\.env/],
  ['an alias of ssh', 'ssh box rm -rf /srv', { [`${HOME}/.ssh/config`]: 'Host other\n  HostName x\nHost b* !bad\n  HostName web.NAME.example.com\n' }, /box is web\.NAME\.example\.com in ~\/\.ssh\/config/],
  ['the way to an alias of ssh', 'ssh box rm -rf /srv', { [`${HOME}/.ssh/config`]: 'Include work\n', [`${HOME}/.ssh/work`]: 'Host box\n  ProxyJump a@gate.NAME.example.com\n' }, /reached through a@gate/],
  ['the inventory of Ansible', 'ansible-playbook site.yml', { 'ansible.cfg': '[defaults]\ninventory = inventories/NAME\n' }, /inventory in .*ansible\.cfg/],
  ['the hosts of a play', 'ansible-playbook site.yml', { 'site.yml': '- hosts: NAME\n  tasks: []\n' }, /a play is for the hosts NAME/],
  ['the groups of an inventory', 'ansible-playbook -i hosts.ini site.yml', { 'site.yml': '- hosts: all\n', 'hosts.ini': '[NAME]\nweb1\n' }, /NAME in hosts\.ini/],
  ['an app of Fly', 'fly deploy', { 'fly.toml': 'app = "shop-NAME"\n' }, /app in fly\.toml/],
  ['a project of Vercel', 'vercel deploy', { '.vercel/project.json': '{"projectId":"x","projectName":"shop-NAME"}' }, /projectName in \.vercel\/project\.json/],
  ['a site of Netlify', 'netlify deploy', { '.netlify/state.json': '{"siteId":"NAME-site"}' }, /siteId in \.netlify\/state\.json/],
  ['a worker of Wrangler', 'wrangler delete', { 'wrangler.toml': 'name = "shop-NAME"\n[env.x]\nname = "other"\n' }, /name in wrangler\.toml/],
  ['the stage of Serverless', 'serverless remove', { 'serverless.yml': "service: shop\nprovider:\n  stage: ${opt:stage, 'NAME'}\n" }, /stage in serverless\.yml/],
  ['what firebase use chose', 'firebase firestore:delete --all-collections', { [`${HOME}/.config/configstore/firebase-tools.json`]: `{"activeProjects":{"${PROJECT}":"shop-NAME"}}` }, /firebase use chose/],
  ['the default of .firebaserc', 'firebase firestore:delete --all-collections', { '.firebaserc': '{"projects":{"default":"shop-NAME"}}' }, /projects\.default in \.firebaserc/],
  ['the config of Doppler', 'doppler secrets delete X', { 'doppler.yaml': 'setup:\n  project: shop\n  config: NAME\n' }, /setup\.config in doppler\.yaml/],
  ['the database of Alembic', 'alembic downgrade base', { 'alembic.ini': '[alembic]\nsqlalchemy.url = postgresql://a:secret@NAME-db/x\n' }, /sqlalchemy\.url in alembic\.ini/],
  ['the settings of Django', 'DJANGO_SETTINGS_MODULE=shop.NAME python manage.py flush', {}, /DJANGO_SETTINGS_MODULE/],
];

const named = (files: Files, name: string): Files => Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('NAME', name)]));

describe('where a tool’s own files say it lands', () => {
  for (const [title, command, files, evidence] of cases) {
    it(title, () => {
      const found = (name: string): readonly string[] => assessIn(command.replaceAll('NAME', name), { files: named(files, name) }).targets.map((target) => `${target.environment}: ${spoken(target.evidence)}`);
      const live = found('prod');
      assert.ok(live.some((text) => text.startsWith('production: ') && new RegExp(evidence.source.replaceAll('NAME', 'prod')).test(text)), live.join(' | '));
      assert.ok(found('staging').some((text) => text.startsWith('staging: ')), found('staging').join(' | '));
      assert.deepEqual(found('sandbox').filter((text) => text.startsWith('production')), []);
      assert.ok(!live.join('').includes('secret'));
    });
  }

  it('leaves out what the command line says otherwise', () => {
    const files = { 'fly.toml': 'app = "prod"\n', 'serverless.yml': 'service: x\nprovider: {stage: prod}\n', [`${HOME}/.kube/config`]: kube('prod', 'prod'), '.env': 'DATABASE_URL=postgres://prod-db/x\n', '.terraform/environment': 'prod' };
    for (const command of ['fly deploy -a test', 'serverless remove --stage test', 'kubectl --context test delete deploy x', 'DATABASE_URL=postgres://localhost/x npx prisma migrate reset', 'TF_WORKSPACE=test terraform apply']) assert.deepEqual(assessIn(command, { files }).targets.filter(({ environment }) => environment === 'production'), [], command);
  });
});

/** A command, what is on disk, and which file a person would open to see that it lands in production. */
const opened: readonly (readonly [command: string, files: Files, file: string | undefined])[] = [
  ['terraform -chdir=infra destroy -var-file=prod.tfvars', {}, 'infra/prod.tfvars'],
  ['terraform -chdir=infra apply', { 'infra/terraform.tfvars': 'environment = "prod"\n' }, 'infra/terraform.tfvars'],
  ['terraform -chdir=infra apply', { 'infra/backend.tf': 'terraform {\n  backend "gcs" {\n    prefix = "prod/shop"\n  }\n}\n' }, 'infra/backend.tf'],
  ['terraform apply', { '.terraform/environment': 'prod' }, '.terraform/environment'],
  ['npx prisma migrate reset --force', { '.env': 'DATABASE_URL=postgres://prod-db/x\n' }, '.env'],
  ['dotenv -e conf/prod.env -- npx prisma migrate reset --force', {}, 'conf/prod.env'],
  ['ansible-playbook -i inventories/prod site.yml', {}, 'inventories/prod'],
  ['ansible-playbook -i hosts.ini site.yml', { 'site.yml': '- hosts: all\n', 'hosts.ini': '[prod]\nweb1\n' }, 'hosts.ini'],
  ['cd apps/shop && fly deploy', { 'apps/fly.toml': 'app = "shop-prod"\n' }, 'apps/fly.toml'],
  ['docker compose -f compose.prod.yml down -v', {}, 'compose.prod.yml'],
  ['kubectl --context prod delete namespace x', {}, undefined],
  ['cd "$(mktemp -d)" && terraform destroy -var-file=prod.tfvars', {}, undefined],
];

describe('the file that says where a tool lands', () => {
  for (const [command, files, file] of opened) {
    it(`${command}: ${file ?? 'none'}`, () => {
      const found = assessIn(command, { files }).targets.filter(({ environment }) => environment === 'production');
      assert.ok(found.length > 0);
      assert.deepEqual([...new Set(found.map((target) => target.file))], [file === undefined ? undefined : `${PROJECT}/${file}`]);
    });
  }
});

describe('where an earlier call sends the following ones', () => {
  const chosen: readonly string[] = [
    'terraform workspace select prod && terraform destroy', 'tofu workspace new prod; tofu apply', 'kubectl config use-context prod && kubectl delete ns x', 'kubectx prod; helm uninstall x', 'kubens live && kubectl delete pod x', 'kubectl config set-context --current --namespace=prod && kubectl delete pod x',
    'aws eks update-kubeconfig --name prod && kubectl delete ns x', 'gcloud container clusters get-credentials prod; kubectl delete ns x', 'gcloud config set project shop-prod && gsutil rm -r gs://x', 'az account set -s prod && az group delete -n x', 'docker context use prod && docker volume rm x', 'pulumi stack select prod; pulumi destroy', 'firebase use prod && firebase firestore:delete --all-collections', 'git checkout prod && git push --force',
  ];
  for (const text of chosen) it(text, () => assert.ok(assessIn(text).targets.some(({ environment }) => environment === 'production')));
  const others: readonly string[] = ['git checkout production && npm test && touch x', 'terraform workspace select dev && terraform destroy', 'kubectl config use-context prod && rm -rf node_modules', 'docker context use default && docker rm x'];
  for (const text of others) it(`not: ${text}`, () => assert.deepEqual(assessIn(text).targets.filter(({ environment }) => environment === 'production'), []));
});
