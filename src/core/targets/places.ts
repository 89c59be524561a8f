import { aws, docker, gcloud, heroku, host, inventory, pulumi, sqlServer } from './more-sources.js';
import type { Source } from './place.js';
import { fromDirectory, fromEnv, fromOptions, gitPush, kubernetes, terraform } from './sources.js';

interface ToolPlace {
  readonly sources: readonly Source[];
  /** Where the tool lands when no name says more. */
  readonly otherwise: 'shared' | 'local';
}

const STAGE = fromOptions('--stage -s -e --env --environment --target -t', 'stage');
const APP = fromOptions('-a --app -n --name --project -p --service', 'app');
const PROJECT = fromOptions('--project --project-id -p', 'project');

/** Where each tool gets its target from. */
export const PLACES: ReadonlyMap<string, ToolPlace> = index([
  ['kubectl oc k kubecolor', { sources: [kubernetes, fromOptions('-f --filename -k --kustomize', 'manifest')], otherwise: 'shared' }],
  ['helm helm3', { sources: [kubernetes, fromOptions('-f --values', 'Helm values file')], otherwise: 'shared' }],
  ['helmfile kustomize skaffold argocd flux velero istioctl linkerd kapp', { sources: [kubernetes, STAGE, fromOptions('-f --file', 'file'), fromDirectory], otherwise: 'shared' }],
  ['terraform tofu terragrunt tf opentofu cdktf', { sources: [terraform], otherwise: 'shared' }],
  ['pulumi', { sources: [pulumi, fromDirectory], otherwise: 'shared' }],
  ['git hub', { sources: [gitPush], otherwise: 'local' }],
  ['gh glab', { sources: [fromOptions('-R --repo -e --env', 'repository or environment')], otherwise: 'shared' }],
  ['aws sam cdk copilot eb eksctl amplify chalice zappa s3cmd s5cmd', { sources: [aws, STAGE, fromOptions('--stack-name --cluster --name', 'resource'), fromDirectory], otherwise: 'shared' }],
  ['serverless sls sst', { sources: [aws, STAGE, fromDirectory], otherwise: 'shared' }],
  ['gcloud gsutil bq firebase', { sources: [gcloud, PROJECT, fromOptions('-P', 'project'), fromDirectory], otherwise: 'shared' }],
  ['az azcopy func', { sources: [fromOptions('--subscription', 'Azure subscription'), fromOptions('-g --resource-group', 'resource group'), fromOptions('-n --name', 'resource'), fromEnv('AZURE_SUBSCRIPTION_ID AZURE_DEFAULTS_GROUP', 'Azure setting'), fromDirectory], otherwise: 'shared' }],
  ['docker podman nerdctl docker-compose podman-compose', { sources: [docker], otherwise: 'local' }],
  ['psql pg_restore dropdb createdb dropuser pgcli pg_dump vsql', { sources: [sqlServer, fromEnv('PGHOST PGDATABASE PGSERVICE DATABASE_URL', 'database setting')], otherwise: 'local' }],
  ['mysql mariadb mysqladmin mycli mongosh mongo mongorestore redis-cli valkey-cli cqlsh sqlcmd clickhouse-client cockroach', { sources: [sqlServer, fromEnv('MYSQL_HOST DATABASE_URL MONGO_URL MONGODB_URI REDIS_URL', 'database setting')], otherwise: 'local' }],
  ['rails rake prisma alembic flask flyway liquibase knex typeorm sequelize sequelize-cli drizzle-kit dbmate goose migrate diesel sqlx artisan mix php python python3 manage.py django-admin bundle node ruby', { sources: [fromEnv('RAILS_ENV RACK_ENV NODE_ENV APP_ENV FLASK_ENV DJANGO_SETTINGS_MODULE MIX_ENV ENVIRONMENT ENV STAGE DATABASE_URL', 'environment variable'), STAGE, sqlServer], otherwise: 'local' }],
  ['ansible ansible-playbook ansible-pull salt knife cap fab kamal', { sources: [inventory, fromOptions('-l --limit -d --destination -e --extra-vars', 'limit'), fromDirectory], otherwise: 'shared' }],
  ['ssh scp sftp rsync mosh autossh', { sources: [host], otherwise: 'local' }],
  ['heroku', { sources: [heroku], otherwise: 'shared' }],
  ['vercel vc now netlify ntl fly flyctl railway render wrangler supabase doctl hcloud dokku cf scalingo clever turso neonctl pscale surge koyeb oci ibmcloud linode-cli vultr-cli nomad consul juju', { sources: [APP, STAGE, fromOptions('--context --scope', 'scope'), fromEnv('FLY_APP CLOUDFLARE_ENV', 'setting')], otherwise: 'shared' }],
  ['vault bao doppler op infisical chamber stripe ldcli sentry-cli newrelic pd nats rpk kafka-topics kafka-topics.sh kafka-consumer-groups rabbitmqctl rabbitmqadmin etcdctl rclone restic borg mc', { sources: [APP, STAGE, fromOptions('-c --config --bootstrap-server --address -s --server --host', 'server or configuration'), fromEnv('VAULT_ADDR VAULT_NAMESPACE DOPPLER_CONFIG NATS_URL RESTIC_REPOSITORY BORG_REPO', 'setting')], otherwise: 'shared' }],
  ['curl wget http https xh', { sources: [host], otherwise: 'local' }],
  ['npm pnpm yarn cargo twine gem poetry', { sources: [], otherwise: 'local' }],
]);

function index(entries: readonly (readonly [string, ToolPlace])[]): ReadonlyMap<string, ToolPlace> {
  return new Map(entries.flatMap(([names, place]) => names.split(' ').map((name) => [name, place] as const)));
}
