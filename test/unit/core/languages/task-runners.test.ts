import assert from 'node:assert/strict';
import { assessIn, rulesIn } from '../assess/fake-world.js';
import type { Given } from '../assess/fake-world.js';

const RM = 'filesystem/remove-recursive';

describe('tasks that would run', () => {
  const cases: readonly (readonly [string, string, Given['files'], readonly string[]])[] = [
    ['a task', 'task clean', { 'Taskfile.yml': 'vars: {DIR: /srv}\ntasks:\n  clean:\n    deps: [first]\n    cmds:\n      - rm -rf {{.DIR}}\n  first: git push -f\n' }, ['git/force-push', RM]],
    ['a task of a task', 'task a', { 'Taskfile.yml': 'tasks:\n  a:\n    cmds: [{task: b}]\n  b: [rm -rf /srv]\n' }, [RM]],
    ['the default task', 'task', { 'taskfile.yaml': 'tasks: {default: rm -rf /srv, other: git push -f}\n' }, [RM]],
    ['a task with a variable', 'task x DIR=/srv', { 'Taskfile.yml': 'tasks: {x: "rm -rf {{.DIR}}"}\n' }, [RM]],
    ['another task', 'task build', { 'Taskfile.yml': 'tasks: {clean: rm -rf /srv, build: go build}\n' }, []],
    ['a task that is only listed', 'task --dry clean', { 'Taskfile.yml': 'tasks: {clean: rm -rf /srv}\n' }, []],
    ['a task’s words behind --', 'task x -- -rf /srv', { 'Taskfile.yml': 'tasks: {x: "rm {{.CLI_ARGS}}"}\n' }, [RM]],
    ['a task of another file', 'task -t ci/Tasks.yml x', { 'ci/Tasks.yml': 'tasks: {x: rm -rf /srv}\n' }, [RM]],
    ['a Rake task', 'rake wipe', { Rakefile: 'task :wipe do\n  sh "rm -rf /srv"\nend\n' }, [RM]],
    ['what a Rake task needs', 'bundle exec rake all', { Rakefile: 'namespace :x do\n  task wipe: [:env] do\n    FileUtils.rm_rf "/srv"\n  end\nend\ntask all: "x:wipe"\n' }, [RM]],
    ['another Rake task', 'rake test', { Rakefile: 'task :clean do\n  sh "rm -rf /srv"\nend\ntask :test do\n  sh "ls"\nend\n' }, []],
    ['a Composer script', 'composer run nuke', { 'composer.json': '{"scripts":{"nuke":["@other","ls"],"other":"rm -rf /srv"}}' }, [RM]],
    ['a Composer script by its name', 'composer nuke', { 'composer.json': '{"scripts":{"nuke":"rm -rf /srv"}}' }, [RM]],
    ['what Composer runs on its own', 'composer install', { 'composer.json': '{"scripts":{"post-install-cmd":"rm -rf /srv"}}' }, [RM]],
    ['a Deno task', 'deno task nuke', { 'deno.json': '{"tasks":{"nuke":{"command":"ls","dependencies":["x"]},"x":"rm -rf /srv"}}' }, [RM]],
    ['a script of Deno', 'deno run -A x.ts', { 'x.ts': 'Deno.removeSync("/srv", { recursive: true })' }, [RM]],
    ['code for Deno', 'deno eval -p \'Deno.removeSync("/srv", { recursive: true })\'', {}, [RM]],
    ['a script of Bun', 'bun x.ts', { 'x.ts': 'fs.rmSync("/srv", { recursive: true })' }, [RM]],
    ['a task of poethepoet', 'poe nuke', { 'pyproject.toml': '[tool.poe.tasks]\nnuke = ["x"]\nx = "rm -rf /srv"\n' }, [RM]],
    ['the words behind a task', 'poe nuke /srv', { 'pyproject.toml': '[tool.poe.tasks]\nnuke = "rm -rf"\n' }, [RM]],
    ['a script of PDM', 'pdm run nuke', { 'pyproject.toml': '[tool.pdm.scripts]\nnuke = "rm -rf /srv"\n' }, [RM]],
    ['tox', 'tox -e x', { 'tox.ini': '[testenv:x]\ncommands = rm -rf /srv\n[testenv:y]\ncommands = git push -f\n' }, [RM]],
    ['nox', 'nox -s x', { 'noxfile.py': '@nox.session\ndef x(session):\n    session.run("rm", "-rf", "/srv")\n' }, [RM]],
    ['a script by Turborepo', 'turbo run nuke', { 'package.json': '{"scripts":{"nuke":"rm -rf /srv"}}' }, [RM]],
    ['a target of Nx', 'nx run shop:nuke', { 'apps/shop/project.json': '{"targets":{"nuke":{"options":{"command":"rm -rf /srv"}}}}' }, [RM]],
    ['a target of Nx by its name', 'npx nx nuke shop', { 'libs/shop/project.json': '{"targets":{"nuke":{"command":"rm -rf /srv"}}}' }, [RM]],
  ];
  for (const [title, text, files, expected] of cases) {
    it(title, () => assert.deepEqual(rulesIn(text, { files: files ?? {} }).filter((id) => !/\/(apply|change)$/.test(id)), expected));
  }

  it('show their place', () => {
    for (const [name, command, file] of [['Taskfile.yml', 'task x', 'tasks:\n  x:\n    cmds:\n      - «rm -rf /srv»\n'], ['composer.json', 'composer run x', '{"scripts":{"x":[«"rm -rf /srv"»]}}'], ['pyproject.toml', 'poe x', '[tool.poe.tasks]\nx = «"rm -rf /srv"»\n'], ['Rakefile', 'rake x', 'task(:x) { «sh("rm -rf /srv")» }\n']] as const) {
      const [before = '', inside = '', after = ''] = file.split(/[«»]/);
      const [finding] = assessIn(command, { files: { [name]: before + inside + after } }).findings;
      assert.deepEqual(finding?.span, { start: before.length, end: before.length + inside.length }, name);
    }
  });
  it('are unknown where the task is written elsewhere', () => {
    assert.equal(assessIn('task docs:publish', { files: { 'Taskfile.yml': 'includes: {docs: ./docs}\ntasks: {a: ls}\n' } }).effect, 'unknown');
    assert.equal(assessIn('turbo run build', { files: { 'package.json': '{"scripts":{"build":"ls"}}' } }).effect, 'unknown');
    assert.equal(assessIn('task a', { files: { 'Taskfile.yml': 'tasks: {a: ls}\n' } }).effect, 'read');
    assert.equal(assessIn('task a').effect, 'unknown');
  });
});
