import { codeLanguage } from './code.js';
import { shellOf } from './shell-files.js';

/** What a file is, as far as anything here can read it. */
export type FileKind =
  | 'vscode tasks' | 'vscode launch' | 'package.json' | 'makefile' | 'justfile' | 'taskfile' | 'task file' | 'dockerfile' | 'workflow' | 'gitlab'
  | 'pipeline' | 'jenkinsfile' | 'sql' | 'terraform' | 'cloudformation' | 'kubernetes' | 'policy' | 'allowed signers' | 'codeowners' | 'shell' | 'code';

interface Sign {
  readonly kind: FileKind;
  readonly path?: RegExp;
  readonly text?: (text: string, path: string) => boolean;
}

/** What ends like this is code, whatever else the name looks like, but for images of a language; what only declares types runs nothing. */
const CODE = /\.(?:[cm]?[jt]sx?|pyw?|rb|php)$/i;
const IMAGE = /(^|\/)(Docker|Container)file\./;
const RUNS_NOTHING = /\.d\.[cm]?ts$|\.min\.[cm]?js$/i;
const YAML = /\.ya?ml$/i;

/** How each kind is recognised: by its path first, then by what stands in it. The first one that fits wins. */
const SIGNS: readonly Sign[] = [
  { kind: 'vscode tasks', path: /(\/\.vscode\/tasks\.json|\.code-workspace)$/ },
  { kind: 'vscode launch', path: /\/\.vscode\/launch\.json$/ },
  { kind: 'package.json', path: /(^|\/)package\.json5?$/ },
  { kind: 'policy', path: /\/\.countersign\/policy\.ya?ml$/ },
  { kind: 'allowed signers', path: /\/\.countersign\/allowed_signers$/ },
  { kind: 'codeowners', path: /(^|\/)CODEOWNERS$/ },
  { kind: 'makefile', path: /(^|\/)((GNU)?[Mm]akefile(\.[\w-]+)?|[^/]+\.mk)$/ },
  { kind: 'justfile', path: /(^|\/)(\.?[Jj]ustfile|[^/]+\.just)$/ },
  { kind: 'taskfile', path: /(^|\/)[Tt]askfile([.-][\w-]+)?\.ya?ml$/ },
  { kind: 'task file', path: /(^|\/)(composer\.json|deno\.jsonc?|project\.json|pyproject\.toml|tox\.ini)$/ },
  { kind: 'dockerfile', path: /(^|\/)((Docker|Container)file([.-][\w.-]+)?|[^/]+\.([Dd]ocker|[Cc]ontainer)file)$/ },
  { kind: 'workflow', path: /\/\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$|(^|\/)action\.ya?ml$/ },
  { kind: 'gitlab', path: /(^|\/)[^/]*\.?gitlab-ci[^/]*\.ya?ml$|\/\.gitlab\/.+\.ya?ml$/ },
  { kind: 'pipeline', path: /\/\.circleci\/.+\.ya?ml$|(^|\/)(azure-pipelines[^/]*|bitbucket-pipelines|\.travis|\.drone|\.woodpecker|cloudbuild|buildspec|appveyor|(docker-)?compose[^/]*)\.ya?ml$|\/\.(buildkite|azure-pipelines|woodpecker)\/.+\.ya?ml$/ },
  { kind: 'jenkinsfile', path: /(^|\/)Jenkinsfile([._-][\w.-]+)?$|\.(jenkinsfile|groovy|gradle|gradle\.kts)$/i },
  { kind: 'sql', path: /\.(sql|psql|pgsql|mysql|ddl|cql)$/i },
  { kind: 'terraform', path: /\.((tf|tofu|tfvars)(\.json)?|hcl)$/i },
  { kind: 'kubernetes', path: /(^|\/)kustomization\.ya?ml$/ },
  { kind: 'cloudformation', path: /\.(ya?ml|json|template)$/i, text: (text, path) => /AWSTemplateFormatVersion|\bType["']?\s{0,8}:\s{0,8}["']?AWS::|Transform["']?\s{0,8}:\s{0,8}["']?AWS::/.test(text) || /(^|\/)serverless\.ya?ml$/.test(path) },
  { kind: 'kubernetes', path: YAML, text: (text) => (/^\s{0,16}["']?apiVersion["']?\s?:/m.test(text) && /^\s{0,16}["']?kind["']?\s?:/m.test(text)) || /^\s{0,16}-?\s?\$patch\s?:/m.test(text) },
  { kind: 'shell', text: (text, path) => shellOf(path, text) !== undefined },
  { kind: 'code', text: (text, path) => codeLanguage(path, text) !== undefined },
];

/** Whether a file is code of a language by its name, given with slashes. */
export function isCode(path: string): boolean {
  return CODE.test(path) && !IMAGE.test(path);
}

/** The kind of a file, by its path and its first line; undefined when nothing here can read it. */
export function kindOf(path: string, text: string): FileKind | undefined {
  const plain = path.replaceAll('\\', '/');
  if (isCode(plain)) return RUNS_NOTHING.test(plain) ? undefined : shellOf(plain, text) === undefined ? 'code' : 'shell';
  return SIGNS.find((sign) => (sign.path?.test(plain) ?? true) && (sign.text?.(text, plain) ?? true))?.kind;
}

/** Whether a file of this name may be of a kind that something here reads, whatever stands in it. */
export function mayMatter(path: string): boolean {
  return /\.(?:ya?ml|json|template)$/i.test(path) || kindOf(path, '') !== undefined;
}
