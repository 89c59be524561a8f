import { sentence } from '../say.js';
import { defineTool } from './rule.js';
import type { Rule } from './rule.js';

const VALUES = '-var -var-file -target -replace -state -state-out -backup -backend-config -parallelism -lock-timeout -chdir -out -from-module -plugin-dir -config --terragrunt-working-dir --terragrunt-config --queue-include-dir -working-dir';

const RULES: readonly Rule[] = [
  {
    id: 'terraform/destroy',
    title: 'Destroys every resource of a Terraform configuration',
    on: ['destroy', 'run-all destroy', 'run destroy', 'stack run destroy', 'destroy-all'],
    severity: 'critical',
    reversible: 'no',
    message: (use) => (use.has('-target') ? sentence('Destroys {0}.', use.values('-target').join(', ')) : sentence('Destroys every resource of this configuration.')),
    safer: 'terraform plan -destroy',
    examples: {
      flagged: ['terraform destroy', 'terraform -chdir=infra/prod destroy -auto-approve', 'tofu destroy', "env TF_WORKSPACE=prod sh -c 'terraform destroy'", 'terragrunt run-all destroy'],
      clear: ['terraform plan', 'terraform plan -destroy', "echo 'terraform destroy'", 'terraform destroy --help', 'terraform plan -out destroy'],
    },
  },
  {
    id: 'terraform/apply-destroy',
    title: 'Applies a destroy plan or replaces resources',
    on: ['apply|apply-all', 'run-all apply'],
    options: '-destroy -replace',
    severity: 'critical',
    reversible: 'no',
    message: (use) => (use.has('-destroy') ? sentence('Destroys every resource of this configuration.') : sentence('Destroys and makes again {0}.', use.values('-replace').join(', '))),
    safer: 'terraform plan -destroy',
    examples: {
      flagged: ['terraform apply -destroy', 'terraform apply -destroy -auto-approve', 'tofu apply -replace=aws_db_instance.main'],
      clear: ['terraform apply', 'terraform plan -destroy', 'terraform apply plan.tfplan'],
    },
  },
  {
    id: 'terraform/apply',
    title: 'Changes infrastructure',
    on: ['apply|apply-all', 'run-all apply', 'run apply'],
    unless: '-destroy -replace -refresh-only',
    when: (use) => (use.has('-auto-approve -non-interactive --terragrunt-non-interactive') ? { severity: 'medium', effect: 'destroy', message: sentence('Changes infrastructure without showing the plan to anyone; what the plan would have deleted is deleted.') } : true),
    effect: 'write',
    severity: 'low',
    reversible: 'with-effort',
    message: 'Changes infrastructure to match this configuration.',
    safer: 'terraform plan -out=plan.tfplan',
    examples: {
      flagged: ['terraform apply', 'terraform apply plan.tfplan', 'tofu apply -auto-approve', 'terragrunt apply-all'],
      clear: ['terraform plan', 'terraform validate', 'terraform plan -out=plan.tfplan'],
    },
  },
  {
    id: 'terraform/state-remove',
    title: 'Takes resources out of the state',
    on: ['state rm|mv|push|replace-provider', 'untaint', 'import'],
    when: (use) => {
      const what = use.operand(0) === 'state' ? use.operand(1) : use.operand(0);
      if (what === 'rm') return { severity: 'high', message: sentence('Makes Terraform forget {0}; what it managed stays behind.', use.rest(2).join(', ')) };
      if (what === 'push') return { severity: 'high', message: sentence('Replaces the remote state.') };
      return { severity: 'medium', effect: what === 'mv' ? 'destroy' : 'write', message: sentence('Rewrites the Terraform state.') };
    },
    severity: 'high',
    reversible: 'with-effort',
    message: 'Changes what Terraform believes it manages.',
    safer: 'terraform state pull',
    examples: {
      flagged: ['terraform state rm aws_db_instance.main', 'terraform state push backup.tfstate', 'tofu state mv a b'],
      clear: ['terraform state list', 'terraform state pull', 'terraform state show aws_db_instance.main'],
    },
  },
  {
    id: 'terraform/workspace-delete',
    title: 'Deletes a workspace and its state',
    on: ['workspace delete', 'env delete'],
    // Without a name it only says how it is used, unless somebody has already taken the safety off.
    when: (use) => use.operands.length > 2 || use.has('-force') || use.value('-lock') === 'false',
    severity: 'high',
    reversible: 'no',
    message: (use) => sentence('Deletes the workspace {0} and its state.', use.operand(2) ?? ''),
    safer: 'terraform workspace list',
    examples: {
      flagged: ['terraform workspace delete staging', 'terraform workspace delete -force old', 'tofu workspace delete x'],
      clear: ['terraform workspace list', 'terraform workspace select prod', 'terraform workspace new x'],
    },
  },
  {
    id: 'terraform/taint',
    title: 'Marks a resource to be destroyed and made again',
    on: ['taint'],
    severity: 'medium',
    reversible: 'yes',
    message: (use) => sentence('Marks {0} to be destroyed and made again by the next apply.', use.operand(1) ?? sentence('a resource')),
    safer: 'terraform plan -replace=…',
    examples: {
      flagged: ['terraform taint aws_instance.web', 'tofu taint module.db.aws_db_instance.main', 'terraform -chdir=x taint aws_instance.web'],
      clear: ['terraform show', 'terraform untaint --help', 'terraform output'],
    },
  },
  {
    id: 'terraform/force-unlock',
    title: 'Breaks the lock on the state',
    on: ['force-unlock'],
    when: (use) => use.operands.length > 1 || use.has('-force'),
    severity: 'medium',
    reversible: 'no',
    message: 'Breaks the lock on the state while somebody else may be writing it.',
    safer: 'Ask whoever holds the lock.',
    examples: {
      flagged: ['terraform force-unlock abc-123', 'terraform force-unlock -force abc-123', 'tofu force-unlock x'],
      clear: ['terraform plan -lock-timeout=5m', 'terraform version', 'terraform providers'],
    },
  },
];

export const terraformTool = defineTool({
  names: ['terraform', 'tofu', 'terragrunt', 'tf', 'opentofu'],
  grammar: { values: VALUES, singleDash: true },
  harmless: '-help -h -version -dry-run',
  reads: ['plan|validate|show|output|providers|version|graph|console|test|metadata|login|logout|get', 'state list|show|pull', 'workspace list|show', 'run-all plan', 'hclfmt', 'init', 'render-json', 'output-module-groups'],
  writes: ['workspace select|new', 'fmt', 'get', 'init', 'refresh'],
  otherwise: 'write',
  rules: RULES,
});
