import assert from 'node:assert/strict';
import fc from 'fast-check';
import MarkdownIt, { type Token } from 'markdown-it';
import type { Log } from 'sarif';
import { plain } from '../../../../src/core/approval/display.js';
import { entryName, forPrograms } from '../../../../src/core/ledger/entries.js';
import { csv } from '../../../../src/core/ledger/reports/csv.js';
import { jsonLines } from '../../../../src/core/ledger/reports/jsonl.js';
import { code, codeBlock } from '../../../../src/core/ledger/reports/markdown.js';
import { postMortem } from '../../../../src/core/ledger/reports/post-mortem.js';
import { sarif } from '../../../../src/core/ledger/reports/sarif.js';
import { sentence } from '../../../../src/core/say.js';
import { german } from '../../../harness/german.js';
import { patience, runs } from '../../../runs.js';
import { everySort, hostileEntries, hostileText, incidentOf, requestOf, tamed } from './ledger-entries.js';

const SUBJECT = { about: 'a day', written: '2026-11-26T09:00:00Z', gap: undefined };

describe('an export of the ledger', () => {
  describe('as JSON lines', () => {
    it('gives every entry back, one line each, whatever it says', () => {
      fc.assert(
        fc.property(hostileEntries, (entries) => {
          const text = jsonLines(entries);
          assert.match(text, /^[\x20-\x7e\n]*$/);
          assert.deepEqual(text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown), entries.map(forPrograms));
        }),
        { numRuns: runs(60) },
      );
    }).timeout(patience(20_000));
  });

  describe('as CSV', () => {
    it('has one line for an entry, with as many cells as the first, none of which is a formula', () => {
      fc.assert(
        fc.property(hostileEntries, (entries) => {
          const [head, ...records] = readCsv(csv(entries));
          assert.equal(records.length, entries.length);
          for (const record of records) {
            assert.equal(record.length, head!.length);
            for (const text of record) assert.doesNotMatch(text, /^[=+\-@\t\r]|[^\x20-\x7e]/);
          }
          assert.deepEqual(records.map((record) => record[head!.indexOf('script')]!.replace(/^'/, '')), entries.map(({ script }) => plain(script).replace(/^'/, '')));
        }),
        { numRuns: runs(60) },
      );
    }).timeout(patience(20_000));

    it('keeps a spreadsheet from taking a cell for a formula', () => {
      for (const [text, shown] of [['=1+1', "'=1+1"], ['+1', "'+1"], ['-1', "'-1"], ['@SUM(A1)', "'@SUM(A1)"], [' =1', "' =1"], ['\t=1', '\\u{9}=1'], ['a"b', 'a"b']] as const) {
        const [head, record] = readCsv(csv([requestOf({ reason: text })]));
        assert.equal(record![head!.indexOf('reason')], shown);
      }
    });
  });

  describe('as SARIF', () => {
    const read = (entries: Parameters<typeof sarif>[0]) => (JSON.parse(sarif(entries)) as Log).runs[0]!;

    it('has a result for what went round the gate or was denied, and for nothing else', () => {
      const denial = { at: '2026-11-26T08:05:00Z', person: 'ben', reason: 'not today' };
      const { results, tool } = read([requestOf(), incidentOf(), requestOf({ state: 'denied', denial }), requestOf({ bypassed: ['broken glass', 'unconfirmed use'] }), requestOf({ bypassed: ['unapproved use'] })]);
      assert.deepEqual(results!.map(({ ruleId, level }) => [ruleId, level]), [
        ['countersign/incident', 'error'],
        ['countersign/denied', 'note'],
        ['countersign/broken-glass', 'warning'],
        ['countersign/unconfirmed-use', 'warning'],
        ['countersign/unapproved-use', 'error'],
      ]);
      assert.match(results![1]!.message.text!, /deploy: production .* was denied by ben: not today/);
      for (const { ruleId, ruleIndex } of results!) assert.equal(tool.driver.rules![ruleIndex!]!.id, ruleId);
    });

    it('lets no text become a link, a control character or an address of somewhere else', () => {
      fc.assert(
        fc.property(hostileEntries, (entries) => {
          for (const { message, locations } of read(entries).results!) {
            assert.doesNotMatch(message.text!, /\]\(|[^\x20-\x7e]/);
            const uri = locations![0]!.physicalLocation?.artifactLocation?.uri;
            if (uri !== undefined) assert.match(new URL(uri, 'file:///repository/').href, /^file:\/\/\//);
          }
        }),
        { numRuns: runs(60) },
      );
    }).timeout(patience(20_000));
  });
});

