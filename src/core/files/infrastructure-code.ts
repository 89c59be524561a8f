import type { Masked } from '../languages/mask.js';
import type { FileRule, Gather } from './gather.js';

const rule = (id: string, severity: FileRule['severity'], message: string, safer: string): FileRule => ({ id: `infrastructure-code/${id}`, severity, effect: 'destroy', reversible: 'no', message, safer });

/** Only files that use one of these mean what they say about protection. In one expression, for every file of code is asked. */
const USES = /aws[-_]cdk|cdktf|pulumi|constructs|\bsst\b/;

/** `name: value`, `name=value` or a call, in CDK, CDK for Terraform and Pulumi. Case and underscores are the language's own. */
const SIGNS: readonly { readonly rule: FileRule; readonly pattern: RegExp }[] = [
  {
    rule: rule('removal-policy-destroy', 'medium', 'Deletes it, with what is in it, together with its stack.', 'Use RemovalPolicy.RETAIN or SNAPSHOT.'),
    pattern: /(?:\b(?:removalPolicy|removal_policy)\s{0,4}[:=]\s{0,4}|\b(?:applyRemovalPolicy|apply_removal_policy)\(\s{0,8})(?:\w{1,32}\.){0,3}RemovalPolicy\.DESTROY\b/g,
  },
  {
    rule: rule('auto-delete', 'high', 'Empties it on its own when its stack is deleted.', 'Leave it off, and empty it by hand when the time comes.'),
    pattern: /\b(?:autoDeleteObjects|auto_delete_objects|autoDeleteImages|auto_delete_images|emptyOnDelete|empty_on_delete|forceDestroy|force_destroy|forceDelete|force_delete)\s{0,4}[:=]\s{0,4}[Tt]rue\b/g,
  },
  {
    rule: rule('protection-off', 'high', 'Turns deletion protection off: the next deletion or replacement goes through.', 'Leave it on, and turn it off in a change of its own right before the deletion.'),
    pattern: /\b(?:deletionProtection|deletion_protection|deletionProtectionEnabled|deletion_protection_enabled|enableDeletionProtection|enable_deletion_protection|terminationProtection|termination_protection|preventDestroy|prevent_destroy|protect)\s{0,4}[:=]\s{0,4}[Ff]alse\b/g,
  },
  {
    rule: rule('no-final-snapshot', 'high', 'A deletion keeps no last snapshot.', 'Leave it off and name the snapshot.'),
    pattern: /\b(?:skipFinalSnapshot|skip_final_snapshot)\s{0,4}[:=]\s{0,4}[Tt]rue\b/g,
  },
];

/** What protects, for comparing two versions of a file. */
export const PROTECTIONS = /\b(?:(?:removalPolicy|removal_policy)\s{0,4}[:=]\s{0,4}(?:\w{1,32}\.){0,3}RemovalPolicy\.(?:RETAIN|SNAPSHOT)|(?:deletionProtection|deletion_protection|deletionProtectionEnabled|deletion_protection_enabled|enableDeletionProtection|enable_deletion_protection|terminationProtection|termination_protection|preventDestroy|prevent_destroy|protect|retainOnDelete|retain_on_delete)\s{0,4}[:=]\s{0,4}[Tt]rue)\b/g;

/** Reports what code that describes infrastructure says about losing it. */
export function readInfrastructure(gather: Gather, masked: Masked): void {
  for (const { rule: found, pattern } of SIGNS) {
    for (const match of masked.code.matchAll(pattern)) gather.rule(found, { start: masked.sourceAt(match.index), end: masked.sourceAt(match.index + match[0].length - 1) + 1 });
  }
}

/** Whether code uses a library that describes infrastructure. */
export function describesInfrastructure(text: string): boolean {
  return USES.test(text);
}
