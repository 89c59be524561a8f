import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAtCursor } from '../../../../src/core/edits/at-cursor.js';
import { SeenFile } from '../../../../src/core/edits/seen-file.js';
import { changed, seenText, unseenBetween, type TextChange } from '../../../../src/core/edits/unseen.js';
import { runs } from '../../../runs.js';

const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', 'DROP TABLE x;\n', 'ls\n', ''), { maxLength: 12 }).map((parts) => parts.join(''));
/** A change of some text, by shares of its length. */
const share = fc.record({ from: fc.nat(100), to: fc.nat(100), text: fc.constantFrom('', 'a', '\n', 'bb\nb') });

function changeOf(now: string, { from, to, text: words }: { readonly from: number; readonly to: number; readonly text: string }): TextChange {
  const [start = 0, end = 0] = [from, to].map((part) => Math.floor((part * now.length) / 100)).sort((a, b) => a - b);
  return { start, end, text: words };
}

describe('what a person has not seen yet', () => {
  it('is nothing of what they type', () => {
    fc.assert(
      fc.property(text, fc.array(share, { maxLength: 6 }), (start, shares) => {
        const file = new SeenFile(start);
        let now = start;
        for (const one of shares) {
          const change = changeOf(now, one);
          file.typed(change);
          now = changed(now, change);
        }
        assert.equal(file.now, now);
        assert.equal(file.seen, now);
        assert.ok(file.isSeen);
      }),
      { numRuns: runs(500) },
    );
  });

  it('comes from others, however often they write: reverted, the text is as it was seen; kept, it stays as it is', () => {
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 5 }), (seen, arrivals) => {
        const file = new SeenFile(seen);
        for (const arrival of arrivals) file.arrived(arrival);
        const now = arrivals.at(-1) ?? seen;
        assert.equal(file.now, now);
        assert.equal(file.seen, seen);
        assert.equal(file.reverted(), seen);
        file.keep();
        assert.equal(file.now, now);
        assert.equal(file.seen, now);
        assert.equal(file.reverted(), now);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('is decided on place by place, in any order', () => {
    const everyPlace = fc.array(fc.record({ at: fc.nat(10), keep: fc.boolean() }), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, everyPlace, (seen, now, decisions) => {
        const file = new SeenFile(seen);
        file.arrived(now);
        const kept = new Set<string>();
        const all = unseenBetween(seen, now);
        const places = new Map(all.map((place, index) => [index, place]));
        let shift = new Map(all.map((_, index) => [index, 0]));
        for (const { at, keep } of decisions) {
          const [index, place] = [...places][at % Math.max(1, places.size)] ?? [];
          if (index === undefined || !place) break;
          const moved = { start: place.start + (shift.get(index) ?? 0), end: place.end + (shift.get(index) ?? 0) };
          places.delete(index);
          if (keep) {
            kept.add(String(index));
            file.keep(moved);
            continue;
          }
          const before = file.now.length;
          file.arrived(file.reverted(moved));
          const longer = file.now.length - before;
          shift = new Map([...shift].map(([other, by]) => [other, other > index ? by + longer : by]));
        }
        const open = new Set([...places.keys()]);
        const asSeen = all.filter((_, index) => !kept.has(String(index)) && !open.has(index));
        assert.equal(file.now, seenText(now, asSeen));
        assert.equal(file.seen, seenText(now, all.filter((_, index) => !kept.has(String(index)))));
      }),
      { numRuns: runs(1000) },
    );
  });

  it('moves along with what the person types elsewhere', () => {
    const file = new SeenFile('one\ntwo\nthree\n');
    file.arrived('one\nTWO\nthree\n');
    file.typed({ start: 0, end: 0, text: 'zero\n' });
    file.typed({ start: 13, end: 18, text: 'last' });
    assert.equal(file.now, 'zero\none\nTWO\nlast\n');
    assert.equal(file.seen, 'zero\none\ntwo\nlast\n');
  });

  it('is not what the person writes between two places that came at once', () => {
    const file = new SeenFile('one\ntwo\nthree\nfour\nfive\n');
    file.arrived('ONE\ntwo\nthree\nfour\nFIVE\n');
    file.typed({ start: 8, end: 13, text: 'third' });
    assert.equal(file.now, 'ONE\ntwo\nthird\nfour\nFIVE\n');
    assert.equal(file.seen, 'one\ntwo\nthird\nfour\nfive\n');
  });

  it('goes when the person undoes it, or writes the same again', () => {
    const file = new SeenFile('one\ntwo\n');
    file.arrived('one\n');
    file.typed({ start: 4, end: 4, text: 't' });
    assert.equal(file.seen, 'one\ntwo\n');
    file.typed({ start: 5, end: 5, text: 'wo\n' });
    assert.equal(file.now, 'one\ntwo\n');
    assert.ok(file.isSeen);
  });

  it('and typed words together are the text, whatever happens to it', () => {
    fc.assert(
      fc.property(text, fc.array(fc.oneof(share, text), { maxLength: 8 }), (start, steps) => {
        const file = new SeenFile(start);
        for (const step of steps) {
          const before = file.seen;
          if (typeof step === 'string') {
            file.arrived(step);
            assert.equal(file.seen, before);
          } else file.typed(changeOf(file.now, step));
        }
        assert.equal(file.reverted(), file.seen);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('is all of a file that came, and all that was in one that went', () => {
    const file = new SeenFile(undefined);
    file.arrived('one\n');
    assert.deepEqual([file.change, file.seen, file.now], ['new', '', 'one\n']);
    file.keep();
    assert.equal(file.change, 'changed');
    file.removed();
    assert.deepEqual([file.change, file.seen, file.now], ['deleted', 'one\n', '']);
    file.arrived('one\n');
    assert.deepEqual([file.change, file.isSeen], ['changed', true]);
  });

  it('costs no copy of the text for each key', () => {
    const file = new SeenFile('');
    for (let at = 0; at < 2000; at += 1) file.typed({ start: at, end: at, text: 'x' });
    assert.equal(file.now, 'x'.repeat(2000));
  });
});

describe('a change is taken for the person’s own', () => {
  const lines = (first: number, last = first) => ({ first, last });
  const CASES: readonly (readonly [what: string, changes: readonly ReturnType<typeof lines>[], selections: readonly ReturnType<typeof lines>[], own: boolean])[] = [
    ['typed at the cursor', [lines(4)], [lines(4)], true],
    ['a line that is joined with the one above', [lines(3, 4)], [lines(4)], true],
    ['a selection that is replaced', [lines(2, 9)], [lines(2, 9)], true],
    ['typed at several cursors', [lines(9), lines(2)], [lines(2), lines(9)], true],
    ['far from the cursor', [lines(9)], [lines(4)], false],
    ['more than what is selected', [lines(0, 9)], [lines(4)], false],
    ['at the cursor and far from it', [lines(4), lines(9)], [lines(4)], false],
    ['without a cursor', [lines(4)], [], false],
  ];
  for (const [what, changes, selections, own] of CASES) it(`${own ? 'yes' : 'no'}: ${what}`, () => assert.equal(isAtCursor(changes, selections), own));
});
