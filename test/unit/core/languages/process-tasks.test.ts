import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { processTasks } from '../../../../src/core/languages/process-tasks.js';
import { runs } from '../../../runs.js';

const file = (...tasks: readonly object[]): string => JSON.stringify({ version: '2.0.0', tasks }, undefined, 2);

/** The file with every edit of its tasks applied, from the end to the beginning. */
function edited(text: string): { tasks: Record<string, unknown>[] } {
  const edits = processTasks(text).flatMap((task) => task.edits);
  const after = [...edits].sort((a, b) => b.span.start - a.span.start).reduce((done, { span, text: words }) => done.slice(0, span.start) + words + done.slice(span.end), text);
  return parse(after, [], { allowTrailingComma: true }) as { tasks: Record<string, unknown>[] };
}

describe('process tasks of tasks.json', () => {
  it('are those that say so, and those that say nothing', () => {
    const text = file({ label: 'a', type: 'process', command: 'x' }, { label: 'b', command: 'y' }, { label: 'c', type: 'shell', command: 'z' }, { label: 'd', dependsOn: ['a'] }, { type: 'npm', script: 'x' });
    assert.deepEqual(processTasks(text).map(({ label }) => label), ['a', 'b']);
    const [first] = processTasks(text);
    assert.equal(text.slice(first!.span.start, first!.span.end), '"process"');
  });

  it('give their program and arguments as written', () => {
    const [task] = processTasks(file({ label: 'a', type: 'process', command: 'terraform', args: ['apply', { value: '-var-file=${env:STAGE}', quoting: 'strong' }] }));
    assert.deepEqual(task!.words, ['terraform', 'apply', '-var-file=${env:STAGE}']);
  });

  it('become shell tasks that start the same program with the same words', () => {
    const text = `// ours\n${file({ label: 'a', type: 'process', command: 'my tool', args: ['plain', '$HOME', 'two words', '${workspaceFolder}/x', "it's"] }, { label: 'b', command: './b' })}`;
    const [a, b] = edited(text).tasks;
    assert.equal(a!['type'], 'shell');
    assert.deepEqual(a!['command'], { value: 'my tool', quoting: 'strong' });
    assert.deepEqual(a!['args'], ['plain', { value: '$HOME', quoting: 'strong' }, { value: 'two words', quoting: 'strong' }, '${workspaceFolder}/x', { value: "it's", quoting: 'strong' }]);
    assert.equal(b!['type'], 'shell');
    assert.equal(b!['command'], './b');
    assert.deepEqual(processTasks(JSON.stringify(edited(text))), []);
  });

  it('keep every word through the edit, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (args) => {
        const [task] = edited(file({ label: 'a', type: 'process', command: 'x', args })).tasks;
        const words = (task!['args'] as (string | { value: string })[]).map((word) => (typeof word === 'string' ? word : word.value));
        assert.deepEqual(words, args);
      }),
      { numRuns: runs(200) },
    );
  });

  it('are found in any text without a fault', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void processTasks(text)), { numRuns: runs(300) });
  });
});
