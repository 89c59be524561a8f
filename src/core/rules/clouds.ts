import { sentence } from '../say.js';
import type { Rule, Tool } from './rule.js';
import { judgeVerb, verbTool } from './verbs.js';
import type { Use } from './use.js';

const S3: Rule = {
  id: 'aws/s3-delete',
  title: 'Deletes objects or buckets',
  on: ['s3 rm|rb|sync|mv', 's3api put-bucket-lifecycle*|delete-*|put-bucket-versioning'],
  when: (use) => {
    const what = use.operand(1);
    if (what === 'sync') return use.has('--delete') ? { message: sentence('Deletes every object below {0} that the source does not have.', use.operand(3) ?? sentence('the destination')) } : false;
    if (what === 'mv') return use.has('--recursive') ? { severity: 'medium', reversible: 'with-effort' } : false;
    if (what === 'rb') return { severity: 'critical', message: sentence('Deletes the bucket {0}.', use.operand(2) ?? '') };
    if (what === 'rm') return use.has('--recursive') ? { severity: 'critical', message: sentence('Deletes every object below {0}.', use.operand(2) ?? '') } : { severity: 'medium', message: sentence('Deletes {0}.', use.operand(2) ?? sentence('an object')) };
    return what?.startsWith('delete-') ? {} : { severity: 'medium', message: sentence('Changes how long objects are kept.') };
  },
  severity: 'high',
  reversible: 'no',
  message: 'Deletes objects.',
  safer: 'aws s3 rm --dryrun …',
  examples: {
    flagged: ['aws s3 rm s3://bucket --recursive', 'aws s3 rb --force s3://shop-images', 'aws s3 sync . s3://site --delete', 'aws --profile prod s3 rm s3://b/k'],
    clear: ['aws s3 ls', 'aws s3 cp a s3://b/', 'aws s3 rm s3://b --recursive --dryrun', 'aws s3 sync . s3://site'],
  },
};

const AWS_CRITICAL: Rule = {
  id: 'aws/irreversible',
  title: 'Takes away protection or schedules a deletion',
  on: ['kms schedule-key-deletion|disable-key', '* modify-db-instance|modify-db-cluster', 'ec2 modify-instance-attribute', 'elbv2 modify-load-balancer-attributes', 'organizations leave-organization|close-account', 'ec2 release-address|revoke-security-group-*', 'route53 change-resource-record-sets', 'rds modify-*', 'iam detach-*|remove-*|delete-*', 'dynamodb update-table|batch-write-item', 'autoscaling update-auto-scaling-group|set-desired-capacity', 'ecs update-service', 'cloudtrail stop-logging', 'guardduty disassociate-*', 'logs put-retention-policy', 'elasticbeanstalk terminate-environment|abort-*', 'secretsmanager *', 'elbv2 deregister-targets', 'sqs purge-queue', 'glacier abort-*', 'cloudfront update-distribution', 'lambda remove-permission|put-function-concurrency', 'elasticache reboot-*', '* put-public-access-block'],
  when: (use) => {
    const what = use.operand(1) ?? '';
    const all = use.invocation.args.map((word) => word.text).join(' ');
    if (what === 'put-function-concurrency') return /--reserved-concurrent-executions[ =]0\b/.test(all) ? { severity: 'high', reversible: 'yes', message: sentence('Lets the function run no more.') } : false;
    if (what === 'put-public-access-block') return /=false\b|:\s*false\b/.test(all) ? { severity: 'high', reversible: 'yes', message: sentence('Takes away what keeps a bucket from being public.') } : false;
    if (what.startsWith('modify') || what.startsWith('update')) {
      if (/--no-deletion-protection|--no-disable-api-termination|"?Value"?\s*[=:]\s*false.*[Tt]ermination|deletion_protection\.enabled"?,\s*"?Value"?\s*[=:]\s*"?false|--backup-retention-period[ =]0/.test(all)) return { message: sentence('Takes away the protection against deletion.') };
      return /--desired-(count|capacity)[ =]0\b|--(min|max)-size[ =]0\b/.test(all) ? { severity: 'high', reversible: 'yes', message: sentence('Scales it down to nothing.') } : false;
    }
    if (what === 'change-resource-record-sets') return /DELETE/.test(all) ? { message: sentence('Deletes DNS records.') } : { severity: 'low', effect: 'write', reversible: 'with-effort', message: sentence('Changes DNS records.') };
    if (what === 'batch-write-item') return /DeleteRequest/.test(all);
    if (use.operand(0) === 'secretsmanager') return /^(delete|remove|cancel-rotate|stop-replication)/.test(what);
    if (what === 'put-retention-policy') return { severity: 'medium' };
    return true;
  },
  severity: 'critical',
  reversible: 'no',
  message: (use) => sentence('Does {0}, which cannot simply be undone.', use.rest(0).slice(0, 2).join(' ')),
  safer: 'aws … describe-…',
  examples: {
    flagged: ['aws kms schedule-key-deletion --key-id x', 'aws rds modify-db-instance --db-instance-identifier x --no-deletion-protection', 'aws ecs update-service --service x --desired-count 0', 'aws lambda put-function-concurrency --function-name f --reserved-concurrent-executions 0', 'aws s3api put-public-access-block --bucket b --public-access-block-configuration BlockPublicAcls=false', 'aws elbv2 modify-load-balancer-attributes --load-balancer-arn a --attributes Key=deletion_protection.enabled,Value=false', 'aws route53 change-resource-record-sets --hosted-zone-id Z --change-batch \'{"Changes":[{"Action":"DELETE"}]}\''],
    clear: ['aws kms list-keys', 'aws rds describe-db-instances', 'aws ecs update-service --service x --desired-count 2 --dry-run', 'aws lambda get-function-concurrency --function-name f', 'aws s3api get-public-access-block --bucket b', 'aws secretsmanager get-secret-value --secret-id x'],
  },
};

