import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isScalar, parseDocument } from 'yaml';
import { PassageBuilder } from '../../../../src/core/files/passage.js';
import { jsonPassage, scalarPassage } from '../../../../src/core/files/scalars.js';
import { MOST_TEXT } from '../../../../src/core/files/scan.js';
import { scan } from './cases.js';
import { runs } from '../../../runs.js';

const PATHS = ['x.sh', 'package.json', 'Makefile', 'justfile', 'Taskfile.yml', 'Dockerfile', '.github/workflows/x.yml', '.gitlab-ci.yml', 'compose.yml', '.vscode/tasks.json', '.vscode/launch.json', 'x.sql', 'x.tf', 'x.yaml', 'x.py', 'x.ts', 'x.rb', 'x.php', 'x.pl', 'x.ps1', 'x.bat'];
const PIECES = ['rm -rf /srv', 'apiVersion: v1\nkind: X\n', 'jobs:\n  a:\n    steps:\n', '      - run: |\n', '          ls\n', '{"scripts":{"a":"', '"}}', '\\"', '\\', '\n', '\r\n', '\t', ' ', ':', ';', '{', '}', '[', ']', '(', ')', '"', "'", '`', '#', '//', '/*', '<<EOF\n', 'EOF\n', '${{', '}}', '$(', '- ', '| ', '>-\n', '\u{1f600}', '\uFFFC', '\0', 'FROM x\nRUN ', 'DROP TABLE a;', '$$', 'resource "a" "b" {', 'count = 0', 'os.system("', 'a: &a [*a]\n', '? ', '%', '--\n', '---\n'];

describe('scanning any file', () => {
  it('never throws, and keeps every range inside the file', () => {
    const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...PATHS), texts, (path, text) => {
        for (const { span } of scan(path, text)) assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length, `${path} ${JSON.stringify(text)}`);
      }),
      { numRuns: runs(2000) },
    );
  });
  it('says so when a file is too long', () => {
    assert.deepEqual(scan('x.sh', 'ls\n'.repeat(MOST_TEXT / 2)).map(({ rule }) => rule), ['file/too-long']);
    assert.deepEqual(scan('x.txt', 'ls\n'.repeat(MOST_TEXT / 2)), []);
  });
  it('reads a script that is longer than the parser takes at once', () => {
    const text = `${'echo hello\n'.repeat(15_000)}rm -rf /srv\n`;
    assert.deepEqual(scan('x.sh', text).map(({ span }) => text.slice(span.start, span.end)), ['rm -rf /srv']);
  });
  it('says so when a file nests too deep, and lives', () => {
    for (const path of ['x.yaml', 'Taskfile.yml', '.gitlab-ci.yml', 'package.json', '.vscode/tasks.json']) {
      for (const unit of ['[', '{', '- ', '{"a":']) {
        const text = `apiVersion: v1\nkind: x\n${unit.repeat(20_000)}`;
        assert.deepEqual(scan(path, text).map(({ rule }) => rule), ['file/too-deep'], `${path} ${unit}`);
      }
    }
  });
  it('keeps as many findings as a person could read', () => assert.ok(scan('x.sql', 'DROP TABLE a;\n'.repeat(5000)).length <= 1000));
});

describe('a text inside a file', () => {
  const sources = ['|\n  a\n    b\n\n  c\n', '|-\n  a\n', '|2\n   a\n  b\n', '>\n  a\n  b\n\n  c\n    d\n  e\n', '>-\n\n  a\n  b\n', '"a\\n\\u00e9\\x41 b"', '"a\n  b\n\n  c"', '"a\\\n  b"', "'it''s'", "'a\n  b'", 'a b c', 'a\n  b\n  c', '|\r\n  a\r\n  b\r\n', '|+\n  a\n\n'];
  for (const source of sources) {
    it(`knows where each letter of ${JSON.stringify(source)} stands`, () => {
      const text = `x: ${source}\ny: 1\n`;
      const document = parseDocument(text);
      const node = document.get('x', true);
      assert.ok(isScalar(node));
      const passage = scalarPassage(text, node);
      assert.equal(passage?.text, node.value);
      for (let index = 0; index < passage!.text.length; index += 1) {
        const char = passage!.text.charAt(index);
        if (!/[a-e]/.test(char)) continue;
        const { start, end } = passage!.spanIn({ start: index, end: index + 1 });
        assert.equal(text.slice(start, end), char);
      }
    });
  }
  it('agrees with the YAML reader on any text', () => {
    const lines = fc.array(fc.constantFrom('a', ' b', '  c', '', '# d', 'e: f', "it's", '"q"', '\\n'), { maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom('|', '>', '|-', '>-', '|+', '>+'), lines, (header, content) => {
        const text = `x: ${header}\n${content.map((line) => `  ${line}\n`).join('')}y: 1\n`;
        const node = parseDocument(text).get('x', true);
        if (isScalar(node) && typeof node.value === 'string') assert.equal(scalarPassage(text, node)?.text, node.value);
      }),
      { numRuns: runs(100) },
    );
  });
  it('agrees with JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = JSON.stringify(value);
        assert.equal(jsonPassage(text, 0, text.length).text, value);
      }),
      { numRuns: runs(100) },
    );
  });
  it('keeps its places when something in it is replaced', () => {
    const source = '....echo ${{ a }} done....';
    const passage = new PassageBuilder(source).copy(4, 22).build().replace(source, /\$\{\{[^{}]*\}\}/g, () => 'X');
    assert.equal(passage.text, 'echo X done');
    const place = (start: number, end: number): string => source.slice(...Object.values(passage.spanIn({ start, end })) as [number, number]);
    assert.deepEqual([place(0, 4), place(5, 6), place(7, 11), place(0, 11)], ['echo', '${{ a }}', 'done', 'echo ${{ a }} done']);
  });
});
