import { cases } from './cases.js';

const tf = (body: string): string => `resource "aws_db_instance" "main" {\n  name = "x"\n${body}\n}\n`;
const OFF = 'terraform-file/deletion-protection-off';

describe('Terraform in other spellings', () => {
  cases(
    [
      ['other switches', 'main.tf', tf('  «enable_deletion_protection = false»\n  «delete_protection_state = "DELETE_PROTECTION_DISABLED"»\n  «termination_protection_enabled = false»'), [OFF, OFF, OFF]],
      ['what deletes at once', 'main.tf', tf('  «recovery_window_in_days = 0»\n  «force_delete = true»'), ['terraform-file/no-recovery-window', 'terraform-file/force-destroy']],
      ['a provider that may delete', 'main.tf', 'provider "azurerm" {\n  features {\n    resource_group {\n      «prevent_deletion_if_contains_resources = false»\n    }\n  }\n}\n', [OFF]],
      ['for_each over an empty map', 'main.tf', tf('  «for_each = {}»'), ['terraform-file/count-zero']],
      ['JSON', 'main.tf.json', '{"resource":{"aws_db_instance":{"main":{«"skip_final_snapshot": true»,"lifecycle":{«"prevent_destroy": false»}}}}}', ['terraform-file/no-final-snapshot', 'terraform-file/prevent-destroy-off']],
      ['JSON that leaves nothing', 'x.tf.json', '{"module":{"a":{«"for_each": {}»}},"resource":[{"x_y":{"z":[{«"count": 0»}]}}]}', ['terraform-file/count-zero', 'terraform-file/count-zero']],
      ['a removed block in JSON', 'x.tofu.json', '{"removed":[«{"from":"aws_s3_bucket.x"}»]}', ['terraform-file/removed-block']],
      ['a command in JSON', 'x.tf.json', '{"resource":{"null_resource":{"x":{"provisioner":[{"local-exec":{"command":"«rm -rf /srv»"}}]}}}}', ['filesystem/remove-recursive']],
    ],
    [
      ['JSON that protects', 'main.tf.json', '{"resource":{"aws_db_instance":{"main":{"deletion_protection":true,"lifecycle":{"prevent_destroy":true}}}},"variable":{"force_destroy":{"default":true}}}'],
      ['numbers of variables', 'x.tfvars.json', '{"count":0}'],
      ['a broken file', 'x.tf.json', '{"resource":{"a":'],
    ],
  );
});

const template = (body: string, type = 'AWS::RDS::DBInstance'): string => `AWSTemplateFormatVersion: 2010-09-09\nResources:\n  Main:\n    Type: ${type}\n${body}`;

describe('CloudFormation templates', () => {
  cases(
    [
      ['what goes with its stack', 'a.yaml', template('    «DeletionPolicy: Delete»\n'), ['cloudformation-file/deletion-policy-delete']],
      ['what goes when it is replaced', 'a.yml', template('    «UpdateReplacePolicy: Delete»\n', 'AWS::DynamoDB::Table'), ['cloudformation-file/replace-policy-delete']],
      ['protection that is off', 'x.template', template('    Properties:\n      «DeletionProtection: false»\n'), ['cloudformation-file/deletion-protection-off']],
      ['no backups', 'a.yaml', template('    Properties:\n      «BackupRetentionPeriod: 0»\n'), ['cloudformation-file/no-backups']],
      ['JSON', 'stack.template.json', '{"Resources":{"B":{"Type":"AWS::S3::Bucket",«"DeletionPolicy":"Delete"»}}}', ['cloudformation-file/deletion-policy-delete']],
      ['Serverless', 'serverless.yml', 'service: x\nresources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n      «DeletionPolicy: Delete»\n', ['cloudformation-file/deletion-policy-delete']],
    ],
    [
      ['what is kept', 'a.yaml', template('    DeletionPolicy: Snapshot\n    UpdateReplacePolicy: Retain\n    Properties: {DeletionProtection: true, X: !Ref Y}\n')],
      ['what holds nothing', 'a.yaml', template('    DeletionPolicy: Delete\n', 'AWS::IAM::Role')],
      ['another file', 'a.yaml', 'Resources:\n  Main:\n    DeletionPolicy: Delete\n'],
    ],
  );
});

describe('infrastructure in code', () => {
  const cdk = (line: string): string => `import * as s3 from 'aws-cdk-lib/aws-s3';\nnew s3.Bucket(this, 'B', {\n  ${line},\n});\n`;
  cases(
    [
      ['RemovalPolicy.DESTROY', 'stack.ts', cdk('«removalPolicy: cdk.RemovalPolicy.DESTROY»'), ['infrastructure-code/removal-policy-destroy']],
      ['a bucket that empties itself', 'stack.ts', cdk('«autoDeleteObjects: true»'), ['infrastructure-code/auto-delete']],
      ['protection that is off', 'stack.ts', cdk('«deletionProtection: false»'), ['infrastructure-code/protection-off']],
      ['Python', 'stack.py', 'from aws_cdk import RemovalPolicy\nBucket(self, "B", «auto_delete_objects=True», «removal_policy=RemovalPolicy.DESTROY»)\n', ['infrastructure-code/auto-delete', 'infrastructure-code/removal-policy-destroy']],
      ['Pulumi', 'index.ts', 'import * as aws from "@pulumi/aws";\nnew aws.rds.Instance("x", { «skipFinalSnapshot: true» }, { «protect: false» });\n', ['infrastructure-code/no-final-snapshot', 'infrastructure-code/protection-off']],
    ],
    [
      ['what is kept', 'stack.ts', cdk('removalPolicy: cdk.RemovalPolicy.RETAIN, deletionProtection: true')],
      ['comments and texts', 'stack.ts', cdk("// removalPolicy: RemovalPolicy.DESTROY\n  description: 'autoDeleteObjects: true'")],
      ['other code', 'x.ts', 'const options = { protect: false, forceDelete: true };\n'],
    ],
  );
});

describe('kustomizations', () => {
  cases(
    [['a patch that deletes', 'kustomization.yaml', 'resources: [a.yaml]\npatches:\n  - patch: |-\n      «$patch: delete»\n      kind: Deployment\n', ['kubernetes-file/patch-delete']]],
    [['a patch that changes', 'kustomization.yaml', 'resources: [a.yaml]\npatches:\n  - patch: |-\n      kind: Deployment\n']],
  );
});
