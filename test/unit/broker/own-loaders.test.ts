import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { withoutOurs } from '../../../src/broker/own-loaders.js';

const NOBODY = 65534;

describe('the environment of what a hook let go, as a terminal has it', () => {
  let base: string;
  const at = (name: string) => path.join(base, name);
  const put = (directory: string, program: string) => {
    mkdirSync(at(directory), { recursive: true });
    writeFileSync(path.join(at(directory), program), '#!/bin/sh\n', { mode: 0o755 });
  };
  before(() => {
    base = mkdtempSync(path.join(os.tmpdir(), 'own-loaders-'));
    chmodSync(base, 0o755);
    put('usual', 'kubectl');
    put('usual', 'terraform');
    put('more', 'code');
    put('evil', 'kubectl');
    put('secret', 'kubectl');
    chmodSync(at('secret'), 0o311);
  });
  after(() => {
    chmodSync(at('secret'), 0o755);
    rmSync(base, { recursive: true });
  });

  const APPROVED = ['usual', 'other'];
  const PATHS: readonly (readonly [what: string, search: readonly string[], isTheSame: boolean])[] = [
    ['the approved one', ['usual', 'other'], true],
    ['with a directory before it that hides nothing', ['more', 'usual', 'other'], true],
    ['with a directory behind it', ['usual', 'other', 'more'], true],
    ['with one behind it that has another program of a name', ['usual', 'other', 'evil'], true],
    ['with one that is not there', ['gone', 'usual', 'other'], true],
    ['with another program of a name before it', ['evil', 'usual', 'other'], false],
    ['in another order', ['other', 'usual'], false],
    ['without one of its directories', ['usual'], false],
    ['with one of its directories twice', ['other', 'usual', 'other'], false],
    ['with the directory that one happens to be in', ['', 'usual', 'other'], false],
    ['with one that depends on where one is', ['./evil', 'usual', 'other'], false],
  ];
  const pathOf = (names: readonly string[]) => names.map((name) => (name === '' || name.startsWith('.') ? name : at(name))).join(path.delimiter);
  const resolved = (names: readonly string[]) => withoutOurs({ PATH: pathOf(names) }, { PATH: pathOf(APPROVED) }, base)['PATH'];

  for (const [what, search, isTheSame] of PATHS) {
    it(`${isTheSame ? 'is as approved' : 'is another'}: ${what}`, () => assert.equal(resolved(search), pathOf(isTheSame ? APPROVED : search)));
  }

  it('is another with a directory whose programs run although nobody may list them', () => {
    const search = ['secret', 'usual', 'other'];
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(NOBODY);
    try {
      assert.equal(resolved(search), pathOf(search));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  const VARIABLES: readonly (readonly [name: string, value: string, isTheEditors: boolean])[] = [
    ['GIT_PAGER', 'cat', true],
    ['GIT_PAGER', 'sh -c ./evil', false],
    ['GIT_EDITOR', ':', true],
    ['GIT_EDITOR', './evil', false],
    ['GIT_ASKPASS', '/editor/extensions/git/dist/askpass.sh', true],
    ['GIT_ASKPASS', '/elsewhere/extensions/git/dist/askpass.sh', false],
    ['KUBECONFIG', '/elsewhere', false],
  ];
  for (const [name, value, isTheEditors] of VARIABLES) {
    it(`${isTheEditors ? 'leaves out' : 'keeps'} ${name}=${value}`, () => assert.equal(withoutOurs({ [name]: value }, {}, base, '/editor')[name], isTheEditors ? undefined : value));
  }
});
