// Writes docs/rules.md from the rules: node out/test/harness/write-rules.js
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { rulesDocument } from '../../src/core/rules/document.js';
import { repositoryRoot } from './paths.js';

writeFileSync(path.join(repositoryRoot(), 'docs', 'rules.md'), rulesDocument());
