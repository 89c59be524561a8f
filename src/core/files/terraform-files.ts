import { asSentence, sentence } from '../say.js';
import { HOLE } from '../shell/program.js';
import type { FileRule, Gather } from './gather.js';
import { addressOf, attributeOf, blocksBelow, parseTerraform } from './hcl.js';
import type { Attribute, Block } from './hcl.js';
import { Passage, PassageBuilder } from './passage.js';
import { jsonPassage } from './scalars.js';

type When = (attribute: Attribute, block: Block, around: readonly Block[]) => boolean;

const isFalse = (value: string): boolean => /^(false|0)$/.test(value);
/** Some providers have a state where others have a switch. */
const isOff = (value: string): boolean => isFalse(value) || /^(INACTIVE|DISABLED|OFF|UNPROTECTED|DELETE_PROTECTION_DISABLED|DELETE)$/i.test(value);
const isTrue = (value: string): boolean => /^(true|1)$/.test(value);
const named = (names: RegExp, test: (value: string) => boolean): When => ({ name, value }) => names.test(name) && test(value);

/** Switches that keep a resource from being deleted, as the providers call them. */
export const PROTECTING = /^(deletion_protection|deletion_protection_enabled|enable_deletion_protection|is_deletion_protection_enabled|deletion_protected|is_delete_protected|deletion_protection_policy|termination_protection|termination_protection_enabled|enable_termination_protection|disable_api_termination|disable_api_stop|delete_protection|delete_protection_enabled|delete_protection_state|enable_delete_protection|rebuild_protection|purge_protection_enabled|prevent_deletion|prevent_deletion_if_contains_resources|deletion_policy|locked)$/;

/** What one attribute says, as data. The first rule that fits an attribute speaks for it. */
const RULES: readonly { readonly rule: FileRule; readonly when: When }[] = [
  rule('terraform-file/deletion-protection-off', 'high', 'Turns deletion protection off: the next destroy or replacement goes through.', 'Leave it on, and turn it off in a change of its own right before the deletion.',
    named(PROTECTING, isOff)),
  rule('terraform-file/force-destroy', 'high', 'Lets a destroy delete everything inside as well.', 'Leave it off, and empty it by hand when the time comes.',
    named(/^(force_destroy|force_delete|force_destroy_all|delete_contents_on_destroy|force_delete_reservations|force_detach_policies|delete_automated_backups|purge_soft_delete_on_destroy|purge_soft_deleted_\w+_on_destroy|skip_destroy_protection|permanently_delete_on_destroy|force_overwrite_replica_secret|force_delete_without_recovery|force_delete_on_destroy|purge_on_delete|delete_data_on_destroy|wipe_on_destroy|auto_delete_objects)$/, isTrue)),
  rule('terraform-file/no-final-snapshot', 'high', 'A destroy keeps no last snapshot.', 'Set it to false and name the snapshot.', named(/^(skip_final_snapshot|skip_final_backup|skip_final_snapshot_before_deletion)$/, isTrue)),
  rule('terraform-file/prevent-destroy-off', 'high', 'Allows Terraform to destroy this resource.', 'Keep prevent_destroy = true, and lift it in a change of its own.', named(/^prevent_destroy$/, isFalse)),
  rule('terraform-file/count-zero', 'high', 'Leaves none of it: the next apply destroys what exists.', 'Plan first, and say in the change what goes away.',
    (attribute, block, around) => around.length === 0 && /^(resource|module)$/.test(block.type) && ((attribute.name === 'count' && attribute.value === '0') || (attribute.name === 'for_each' && /^(\{\s*\}|\[\s*\]|toset\(\s*\[\s*\]\s*\)|tomap\(\s*\{\s*\}\s*\))$/.test(attribute.value)))),
  rule('terraform-file/no-backups', 'medium', 'Keeps no backups.', 'Keep at least a few days.', named(/^(backup_retention_period|backup_retention_days|snapshot_retention_limit|automatic_failover_retention|retained_backups|automated_snapshot_retention_period|backup_retention_interval_in_hours|data_retention_time_in_days|snapshot_retention_period)$/, (value) => value === '0')),
  rule('terraform-file/no-recovery-window', 'medium', 'Deletes at once, with no days to change one\'s mind.', 'Keep a recovery window.', named(/^(recovery_window_in_days|soft_delete_retention_days|soft_delete_retention_seconds)$/, (value) => value === '0')),
  rule('terraform-file/backups-off', 'medium', 'Turns versions or backups off.', 'Leave them on.',
    ({ name, value }, block) => /^(versioning|versioning_configuration|point_in_time_recovery|backup_configuration|backup_policy|delete_retention_policy|soft_delete_policy)$/.test(block.type) && ((/^(enabled|point_in_time_recovery_enabled)$/.test(name) && isFalse(value)) || (name === 'status' && /^(Suspended|Disabled|DISABLED)$/.test(value)))),
];