describe('a post-mortem', () => {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  const flat = (tokens: readonly Token[]): Token[] => tokens.flatMap((token) => [token, ...flat(token.children ?? [])]);
  const shape = (text: string) => flat(markdown.parse(text, {})).filter(({ type }) => type !== 'text').map(({ type, tag }) => `${type} ${tag}`);

  it('says what was asked, by whom, what the gate said, who approved it, what ran, how it ended and what was bypassed', () => {
    const text = postMortem([requestOf({ agent: { name: 'Claude Code', session: 's1', model: 'm1' } }), incidentOf()], SUBJECT);
    for (const part of [
      '- **Asked** on 2026-11-26T08:00:00Z by `ana@payments.example` through the assistant `Claude Code`, session `s1`, model `m1`',
      '- **Why:** `the weekly release`',
      '  ```\n  ./scripts/deploy.sh production\n  ```',
      '  - `Would change production: the task is called so.`',
      '- **Approved** by `ben@payments.example` with the key `SHA256:key`',
      '- **Ran** on 2026-11-26T08:01:00Z, started by `ana@payments.example`',
      '- **Outcome:** exit code 0 on 2026-11-26T08:02:00Z',
      '- **Bypassed:** nothing',
      '- **Bypassed:** it began without asking',
    ]) assert.ok(text.includes(part), `${part}\n\nis not in\n\n${text}`);
  });

  it('tells the time line in order, by day', () => {
    const text = postMortem([requestOf(), incidentOf()], SUBJECT);
    assert.match(text, /### 2026-11-25\n\n- 23:59:59 .*began without asking.*\n\n### 2026-11-26\n\n- 08:00:00 .* was asked for .*\n- 08:01:00 .* was run .*\n- 08:02:00 .* ended with exit code 0/);
  });

  it('has the same structure whatever the entries say', () => {
    fc.assert(fc.property(hostileEntries, (entries) => assert.deepEqual(shape(postMortem(entries, SUBJECT)), shape(postMortem(tamed(entries), SUBJECT)))), { numRuns: runs(60) });
  }).timeout(patience(20_000));

  /** The lines with words of ours. What somebody wrote and what was recorded stands in code, and days stand alone. */
  const ourLines = (text: string) => text.replace(/^ *(`{3,})\n[\s\S]*?\n *\1$/gm, '').split('\n').filter((line) => /\p{L}/u.test(line.replace(/`+[^`]*`+/g, '')));

  it('has no line in English left in German', () => {
    for (const about of [sentence('the last seven days'), entryName(requestOf()), entryName(incidentOf())]) {
      for (const entries of [[], [requestOf()], everySort]) {
        const subject = { ...SUBJECT, about, gap: 'no remote' };
        const inEnglish = new Set(ourLines(postMortem(entries, subject)));
        assert.deepEqual(ourLines(postMortem(entries, subject, german)).filter((line) => inEnglish.has(line)), []);
      }
    }
  });

  it('says in German what it says in English, with our own letters as they are and what was recorded as it was recorded', () => {
    const text = postMortem(everySort, { ...SUBJECT, about: sentence('the last seven days') }, german);
    const parts = [
      '# Post-mortem: die letzten sieben Tage',
      '- **Angefragt** am 2026-11-26T08:00:00Z von `ana@payments.example` über den Assistenten `Claude Code`, Sitzung `s1`, Modell `m1`',
      '- **Nötig:** `2 Signaturen, jede mit einem berührten Sicherheitsschlüssel`, bis 2026-11-26T08:30:00Z',
      '- **Was** (Änderung `deploy: production`, Verzeichnis: die oberste Ebene des Repositorys):',
      '  - `Would change production: the task is called so.`',
      '- **Warum:** (1 Leerzeichen)',
      '- **Ausgeführt** am 2026-11-26T08:01:00Z, gestartet von `ana@payments.example`',
    ];
    assert.deepEqual(parts.filter((part) => !text.includes(part)), []);
  });

  it('has the same structure in German whatever the entries say', () => {
    fc.assert(fc.property(hostileEntries, (entries) => assert.deepEqual(shape(postMortem(entries, SUBJECT, german)), shape(postMortem(tamed(entries), SUBJECT, german)))), { numRuns: runs(60) });
  }).timeout(patience(20_000));

  it('shows every text whole, with what could mislead made visible', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const span = flat(markdown.parse(`x ${code(text)} y`, {})).find(({ type }) => type === 'code_inline');
        if (plain(text).trim() !== '') assert.equal(span?.content, plain(text));
        const block = flat(markdown.parse(`- x\n\n${codeBlock(text, '  ').join('\n')}\n`, {})).find(({ type }) => type === 'fence');
        assert.equal(block?.content, `${text.split('\n').map(plain).join('\n')}\n`);
      }),
      { numRuns: runs(500) },
    );
  }).timeout(patience(20_000));
});

/** Reads RFC 4180, strictly. */
function readCsv(text: string): string[][] {
  assert.ok(text.endsWith('\r\n'));
  return text.slice(0, -2).split('\r\n').map((line) => {
    const cells = [...line.matchAll(/(?:^|,)"((?:[^"]|"")*)"/g)];
    assert.equal(cells.map(([whole]) => whole).join(''), line, 'a line of quoted cells');
    return cells.map(([, cell]) => cell!.replaceAll('""', '"'));
  });
}
