import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { isTooDeep } from '../files/depth.js';
import { attributeOf, parseHcl } from '../files/hcl.js';
import type { Block } from '../files/hcl.js';
import { isKnown } from '../shell/program.js';
import { parentOf, resolvePath } from '../shell/paths.js';
import type { World } from '../world.js';
import { field, jsonAt, lineAt, shownPath, stringAt, textAt } from './ini.js';
import type { Clue, Source } from './place.js';
import { directoryClues, fileOf, fromEnv, fromOptions } from './sources.js';
import { sentence } from '../say.js';

const TERRAFORM_WORKSPACE_VARIABLES = fromEnv('TF_WORKSPACE', 'Terraform workspace');
const PULUMI_STACK_OPTIONS = fromOptions('-s --stack', 'Pulumi stack');
const PULUMI_STACK_VARIABLES = fromEnv('PULUMI_STACK', 'Pulumi stack');

/** Files in which people write the backend, for a directory cannot be listed here. */
const USUAL = ['backend.tf', 'main.tf', 'terraform.tf', 'versions.tf', 'providers.tf', 'provider.tf', 'backend.hcl', 'terragrunt.hcl'];
/** Settings of a backend that name where the state lies. */
const PLACES = ['key', 'bucket', 'prefix', 'path', 'workspace_key_prefix', 'organization', 'name', 'hostname', 'container_name', 'storage_account_name', 'resource_group_name', 'address', 'schema_name'];
/** Variables that say where everything goes. */
const TELLING = /^(environment|env|stage|tier|workspace|account|account_name|project|project_id|cluster|cluster_name|namespace|deployment)$/;

/** The Terraform workspace, backend, variable files, and directory. */
export const terraform: Source = (around) => {
  const { use, world, env } = around;
  const directory = resolvePath(use.invocation.cwd, use.value('-chdir') ?? use.value('--working-dir --terragrunt-working-dir -working-dir -terragrunt-working-dir') ?? '.');
  const clues: Clue[] = [...TERRAFORM_WORKSPACE_VARIABLES(around)];
  const data = resolvePath(directory, env('TF_DATA_DIR') ?? '.terraform');
  const workspace = clues.length === 0 && isKnown(data) ? lineAt(`${data}/environment`, world) : undefined;
  if (workspace !== undefined) clues.push({ kind: 'Terraform workspace', name: workspace, evidence: sentence('workspace in {0}/environment', env('TF_DATA_DIR') ?? '.terraform'), file: `${data}/environment` });
  const more = ['TF_CLI_ARGS', `TF_CLI_ARGS_${use.operand(0) ?? ''}`].flatMap((name) => optionsIn(env(name) ?? '').map((option) => ({ ...option, evidence: sentence('{0} in {1}', option.value, name) })));
  const given = ['-var-file', '-backend-config', '-state', '-var'].flatMap((name) => use.values(name).map((value) => ({ name, value, evidence: sentence('{0} given on the command line', value) })));
  for (const { name, value, evidence } of [...more, ...given]) {
    clues.push(name === '-var' ? { kind: 'Terraform variable', name: value, evidence: sentence('{0} {1}', '-var', value) } : { kind: 'Terraform file', name: value, evidence, ...fileOf(value, directory) });
    if (name === '-var-file' && isKnown(directory) && isKnown(value)) clues.push(...variableClues(resolvePath(directory, value), world));
  }
  if (!isKnown(directory)) return clues;
  clues.push(...directoryClues(directory, world), ...backendClues(directory, data, world));
  for (const name of ['terraform.tfvars', 'terraform.auto.tfvars']) clues.push(...variableClues(resolvePath(directory, name), world));
  return clues;
};

