import assert from 'node:assert/strict';
import type { ShellName } from '../../../../src/core/assess/assessment.js';
import { unexplained } from '../../../../src/core/shell/mentions.js';

const surroundings = { cwd: '/repo', home: '/home/x', env: () => undefined };
const names = (definitions: string, line: string, shell: ShellName = 'bash') => unexplained(definitions, line, shell, surroundings)?.toSorted();

describe('names that a line could call', () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ['', 'git status', []],
    ["alias g='git'", 'g status', ['git']],
    ['deploy () \n{ \n    kubectl apply -f x;\n    notify done\n}', 'deploy', ['kubectl', 'notify']],
    ['a () { b; }\nb () { c; }', 'a', ['c']],
    ['a () { if x; then y "$(z)"; fi; }', 'a', ['x', 'y', 'z']],
    ['a () { eval "hidden --now"; }', 'a', ['eval', 'hidden']],
    ["alias a='sudo b | c'", 'a', ['b', 'c', 'sudo']],
    // What the line shows has come along already.
    ['a () { b; }', 'a && b', []],
    // What only the expansion shows has not.
    ['', 'eval "$(echo aGlkZGVu | base64 -d)"', ['hidden']],
    ['', 'x=ls; $x', []],
  ];
  for (const [definitions, line, expected] of table) {
    it(`${JSON.stringify(definitions)} ${JSON.stringify(line)}`, () => assert.deepEqual(names(definitions, line), expected));
  }

  it('asks for every word of a grammar that it does not read', () => {
    const asked = names('function deploy --description "to prod"\n  kubectl apply\nend', 'deploy', 'fish') ?? [];
    assert.ok(asked.includes('kubectl'));
    assert.ok(!asked.includes('deploy'));
  });

  it('gives up where there are too many', () => {
    const body = Array.from({ length: 500 }, (_, index) => `f${index};`).join(' ');
    assert.equal(names(`a () { ${body} }`, 'a'), undefined);
  });
});
