import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Marks } from '../../../src/world/marks.js';
import { sleep } from '../../harness/processes.js';

describe('marks of files', () => {
  let folder: string;
  let old: string;
  const at = (name: string) => path.join(folder, name);
  const OLD = new Date(2020, 1, 1);

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'marks-'));
    old = at('old');
    for (const name of ['old', 'same', 'grows', 'touched', 'replaced', 'linked', 'moved', 'chmod']) writeFileSync(at(name), '12345');
    symlinkSync(at('old'), at('link'));
    mkdirSync(at('folder'));
    await sleep(2_100);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('hold while nothing changes, for what is there and for what is not', () => {
    const marks = new Marks([old, at('missing'), at('folder'), at('link'), at('old/below')]);
    assert.equal(marks.areTellTale, true);
    assert.equal(marks.hold(), true);
  });

  const changes: readonly (readonly [string, string, () => void])[] = [
    ['the same size with the old time', 'same', () => {
      writeFileSync(at('same'), '54321');
      utimesSync(at('same'), OLD, OLD);
    }],
    ['another size', 'grows', () => writeFileSync(at('grows'), '123456')],
    ['another time', 'touched', () => utimesSync(at('touched'), OLD, OLD)],
    ['another file in its place', 'replaced', () => {
      writeFileSync(at('other'), '54321');
      renameSync(at('other'), at('replaced'));
    }],
    ['a link that leads elsewhere', 'link', () => {
      rmSync(at('link'));
      symlinkSync(at('linked'), at('link'));
    }],
    ['a file that goes', 'moved', () => renameSync(at('moved'), at('moved-away'))],
    ['a file that comes', 'comes', () => writeFileSync(at('comes'), 'x')],
    ['a folder that gets a file', 'folder', () => writeFileSync(at('folder/x'), 'x')],
    ['rights', 'chmod', () => chmodSync(at('chmod'), 0o600)],
  ];
  for (const [name, file, change] of changes) {
    it(`show ${name}`, () => {
      const marks = new Marks([old, at(file)]);
      assert.equal(marks.hold(), true);
      change();
      assert.equal(marks.hold(), false);
    });
  }

  it('do not hold for what has only just changed', () => {
    writeFileSync(at('fresh'), 'x');
    const marks = new Marks([at('fresh')]);
    assert.equal(marks.areTellTale, false);
    assert.equal(marks.hold(), false);
  });
});
