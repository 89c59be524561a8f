import { sentence } from '../say.js';
import type { Tool } from './rule.js';
import type { Use } from './use.js';
import { verbTool } from './verbs.js';

/** Nobody sees what would be replaced or deleted before it is. */
function isUnattended(use: Use): boolean {
  if (use.invocation.program === 'pulumi') return use.has('-y --yes -f --skip-preview');
  return use.invocation.program === 'cdktf' && use.has('--auto-approve');
}

/** Smaller clouds and hosting platforms, understood by their verbs. */
export const PLATFORM_TOOLS: readonly Tool[] = [
  verbTool({
    id: 'heroku', names: ['heroku'], title: 'heroku', values: '-a --app -r --remote -t --team',
    rules: [
      {
        id: 'heroku/risky',
        title: 'Resets, stops or rewires an app',
        on: ['pg:reset|pg:killall|pg:copy|pg:push|pg:promote|pg:upgrade|repo:reset|repo:purge_cache|ps:stop|ps:kill|maintenance:on|dyno:kill|dyno:stop|releases:rollback|rollback|container:rm|features:disable|labs:disable|config:unset|apps:transfer|apps:leave|leave|certs:auto:disable|drains:remove|webhooks:remove|domains:clear|keys:clear|git:remote|config:remove|redis:maintenance|ps:scale'],
        when: (use) => (use.operand(0) === 'ps:scale' ? use.rest(1).some((text) => text.endsWith('=0')) : use.operand(0) !== 'git:remote' && { severity: /reset|copy|push|killall/.test(use.operand(0) ?? '') ? 'critical' : 'medium' }),
        severity: 'high', reversible: 'with-effort', message: (use) => sentence('Runs heroku {0}.', use.rest(0).join(' ')), safer: 'heroku info',
        examples: { flagged: ['heroku pg:reset DATABASE_URL -a shop', 'heroku maintenance:on', 'heroku ps:scale web=0 -a shop', 'heroku config:unset KEY'], clear: ['heroku logs --tail', 'heroku ps', 'heroku maintenance:off', 'heroku ps:scale web=2'] },
      },
    ],
    deletes: { flagged: ['heroku apps:destroy -a shop', 'heroku addons:destroy redis', 'heroku domains:remove x.com', 'heroku access:remove a@b.c'], clear: ['heroku apps', 'heroku logs', 'heroku config'] },
    changes: { flagged: ['heroku config:set A=b', 'heroku addons:create x', 'heroku apps:create x'], clear: ['heroku logs', 'heroku config:get A', 'heroku info'] },
  }),
  verbTool({
    id: 'vercel', names: ['vercel', 'vc', 'now'], title: 'vercel', values: '--scope -S --token -t --cwd -A --local-config --env -e',
    rules: [
      {
        id: 'vercel/production', title: 'Deploys to production', when: (use) => use.has('--prod') || /^(promote|rollback|alias)$/.test(use.operand(0) ?? '') && use.operand(1) !== 'ls', effect: 'write', severity: 'medium', reversible: 'yes', message: 'Changes what visitors of the production site get.', safer: 'vercel deploy',
        examples: { flagged: ['vercel --prod', 'vercel deploy --prod', 'vercel promote url', 'vercel rollback'], clear: ['vercel', 'vercel deploy', 'vercel ls', 'vercel alias ls'] },
      },
    ],
    deletes: { flagged: ['vercel remove shop --yes', 'vercel rm shop', 'vercel env rm KEY production', 'vercel project rm shop'], clear: ['vercel ls', 'vercel env ls', 'vercel inspect x'] },
  }),
  verbTool({
    id: 'netlify', names: ['netlify', 'ntl'], title: 'netlify', values: '--site -s --dir -d --auth --message -m --context --scope',
    rules: [
      {
        id: 'netlify/production', title: 'Deploys to production or rewires settings', when: (use) => (use.operand(0) === 'env:clone' && use.has('--to -t') ? { effect: 'destroy', message: sentence('Replaces the variables of another site.') } : (use.operand(0) === 'deploy' && use.has('--prod -p')) || /^env:(clone|import)$/.test(use.operand(0) ?? '')), effect: 'write', severity: 'medium', reversible: 'with-effort', message: 'Changes what visitors of the production site get.', safer: 'netlify deploy',
        examples: { flagged: ['netlify deploy --prod', 'netlify env:clone --from a --to b', 'ntl deploy -p'], clear: ['netlify deploy', 'netlify status', 'netlify env:list'] },
      },
    ],
    deletes: { flagged: ['netlify sites:delete', 'netlify env:unset KEY', 'netlify blobs:delete store key'], clear: ['netlify sites:list', 'netlify env:list', 'netlify status'] },
  }),
  verbTool({
    id: 'fly', names: ['fly', 'flyctl'], title: 'fly', values: '-a --app -c --config -r --region -o --org -t --access-token',
    rules: [
      {
        id: 'fly/scale-to-nothing', title: 'Leaves no machine of an app', on: 'scale count', when: (use) => use.rest(2).some((text) => /^(\w[\w-]*=)?0$/.test(text)),
        severity: 'high', reversible: 'with-effort', message: 'Destroys every machine of the app.', safer: 'fly scale show',
        examples: { flagged: ['fly scale count 0', 'flyctl scale count web=0 -a shop', 'fly -a shop scale count 0 --yes'], clear: ['fly scale count 2', 'fly scale show', 'fly scale count web=10'] },
      },
    ],
    deletes: { flagged: ['fly apps destroy shop', 'flyctl volumes destroy vol_1', 'fly secrets unset KEY', 'fly postgres destroy db', 'fly machine stop x'], clear: ['fly status', 'fly apps list', 'fly logs'] },
    changes: { flagged: ['fly deploy', 'fly secrets set A=b', 'fly scale count 2'], clear: ['fly status', 'fly secrets list', 'fly ips list'] },
  }),
  verbTool({
    id: 'cloudflare', names: ['wrangler', 'wrangler2', 'flarectl', 'cloudflared', 'cf-terraforming'], title: 'wrangler', values: '-c --config -e --env --name --namespace-id --binding --account-id',
    deletes: { flagged: ['wrangler delete', 'wrangler kv namespace delete --namespace-id x', 'wrangler kv:key delete k', 'wrangler r2 bucket delete data', 'wrangler d1 delete db', 'flarectl dns delete --id x', 'wrangler rollback'], clear: ['wrangler dev', 'wrangler tail', 'wrangler d1 list', 'wrangler whoami'] },
    changes: { flagged: ['wrangler deploy', 'wrangler publish', 'wrangler secret put KEY'], clear: ['wrangler dev', 'wrangler deploy --dry-run', 'wrangler secret list'] },
  }),
  verbTool({
    id: 'digitalocean', names: ['doctl'], title: 'doctl', values: '-t --access-token -o --output --context --format',
    deletes: { flagged: ['doctl compute droplet delete 1', 'doctl databases delete x', 'doctl kubernetes cluster delete c', 'doctl apps delete a'], clear: ['doctl compute droplet list', 'doctl account get', 'doctl apps list'] },
    changes: { flagged: ['doctl apps update x', 'doctl compute droplet create x', 'doctl apps create --spec a.yaml'], clear: ['doctl auth list', 'doctl apps logs x', 'doctl databases get x'] },
  }),
  verbTool({
    id: 'hosting', title: 'the platform’s tool',
    names: ['railway', 'render', 'supabase', 'firebase', 'hcloud', 'linode-cli', 'vultr-cli', 'scw', 'exo', 'ibmcloud', 'oci', 'aliyun', 'tccli', 'yc', 'civo', 'cf', 'koyeb', 'deployctl', 'surge', 'amplify', 'eb', 'copilot', 'sam', 'chalice', 'zappa', 'dokku', 'caprover', 'planetscale', 'pscale', 'neonctl', 'neon', 'turso', 'xata', 'upstash', 'fastly', 'akamai', 'platform', 'upsun', 'scalingo', 'clever', 'appwrite', 'nhost', 'hasura', 'convex', 'atlas', 'mongocli', 'aiven', 'avn', 'influx', 'astro', 'northflank', 'porter', 'qovery', 'zeet', 'exoscale', 'openstack', 'nova', 'cinder', 'vagrant', 'multipass', 'lxc', 'incus', 'virsh', 'qm', 'pct', 'VBoxManage', 'vboxmanage', 'prlctl', 'govc', 'xe', 'tart', 'limactl', 'colima', 'eksctl', 'kops', 'kubeadm', 'k3d', 'kind', 'minikube', 'rosa', 'ocm', 'rancher', 'gardenctl', 'talosctl', 'clusterctl', 'cmctl', 'linkerd', 'istioctl', 'consul', 'nomad', 'boundary', 'waypoint', 'tsh', 'tctl', 'tailscale', 'netbird', 'zerotier-cli', 'ngrok', 'serverless', 'sls', 'sst', 'cdk', 'cdktf', 'cdk8s', 'pulumi', 'packer', 'crossplane', 'ansible-galaxy', 'juju', 'salt', 'salt-call', 'puppet', 'knife', 'chef', 'bosh', 'nixops', 'colmena', 'deploy-rs', 'kamal', 'mrsk', 'cap', 'fab', 'skaffold', 'tilt', 'garden', 'devspace', 'okteto', 'werf', 'kapp', 'kluctl', 'helmfile', 'helmsman', 'kustomize', 'tkn', 'argo', 'kyma', 'knative', 'kn', 'faas-cli', 'func', 'spin', 'ignite', 'sealos'],
    values: '-n --name -a --app -p --project --project-id -s --service -e --environment --env --stage --region --profile --context --token -c --config --stack -o --output --org -t --target --cluster --zone --namespace',
    rules: [
      {
        id: 'hosting/tear-down',
        title: 'Tears down or resets a whole environment',
        on: ['db reset|push', 'down|destroy|nuke|undefine|destroy-all|destroy-model|destroy-controller|remove-application|unregistervm|system-prune', 'controlvm * poweroff', '* destroy|undefine|nuke', 'stack rm', 'state delete', 'hosting:disable', 'functions:delete|database:remove|firestore:delete|apps:delete', 'system gc', 'job stop', 'migration repair|squash', 'reset', 'operator raft remove-peer'],
        when: (use) => (/^(kind|k3d|minikube|colima|tilt|skaffold|limactl|act)$/.test(use.invocation.program) ? { severity: 'medium', reversible: 'with-effort', message: sentence('Deletes a local environment with {0} {1}.', use.invocation.program, use.rest(0).join(' ')) } : true),
        severity: 'critical', reversible: 'no', message: (use) => sentence('Tears down what {0} manages: {1}.', use.invocation.program, use.rest(0).join(' ')), safer: 'List or preview first.',
        examples: { flagged: ['pulumi destroy --yes', 'cdk destroy --all', 'supabase db reset --linked', 'vagrant destroy -f', 'firebase firestore:delete --all-collections'], clear: ['pulumi preview', 'pulumi destroy --preview-only', 'cdk diff', 'supabase status', 'vagrant status'] },
      },
      {
        id: 'hosting/deploy',
        title: 'Deploys',
        on: ['up|deploy|apply|sync|publish|update|import|promote|release', 'db push', 'functions deploy', 'job run', 'stack init', 'state import', 'build'],
        when: (use) => isUnattended(use) ? { severity: 'medium', effect: 'destroy', message: sentence('Changes infrastructure without showing the plan to anyone; what the plan would have deleted is deleted.') } : !/^(vagrant|tilt|minikube|kind|k3d|colima|docker|packer)$/.test(use.invocation.program) || (use.invocation.program === 'packer' && use.operand(0) === 'build'),
        effect: 'write', severity: 'low', reversible: 'with-effort', message: (use) => sentence('Deploys with {0} {1}.', use.invocation.program, use.rest(0).join(' ')), safer: 'Preview or diff first.',
        examples: { flagged: ['pulumi up', 'pulumi up --yes', 'cdk deploy', 'serverless deploy --stage prod', 'firebase deploy'], clear: ['pulumi preview', 'cdk synth', 'serverless info', 'vagrant up'] },
      },
    ],
    deletes: { flagged: ['railway service delete api', 'hcloud server delete web', 'eksctl delete cluster --name c', 'serverless remove --stage prod', 'hcloud volume delete data', 'pulumi stack rm prod'], clear: ['railway status', 'hcloud server list', 'eksctl get cluster', 'virsh list'] },
  }),
];
