import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isGateFile, weakeningsOf } from '../../../../src/core/edits/weakenings.js';
import { spoken } from '../../../../src/core/say.js';
import { runs } from '../../../runs.js';
import { worldOf } from '../assess/fake-world.js';

const of = (path: string, before: string | undefined, after: string | undefined) => weakeningsOf({ path, before, after }, [], worldOf()).map((weaker) => spoken(weaker));
const settings = (value: object) => JSON.stringify(value);
const task = (fields: object) => JSON.stringify({ version: '2.0.0', tasks: [{ label: 'deploy: production', command: './deploy', ...fields }] });

describe('an edit that weakens a gate', () => {
  const WEAKER: readonly (readonly [what: string, path: string, before: string | undefined, after: string | undefined])[] = [
    ['another shell for tasks', '/r/.vscode/settings.json', '{}', settings({ 'terminal.integrated.automationProfile.linux': { path: '/bin/sh' } })],
    ['the same in a new file', '/r/.vscode/settings.json', undefined, settings({ 'terminal.integrated.automationProfile.linux': { path: '/bin/sh' } })],
    ['a shell without a guard', '/r/.vscode/settings.json', '{}', settings({ 'terminal.integrated.defaultProfile.linux': 'dash' })],
    ['a variable that loads a guard', '/r/.vscode/settings.json', '{}', settings({ 'terminal.integrated.env.linux': { BASH_ENV: '/dev/null' } })],
    ['hooks switched off', '/r/.vscode/settings.json', settings({ 'editor.tabSize': 2 }), settings({ 'editor.tabSize': 2, 'chat.useHooks': false })],
    ['an assistant that need not ask', '/r/.vscode/settings.json', '{}', settings({ 'chat.tools.global.autoApprove': true })],
    ['with comments around it', '/r/.vscode/settings.json', '{}', '// for the build\n{ "chat.useHooks": false, /* ! */ }'],
    ['a task that becomes a process', '/r/.vscode/tasks.json', task({ type: 'shell' }), task({ type: 'process' })],
    ['a task with a shell of its own', '/r/.vscode/tasks.json', task({ type: 'shell' }), task({ type: 'shell', options: { shell: { executable: '/bin/sh' } } })],
    ['the same on one platform', '/r/.vscode/tasks.json', task({ type: 'shell' }), task({ type: 'shell', linux: { options: { shell: { executable: '/bin/sh' } } } })],
    ['a start file that takes the loader', '/home/u/.bashrc', 'alias ll="ls -l"\n', 'alias ll="ls -l"\nPROMPT_COMMAND="date"\n'],
    ['a start file that exports', '/home/u/.zshenv', undefined, 'export ZDOTDIR=~/.config/zsh\n'],
    ['fish', '/home/u/.config/fish/config.fish', '', 'set -gx BASH_ENV /dev/null\n'],
    ['a hook that is gone', '/r/.claude/settings.json', '{"hooks":{"PreToolUse":[{"command":"countersign hook"}]}}', '{"hooks":{}}'],
    ['a hook file that is gone', '/r/.github/hooks/gate.json', '{"command":"countersign hook"}', undefined],
    ['items sealed for another key', '/r/.countersign/policy.yaml', `version: 1\nrecipients: { ben: age1${'q'.repeat(58)} }\n`, `version: 1\nrecipients: { ben: age1${'p'.repeat(58)} }\n`],
    ['fewer approvals', '/r/.countersign/policy.yaml', 'version: 1\nenvironments:\n  production:\n    approvals: 2\n', 'version: 1\nenvironments:\n  production:\n    approvals: 1\n'],
  ];
  for (const [what, path, before, after] of WEAKER) it(`is seen: ${what}`, () => assert.equal(of(path, before, after).length, 1, of(path, before, after).join(' ')));

  const HARMLESS: readonly (readonly [what: string, path: string, before: string | undefined, after: string | undefined])[] = [
    ['another setting', '/r/.vscode/settings.json', '{}', settings({ 'editor.tabSize': 4 })],
    ['the gate shell itself', '/r/.vscode/settings.json', '{}', settings({ 'terminal.integrated.automationProfile.linux': { path: '/home/u/.countersign/gate/bash' } })],
    ['what stood there before', '/r/.vscode/settings.json', settings({ 'chat.useHooks': false }), settings({ 'chat.useHooks': false, 'editor.tabSize': 4 })],
    ['a setting that is taken back', '/r/.vscode/settings.json', settings({ 'chat.useHooks': false }), '{}'],
    ['hooks switched on', '/r/.vscode/settings.json', '{}', settings({ 'chat.useHooks': true })],
    ['a task that becomes a shell task', '/r/.vscode/tasks.json', task({ type: 'process' }), task({ type: 'shell' })],
    ['another command', '/r/.vscode/tasks.json', task({ type: 'shell' }), task({ type: 'shell', command: './other' })],
    ['an alias', '/home/u/.bashrc', '', 'alias k=kubectl\n'],
    ['PATH', '/home/u/.bashrc', '', 'export PATH=~/bin:$PATH\n'],
    ['a mention in a comment', '/home/u/.bashrc', '', '# PROMPT_COMMAND is left alone\n'],
    ['another hook', '/r/.claude/settings.json', '{"hooks":[{"command":"countersign hook"}]}', '{"hooks":[{"command":"countersign hook"},{"command":"lint"}]}'],
    ['more approvals', '/r/.countersign/policy.yaml', 'version: 1\nenvironments:\n  production:\n    approvals: 1\n', 'version: 1\nenvironments:\n  production:\n    approvals: 2\n'],
    ['any other file', '/r/src/settings.json', '{}', settings({ 'chat.useHooks': false })],
  ];
  for (const [what, path, before, after] of HARMLESS) it(`is no such edit: ${what}`, () => assert.deepEqual(of(path, before, after), []));

  it('is told with everything that could mislead made visible', () => {
    const [sentence = ''] = of('/r/.vscode/tasks.json', '{}', JSON.stringify({ tasks: [{ label: 'x\u202ey', type: 'process', command: 'a' }] }));
    assert.ok(sentence.includes('\\u{202e}'), sentence);
  });

  it('is looked for in any text without a fault', () => {
    const paths = fc.constantFrom('/r/.vscode/settings.json', '/r/.vscode/tasks.json', '/home/u/.bashrc', '/r/.countersign/policy.yaml', '/r/.claude/settings.json');
    fc.assert(
      fc.property(paths, fc.string(), fc.oneof(fc.string(), fc.json()), (path, before, after) => {
        assert.ok(isGateFile(path));
        assert.deepEqual(of(path, after, after), []);
        of(path, before, after);
      }),
      { numRuns: runs(200) },
    );
  });
});