/** `-var-file=prod.tfvars -var env=prod`, as TF_CLI_ARGS has it. */
function optionsIn(text: string): readonly { readonly name: string; readonly value: string }[] {
  const words = text.split(/\s+/);
  return words.flatMap((word, at) => {
    const match = /^--?(var-file|backend-config|state|var)(?:=(.*))?$/.exec(word);
    const value = match?.[2] ?? words[at + 1];
    return match && value !== undefined ? [{ name: `-${match[1] ?? ''}`, value: value.replace(/^(["'])(.*)\1$/, '$2') }] : [];
  });
}

/** Where the state lies: as `init` noted it, else as the configuration says. */
function backendClues(directory: string, data: string, world: World): readonly Clue[] {
  const noted = field(jsonAt(`${data}/terraform.tfstate`, world), 'backend', 'config');
  if (noted !== undefined) return PLACES.flatMap((key) => clueOf(key, stringAt(noted, key) ?? stringAt(field(noted, 'workspaces'), key), '.terraform/terraform.tfstate', `${data}/terraform.tfstate`));
  return USUAL.flatMap((file) => {
    const text = textAt(`${directory}/${file}`, world);
    if (text === undefined || !/\b(backend|cloud|remote_state)\b/.test(text)) return [];
    const blocks = parseHcl(text).blocks.flatMap((block) => (block.type === 'terraform' ? block.blocks : [block])).filter(({ type }) => /^(backend|cloud|remote_state)$/.test(type));
    return blocks.flatMap((block) => [block, ...block.blocks]).flatMap((block) => settingsOf(block, file, `${directory}/${file}`));
  });
}

function settingsOf(block: Block, shown: string, file: string): readonly Clue[] {
  return PLACES.flatMap((key) => clueOf(key, attributeOf(block, key)?.value, shown, file));
}

function clueOf(key: string, value: string | undefined, shown: string, file: string): readonly Clue[] {
  return value === undefined || value.includes('${') ? [] : [{ kind: 'Terraform backend', name: value, evidence: sentence('{0} of the backend in {1}', key, shown), file }];
}

function variableClues(path: string, world: World): readonly Clue[] {
  const text = textAt(path, world);
  if (text === undefined || path.endsWith('.json')) return [];
  const shown = path.slice(path.lastIndexOf('/') + 1);
  return parseHcl(text).attributes.flatMap(({ name, value }) => (TELLING.test(name) && /^[\w.:/-]{1,200}$/.test(value) ? [{ kind: 'Terraform variable', name: value, evidence: sentence('{0} in {1}', name, shown), file: path }] : []));
}

/** The stack of Pulumi: given, or the one that was selected for the project. */
export const pulumi: Source = (around) => {
  const { use, world, env } = around;
  const given = [...PULUMI_STACK_OPTIONS(around), ...PULUMI_STACK_VARIABLES(around), ...use.rest(2).map((name) => ({ kind: 'Pulumi stack', name, evidence: sentence('names {0}', name) }))];
  const { cwd } = use.invocation;
  if (given.length > 0 || !isKnown(cwd)) return given;
  const start = resolvePath(cwd, use.value('-C --cwd') ?? '.');
  for (let at = start, left = 16; left > 0 && at.startsWith('/'); at = parentOf(at), left -= 1) {
    for (const file of ['Pulumi.yaml', 'Pulumi.yml']) {
      const text = textAt(resolvePath(at, file), world);
      if (text === undefined) continue;
      const path = resolvePath(at, file);
      // The file that Pulumi itself keeps its choice in. https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/workspace.go
      const chosen = `${env('PULUMI_HOME') ?? `${world.home}/.pulumi`}/workspaces/${projectName(text)}-${createHash('sha1').update(path).digest('hex')}-workspace.json`;
      const name = stringAt(jsonAt(chosen, world), 'stack');
      return name === undefined ? [] : [{ kind: 'Pulumi stack', name, evidence: sentence('the stack that is selected in {0}', shownPath(chosen, world.home)) }];
    }
    if (at === '/') break;
  }
  return [];
};

function projectName(text: string): string {
  try {
    return (isTooDeep(text) ? undefined : stringAt(parse(text) as unknown, 'name')) ?? '';
  } catch {
    return '';
  }
}
