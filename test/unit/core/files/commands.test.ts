import { cases } from './cases.js';

const RM = 'filesystem/remove-recursive';
const DESTROY = 'terraform/destroy';

describe('shell scripts', () => {
  cases(
    [
      ['a command', 'clean.sh', '#!/bin/sh\nset -e\n«rm -rf /srv»\n', [RM]],
      ['each command', 'bin/x', '#!/usr/bin/env bash\n«terraform destroy»\nls\nif true; then «git push --force»; fi\n', [DESTROY, 'git/force-push']],
      ['what its arguments name', 'clean.sh', '«rm -rf "$1"»\n', [RM]],
      ['a hook of git', '.husky/pre-push', '«kubectl delete namespace shop»\n', ['kubernetes/delete']],
      ['PowerShell', 'x.ps1', '«Remove-Item -Recurse -Force C:\\Data»\n', ['windows/remove-item']],
    ],
    [
      ['what is only printed', 'x.sh', '#!/bin/sh\necho "rm -rf /srv"\n# rm -rf /srv\n'],
      ['rehearsals', 'x.sh', 'terraform plan -destroy\nkubectl delete ns shop --dry-run=client\n'],
      ['what builds make', 'x.sh', 'rm -rf node_modules dist\nmkdir -p out\n'],
      ['a text that is no script', 'notes.txt', 'rm -rf /srv\n'],
      ['a text without a name of its own', 'LICENSE', 'rm -rf /srv\n'],
    ],
  );
});

describe('package.json', () => {
  cases(
    [
      ['a script', 'package.json', '{"scripts":{"build":"tsc","nuke":"«terraform destroy»"}}', [DESTROY]],
      ['a script with escapes', 'package.json', '{"scripts":{"x":"echo \\"a\\" && «rm -rf \\"/srv/data\\"»"}}', [RM]],
      ['scripts under an escaped key', 'package.json', '{"\\u0073cripts":{"nuke":"«terraform destroy»"}}', [DESTROY]],
      ['a hook', 'packages/a/package.json', '{"scripts":{"postinstall":"«git push -f»"}}', ['git/force-push']],
    ],
    [
      ['usual scripts', 'package.json', '{"scripts":{"build":"rm -rf dist && tsc","test":"mocha","lint":"eslint ."}}'],
      ['a text elsewhere', 'package.json', '{"description":"terraform destroy","config":{"x":"rm -rf /"}}'],
      ['a broken file', 'package.json', '{"scripts":{"x":'],
    ],
  );
});

describe('make files', () => {
  cases(
    [
      ['a recipe', 'Makefile', 'clean:\n\t@«rm -rf /srv»\n', [RM]],
      ['a recipe with variables', 'Makefile', 'DIR = /srv\nclean: a\n\t«rm -rf $(DIR)/data»\n', [RM]],
      ['a recipe over several lines', 'Makefile', 'x:\n\t«terraform \\\n\t  destroy»\n', [DESTROY]],
      ['a recipe in one line', 'infra.mk', 'x: y ; «terraform destroy»\n', [DESTROY]],
      ['a just recipe', 'justfile', 'dir := "/srv"\n\nclean:\n    «rm -rf {{dir}}»\n', [RM]],
      ['a just recipe that is a script', 'justfile', 'clean:\n    #!/usr/bin/env bash\n    «rm -rf /srv»\n', [RM]],
    ],
    [
      ['build output', 'Makefile', 'BUILD = build\nclean:\n\trm -rf $(BUILD)\n'],
      ['a comment and an echo', 'Makefile', '# rm -rf /srv\nx:\n\t@echo "rm -rf /srv"\n'],
      ['a plan', 'justfile', 'plan:\n    terraform plan\n'],
      ['variables', 'Makefile', 'X := terraform destroy\nall:\n\techo $(X)\n'],
    ],
  );
});

