import { aws } from './aws.js';
import { azure, gcloud } from './clouds.js';
import { docker } from './containers.js';
import { application, postgresService, sqlServer } from './databases.js';
import { host, inventory } from './hosts.js';
import { kubernetes } from './kubernetes.js';
import type { Source } from './place.js';
import { heroku, operands, productionFlag, projectFile, resources } from './platforms.js';
import { fromDirectory, fromEnv, fromOptions, gitPush } from './sources.js';
import { pulumi, terraform } from './terraform.js';

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
  ['aws sam copilot eb eksctl amplify chalice zappa s3cmd s5cmd', { sources: [aws, STAGE, fromOptions('--stack-name --cluster --name', 'resource'), resources, projectFile, fromDirectory], otherwise: 'shared' }],
  ['cdk', { sources: [aws, STAGE, operands, fromDirectory], otherwise: 'shared' }],
  ['serverless sls sst', { sources: [aws, STAGE, projectFile, fromDirectory], otherwise: 'shared' }],
  ['gcloud gsutil bq', { sources: [gcloud, PROJECT, operands, resources, fromDirectory], otherwise: 'shared' }],
  ['firebase', { sources: [PROJECT, fromOptions('-P', 'project'), projectFile, fromDirectory], otherwise: 'shared' }],
  ['az azcopy func', { sources: [azure, resources, fromDirectory], otherwise: 'shared' }],
  ['docker podman nerdctl docker-compose podman-compose', { sources: [docker], otherwise: 'local' }],
  ['psql pg_restore dropdb createdb dropuser pgcli pg_dump vsql', { sources: [sqlServer, postgresService, fromEnv('PGHOST PGDATABASE', 'database setting'), application], otherwise: 'local' }],
  ['mysql mariadb mysqladmin mycli mongosh mongo mongorestore redis-cli valkey-cli cqlsh sqlcmd clickhouse-client cockroach', { sources: [sqlServer, application], otherwise: 'local' }],
  ['rails rake prisma alembic flask flyway liquibase knex typeorm sequelize sequelize-cli drizzle-kit dbmate goose migrate diesel sqlx artisan mix php python python3 manage.py django-admin bundle node ruby', { sources: [application, STAGE, sqlServer, projectFile], otherwise: 'local' }],
  ['ansible ansible-playbook ansible-pull salt knife cap fab kamal', { sources: [inventory, fromOptions('-l --limit -d --destination -e --extra-vars', 'limit'), projectFile, fromDirectory], otherwise: 'shared' }],
  ['ssh scp sftp ftp lftp rsync mosh autossh', { sources: [host], otherwise: 'local' }],
  ['heroku', { sources: [heroku, operands], otherwise: 'shared' }],
  ['vercel vc now netlify ntl fly flyctl railway render wrangler supabase doctl hcloud dokku cf scalingo clever turso neonctl pscale surge koyeb oci ibmcloud linode-cli vultr-cli nomad consul juju', { sources: [APP, STAGE, fromOptions('--context --scope', 'scope'), fromEnv('FLY_APP CLOUDFLARE_ENV VERCEL_ENV NETLIFY_SITE_ID RAILWAY_ENVIRONMENT', 'setting'), productionFlag, operands, projectFile], otherwise: 'shared' }],
  ['vault bao doppler op infisical chamber stripe ldcli sentry-cli newrelic pd nats rpk kafka-topics kafka-topics.sh kafka-consumer-groups rabbitmqctl rabbitmqadmin etcdctl rclone restic borg mc', { sources: [APP, STAGE, projectFile, fromOptions('-c --config --bootstrap-server --address -s --server --host', 'server or configuration'), fromEnv('VAULT_ADDR VAULT_NAMESPACE DOPPLER_CONFIG NATS_URL RESTIC_REPOSITORY BORG_REPO', 'setting')], otherwise: 'shared' }],
  ['curl wget http https xh', { sources: [host], otherwise: 'local' }],
  ['npm pnpm yarn cargo twine gem poetry', { sources: [], otherwise: 'local' }],
  ['countersign-canary', { sources: [STAGE], otherwise: 'local' }],
]);

function index(entries: readonly (readonly [string, ToolPlace])[]): ReadonlyMap<string, ToolPlace> {
  return new Map(entries.flatMap(([names, place]) => names.split(' ').map((name) => [name, place] as const)));
}
