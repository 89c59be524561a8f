import { asSentence, sentence } from '../say.js';
import type { FileRule, Gather } from './gather.js';
import { documentsOf, entriesOf, entryOf, fieldOf, textOf } from './yaml-tree.js';
import type { Entry } from './yaml-tree.js';

const fileRule = (id: string, severity: FileRule['severity'], message: string, safer: string): FileRule => ({ id: `cloudformation-file/${id}`, severity, effect: 'destroy', reversible: 'no', message, safer });

const POLICY = fileRule('deletion-policy-delete', 'high', 'Deletes it, with what is in it, when it leaves the stack or the stack is deleted.', 'Use DeletionPolicy: Retain or Snapshot.');
const REPLACE = fileRule('replace-policy-delete', 'high', 'Deletes the old one, with what is in it, when an update replaces it.', 'Use UpdateReplacePolicy: Retain or Snapshot.');
const PROTECTION = fileRule('deletion-protection-off', 'high', 'Turns deletion protection off: the next deletion or replacement goes through.', 'Leave it on, and turn it off in a change of its own right before the deletion.');
const BACKUPS = fileRule('no-backups', 'medium', 'Keeps no backups.', 'Keep at least a few days.');

/** Types whose deletion takes data with it. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html */
export const HOLDS_DATA = /^AWS::(S3::Bucket|S3Express::DirectoryBucket|RDS::(DBInstance|DBCluster|GlobalCluster)|DynamoDB::(Table|GlobalTable)|Serverless::SimpleTable|EFS::FileSystem|FSx::FileSystem|EC2::Volume|ElastiCache::(CacheCluster|ReplicationGroup|ServerlessCache)|MemoryDB::Cluster|Neptune::DBCluster|DocDB::DBCluster|Redshift::Cluster|RedshiftServerless::Namespace|OpenSearchService::Domain|Elasticsearch::Domain|OpenSearchServerless::Collection|Kinesis::Stream|MSK::Cluster|QLDB::Ledger|Timestream::(Database|Table)|Cassandra::(Keyspace|Table)|Cognito::UserPool|KMS::Key|SecretsManager::Secret|ECR::Repository|Backup::BackupVault|Logs::LogGroup|SQS::Queue|Route53::HostedZone)$/;
/** Switches that keep a resource from being deleted, as their services call them. */
export const PROTECTING = /^(DeletionProtection|DeletionProtectionEnabled|EnableTerminationProtection|DisableApiTermination|TerminationProtected)$/;

/** The resources of a template, also of one inside `serverless.yml`. */
export function resourcesOf(root: unknown): readonly Entry[] {
  return [fieldOf(root, 'Resources'), fieldOf(root, 'resources', 'Resources')].flatMap(entriesOf);
}

/** CloudFormation, SAM and the templates that CDK writes: what leaves with a stack, and what no longer protects it. */
export function readCloudFormation(gather: Gather): void {
  for (const root of documentsOf(gather.file.text)) {
    for (const { key: name, value: resource } of resourcesOf(root)) {
      const type = textOf(fieldOf(resource, 'Type')) ?? '';
      const report = (rule: FileRule, entry: Entry | undefined, holds: boolean): void => {
        if (entry && holds) gather.rule(rule, entry.span, { message: sentence('{0} ({1}): {2}', name, type, asSentence(rule.message)) });
      };
      for (const [key, rule] of [['DeletionPolicy', POLICY], ['UpdateReplacePolicy', REPLACE]] as const) {
        const entry = entryOf(resource, key);
        report(rule, entry, HOLDS_DATA.test(type) && textOf(entry?.value) === 'Delete');
      }
      for (const entry of entriesOf(fieldOf(resource, 'Properties'))) {
        const value = textOf(entry.value) ?? '';
        report(PROTECTION, entry, PROTECTING.test(entry.key) && /^(false|INACTIVE|0)$/i.test(value));
        report(BACKUPS, entry, (/^(BackupRetentionPeriod|SnapshotRetentionLimit|AutomatedSnapshotRetentionPeriod)$/.test(entry.key) && value === '0') || (entry.key === 'DeleteAutomatedBackups' && value === 'true'));
      }
    }
  }
}