describe('Taskfile', () => {
  cases(
    [
      ['a command', 'Taskfile.yml', "version: '3'\ntasks:\n  down:\n    cmds:\n      - echo bye\n      - «terraform destroy»\n", [DESTROY]],
      ['a command with a variable', 'Taskfile.yml', "vars:\n  DIR: /srv\ntasks:\n  x:\n    cmds:\n      - cmd: «rm -rf {{.DIR}}»\n", [RM]],
      ['a short task', 'taskfile.yaml', 'tasks:\n  x: «git push --force»\n', ['git/force-push']],
    ],
    [
      ['other tasks', 'Taskfile.yml', 'tasks:\n  x:\n    desc: terraform destroy\n    cmds:\n      - task: y\n      - go build ./...\n'],
      ['a plan', 'Taskfile.yml', 'tasks:\n  x: terraform plan -destroy\n'],
      ['a message', 'Taskfile.yml', 'tasks:\n  x:\n    cmds: ["echo rm -rf /srv"]\n'],
    ],
  );
});

describe('Dockerfile', () => {
  cases(
    [
      ['what leaves the image', 'Dockerfile', 'FROM alpine\nRUN apk add terraform \\\n    # why\n && «terraform destroy»\n', [DESTROY]],
      ['what it starts', 'app.Dockerfile', 'FROM x\nCMD ["sh", "-c", «"rm -rf /srv/data"»]\n', [RM]],
      ['one that is named after what is in the image', 'Dockerfile.php', 'FROM php\nCMD ["sh", "-c", «"rm -rf /srv/data"»]\n', [RM]],
      ['an entry point', 'Dockerfile', 'FROM x\nENV DIR=/srv\nENTRYPOINT «rm -rf $DIR/data»\n', [RM]],
      ['all of the machine', 'Dockerfile', 'FROM x\nRUN «rm -rf --no-preserve-root /»\n', [RM]],
      ['a document', 'Dockerfile', 'FROM x\nRUN <<EOF\nset -e\n«git push --force»\nEOF\n', ['git/force-push']],
    ],
    [
      ['a clean image', 'Dockerfile', 'FROM debian\nRUN apt-get update \\\n  && apt-get install -y curl \\\n  && rm -rf /var/lib/apt/lists/*\n'],
      ['its own disk', 'Dockerfile', 'FROM debian\nRUN --mount=type=cache,target=/x rm -rf /usr/share/doc && userdel bob\n'],
      ['comments', 'Dockerfile', '# RUN terraform destroy\nFROM x\nLABEL a="terraform destroy"\nCMD ["node", "server.js"]\n'],
    ],
  );
});

describe('the editor’s tasks', () => {
  cases(
    [
      ['a command', '.vscode/tasks.json', '{ // tasks\n "tasks": [{ "label": "x", "type": "shell", "command": "«terraform destroy»" }] }', [DESTROY]],
      ['arguments', '.vscode/tasks.json', '{"tasks":[{"label":"x","command":"«rm","args":["-rf","/srv/my data"»]}]}', [RM]],
      ['a command for one system', '.vscode/tasks.json', '{"tasks":[{"label":"x","command":"ls","osx":{"command":"«git push -f»"}}]}', ['git/force-push']],
      ['a debug terminal', '.vscode/launch.json', '{"configurations":[{"name":"x","type":"node-terminal","command":"«kubectl delete ns shop»"}]}', ['kubernetes/delete']],
    ],
    [
      ['a build', '.vscode/tasks.json', '{"tasks":[{"label":"terraform destroy","command":"npm","args":["run","build"]}]}'],
      ['a folder of the workspace', '.vscode/tasks.json', '{"tasks":[{"label":"x","command":"rm -rf ${workspaceFolder}/dist"}]}'],
      ['a program', '.vscode/launch.json', '{"configurations":[{"name":"x","program":"${workspaceFolder}/index.js","args":["--x"]}]}'],
    ],
  );
});
