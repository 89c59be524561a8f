import { sentence } from '../say.js';
import { defineTool } from './rule.js';
import type { Rule } from './rule.js';
import type { Use } from './use.js';

const VALUES = '-n --namespace --context --kubeconfig --cluster --user -s --server --token --as --as-group --as-uid --certificate-authority --client-certificate --client-key --request-timeout --tls-server-name --cache-dir --profile -v -f --filename -k --kustomize -l --selector -o --output -c --container --field-selector --field-manager --grace-period --timeout --replicas --current-replicas --resource-version --revision --to-revision --image --type -p --patch --patch-file --template --sort-by --tail --since --since-time --max-log-requests --port --target-port --name --min --max --cpu-percent --for --from-literal --from-file --from-env-file --overwrite-value --subresource --raw --pod-selector --chunk-size --resource --verb --serviceaccount --clusterrole --role --group --prune-allowlist --applyset --server-side-value --dry-run-value';
const WEIGHTY = /^(ns|namespaces?|projects?|nodes?|no|pvc|persistentvolumeclaims?|pv|persistentvolumes?|crds?|customresourcedefinitions?|sts|statefulsets?|storageclass(es)?|sc|clusters?|databases?|postgresqls?|mysqls?|all|secrets?|clusterroles?|clusterrolebindings?|validatingwebhookconfigurations?|mutatingwebhookconfigurations?|apiservices?)(\.|\/|$)/i;
const SMALL = /^(pods?|po|jobs?|rs|replicasets?|events?|ev|leases?|cronjobs?)(\/|$)/i;

function kindsOf(use: Use): readonly string[] {
  return (use.operand(1) ?? '').split(',').concat(use.rest(2).filter((text) => text.includes('/')));
}

