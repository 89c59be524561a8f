/**
 * The tools that can reach production, and so get a shim. They are those for which the rules know where they land
 * (`src/core/targets/places.ts`; a test keeps the lists together), without {@link LEFT_OUT}. A list of its own, because
 * a window that opens writes the shims before it loads the rules.
 */
export const SHIMMED: readonly string[] = (
  'kubectl oc k kubecolor microk8s.kubectl k3s helm helm3 helmfile kustomize skaffold argocd flux velero istioctl linkerd kapp okteto werf helmsman talosctl kops rosa ' +
  'terraform tofu terragrunt tf opentofu cdktf pulumi ' +
  'aws aws2 sam copilot eb eksctl amplify chalice zappa s3cmd s5cmd cdk serverless sls sst gcloud gsutil bq firebase az azcopy func aliyun tccli scw exo civo ' +
  'docker podman nerdctl docker-compose podman-compose ' +
  'psql pgcli pg_dump pg_restore createdb dropdb dropuser vsql mysql mariadb mysqladmin mariadb-admin mycli mongosh mongo mongorestore redis-cli valkey-cli keydb-cli cqlsh sqlcmd clickhouse-client cockroach influx cypher-shell nodetool ' +
  'rails rake prisma alembic flask flyway liquibase knex typeorm sequelize sequelize-cli drizzle-kit dbmate goose migrate diesel sqlx artisan mix django-admin atlas ' +
  'ansible ansible-playbook ansible-pull salt knife cap fab kamal ' +
  'ssh scp sftp ftp lftp rsync mosh autossh ' +
  'heroku vercel vc now netlify ntl fly flyctl railway render wrangler supabase doctl hcloud dokku cf scalingo clever turso neonctl pscale surge koyeb oci ibmcloud linode-cli vultr-cli nomad consul juju fastly cloudflared ' +
  'vault bao doppler op infisical chamber stripe ldcli sentry-cli newrelic pd nats rpk kafka-topics kafka-topics.sh kafka-consumer-groups rabbitmqctl rabbitmqadmin etcdctl rclone restic borg mc ' +
  'gh glab curl wget http https xh countersign-canary'
).split(' ');

/**
 * Tools that reach others too, and stand in everything that anybody runs: git is called several times for one prompt,
 * run-times and package managers are started by every tool of theirs, and each of these calls would cost a shell's start.
 * What they do is read from the line, the script or the task that calls them, and what they start finds the shims.
 */
export const LEFT_OUT: readonly string[] = 'git hub php python python3 node ruby bundle manage.py npm pnpm yarn cargo twine gem poetry'.split(' ');

/** First arguments with which a tool only looks whatever follows, so that nobody needs to be asked. */
export const GLANCES: Readonly<Record<string, string>> = {
  kubectl: 'get describe logs top explain version api-resources api-versions cluster-info',
  oc: 'get describe logs explain version whoami status',
  helm: 'list ls status history get show version',
  terraform: 'validate version fmt providers graph',
  tofu: 'validate version fmt providers graph',
  docker: 'ps images version info inspect logs stats',
  podman: 'ps images version info inspect logs stats',
};
