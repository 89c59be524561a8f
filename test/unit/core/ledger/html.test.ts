import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import { htmlReport } from '../../../../src/core/ledger/reports/html.js';
import { statistics } from '../../../../src/core/ledger/reports/statistics.js';
import type { LedgerEntry, RequestEntry } from '../../../../src/core/ledger/entries.js';
import { sentence, type Say } from '../../../../src/core/say.js';
import { german } from '../../../harness/german.js';
import { patience, runs } from '../../../runs.js';
import { everySort, hostileEntries, hostileText, incidentOf, requestOf } from './ledger-entries.js';

const SUBJECT = { written: '2026-11-26T09:00:00Z', span: 'everything', gap: undefined };

/** Every element of a page with its attributes, as the parser of the HTML standard sees them. */
function elements(html: string): readonly { readonly tag: string; readonly attributes: Readonly<Record<string, string>>; readonly text: string }[] {
  const walk = (node: DefaultTreeAdapterTypes.Node): ReturnType<typeof elements>[number][] => {
    const children = 'childNodes' in node ? node.childNodes : [];
    const below = children.flatMap(walk);
    if (!('tagName' in node)) return below;
    const text = children.map((child) => (child.nodeName === '#text' ? (child as DefaultTreeAdapterTypes.TextNode).value : '')).join('');
    return [{ tag: node.tagName, attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])), text }, ...below];
  };
  return walk(parse(html));
}