const RULES: readonly Rule[] = [
  {
    id: 'kubernetes/delete',
    title: 'Deletes objects of a cluster',
    on: 'delete|del',
    when: (use) => {
      const kinds = kindsOf(use);
      const names = use.rest(1).join(' ') || sentence('objects');
      const all = use.has('--all -A --all-namespaces') || kinds.includes('all');
      const files = use.values('-f --filename -k --kustomize');
      if (kinds.some((kind) => WEIGHTY.test(kind)) || all) return { severity: 'critical', reversible: 'no', message: all ? sentence('Deletes {0}, all of them, with everything in them.', names) : sentence('Deletes {0} with everything in it.', names) };
      if (files.length > 0) return { severity: 'high', message: sentence('Deletes everything that {0} describes.', files.join(', ')) };
      if (kinds.every((kind) => SMALL.test(kind))) return { severity: 'medium', reversible: 'with-effort', message: sentence('Deletes {0}.', names) };
      return { message: sentence('Deletes {0}.', names) };
    },
    severity: 'high',
    reversible: 'with-effort',
    message: 'Deletes objects of a cluster.',
    safer: 'Rehearse it with --dry-run=server first.',
    examples: {
      flagged: ['kubectl delete ns payments', 'kubectl -n pay --context prod delete deployment api', 'kubectl delete pvc --all', 'oc delete project shop', 'kubectl delete -f k8s/', 'kubectl get pods -o name | xargs kubectl delete'],
      clear: ['kubectl get pods', 'kubectl delete ns payments --dry-run=client', "grep 'kubectl delete ns' runbook.md", 'kubectl describe ns payments', 'kubectl config delete-context old'],
    },
  },
  {
    id: 'kubernetes/drain',
    title: 'Takes a node out of service',
    on: ['adm prune', 'drain', 'cordon', 'taint nodes|node|no', 'adm drain|cordon'],
    when: (use) => (use.operand(0) === 'cordon' ? { severity: 'medium', reversible: 'yes', message: sentence('Lets nothing new start on {0}.', use.operand(1) ?? sentence('a node')) } : true),
    severity: 'high',
    reversible: 'with-effort',
    message: (use) => sentence('Evicts what runs on {0}.', use.operand(1) ?? sentence('a node')),
    safer: 'kubectl get pods --field-selector spec.nodeName=…',
    examples: {
      flagged: ['kubectl drain node-1 --ignore-daemonsets', 'kubectl cordon node-1', 'kubectl taint nodes node-1 key=value:NoExecute'],
      clear: ['kubectl get nodes', 'kubectl uncordon node-1', 'kubectl drain node-1 --dry-run=server'],
    },
  },
  {
    id: 'kubernetes/scale-to-zero',
    title: 'Stops every replica',
    on: 'scale',
    // Without a number the command is cut off or its number is still to come.
    when: (use) => (use.value('--replicas') ?? '0') === '0',
    severity: 'high',
    reversible: 'yes',
    message: (use) => sentence('Stops every replica of {0}.', use.rest(1).join(' ')),
    safer: 'kubectl rollout restart',
    examples: {
      flagged: ['kubectl scale deployment api --replicas=0', 'kubectl scale --replicas 0 deploy/api', 'kubectl -n pay scale sts db --replicas=0', 'kubectl scale deployment api'],
      clear: ['kubectl scale deployment api --replicas=3', 'kubectl get deploy', 'kubectl scale deployment api --replicas=0 --dry-run=client'],
    },
  },
  {
    id: 'kubernetes/replace-force',
    title: 'Deletes and makes again',
    on: ['replace', 'apply'],
    options: '--force --prune',
    severity: 'high',
    reversible: 'with-effort',
    message: (use) => (use.has('--prune') ? sentence('Deletes every object that the files no longer name.') : sentence('Deletes the objects and makes them again.')),
    safer: 'kubectl diff -f …',
    examples: {
      flagged: ['kubectl replace --force -f pod.yaml', 'kubectl apply --prune -l app=x -f k8s/', 'kubectl apply --force -f pod.yaml'],
      clear: ['kubectl diff -f k8s/', 'kubectl replace --dry-run=server --force -f pod.yaml', 'kubectl get -f pod.yaml'],
    },
  },
  {
    id: 'kubernetes/remove-finalizers',
    title: 'Removes finalizers, so that clean-up is skipped',
    on: 'patch',
    when: (use) => use.values('-p --patch').some((patch) => /finalizers"?\s*:\s*(null|\[\s*\])/.test(patch)),
    severity: 'high',
    reversible: 'no',
    message: 'Removes finalizers, so that whatever they protect is dropped without clean-up.',
    safer: 'kubectl describe',
    examples: {
      flagged: [`kubectl patch ns x -p '{"metadata":{"finalizers":null}}'`, `kubectl patch pvc db --type=merge -p '{"metadata":{"finalizers":[]}}'`, `kubectl -n a patch crd/x -p '{"metadata": {"finalizers": []}}'`],
      clear: [`kubectl patch deploy x -p '{"spec":{"replicas":2}}'`, 'kubectl get ns x -o yaml', 'kubectl describe pvc db'],
    },
  },
  {
    id: 'kubernetes/rollout',
    title: 'Replaces or holds up what is running',
    on: 'rollout restart|undo|pause',
    severity: 'medium',
    reversible: 'yes',
    message: (use) => {
      const workloads = use.rest(2).join(', ') || sentence('a workload');
      if (use.operand(1) === 'pause') return sentence('Holds up a rollout half-way.');
      return use.operand(1) === 'undo' ? sentence('Replaces every running pod of {0} by an older version.', workloads) : sentence('Replaces every running pod of {0}.', workloads);
    },
    safer: 'kubectl rollout history',
    examples: {
      flagged: ['kubectl rollout undo deploy/api', 'kubectl -n pay rollout restart deploy/api', 'kubectl rollout pause deploy/api'],
      clear: ['kubectl rollout status deploy/api', 'kubectl rollout history deploy/api', 'kubectl rollout undo deploy/api --dry-run=server', 'kubectl rollout resume deploy/api'],
    },
  },
  {
    id: 'kubernetes/apply',
    title: 'Changes a cluster',
    on: ['apply|create|replace|patch|edit|set|label|annotate|expose|autoscale|run|scale|cp', 'rollout resume', 'adm **', 'certificate approve|deny', 'auth reconcile', 'uncordon'],
    effect: 'write',
    severity: 'low',
    reversible: 'with-effort',
    message: (use) => sentence('Changes a cluster: {0}.', use.rest(0).join(' ')),
    safer: 'kubectl diff',
    examples: {
      flagged: ['kubectl apply -f k8s/', 'kubectl set image deploy/api api=api:2', 'kubectl rollout resume deploy/api'],
      clear: ['kubectl diff -f k8s/', 'kubectl apply -f k8s/ --dry-run=server', 'kubectl rollout status deploy/api'],
    },
  },
];

export const kubectlTool = defineTool({
  names: ['kubectl', 'oc', 'k', 'kubecolor', 'microk8s.kubectl', 'k3s'],
  grammar: { values: VALUES },
  harmless: '-h --dry-run',
  reads: ['get|describe|logs|log|top|explain|api-resources|api-versions|cluster-info|version|diff|wait|events|options|completion|plugin|kustomize|port-forward|proxy|attach|whoami|status', 'config **', 'auth can-i|whoami', 'rollout status|history', 'exec', 'debug'],
  otherwise: 'write',
  rules: RULES,
});
