import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Agent } from '../../../src/assistants/call.js';
import { AnnouncedEdits } from '../../../src/broker/announced-edits.js';

/** An assistant in one of its sessions. */
const agent = (name: string): Agent => ({ name, session: 's1' });

describe('an edit that an assistant announced', () => {
  let clock = 0;
  const edits = () => new AnnouncedEdits(() => clock);
  const FILE = '/repository/migrations/1.sql';

  it('is known by exactly its file and its text', () => {
    const known = edits();
    known.announce(agent('Claude Code'), [{ path: FILE, before: 'a', after: 'DROP TABLE x;' }]);
    assert.equal(known.authorOf(FILE, 'DROP TABLE x;')?.name, 'Claude Code');
    assert.equal(known.authorOf(FILE, 'DROP TABLE x; '), undefined);
    assert.equal(known.authorOf('/repository/migrations/2.sql', 'DROP TABLE x;'), undefined);
  });

  it('may be a deletion', () => {
    const known = edits();
    known.announce(agent('Codex'), [{ path: FILE, before: 'a', after: undefined }]);
    assert.equal(known.authorOf(FILE, undefined)?.name, 'Codex');
    assert.equal(known.authorOf(FILE, ''), undefined);
    assert.equal(known.authorOf('/repository/migrations/2.sql', undefined), undefined);
  });

  it('is the last one’s who announced the same', () => {
    const known = edits();
    for (const name of ['Codex', 'Cursor']) known.announce(agent(name), [{ path: FILE, before: 'a', after: 'b' }]);
    assert.equal(known.authorOf(FILE, 'b')?.name, 'Cursor');
  });

  it('is forgotten after ten minutes, for who writes the same later need not be the same', () => {
    const known = edits();
    known.announce(agent('Codex'), [{ path: FILE, before: 'a', after: 'b' }]);
    clock += 10 * 60_000;
    assert.equal(known.authorOf(FILE, 'b'), undefined);
  });

  it('is forgotten when there are too many', () => {
    const known = edits();
    for (let index = 0; index <= 500; index += 1) known.announce(agent('Codex'), [{ path: FILE, before: 'a', after: String(index) }]);
    assert.equal(known.authorOf(FILE, '0'), undefined);
    assert.equal(known.authorOf(FILE, '500')?.name, 'Codex');
  });

  it('is known through a link to its folder as well', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'announced-'));
    try {
      mkdirSync(path.join(folder, 'real'));
      writeFileSync(path.join(folder, 'real', '1.sql'), 'b');
      symlinkSync(path.join(folder, 'real'), path.join(folder, 'link'));
      const known = edits();
      known.announce(agent('Codex'), [{ path: path.join(folder, 'real', '1.sql'), before: 'a', after: 'b' }]);
      assert.equal(known.authorOf(path.join(folder, 'link', '1.sql'), 'b')?.name, 'Codex');
      known.announce(agent('Cursor'), [{ path: path.join(folder, 'real', '1.sql'), before: 'b', after: undefined }]);
      rmSync(path.join(folder, 'real', '1.sql'));
      assert.equal(known.authorOf(path.join(folder, 'link', '1.sql'), undefined)?.name, 'Cursor');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