describe('the report as a page', () => {
  it('runs nothing and loads nothing, and its policy allows one style alone', () => {
    const all = elements(htmlReport([requestOf(), incidentOf()], SUBJECT));
    const policy = all.find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy')!.attributes['content']!;
    const style = all.filter(({ tag }) => tag === 'style');
    assert.equal(style.length, 1);
    assert.equal(policy, `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style[0]!.text).digest('base64')}'; base-uri 'none'; form-action 'none'`);
    assert.doesNotMatch(style[0]!.text, /url\(|@import/);
  });

  it('says in words what each chart shows, and has the numbers behind it', () => {
    const html = htmlReport([requestOf(), incidentOf()], SUBJECT);
    const charts = elements(html).filter(({ tag, attributes }) => tag === 'svg' && attributes['role'] === 'img');
    assert.deepEqual(charts.map(({ attributes }) => attributes['aria-label']!.split('.')[0]), ['Requests and incidents by day', 'How long requests waited for approval', 'Requests by assistant', 'Requests by rule']);
    assert.equal(html.match(/<details><summary>The numbers<\/summary>/g)?.length, charts.length);
    for (const { tag, attributes } of elements(html)) if (tag === 'svg' && attributes['role'] !== 'img') assert.equal(attributes['aria-hidden'], 'true');
  });

  describe('in German', () => {
    const subject = { ...SUBJECT, span: sentence('the last 30 days'), gap: '<origin> \u202e' };
    /** What is read, and what is read out, but for numbers and what somebody wrote. */
    const ours = (entries: readonly LedgerEntry[], say?: Say) => elements(htmlReport(entries, subject, say)).flatMap(({ tag, text, attributes }) => (['title', 'h1', 'h2', 'p', 'strong', 'dt', 'li', 'summary', 'th', 'text'].includes(tag) ? [text, attributes['aria-label'] ?? ''] : [attributes['aria-label'] ?? ''])).filter((text) => /\p{L}{3}/u.test(text) && !/^rule\/|^terraform\/|^Claude Code$|^<origin>|^\d+ (h|min) /.test(text.trim()));

    it('has nothing in English left, and says that it is German', () => {
      const months = [requestOf(), requestOf({ at: '2026-08-31T00:00:00Z' })];
      for (const entries of [[], [requestOf()], [requestOf({ rules: [], use: null, outcome: null, state: 'expired' })], months, everySort]) {
        const inEnglish = new Set(ours(entries));
        // One word is the same in both.
        assert.deepEqual(ours(entries, german).filter((text) => inEnglish.has(text) && text !== 'Person'), []);
        assert.ok(htmlReport(entries, subject, german).startsWith('<!DOCTYPE html>\n<html lang="de">'));
      }
    });

    it('leaves our own letters as they are, and makes visible in what somebody wrote what could mislead', () => {
      const html = htmlReport([incidentOf({ title: '<b>ü\u202e', person: '"><img src=x>' }), ...everySort], subject, german);
      const parts = ['<p>Die letzten 30 Tage. Geschrieben am 2026-11-26T09:00:00Z; alle Zeiten sind in UTC.</p>', '> Offen, abgelaufen oder zurückgezogen</li>', '<th scope="row">länger</th>', '<td>Notfallzugriff, unbestätigte Einlösung</td>', 'aria-label="Anfragen und Vorfälle nach Tag. Dieselben Zahlen stehen in der Tabelle darunter."', '&lt;origin&gt; \\u{202e}</p>', '<td>Vorfall</td><td>&lt;b&gt;\\u{fc}\\u{202e}</td><td>&quot;&gt;&lt;img src=x&gt;</td>', '<p>Die neuesten 200 von '];
      assert.deepEqual(parts.filter((part) => !html.includes(part)), []);
    });

    it('has the same elements as in English, whatever the entries say', () => {
      const tags = (entries: readonly LedgerEntry[], gap: string, say?: Say) => elements(htmlReport(entries, { ...SUBJECT, gap }, say)).map(({ tag, attributes }) => `${tag} ${Object.keys(attributes).join()}`);
      fc.assert(fc.property(hostileEntries, hostileText, (entries, gap) => assert.deepEqual(tags(entries, gap, german), tags(entries, gap))), { numRuns: runs(60) });
    }).timeout(patience(20_000));
  });

  it('lets no text become an element or an attribute', () => {
    const known = new Set(['html', 'head', 'meta', 'title', 'style', 'body', 'svg', 'defs', 'pattern', 'rect', 'path', 'text', 'main', 'h1', 'h2', 'p', 'strong', 'dl', 'div', 'dt', 'dd', 'section', 'ul', 'li', 'details', 'summary', 'table', 'thead', 'tbody', 'tr', 'th', 'td']);
    const names = new Set(['lang', 'charset', 'http-equiv', 'content', 'name', 'class', 'aria-hidden', 'aria-label', 'focusable', 'id', 'width', 'height', 'patternUnits', 'd', 'role', 'viewBox', 'x', 'y', 'x1', 'fill', 'text-anchor', 'scope']);
    fc.assert(
      fc.property(hostileEntries, hostileText, (entries, gap) => {
        for (const { tag, attributes } of elements(htmlReport(entries, { ...SUBJECT, gap }))) {
          assert.ok(known.has(tag), tag);
          for (const [name, value] of Object.entries(attributes)) {
            assert.ok(names.has(name), name);
            if (name === 'fill') assert.match(value, /^url\(#(approved|denied|bypassed|other)\)$/);
          }
        }
      }),
      { numRuns: runs(60) },
    );
  }).timeout(patience(20_000));

  it('shows what somebody wrote, with what could mislead made visible', () => {
    const all = elements(htmlReport([requestOf({ state: 'denied', title: '<b>\u202e&amp;', denial: { at: '2026-11-26T08:01:00Z', person: 'ben', reason: 'no' } })], SUBJECT));
    assert.ok(all.some(({ tag, text }) => tag === 'td' && text === '<b>\\u{202e}&amp;'));
  });
});

describe('the numbers of the ledger', () => {
  const after = (seconds: number, changes: Partial<RequestEntry> = {}): LedgerEntry => requestOf({ use: { at: new Date(Date.parse('2026-11-26T08:00:00Z') + seconds * 1000).toISOString(), by: 'ana' }, ...changes });

  it('count every entry once, by what came of it', () => {
    const glass = { at: '2026-11-26T08:00:30Z', reason: 'x', key: 'k', review: null };
    const { total } = statistics([requestOf(), requestOf({ state: 'denied' }), requestOf({ state: 'expired', approvals: [] }), requestOf({ glass, bypassed: ['broken glass'] }), incidentOf()]);
    assert.deepEqual(total, { name: 'all', held: 4, ends: { approved: 1, denied: 1, bypassed: 2, other: 1 } });
  });

  it('have a row for every day in between, and months where that were too many', () => {
    assert.deepEqual(statistics([requestOf({ at: '2026-11-03T00:00:00Z' }), requestOf({ at: '2026-10-31T23:59:59Z' })]).overTime.map(({ name, held }) => [name, held]), [['2026-10-31', 1], ['2026-11-01', 0], ['2026-11-02', 0], ['2026-11-03', 1]]);
    assert.deepEqual(statistics([requestOf({ at: '2026-11-03T00:00:00Z' }), requestOf({ at: '2026-08-31T00:00:00Z' })]).overTime.map(({ name }) => name), ['2026-08', '2026-09', '2026-10', '2026-11']);
  });

  it('say how long approved requests waited: median and 90th percentile by nearest rank', () => {
    const { waits } = statistics([10, 20, 30, 40, 50, 60, 70, 80, 900, 20_000].map((seconds) => after(seconds)));
    assert.deepEqual([waits.count, waits.median, waits.p90], [10, 50, 900]);
    assert.deepEqual(waits.steps.map(({ count }) => count), [6, 2, 1, 0, 0, 1]);
    assert.equal(statistics([after(5, { bypassed: ['broken glass'] }), after(5, { kind: 'rules' }), requestOf({ use: null, state: 'expired' })]).waits.count, 0);
  });

  it('count by assistant and by rule, the most first', () => {
    const agent = { name: 'Claude Code', session: 's', model: null };
    const { byAgent, byRule } = statistics([requestOf({ agent }), requestOf({ agent, rules: [] }), requestOf({ rules: ['sql/drop', 'terraform/destroy'] })]);
    assert.deepEqual(byAgent.map(({ name, held }) => [name, held]), [['Claude Code', 2], [sentence('no assistant reported'), 1]]);
    assert.deepEqual(byRule.map(({ name, held }) => [name, held]), [['terraform/destroy', 2], ['sql/drop', 1]]);
  });
});
