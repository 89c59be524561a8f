import { pathOf } from './material.js';
import type { Follow } from './material.js';
import { readUse } from '../rules/use.js';
import type { Grammar, Use } from '../rules/use.js';

/** How a tool names files that it obeys. */
interface Obeys {
  readonly programs: string;
  readonly grammar: Grammar;
  readonly files: (use: Use) => readonly string[];
}

const KUBE: Grammar = { values: '-f --filename -k --kustomize -n --namespace --context --kubeconfig -l --selector -o --output --values --set --set-string --kube-context --version' };

const OBEYS: readonly Obeys[] = [
  { programs: 'terraform tofu terragrunt tf', grammar: { values: '-var -var-file -target -replace -chdir -state -out -backend-config', singleDash: true }, files: (use) => [...use.values('-var-file'), ...(use.operand(0) === 'apply' ? use.rest(1) : [])] },
  { programs: 'kubectl oc k', grammar: KUBE, files: (use) => use.values('-f --filename -k --kustomize') },
  { programs: 'helm helmfile', grammar: KUBE, files: (use) => use.values('-f --values') },
  { programs: 'docker-compose podman-compose', grammar: { values: '-f --file --env-file -p' }, files: (use) => use.values('-f --file --env-file') },
  { programs: 'ansible-playbook', grammar: { values: '-i --inventory -l --limit -e --extra-vars -t --tags --vault-password-file -u --user' }, files: (use) => [...use.values('-i --inventory'), ...use.rest(0)] },
  { programs: 'git', grammar: { values: '-C -c' }, files: (use) => (use.operand(0) === 'apply' || use.operand(0) === 'am' ? use.rest(1) : []) },
  { programs: 'patch', grammar: { values: '-i --input -p --strip -d --directory' }, files: (use) => use.values('-i --input') },
  { programs: 'mongosh mongo mongos', grammar: { values: '--eval --host --port -u -p --file -f' }, files: (use) => [...use.values('--file -f'), ...use.rest(0).filter((text) => text.endsWith('.js'))] },
];

const BY_PROGRAM: ReadonlyMap<string, Obeys> = new Map(OBEYS.flatMap((entry) => entry.programs.split(' ').map((name) => [name, entry] as const)));

/** The programs that {@link followObeyed} knows. */
export const OBEYING: readonly string[] = [...BY_PROGRAM.keys()];

/** `kubectl apply -f x.yaml`, `terraform apply plan.tfplan`: what is in the file decides what happens, so it is bound in. */
export const followObeyed: Follow = (invocation) => {
  const entry = BY_PROGRAM.get(invocation.program);
  if (!entry) return undefined;
  const named = entry.files(readUse(invocation, entry.grammar)).filter((name) => name !== '-' && !name.includes('://'));
  const files = named.slice(0, 64).flatMap((name) => pathOf(invocation, name) ?? []);
  return files.length === 0 ? undefined : { pieces: [], files, unknown: [], complete: false };
};
