import assert from 'node:assert/strict';
import { assess } from '../../../src/core/assess/assess.js';
import { followedFiles } from '../../../src/broker/review-files.js';
import { PROJECT, worldOf } from '../core/assess/fake-world.js';

describe('the files that an approver reads', () => {
  const show = (files: Record<string, string>, text = './x.sh') => {
    const world = worldOf({ files });
    const { findings } = assess({ kind: 'command', text, shell: 'bash', cwd: PROJECT, labels: [] }, [], world);
    return followedFiles(Object.keys(files), findings, PROJECT, world);
  };
  it('are shown line by line, with findings marked', () => {
    const [file] = show({ 'x.sh': '#!/bin/sh\nls\nrm -rf /srv\n' });
    assert.deepEqual(file, { path: 'x.sh', lines: [{ text: '#!/bin/sh', flagged: false }, { text: 'ls', flagged: false }, { text: 'rm -rf /srv', flagged: true }], left: 0 });
  });
  it('hide nothing behind characters that mislead', () => {
    const [file] = show({ 'x.sh': `ls # \u202e${' '.repeat(200)}; rm -rf /srv\r\n` });
    assert.equal(file!.lines[0]!.text, 'ls # \\u{202e} \\u{20}×200 ; rm -rf /srv\\u{d}');
  });
  it('are cut where they are too long, and say so', () => {
    const [file, other] = show({ 'x.sh': 'ls\n'.repeat(5000), 'y.sh': `${'x'.repeat(1000)}\n` });
    assert.equal(file!.lines.length, 200);
    assert.equal(file!.left, 4800);
    assert.match(other!.lines[0]!.text, /^x{400} \(and 600 more characters\)$/);
  });
  it('take no more room than there is', () => {
    const files = show(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.sh`, 'ls\n'.repeat(150)])));
    assert.equal(files.reduce((sum, { lines }) => sum + lines.length, 0), 1000);
    assert.equal(files.reduce((sum, { left }) => sum + left, 0), 350);
  });
  it('are texts', () => assert.deepEqual(show({ 'x.sh': 'ls\0' }), []));
});