const REMOVED: FileRule = { id: 'terraform-file/removed-block', severity: 'high', effect: 'destroy', reversible: 'no', message: 'Takes a resource out of the configuration: the next apply destroys it.', safer: 'Add lifecycle { destroy = false } to forget it without destroying it.' };
const PROVISIONER: FileRule = { id: 'terraform-file/destroy-provisioner', severity: 'low', effect: 'destroy', reversible: 'with-effort', message: 'Runs a command when the resource is destroyed.', safer: 'Look at what the command does.' };

/** Terraform, OpenTofu and Terragrunt: what an apply or a destroy may take, and the commands that they run. */
export function readTerraform(gather: Gather): void {
  const { path } = gather.file;
  const root = parseTerraform(gather.file);
  if (/\.tfvars(\.json)?$/.test(path)) for (const attribute of root.attributes) judge(gather, attribute, root, []);
  for (const attribute of root.attributes) if (attribute.name === 'prevent_destroy') judge(gather, attribute, root, []);
  for (const { block, around } of blocksBelow(root)) {
    const [outer] = around;
    const lifecycle = block.blocks.find(({ type }) => type === 'lifecycle');
    if (block.type === 'removed' && around.length === 0) {
      const from = attributeOf(block, 'from')?.value ?? sentence('a resource');
      const kept = isFalse(attributeOf(lifecycle, 'destroy')?.value ?? '');
      gather.rule(REMOVED, block.span, kept ? { severity: 'low', message: sentence('Forgets {0} without destroying it.', from) } : { message: sentence('Takes {0} out of the configuration: the next apply destroys it.', from) });
    }
    if (block.type === 'provisioner') provisioner(gather, block);
    if (outer?.type !== 'variable' && block.type !== 'variable' && block.type !== 'output') for (const attribute of block.attributes) judge(gather, attribute, block, around);
    if (/^(before_hook|after_hook|error_hook)$/.test(block.type)) hook(gather, attributeOf(block, 'execute'));
  }
}

function judge(gather: Gather, attribute: Attribute, block: Block, around: readonly Block[]): void {
  const found = RULES.find(({ when }) => when(attribute, block, around));
  if (!found) return;
  const owner = [...around, block].find(({ type }) => type === 'resource' || type === 'module');
  gather.rule(found.rule, attribute.span, owner ? { message: sentence('{0}: {1}', addressOf(owner), asSentence(found.rule.message)) } : {});
}

function provisioner(gather: Gather, block: Block): void {
  const { text } = gather.file;
  const onDestroy = attributeOf(block, 'when');
  if (onDestroy?.value === 'destroy') gather.rule(PROVISIONER, onDestroy.span);
  const remote = block.labels[0] === 'remote-exec';
  const via = [`provisioner ${block.labels[0] ?? ''}`.trim()];
  for (const name of ['command', 'inline']) {
    const attribute = attributeOf(block, name);
    if (!attribute) continue;
    for (const passage of stringsIn(text, attribute)) gather.shell(passage, { via, elsewhere: remote });
  }
}

/** `execute = ["terraform", "destroy"]`. */
function hook(gather: Gather, attribute: Attribute | undefined): void {
  if (!attribute) return;
  const builder = new PassageBuilder(gather.file.text);
  for (const passage of stringsIn(gather.file.text, attribute)) {
    const { start } = passage.span;
    if (builder.length > 0) builder.put(' ', start, start);
    builder.append(passage);
  }
  gather.shell(builder.build(), { via: ['hook'] });
}

/** The texts of a value: a string, a heredoc, or the strings of a list. */
function stringsIn(text: string, { valueSpan }: Attribute): readonly Passage[] {
  const { start, end } = valueSpan;
  const value = text.slice(start, end);
  const filled = (passage: Passage): Passage => passage.replace(text, /[$%]\{[^{}]{0,512}\}/g, () => HOLE);
  if (value.startsWith('<<')) {
    const first = value.indexOf('\n');
    const last = value.lastIndexOf('\n');
    return first < 0 ? [] : [filled(Passage.of(text, start + first + 1, start + Math.max(first + 1, last)))];
  }
  const found: Passage[] = [];
  for (const match of value.matchAll(/"(?:[^"\\\n]|\\.)*"/g)) found.push(filled(jsonPassage(text, start + match.index, match[0].length)));
  return found;
}

function rule(id: string, severity: FileRule['severity'], message: string, safer: string, when: When): { readonly rule: FileRule; readonly when: When } {
  return { rule: { id, severity, effect: 'destroy', reversible: 'no', message, safer }, when };
}
