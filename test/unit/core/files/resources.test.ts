import { cases } from './cases.js';

const tf = (body: string): string => `resource "aws_db_instance" "main" {\n  name = "x"\n${body}\n}\n`;

describe('Terraform files', () => {
  cases(
    [
      ['protection that is off', 'main.tf', tf('  «deletion_protection = false»'), ['terraform-file/deletion-protection-off']],
      ['force_destroy', 'main.tf', tf('  «force_destroy = true» # why'), ['terraform-file/force-destroy']],
      ['no last snapshot', 'main.tf', tf('  «skip_final_snapshot  =  true»'), ['terraform-file/no-final-snapshot']],
      ['prevent_destroy = false', 'main.tf', tf('  lifecycle {\n    «prevent_destroy = false»\n  }'), ['terraform-file/prevent-destroy-off']],
      ['count = 0', 'main.tf', tf('  «count = 0»'), ['terraform-file/count-zero']],
      ['for_each over nothing', 'main.tf', 'module "a" {\n  «for_each = toset([])»\n}\n', ['terraform-file/count-zero']],
      ['a removed block', 'main.tf', '«removed {\n  from = aws_s3_bucket.x\n}»\n', ['terraform-file/removed-block']],
      ['no backups', 'main.tf', tf('  «backup_retention_period = 0»'), ['terraform-file/no-backups']],
      ['a destroy provisioner', 'main.tf', tf('  provisioner "local-exec" {\n    «when = destroy»\n    command = "echo; «rm -rf /srv»"\n  }'), ['terraform-file/destroy-provisioner', 'filesystem/remove-recursive']],
      ['a heredoc command', 'main.tf', tf('  provisioner "local-exec" {\n    command = <<-EOT\n      «kubectl delete ns ${var.ns}»\n    EOT\n  }'), ['kubernetes/delete']],
      ['one-line blocks', 'main.tf', 'resource "a" "b" { lifecycle { «prevent_destroy = false» } }', ['terraform-file/prevent-destroy-off']],
      ['a value after a string with brackets', 'main.tf', tf('  x = "${lookup({a = "}"}, "a")}"\n  «force_destroy = true»'), ['terraform-file/force-destroy']],
    ],
    [
      ['protections', 'main.tf', tf('  deletion_protection = true\n  force_destroy = false\n  lifecycle {\n    prevent_destroy = true\n  }')],
      ['comments and strings', 'main.tf', tf('  # force_destroy = true\n  /* count = 0 */\n  x = "force_destroy = true"\n  y = <<EOT\nforce_destroy = true\nEOT')],
      ['computed counts', 'main.tf', tf('  count = var.on ? 1 : 0\n  force_destroy = var.force')],
      ['an ordinary number', 'main.tf', tf('  scaling {\n    count = 0\n  }\n  backup_retention_period = 7')],
      ['defaults of variables', 'main.tf', 'variable "force_destroy" {\n  default = true\n}\n'],
    ],
  );
});

const manifest = (kind: string, body: string): string => `apiVersion: v1\nkind: ${kind}\n${body}`;

