import assert from 'node:assert/strict';
import { startsIn } from '../../../../src/core/files/starts.js';

const TASKS = `{
  // what the team starts
  "version": "2.0.0",
  "tasks": [
    { "label": "build", "type": "shell", "command": "make", "args": ["all"] },
    { "type": "npm", "script": "deploy:production", "group": "build" },
    { "label": "clean", "type": "shell", "command": "rm -rf \${workspaceFolder}/dist", "windows": { "command": "rmdir dist" } },
    { "label": "release", "dependsOn": ["build", "npm: deploy:production"] },
  ],
}`;

describe('what a file lets people start', () => {
  it('are the tasks that have a command, with the names around them and where they stand', () => {
    const starts = startsIn({ path: '/repo/.vscode/tasks.json', text: TASKS });
    assert.deepEqual(starts.map(({ label, labels, commands }) => ({ label, labels, commands })), [
      { label: 'build', labels: ['build', 'release'], commands: ['make all'] },
      { label: 'npm: deploy:production', labels: ['npm: deploy:production', 'release', 'build'], commands: ['npm run deploy:production'] },
      { label: 'clean', labels: ['clean'], commands: ['rm -rf ./dist', 'rmdir dist'] },
    ]);
    for (const { at } of starts) assert.equal(TASKS[at], '{');
  });

  it('are the scripts of a package, where their names stand', () => {
    const text = '{\n  "name": "x",\n  "scripts": { "test": "mocha", "deploy:production": "./deploy.sh", "odd": 1 }\n}\n';
    const starts = startsIn({ path: '/repo/package.json', text });
    assert.deepEqual(starts.map(({ label, commands }) => [label, ...commands]), [['npm: test', 'mocha'], ['npm: deploy:production', './deploy.sh']]);
    for (const { at, labels } of starts) assert.ok(text.startsWith(JSON.stringify(labels[0]), at));
  });

  it('is nothing in other files, in broken ones and in bottomless ones', () => {
    for (const [path, text] of [['/repo/tsconfig.json', TASKS], ['/repo/.vscode/tasks.json', ''], ['/repo/.vscode/tasks.json', '{"tasks":"x"}'], ['/repo/package.json', '{"scripts":["x"'], ['/repo/package.json', '['.repeat(100_000)]] as const) {
      assert.deepEqual(startsIn({ path, text }), [], text.slice(0, 40));
    }
  });
});
