import { addressOf, attributeOf, blocksBelow, parseTerraform } from '../files/hcl.js';
import type { Attribute, Block } from '../files/hcl.js';
import type { FileRule, SourceFile } from '../files/gather.js';
import { PROTECTING } from '../files/terraform-files.js';
import { sentence } from '../say.js';
import { loss } from './fact.js';
import type { Fact, FactReader } from './fact.js';

const RESOURCE: FileRule = { id: 'terraform-file/resource-removed', severity: 'high', effect: 'destroy', reversible: 'no', message: '{0} is no longer in this file: the next apply destroys it.', safer: 'Add a moved block when it was renamed, or a removed block with lifecycle { destroy = false } to keep it.' };
const PREVENT = loss('terraform-file/prevent-destroy-lost', 'high', '{0} loses prevent_destroy: Terraform may destroy it.', 'Keep prevent_destroy = true, and lift it in a change of its own.');
const PROTECTION = loss('terraform-file/deletion-protection-lost', 'high', '{0} loses its deletion protection.', 'Keep it, and turn it off in a change of its own right before the deletion.');
const BACKUPS = loss('terraform-file/backups-lost', 'medium', '{0} keeps its backups or versions for a shorter time, or not at all.', 'Keep at least as much as before.');

const KEEPING = /(^|_)(backup|backups|retention|retained|recovery_window|soft_delete|snapshot_retention)(_|$)/;
const VERSIONS = /^(versioning|versioning_configuration|point_in_time_recovery|backup_configuration|backup_policy)$/;
const SWITCH = /^(enabled|point_in_time_recovery_enabled|status)$/;

/** What Terraform files protect, by the address of the resource; renamed ones count as the same. */
export const terraformFacts: FactReader = (file, after) => {
  const { text } = file;
  const renamed = renames(after);
  const root = parseTerraform(file);
  const facts: Fact[] = [];
  for (const { block, around } of blocksBelow(root)) {
    const outer = around[0] ?? block;
    if (outer.type === 'variable' || outer.type === 'output' || outer.type === 'removed' || outer.type === 'moved') continue;
    const written = addressOf(outer);
    const address = renamed.get(written) ?? written;
    if (block.type === 'resource' && around.length === 0) facts.push({ key: `resource ${address}`, span: { start: block.span.start, end: endOfLine(text, block.span.start) }, rule: RESOURCE, values: [written] });
    const path = [address, ...around.slice(1).map(({ type }) => type), ...(around.length > 0 ? [block.type] : [])].join('/');
    for (const attribute of block.attributes) {
      const fact = factOf(attribute, block);
      if (fact) facts.push({ ...fact, key: `${path}/${attribute.name}`, span: attribute.span, values: [written] });
    }
  }
  for (const attribute of root.attributes) {
    const fact = factOf(attribute, root);
    if (fact) facts.push({ ...fact, key: attribute.name, span: attribute.span, values: [sentence('This file')] });
  }
  return facts;
};

function factOf({ name, value }: Attribute, block: Block): Pick<Fact, 'rule' | 'level'> | undefined {
  const on = value === 'true' || value === '1';
  if (name === 'prevent_destroy') return on ? { rule: PREVENT } : undefined;
  if (PROTECTING.test(name)) return on || /^(ACTIVE|ENABLED|PROTECTED|DELETE_PROTECTION_ENABLED|PREVENT|ABANDON)$/i.test(value) ? { rule: PROTECTION } : undefined;
  if (KEEPING.test(name) && /^[1-9]\d{0,8}$/.test(value)) return { rule: BACKUPS, level: Number(value) };
  if (VERSIONS.test(block.type) && SWITCH.test(name) && (on || /^(Enabled|ENABLED)$/.test(value))) return { rule: BACKUPS };
  return undefined;
}

/** Old address to new address, as the `moved` blocks of the file say; forgotten resources keep their name. */
function renames(after: SourceFile | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const block of after ? parseTerraform(after).blocks : []) {
    const from = attributeOf(block, 'from')?.value;
    const to = attributeOf(block, 'to')?.value;
    if (block.type === 'moved' && from !== undefined && to !== undefined) found.set(from, to);
  }
  return found;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