describe('Kubernetes manifests', () => {
  cases(
    [
      ['no replicas', 'k8s/a.yaml', manifest('Deployment', 'metadata: {name: shop}\nspec:\n  «replicas: 0»\n'), ['kubernetes-file/replicas-zero']],
      ['the second document', 'a.yaml', `${manifest('Service', 'spec: {}\n')}---\n${manifest('StatefulSet', 'spec:\n  «replicas: 0»\n')}`, ['kubernetes-file/replicas-zero']],
      ['finalizers taken off', 'a.yaml', manifest('Namespace', 'metadata:\n  name: a\n  «finalizers: []»\n'), ['kubernetes-file/finalizers-removed']],
      ['a reclaim policy', 'a.yaml', manifest('PersistentVolume', 'spec:\n  «persistentVolumeReclaimPolicy: Delete»\n'), ['kubernetes-file/reclaim-delete']],
      ['a deletion annotation', 'a.yml', manifest('PersistentVolumeClaim', 'metadata:\n  annotations:\n    «janitor/ttl: 1h»\n'), ['kubernetes-file/deletion-annotation']],
      ['a patch that deletes', 'patch.yaml', manifest('Deployment', '«$patch: delete»\nmetadata: {name: a}\n'), ['kubernetes-file/patch-delete']],
      ['claims that go with their set', 'a.yaml', manifest('StatefulSet', 'spec:\n  persistentVolumeClaimRetentionPolicy:\n    «whenDeleted: Delete»\n    whenScaled: Retain\n'), ['kubernetes-file/claims-deleted']],
      ['a command', 'job.yaml', manifest('Job', 'spec:\n  template:\n    spec:\n      containers:\n        - command: ["sh", "-c"]\n          args: [«"rm -rf /srv/data"»]\n'), ['filesystem/remove-recursive']],
      ['a list', 'a.yaml', 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: apps/v1\n    kind: Deployment\n    spec:\n      «replicas: 0»\n', ['kubernetes-file/replicas-zero']],
    ],
    [
      ['ordinary objects', 'a.yaml', manifest('Deployment', 'metadata:\n  name: shop\n  finalizers: [foo/bar]\nspec:\n  replicas: 3\n')],
      ['what is kept', 'a.yaml', manifest('PersistentVolume', 'spec:\n  persistentVolumeReclaimPolicy: Retain\n')],
      ['annotations of others', 'a.yaml', manifest('Namespace', 'metadata:\n  annotations:\n    janitor/ttl: never\n    owner: team\n')],
      ['a file that is no manifest', 'values.yaml', 'replicas: 0\nfinalizers: []\n'],
      ['a hook that cleans up', 'a.yaml', manifest('Job', 'metadata:\n  annotations:\n    helm.sh/hook-delete-policy: hook-succeeded\n')],
    ],
  );
});

describe('SQL files', () => {
  cases(
    [
      ['a table', 'db/1.sql', '-- drop\nCREATE TABLE a(x int);\n«DROP TABLE users»;\n', ['sql/drop-table']],
      ['every row', 'x.sql', '«DELETE FROM users»;\nDELETE FROM t WHERE id = 1;\n«UPDATE t SET a = 1»', ['sql/delete-all', 'sql/update-all']],
      ['a column', 'x.sql', '«ALTER TABLE users\n  DROP COLUMN email»;', ['sql/alter-drop']],
      ['what a string runs', 'x.sql', "«DO $$ BEGIN DROP TABLE users; END $$»;", ['sql/drop-table']],
      ['the client’s shell', 'x.sql', 'SELECT 1;\n\\! «rm -rf /srv»\n', ['filesystem/remove-recursive']],
      ['operators that look like comments', 'x.sql', "-- ENGINE=InnoDB\nSELECT a #> '{b}' FROM t; «DROP TABLE users»;\n", ['sql/drop-table']],
    ],
    [
      ['reads and additions', 'x.sql', "SELECT 'DROP TABLE users';\nCREATE TABLE a(x int);\nINSERT INTO a VALUES (1);\n"],
      ['comments', 'x.sql', '-- DROP TABLE users;\n/* TRUNCATE users; */\n'],
      ['new columns', 'x.sql', 'ALTER TABLE users ADD COLUMN x int;\nCREATE INDEX i ON users(x);\n'],
    ].map(([title = '', path = '', text = '']) => [title, path, text] as const),
  );
});

describe('code', () => {
  cases(
    [
      ['Python', 'x.py', 'import os, shutil\n«os.system("terraform destroy")»\n«shutil.rmtree("/srv")»\n', ['terraform/destroy', 'filesystem/remove-recursive']],
      ['JavaScript', 'x.ts', "import { rmSync } from 'node:fs';\n«rmSync('/srv', { recursive: true })»;\n«execSync(`git push --force`)»;\n", ['filesystem/remove-recursive', 'git/force-push']],
      ['Ruby', 'x.rb', '«system("terraform destroy")»\n', ['terraform/destroy']],
      ['SQL', 'x.py', '«db.execute("DROP TABLE users")»\n', ['sql/drop-table']],
      ['a client’s methods', 'x.py', '«ec2.terminate_instances(InstanceIds=ids)»\n', ['code/delete']],
      ['a Rails migration', 'db/migrate/1.rb', 'class X\n  def up\n    «drop_table :users»\n  end\nend\n', ['migration/drop-table']],
      ['an Alembic migration', 'x.py', 'def upgrade():\n    «op.drop_column("users", "email")»\n', ['migration/drop-column']],
      ['a Knex migration', 'x.js', "exports.up = (knex) => «knex.schema.dropTable('users')»;\n", ['migration/drop-table']],
      ['a call after a pattern with a quote', 'x.js', `const a = /['"]/;\n«execSync('git push --force')»;\n`, ['git/force-push']],
    ],
    [
      ['comments and strings', 'x.py', '# shutil.rmtree("/srv")\nprint("os.system(\'rm -rf /srv\')")\n'],
      ['ordinary calls', 'x.ts', "items.delete(id);\nmap.clear();\nclearTimeout(timer);\nexecSync('npm test');\n"],
      ['the memory’s own', 'x.py', 'del items[0]\nitems.remove(3)\ndf.drop_duplicates()\nsubprocess.run(["ls"])\n'],
      ['functions whose names end in a dollar sign', 'x.js', "var f = curry$(function (a) { return a; });\n$('.name').hide();\n"],
      ['a minified bundle', 'x.min.js', "execSync('git push --force')"],
      ['declarations of types', 'x.d.ts', "declare const x: typeof execSync('git push --force');\n"],
      ['code about another kind of file', 'Makefile.test.ts', 'all:\n\tgit push --force\n'],
    ],
  );
});
