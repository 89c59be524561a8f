import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { assessIn, PROJECT, rulesIn } from '../assess/fake-world.js';
import type { Given } from '../assess/fake-world.js';

const RM = 'filesystem/remove-recursive';

describe('files that would run', () => {
  const cases: readonly (readonly [string, string, Given['files'], readonly string[]])[] = [
    ['a script by its path', './clean.sh', { 'clean.sh': '#!/bin/sh\nrm -rf /srv\n' }, [RM]],
    ['a script by a shell', 'bash clean.sh', { 'clean.sh': 'rm -rf /srv\n' }, [RM]],
    ['a script’s arguments', './clean.sh /srv', { 'clean.sh': '#!/bin/bash\nrm -rf "$1"\n' }, [RM]],
    ['a script’s harmless arguments', './clean.sh /tmp/x', { 'clean.sh': '#!/bin/bash\nrm -rf "$1"\n' }, []],
    ['a sourced file', 'source env.sh', { 'env.sh': 'rm -rf /srv' }, [RM]],
    ['a script of a script', './a.sh', { 'a.sh': '#!/bin/sh\n./b.sh', 'b.sh': '#!/bin/sh\nrm -rf /srv' }, [RM]],
    ['a script through a pipe', 'cat x.sh | bash', { 'x.sh': 'rm -rf /srv' }, [RM]],
    ['a script through a redirection', 'bash < x.sh', { 'x.sh': 'rm -rf /srv' }, [RM]],
    ['SQL through a pipe', 'cat x.sql | sudo -u postgres psql', { 'x.sql': 'DROP TABLE users' }, ['sql/drop-table']],
    ['scripts in a circle', './a.sh', { 'a.sh': '#!/bin/sh\n./b.sh', 'b.sh': '#!/bin/sh\n./a.sh' }, []],
    ['an npm script', 'npm run nuke', { 'package.json': '{"scripts":{"nuke":"terraform destroy"}}' }, ['terraform/destroy']],
    ['an npm script’s hooks', 'npm run x', { 'package.json': '{"scripts":{"prex":"git push -f","x":"ls","postx":"rm -rf /srv"}}' }, ['git/force-push', RM]],
    ['an npm script of an npm script', 'npm run a', { 'package.json': '{"scripts":{"a":"npm run b","b":"rm -rf /srv"}}' }, [RM]],
    ['npm test', 'npm test', { 'package.json': '{"scripts":{"test":"rm -rf /srv"}}' }, [RM]],
    ['a yarn script by its name', 'yarn nuke', { 'package.json': '{"scripts":{"nuke":"rm -rf /srv"}}' }, [RM]],
    ['another npm script', 'npm run build', { 'package.json': '{"scripts":{"nuke":"rm -rf /srv","build":"tsc"}}' }, []],
    ['what npm install runs', 'npm install', { 'package.json': '{"scripts":{"postinstall":"rm -rf /srv"}}' }, [RM]],
    ['a package above', 'npm run nuke', { 'package.json': '{"scripts":{"nuke":"rm -rf /srv"}}' }, [RM]],
    ['a make target', 'make clean', { Makefile: 'clean:\n\trm -rf /srv\n' }, [RM]],
    ['a make target’s needs', 'make all', { Makefile: 'all: clean\n\techo done\nclean:\n\trm -rf /srv\n' }, [RM]],
    ['the first make target', 'make', { Makefile: 'DIR = /srv\n.PHONY: x\nall:\n\t@rm -rf $(DIR)\n' }, [RM]],
    ['a make variable from outside', 'make clean DIR=/srv', { Makefile: 'DIR = build\nclean:\n\trm -rf $(DIR)\n' }, [RM]],
    ['another make target', 'make build', { Makefile: 'clean:\n\trm -rf /srv\nbuild:\n\ttsc\n' }, []],
    ['a make rehearsal', 'make -n clean', { Makefile: 'clean:\n\trm -rf /srv\n' }, []],
    ['a just recipe', 'just clean', { justfile: 'dir := "/srv"\n\nclean:\n    rm -rf {{dir}}\n' }, [RM]],
    ['SQL of a file', 'psql -f x.sql', { 'x.sql': 'SELECT 1;\nDROP TABLE users;\n' }, ['sql/drop-table']],
    ['SQL from a redirection', 'mysql shop < x.sql', { 'x.sql': 'TRUNCATE users' }, ['sql/truncate']],
    ['SQL that includes SQL', 'psql -f a.sql', { 'a.sql': '\\i b.sql\n', 'b.sql': 'DROP TABLE users' }, ['sql/drop-table']],
    ['a Python script', 'python x.py', { 'x.py': 'import shutil\nshutil.rmtree("/srv")\n' }, [RM]],
    ['a Python script by its path', './x.py', { 'x.py': '#!/usr/bin/env python3\nimport os\nos.system("rm -rf /srv")\n' }, [RM]],
    ['a Python script that only talks', 'python x.py', { 'x.py': '# shutil.rmtree("/srv")\nprint("shutil.rmtree(\'/srv\')")\n' }, []],
    ['a Node script', 'node x.js', { 'x.js': 'require("fs").rmSync("/srv", { recursive: true })' }, [RM]],
    ['a fish script', './x.fish', { 'x.fish': 'set -l where /srv\nif test -d $where\n  rm -rf $where\nend\n' }, [RM]],
    ['a fish script by its first line', './x', { x: '#!/usr/bin/env fish\nset where /srv\nrm -rf $where\n' }, [RM]],
    ['a fish script by its shell', 'fish x.fish', { 'x.fish': 'set where /srv; and rm -rf $where' }, [RM]],
    ['a fish script that only talks', './x.fish', { 'x.fish': 'set words rm -rf /srv\necho $words\n' }, []],
    ['a PowerShell script', 'pwsh -File x.ps1', { 'x.ps1': '$where = "/srv"\nRemove-Item -Recurse -Force $where\n' }, ['windows/remove-item']],
    ['a PowerShell script by its path', "pwsh -c './x.ps1'", { 'x.ps1': 'if ($true) { Remove-Item -Recurse -Force /srv }\n' }, ['windows/remove-item']],
    ['a PowerShell script by a Windows path', "pwsh -c '& .\\x.ps1'", { 'x.ps1': 'Remove-Item -Recurse -Force /srv\n' }, ['windows/remove-item']],
    ['a PowerShell script that only talks', 'pwsh -File x.ps1', { 'x.ps1': '<#\nRemove-Item -Recurse -Force /srv\n#>\nWrite-Host "Remove-Item -Recurse /srv"\n' }, []],
    ['a batch file', 'cmd /c x.cmd', { 'x.cmd': '@echo off\r\nset WHERE=C:\\Users\r\nrd /s /q %WHERE%\r\n' }, ['windows/del']],
    ['a batch file of a batch file', 'cmd /c call a.bat', { 'a.bat': 'call b.bat', 'b.bat': 'rd /s /q C:\\Users' }, ['windows/del']],
    ['a batch file that only talks', 'cmd /c x.cmd', { 'x.cmd': 'rem rd /s /q C:\\Users\r\necho rd /s /q C:\\Users\r\n' }, []],
    ['a Ruby script', 'ruby x.rb', { 'x.rb': 'FileUtils.rm_rf "/srv"' }, [RM]],
  ];
  for (const [title, text, files, expected] of cases) {
    it(title, () => assert.deepEqual(rulesIn(text, { files: files ?? {} }).filter((id) => !/\/(apply|change)$/.test(id)), expected));
  }

  it('are inputs with their digests', () => {
    const script = '#!/bin/sh\nls\n';
    const { inputs, effect } = assessIn('./x.sh', { files: { 'x.sh': script } });
    assert.deepEqual(inputs, [{ path: `${PROJECT}/x.sh`, sha256: createHash('sha256').update(script).digest('hex') }]);
    assert.equal(effect, 'read');
  });
  it('decide the effect of what runs them', () => {
    const files = { 'package.json': '{"scripts":{"look":"ls","make":"touch x"}}', Makefile: 'look:\n\tls\n' };
    assert.equal(assessIn('npm run look', { files }).effect, 'read');
    assert.equal(assessIn('npm run make', { files }).effect, 'write');
    assert.equal(assessIn('make look', { files }).effect, 'read');
    assert.equal(assessIn('npm run look').effect, 'unknown');
    assert.equal(assessIn('psql -h prod-db -f missing.sql').effect, 'unknown');
  });
  it('are inputs when they are missing', () => {
    const { inputs, effect } = assessIn('./x.sh');
    assert.deepEqual(inputs, [{ path: `${PROJECT}/x.sh`, sha256: undefined }]);
    assert.equal(effect, 'unknown');
  });
  it('are inputs when they are obeyed', () => {
    const files = { 'plan.tfplan': 'x', 'a.yaml': 'y' };
    assert.deepEqual(assessIn('terraform apply plan.tfplan && kubectl apply -f a.yaml', { files }).inputs.map(({ path }) => path), [`${PROJECT}/plan.tfplan`, `${PROJECT}/a.yaml`]);
  });
  it('show the range in the file', () => {
    const script = '#!/bin/sh\nls\nrm -rf /srv\n';
    const [finding] = assessIn('./x.sh', { files: { 'x.sh': script } }).findings;
    assert.equal(finding?.file, `${PROJECT}/x.sh`);
    assert.equal(script.slice(finding.span.start, finding.span.end), 'rm -rf /srv');
    assert.deepEqual(finding.via, ['./x.sh']);
  });
  it('show the script’s place in a manifest', () => {
    const manifest = '{\n  "scripts": {\n    "a": "ls",\n    "nuke": "rm -rf /srv"\n  }\n}\n';
    const [finding] = assessIn('npm run nuke', { files: { 'package.json': manifest } }).findings;
    assert.equal(manifest.slice(finding?.span.start, finding?.span.end), '"rm -rf /srv"');
  });
  it('show the recipe’s line in a make file', () => {
    const makefile = 'build:\n\ttsc\nclean:\n\trm -rf /srv\n';
    const [finding] = assessIn('make clean', { files: { Makefile: makefile } }).findings;
    assert.equal(makefile.slice(finding?.span.start, finding?.span.end), 'rm -rf /srv');
  });
  it('are unknown when they are too large or not text', () => {
    assert.equal(assessIn('./x.sh', { files: { 'x.sh': `#!/bin/sh\n${'ls\n'.repeat(100_000)}` } }).effect, 'unknown');
    assert.equal(assessIn('./x', { files: { x: '\0\x01' } }).effect, 'unknown');
  });
});
