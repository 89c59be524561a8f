import type { Target } from '../assess/assessment.js';
import type { Use } from '../rules/use.js';
import { isKnown } from '../shell/program.js';
import type { Environments } from './environments.js';
import { locate } from './place.js';
import { sentence } from '../say.js';

/** Tools that keep one choice together. */
const FAMILIES: ReadonlyMap<string, string> = new Map(
  [
    ['kubernetes', 'kubectl oc k kubecolor kubectx kubens kubie helm helm3 helmfile kustomize skaffold argocd flux velero istioctl linkerd kapp'],
    ['terraform', 'terraform tofu tf opentofu terragrunt cdktf'],
    ['gcloud', 'gcloud gsutil bq'],
    ['azure', 'az azcopy func'],
    ['docker', 'docker docker-compose'],
    ['pulumi', 'pulumi'],
    ['firebase', 'firebase'],
    ['git', 'git'],
    ['platform', 'vercel netlify supabase railway doppler heroku fly flyctl'],
  ].flatMap(([family = '', names = '']) => names.split(' ').map((name) => [name, family] as const)),
);

interface Choice {
  readonly family: string;
  readonly programs: string;
  /** The words in front of what is chosen. */
  readonly words: RegExp;
  readonly kind: string;
}

/** Commands that choose where the following ones act. */
const CHOICES: readonly Choice[] = [
  { family: 'kubernetes', programs: 'kubectl oc k kubecolor', words: /^config use-context /, kind: 'Kubernetes context' },
  { family: 'kubernetes', programs: 'kubectl oc k kubecolor', words: /^config set-context ?/, kind: 'Kubernetes namespace' },
  { family: 'kubernetes', programs: 'oc', words: /^project /, kind: 'Kubernetes namespace' },
  { family: 'kubernetes', programs: 'kubectx', words: /^/, kind: 'Kubernetes context' },
  { family: 'kubernetes', programs: 'kubens', words: /^/, kind: 'Kubernetes namespace' },
  { family: 'kubernetes', programs: 'kubie', words: /^(ctx|ns) /, kind: 'Kubernetes context' },
  { family: 'kubernetes', programs: 'aws', words: /^eks update-kubeconfig ?/, kind: 'Kubernetes cluster' },
  { family: 'kubernetes', programs: 'gcloud', words: /^(beta )?container clusters get-credentials /, kind: 'Kubernetes cluster' },
  { family: 'kubernetes', programs: 'az', words: /^aks get-credentials ?/, kind: 'Kubernetes cluster' },
  { family: 'kubernetes', programs: 'doctl', words: /^kubernetes cluster kubeconfig save /, kind: 'Kubernetes cluster' },
  { family: 'terraform', programs: 'terraform tofu tf opentofu terragrunt', words: /^workspace (select|new) /, kind: 'Terraform workspace' },
  { family: 'gcloud', programs: 'gcloud', words: /^config set (core\/)?(project|account) /, kind: 'Google Cloud project' },
  { family: 'gcloud', programs: 'gcloud', words: /^config configurations activate /, kind: 'gcloud configuration' },
  { family: 'azure', programs: 'az', words: /^account set ?/, kind: 'Azure subscription' },
  { family: 'docker', programs: 'docker', words: /^context use /, kind: 'docker context' },
  { family: 'pulumi', programs: 'pulumi', words: /^stack (select|init) /, kind: 'Pulumi stack' },
  { family: 'firebase', programs: 'firebase', words: /^use /, kind: 'Firebase project' },
  { family: 'git', programs: 'git', words: /^(checkout|switch) /, kind: 'git branch' },
  { family: 'platform', programs: 'vercel netlify supabase railway doppler heroku', words: /^(switch|link|environment|setup|git:remote)( |$)/, kind: 'project' },
];
const BY_PROGRAM = index();

/** Options that name what is chosen. */
const NAMING = /^(-s|--subscription|--name|-n|--namespace|--project|--project-ref|-p|--config|-c|-a|--app|--environment|-e|--stack|--alias|--site|--scope)$/;

/** Where the following calls of the same tools would land, because one of them said so. */
export interface Chosen {
  readonly family: string;
  readonly targets: readonly Target[];
}

/** What an invocation chooses for those that follow it. */
export function chosenBy({ invocation }: Use, environments: Environments): readonly Chosen[] {
  const choices = BY_PROGRAM.get(invocation.program);
  if (!choices) return [];
  const texts = invocation.args.map((word) => word.text);
  const words = texts.filter((text) => !text.startsWith('-')).join(' ');
  const made = choices.flatMap((choice) => {
    const head = choice.words.exec(words)?.[0];
    return head === undefined ? [] : [{ ...choice, head }];
  });
  if (made.length === 0) return [];
  const options = texts.flatMap((text, at) => (NAMING.test(text) ? (texts[at + 1] ?? []) : /^--[\w-]+=/.test(text) ? text.slice(text.indexOf('=') + 1) : []));
  return made.flatMap(({ family, head, kind }) => {
    const names = [...words.slice(head.length).split(' '), ...options].filter((name) => name !== '' && isKnown(name));
    const targets = locate(names.map((name) => ({ kind, name, evidence: sentence('an earlier call of {0} chose {1}', invocation.program, name) })), environments, undefined);
    return targets.length > 0 ? [{ family, targets }] : [];
  });
}

/** The tools that a choice holds for, or undefined for a program that keeps none. */
export function familyOf({ invocation }: Use): string | undefined {
  // What git pushes is where a branch matters.
  if (invocation.program === 'git' && !invocation.args.some(({ text }) => text === 'push')) return undefined;
  return FAMILIES.get(invocation.program);
}

function index(): ReadonlyMap<string, readonly Choice[]> {
  const found = new Map<string, Choice[]>();
  for (const choice of CHOICES) for (const name of choice.programs.split(' ')) found.set(name, [...(found.get(name) ?? []), choice]);
  return found;
}
