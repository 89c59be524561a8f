import { sentence } from '../say.js';
import type { Tool } from './rule.js';
import { verbTool } from './verbs.js';

/** Hosted services, understood by their verbs: code hosts, queues, secrets, monitoring, payments, flags. */
export const SERVICE_TOOLS: readonly Tool[] = [
  verbTool({
    id: 'github', names: ['gh'], title: 'gh', values: '-R --repo -X --method -f --field -F --raw-field -H --header --jq -q --json -t --title -b --body --hostname --input --org -o -e --env --visibility -u --user -l --label -L --limit -B --base --head --template -m --milestone -a --app',
    except: (use) => /^(cache|browse|completion|alias|extension|config|codespace|run)$/.test(use.operand(0) ?? '') && /^(delete|remove|stop|cancel)$/.test(use.operand(1) ?? '') && /^(alias|extension|config|run)$/.test(use.operand(0) ?? '') && use.operand(1) !== 'delete',
    rules: [
      {
        id: 'github/settings', title: 'Changes who sees a repository, or what protects it', on: ['repo edit|archive|rename|sync|unarchive', 'repo deploy-key delete', 'ruleset delete', 'workflow disable'],
        when: (use) => (use.operand(1) === 'edit' ? use.has('--visibility --delete-branch-on-merge-never --default-branch') && { severity: 'high' } : use.operand(1) === 'sync' ? use.has('--force') : use.operand(1) !== 'unarchive'),
        severity: 'medium', reversible: 'yes', message: (use) => sentence('Changes the repository itself: gh {0}.', use.rest(0).join(' ')), safer: 'gh repo view',
        examples: { flagged: ['gh repo edit ada/shop --visibility public', 'gh repo archive a/b', 'gh repo sync --force', 'gh workflow disable ci'], clear: ['gh repo view', 'gh repo clone a/b', 'gh repo edit --description x', 'gh repo sync'] },
      },
      {
        id: 'github/delete-branch', title: 'Closes a pull request and deletes its branch', on: 'pr close', options: '-d --delete-branch',
        severity: 'medium', reversible: 'with-effort', message: 'Closes a pull request and deletes its branch, with what was never merged.', safer: 'gh pr close',
        examples: { flagged: ['gh pr close 1 --delete-branch', 'gh pr close -d 1', 'gh -R a/b pr close 12 --delete-branch --comment x'], clear: ['gh pr close 1', 'gh pr merge 1 --delete-branch', 'gh pr view 1'] },
      },
      {
        id: 'github/api-delete', title: 'Deletes through the API', on: 'api',
        when: (use) => /^delete$/i.test(use.value('-X --method') ?? '') || use.values('-f -F --field --raw-field').some((value) => /mutation[\s\S]*\b(delete|remove|archive)\w*/i.test(value)),
        severity: 'high', reversible: 'no', message: (use) => sentence('Deletes {0} through the API.', use.operand(1) ?? ''), safer: 'Ask with GET what is there first.',
        examples: { flagged: ['gh api -X DELETE repos/a/b', 'gh api --method DELETE /repos/a/b/releases/1', 'gh api -XDELETE repos/a/b/hooks/1'], clear: ['gh api repos/a/b', 'gh api graphql -f query="{viewer{login}}"', 'gh api -X POST repos/a/b/issues'] },
      },
      {
        id: 'github/merge', title: 'Merges or releases', on: ['pr merge', 'release create|edit|upload', 'workflow run', 'secret set', 'variable set'],
        effect: 'write', severity: 'low', reversible: 'with-effort', message: (use) => sentence('Changes what others share: gh {0}.', use.rest(0).join(' ')), safer: 'gh pr view',
        examples: { flagged: ['gh pr merge 1 --squash', 'gh workflow run deploy.yml', 'gh release create v1'], clear: ['gh pr view 1', 'gh pr list', 'gh run watch'] },
      },
    ],
    deletes: { flagged: ['gh repo delete a/b --yes', 'gh release delete v1', 'gh secret delete KEY', 'gh -R a/b variable remove X', 'gh issue delete 3'], clear: ['gh repo list', 'gh pr close 1', 'gh run list', 'gh repo delete --help'] },
  }),
  verbTool({
    id: 'gitlab', names: ['glab'], title: 'glab', values: '-R --repo -X --method -f --field -F --raw-field -H --header -g --group',
    rules: [
      {
        id: 'gitlab/api-delete', title: 'Deletes through the API', on: 'api', when: (use) => /^delete$/i.test(use.value('-X --method') ?? ''), severity: 'high', reversible: 'no', message: (use) => sentence('Deletes {0} through the API.', use.operand(1) ?? ''), safer: 'Ask with GET what is there first.',
        examples: { flagged: ['glab api -X DELETE /projects/1', 'glab api --method DELETE projects/1/variables/X', 'glab api -XDELETE /groups/2'], clear: ['glab api projects/1', 'glab mr list', 'glab api -X POST projects/1/issues'] },
      },
    ],
    deletes: { flagged: ['glab repo delete a/b', 'glab release delete v1', 'glab variable delete X', 'glab repo archive a/b'], clear: ['glab mr list', 'glab ci status', 'glab release list'] },
  }),
  verbTool({
    id: 'service', title: 'the service’s tool',
    names: ['circleci', 'split', 'jenkins-cli', 'jenkins', 'buildkite-agent', 'gitlab-runner', 'drone', 'travis', 'appveyor', 'tea', 'hub', 'stripe', 'ldcli', 'launchdarkly', 'flipt', 'unleash', 'splitio', 'datadog-ci', 'dog', 'newrelic', 'pd', 'pagerduty', 'splunk', 'sentry-cli', 'opsgenie', 'grafana-cli', 'amtool', 'promtool', 'logcli', 'algolia', 'meilisearch', 'mgn', 'mailgun', 'sendgrid', 'twilio', 'postmark', 'braintree', 'square', 'shopify', 'contentful', 'sanity', 'strapi', 'auth0', 'okta', 'clerk', 'nats', 'rpk', 'kafkactl', 'kaf', 'confluent', 'ccloud', 'pulsar-admin', 'rabbitmqadmin', 'vault', 'bao', 'doppler', 'op', 'bw', 'infisical', 'chamber', 'sops', 'berglas', 'akeyless', 'conjur', 'teller', 'velero', 'restic', 'borg', 'borgmatic', 'kopia', 'duplicity', 'duplicati-cli', 'rclone', 'mc', 'mcli', 's3cmd', 's5cmd', 'rados', 'rbd', 'ceph', 'gluster', 'swift', 'b2', 'ossutil', 'azcopy', 'linear', 'jira', 'notion', 'slack', 'keycloak', 'kcadm.sh', 'kong', 'deck', 'apigeecli', 'apigee', 'traefik', 'haproxy', 'etcdctl', 'zkCli.sh', 'zk', 'influxd', 'meili', 'elastic', 'es', 'curator', 'curator_cli', 'ory', 'tyk', 'snyk', 'lacework', 'wiz', 'dnscontrol', 'octodns-sync', 'lexicon', 'gandi', 'namecheap', 'pdnsutil', 'rndc', 'unbound-control', 'rabbitmqctl', 'kubectl-argo', 'argocd', 'flux', 'kafka-topics', 'kafka-topics.sh'],
    values: '-n --name --namespace -p --project --environment -e --env --config -c -o --output --token -u --user --api-key -r --repo --repository -v --vhost -t --topic --address -s --server -f --file --context --cluster --password-file --format --vault --account --flag --endpoint --endpoints',
    rules: [
      {
        id: 'service/destroy-data', title: 'Destroys stored data or access to it',
        on: [
          'kv destroy|metadata', 'secrets disable|move', 'auth disable', 'lease revoke', 'token revoke', 'operator seal|rekey|generate-root|raft', 'policy delete', 'delete_*|purge_queue|reset|force_reset|stop_app|clear_*|forget_cluster_node|delete|purge',
          'sync|delete|deletefile|purge|rmdirs|cleanup|dedupe|move|rmdir|bisync', 'forget|prune|unlock|rebuild-index|repair', 'key remove|passwd', 'compact|recreate|prune|delete|break-lock', 'mirror', 'account delete', 'stream rm|del|purge|delete|edit', 'del', 'lock release', 'remove index|search-server', 'clean eventdata', 'rm|rb', 'app delete|terminate-op|rollback', 'cluster rm', 'pool delete|rm', 'osd purge|destroy|out|rm', 'fs rm', 'volume delete|stop', 'snapshot delete', 'silence expire', 'tsdb delete', 'gateway reset|sync', 'member remove',
        ],
        when: (use) => {
          const { program } = use.invocation;
          const path = use.rest(0).slice(0, 2).join(' ');
          if (use.has('--list -h --dry-run --dry -n') && program !== 'kafka-topics') return false;
          if (path === 'kv metadata') return use.operand(2) === 'delete';
          if (use.operand(0) === 'unlock' || use.operand(0) === 'rebuild-index') return { severity: 'medium' };
          if (use.operand(0) === 'compact') return program === 'borg' ? { severity: 'medium' } : false;
          if (use.operand(0) === 'recreate') return program === 'borg';
          if (use.operand(0) === 'mirror') return use.has('--remove --overwrite');
          if (use.operand(0) === 'repair') return { severity: 'medium' };
          if (/^(sync|move|bisync|dedupe|cleanup|rmdirs|rmdir)$/.test(use.operand(0) ?? '')) return program === 'rclone' || program === 'deck' || ((program === 's3cmd' || program === 's5cmd') && use.has('--delete-removed --delete')) || (program === 'azcopy' && use.has('--delete-destination')) || (program === 'argocd' && use.has('--prune --force'));
          if (path === 'gateway sync') return program === 'deck';
          if (path === 'stream edit') return { severity: 'medium' };
          return true;
        },
        severity: 'critical', reversible: 'no', message: (use) => sentence('Destroys stored data or access to it: {0} {1}.', use.invocation.program, use.rest(0).join(' ')), safer: 'List what is there first.',
        examples: { flagged: ['vault kv destroy -versions=1 secret/x', 'vault secrets disable kv', 'rclone purge remote:bucket', 'restic forget --prune --keep-daily 2', 'rabbitmqctl reset', 'mc rb store/bucket', 'nats stream purge ORDERS', 'borg delete repo::a', 'rclone sync a: b:', 'deck gateway sync kong.yaml'], clear: ['vault kv get secret/x', 'rclone lsd remote:', 'deck gateway diff kong.yaml', 'restic snapshots', 'restic forget --dry-run --keep-last 1', 'mc ls store', 'borg list repo', 'nats stream info ORDERS'] },
      },
      {
        id: 'service/options', title: 'Deletes by an option', options: '--delete --delete-offsets --reset-offsets --delete-topic --remove-index --purge --alter',
        when: (use) => !use.has('--dry-run') && !(use.has('--reset-offsets') && !use.has('--execute') && use.has('--dry-run')),
        severity: 'high', reversible: 'no', message: (use) => sentence('Deletes with {0} {1}.', use.invocation.program, use.options.map((option) => option.name).join(' ')), safer: 'Use --list or --describe first.',
        examples: { flagged: ['kafka-topics --delete --topic orders', 'kafka-topics.sh --bootstrap-server x:9092 --delete --topic a', 'kafka-topics --alter --topic orders --partitions 9'], clear: ['kafka-topics --list', 'kafka-topics --describe --topic orders', 'kafka-topics --create --topic a'] },
      },
    ],
    deletes: { flagged: ['stripe customers delete cus_1', 'ldcli flags delete f', 'op item delete x', 'doppler secrets delete KEY', 'vault delete secret/x', 'velero backup delete b', 'gitlab-runner unregister --name a', 'borg repo-delete', 'argocd app delete shop', 'pd user delete P1'], clear: ['stripe customers list', 'op item get x', 'doppler secrets', 'velero backup get', 'argocd app list'] },
    changes: { flagged: ['vault write secret/x a=b', 'argocd app sync shop', 'op item create x', 'velero restore create --from-backup b'], clear: ['vault read secret/x', 'argocd app diff shop', 'vault status'] },
  }),
  verbTool({
    id: 'kafka', title: 'the Kafka scripts',
    names: ['kafka-consumer-groups', 'kafka-consumer-groups.sh', 'kafka-acls', 'kafka-acls.sh', 'kafka-configs', 'kafka-configs.sh', 'kafka-delete-records', 'kafka-delete-records.sh', 'kafka-streams-application-reset', 'kafka-leader-election', 'kafka-reassign-partitions'],
    rules: [
      {
        id: 'kafka/destroy', title: 'Deletes records, groups, rules or offsets',
        when: (use) => /delete-records|application-reset/.test(use.invocation.program) || use.has('--delete --remove --reset-offsets --delete-offsets --delete-config --execute'),
        severity: 'high', reversible: 'no', message: (use) => sentence('Deletes or resets with {0}.', use.invocation.program), safer: 'kafka-consumer-groups --describe',
        examples: { flagged: ['kafka-consumer-groups --delete --group g', 'kafka-acls --remove --topic t', 'kafka-delete-records --offset-json-file f', 'kafka-consumer-groups --reset-offsets --group g --to-earliest --execute'], clear: ['kafka-consumer-groups --list', 'kafka-consumer-groups --describe --group g', 'kafka-acls --list', 'kafka-consumer-groups --reset-offsets --group g --to-earliest --dry-run'] },
      },
    ],
    deletes: { flagged: ['kafka-acls delete x', 'kafka-configs delete x', 'kafka-configs.sh remove x'], clear: ['kafka-acls --list', 'kafka-configs --describe', 'kafka-configs.sh --help'] },
  }),
  verbTool({
    id: 'code', title: 'a client library',
    names: ['api-client'],
    deletes: {
      flagged: ['python -c "import boto3; boto3.client(\'ec2\').terminate_instances(InstanceIds=[\'i\'])"', 'node -e "s3.deleteBucket({Bucket: x})"', 'ruby -e "client.delete_table(table_name: 1)"'],
      clear: ['python -c "client.describe_instances()"', 'node -e "clearTimeout(x); map.delete(1)"', 'python -c "print(\'client.delete_table()\')"'],
    },
  }),
];
