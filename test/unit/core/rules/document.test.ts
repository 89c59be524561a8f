import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HOMEPAGE, rulePage, rulesDocument } from '../../../../src/core/rules/document.js';
import { RULES } from '../../../../src/core/rules/index.js';
import { repositoryRoot } from '../../../harness/paths.js';

const read = (file: string): string => readFileSync(path.join(repositoryRoot(), file), 'utf8');

describe('the page of rules', () => {
  it('is up to date (node out/test/harness/write-rules.js)', () => assert.equal(read('docs/rules.md'), rulesDocument()));

  it('has a heading for every link', () => {
    const anchors = new Set([...read('docs/rules.md').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^a-z0-9 _-]/g, '').replaceAll(' ', '-')));
    for (const id of [...RULES.map((rule) => rule.id), 'terraform-file/force-destroy']) assert.ok(anchors.has(rulePage(id).split('#')[1] ?? ''), id);
  });

  it('stands where the project says it lives', () => assert.equal((JSON.parse(read('package.json')) as { homepage: string }).homepage, HOMEPAGE));
});