const INVALIDATE: Rule = {
  id: 'aws/invalidate-cache',
  title: 'Empties the cache of a distribution',
  on: 'cloudfront create-invalidation',
  when: (use) => use.invocation.args.some(({ text }) => /(^|[=\s,])\/?\*$/.test(text)),
  severity: 'medium',
  reversible: 'yes',
  message: 'Empties the whole cache of a distribution; every request then reaches the origin.',
  safer: 'Name the paths that changed.',
  examples: {
    flagged: ["aws cloudfront create-invalidation --distribution-id E1 --paths '/*'", 'aws cloudfront create-invalidation --distribution-id E1 --paths "*"', "aws --profile x cloudfront create-invalidation --distribution-id E1 --paths='/*'"],
    clear: ['aws cloudfront create-invalidation --distribution-id E1 --paths /index.html', 'aws cloudfront list-invalidations --distribution-id E1', 'aws cloudfront get-distribution --id E1'],
  },
};

const awsSafe = (use: Use): boolean => use.operand(0) === 's3' || use.operand(0) === 's3api' || use.operand(1)?.startsWith('delete-dry') === true || (use.operand(0) === 'logs' && use.operand(1) === 'stop-query') || use.operand(0) === 'configure' || /^cancel-(query|key-deletion|rotate)/.test(use.operand(1) ?? '') || /^abort-multipart/.test(use.operand(1) ?? '');

const GSUTIL: Rule = {
  id: 'gcloud/storage-delete',
  title: 'Deletes objects or buckets',
  when: (use) => {
    const path = use.rest(0).filter((text) => text !== 'storage');
    const what = path[0] ?? '';
    if (what === 'rm' || what === 'rb') return { severity: what === 'rb' || use.has('-r -R --recursive') ? 'critical' : 'high', message: sentence('Deletes {0}.', path.slice(1).join(', ')) };
    if (what === 'rsync') return use.has('-d --delete-unmatched-destination-objects') ? { message: sentence('Deletes every object that the source does not have.') } : false;
    return what === 'lifecycle' || what === 'retention' ? (path[1] === 'set' || path[1] === 'clear' ? { severity: 'medium' } : false) : false;
  },
  severity: 'high',
  reversible: 'no',
  message: 'Deletes objects.',
  safer: 'gsutil ls',
  examples: {
    flagged: ['gsutil rm -r gs://bucket', 'gsutil -m rm gs://bucket/**', 'gsutil rb gs://bucket', 'gcloud storage rm -r gs://bucket'],
    clear: ['gsutil ls', 'gsutil cp a gs://b', 'gcloud storage ls', 'gsutil rsync -r a gs://b'],
  },
};

