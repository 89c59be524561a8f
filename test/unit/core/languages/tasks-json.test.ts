import assert from 'node:assert/strict';
import fc from 'fast-check';
import { couldBe, labelsAround, parseTasksJson } from '../../../../src/core/languages/tasks-json.js';
import { runs } from '../../../runs.js';

const FILE = `{
  // a comment, and a trailing comma below
  "tasks": [
    { "label": "push", "type": "shell", "command": "./push.sh", "args": ["--to", { "value": "\${input:where}", "quoting": "strong" }] },
    { "type": "npm", "script": "deploy", "label": "ship" },
    { "type": "npm", "script": "lint" },
    { "label": "deploy: production", "dependsOn": ["push", { "label": "ship" }] },
    { "label": "everything", "dependsOn": "deploy: production", "group": { "kind": "build" } },
    { "label": "with command", "command": "echo", "dependsOn": ["push"] },
    42,
  ],
}`;

describe('tasks.json', () => {
  const tasks = parseTasksJson(FILE);

  it('gives the tasks with their commands, names and groups', () => {
    assert.deepEqual(
      tasks.map(({ label, command }) => [label, command]),
      [
        ['push', './push.sh --to ${input:where}'],
        ['ship', 'npm run deploy'],
        ['npm: lint', 'npm run lint'],
        ['deploy: production', undefined],
        ['everything', undefined],
        ['with command', 'echo'],
      ],
    );
    assert.equal(tasks.find((task) => task.label === 'everything')?.group, 'build');
  });

  it('knows a task by the names of what consists of it', () => {
    assert.deepEqual(labelsAround('push', tasks), ['push', 'deploy: production', 'everything']);
    assert.deepEqual(labelsAround('with command', tasks), ['with command']);
  });

  it('does not loop on tasks that depend on each other', () => {
    const loop = parseTasksJson('{"tasks":[{"label":"a","dependsOn":"b"},{"label":"b","dependsOn":"a"}]}');
    assert.deepEqual(labelsAround('a', loop), ['a', 'b']);
  });

  const could: [line: string, label: string, yes: boolean][] = [
    ["./push.sh --to 'production'", 'push', true],
    ['./push.sh --to eu west', 'push', true],
    ['./other.sh --to eu', 'push', false],
    ['echo ./push.sh --to eu', 'push', false],
    ['npm run deploy', 'ship', true],
    ['anything', 'deploy: production', false],
  ];
  for (const [line, label, yes] of could) {
    it(`${yes ? 'takes' : 'does not take'} “${line}” for “${label}”`, () => {
      assert.equal(couldBe(line, tasks.find((task) => task.label === label)!), yes);
    });
  }

  it('reads anything without throwing', () => {
    fc.assert(fc.property(fc.string(), fc.json(), (text, json) => Array.isArray(parseTasksJson(text)) && Array.isArray(parseTasksJson(`{"tasks":[${json}]}`))), { numRuns: runs(100) });
  });
});