const AZ_PURGE: Rule = {
  id: 'azure/purge',
  title: 'Deletes for good, or without a copy',
  on: ['** purge', '** delete-batch', '** regenerate|renew|failover'],
  when: (use) => judgeVerb(use, 'destroy', 8) || { severity: 'high' },
  severity: 'critical',
  reversible: 'no',
  message: (use) => sentence('Runs az {0}, which cannot be undone.', use.rest(0).join(' ')),
  safer: 'az resource list',
  examples: {
    flagged: ['az keyvault purge --name x', 'az storage blob delete-batch -s data', 'az cosmosdb keys regenerate --name x'],
    clear: ['az keyvault list', 'az group show -n x', 'az storage blob list -c x'],
  },
};

/** Options that say how many machines, nodes or copies there are to be. */
const COUNTS = '--num-nodes --size --max-instances --new-capacity --node-count --number-of-workers --capacity --max-replicas';

const TO_NOTHING: Rule = {
  id: 'gcloud/scale-to-nothing',
  title: 'Scales something down to nothing',
  on: ['** resize|update|patch'],
  when: (use) => use.values(COUNTS).includes('0'),
  severity: 'high',
  reversible: 'yes',
  message: (use) => sentence('Leaves nothing of it running: gcloud {0}.', use.rest(0).slice(0, 4).join(' ')),
  safer: 'gcloud … describe',
  examples: {
    flagged: ['gcloud container clusters resize pay --num-nodes 0 --quiet', 'gcloud compute instance-groups managed resize web --size=0', 'gcloud run services update api --max-instances 0'],
    clear: ['gcloud container clusters list', 'gcloud compute instance-groups managed describe web', 'gcloud run services describe api --region r'],
  },
};

const UNPROTECT: Rule = {
  id: 'gcloud/unprotect',
  title: 'Takes away the protection against deletion',
  on: ['** update|patch'],
  options: '--no-deletion-protection --no-backup',
  severity: 'critical',
  reversible: 'with-effort',
  message: 'Takes away the protection against deletion.',
  safer: 'gcloud … describe',
  examples: {
    flagged: ['gcloud sql instances patch db --no-deletion-protection', 'gcloud compute instances update vm --no-deletion-protection', 'gcloud sql instances patch db --no-backup'],
    clear: ['gcloud sql instances describe db', 'gcloud compute instances list --filter=deletionProtection=true', 'gcloud sql backups list --instance db'],
  },
};

const AZ_TO_NOTHING: Rule = {
  id: 'azure/scale-to-nothing',
  title: 'Scales something down to nothing',
  on: ['** scale|update'],
  when: (use) => use.values(COUNTS).includes('0'),
  severity: 'high',
  reversible: 'yes',
  message: (use) => sentence('Leaves nothing of it running: az {0}.', use.rest(0).slice(0, 3).join(' ')),
  safer: 'az … show',
  examples: {
    flagged: ['az vmss scale -g rg -n web --new-capacity 0', 'az aks nodepool scale -g rg --cluster-name c -n np --node-count 0', 'az containerapp update -n a -g rg --max-replicas 0'],
    clear: ['az vmss show -g rg -n web', 'az aks nodepool list -g rg --cluster-name c', 'az vmss list-instances -g rg -n web'],
  },
};

/** The large clouds. */
export const CLOUD_TOOLS: readonly Tool[] = [
  verbTool({
    id: 'aws',
    services: 1,
    names: ['aws', 'awslocal', 'aws2'],
    title: 'aws',
    values: '--profile --region --output --endpoint-url --query --cli-input-json --ca-bundle --color --cli-read-timeout --cli-connect-timeout --exclude --include --acl --storage-class --instance-ids --stack-name',
    harmless: '--dry-run --dryrun --generate-cli-skeleton help',
    except: awsSafe,
    rules: [S3, AWS_CRITICAL, INVALIDATE],
    deletes: {
      flagged: ['aws ec2 terminate-instances --instance-ids i-1', 'aws rds delete-db-instance --db-instance-identifier main', 'aws --region eu-west-1 cloudformation delete-stack --stack-name x', 'aws dynamodb delete-table --table-name t', 'aws ecr batch-delete-image --repository-name x'],
      clear: ['aws ec2 describe-instances', 'aws ec2 terminate-instances --dry-run --instance-ids i-1', 'aws rds describe-db-instances', 'aws iam list-users'],
    },
    changes: {
      flagged: ['aws lambda update-function-code --function-name x', 'aws ec2 start-instances --instance-ids i-1', 'aws cloudformation deploy --stack-name x'],
      clear: ['aws sts get-caller-identity', 'aws logs tail /x', 'aws s3 ls'],
    },
  }),
  verbTool({
    id: 'gcloud',
    services: 1,
    names: ['gcloud'],
    title: 'gcloud',
    values: '--project --account --configuration --format --filter --region --zone --impersonate-service-account --verbosity --location --cluster --keyring --role --member --num-nodes --size --max-instances --min-instances',
    rules: [{ ...GSUTIL, on: 'storage rm|rsync' }, TO_NOTHING, UNPROTECT],
    except: (use) => use.operand(0) === 'config' || use.operand(0) === 'auth' || (use.operand(0) === 'components' ),
    deletes: {
      flagged: ['gcloud projects delete shop', 'gcloud compute instances delete vm-1 --zone a', 'gcloud sql instances delete db', 'gcloud container clusters delete c --region r', 'gcloud beta run services delete api'],
      clear: ['gcloud projects list', 'gcloud compute instances list', 'gcloud config unset project', 'gcloud sql instances describe db'],
    },
    changes: {
      flagged: ['gcloud run deploy api --image x', 'gcloud compute instances create vm', 'gcloud app deploy'],
      clear: ['gcloud info', 'gcloud auth list', 'gcloud logging read x'],
    },
  }),
  verbTool({
    id: 'gsutil',
    names: ['gsutil'],
    title: 'gsutil',
    values: '-o -h -u -i',
    rules: [GSUTIL],
    except: (use) => /^(rm|rb|rsync|lifecycle|retention)$/.test(use.operand(0) ?? ''),
    deletes: {
      flagged: ['gsutil notification delete x', 'gsutil hmac delete k', 'gsutil iam remove x'],
      clear: ['gsutil ls gs://b', 'gsutil cat gs://b/x', 'gsutil du gs://b'],
    },
  }),
  verbTool({
    id: 'azure',
    services: 1,
    names: ['az'],
    title: 'az',
    values: '-n --name -g --resource-group --subscription -o --output --query --ids -l --location --account-name --vault-name -s --source -c --container-name --server --image --pattern --new-capacity --node-count --number-of-workers --capacity --max-replicas',
    rules: [AZ_PURGE, AZ_TO_NOTHING],
    deletes: {
      flagged: ['az group delete --name rg --yes', 'az vm delete -g rg -n vm', 'az sql db delete -g rg -s srv -n db', 'az aks delete -n c -g rg', 'az ad sp delete --id x'],
      clear: ['az group list', 'az vm show -g rg -n vm', 'az account show', 'az group delete --help'],
    },
    changes: {
      flagged: ['az webapp deploy -g rg -n app', 'az deployment group create -g rg', 'az vm start -g rg -n vm'],
      clear: ['az vm list', 'az login', 'az group show -n x'],
    },
  }),
];
