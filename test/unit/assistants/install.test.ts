import assert from 'node:assert/strict';
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { ASSISTANTS, assistantNamed } from '../../../src/assistants/assistants.js';
import { install, isPresent, remove, standingAcross, standingOf, type Ground, type Grounds } from '../../../src/assistants/install/install.js';
import { withEntry, withoutEntry } from '../../../src/assistants/install/json-list.js';
import { runs } from '../../runs.js';

const one = (id: string) => assistantNamed(id) ?? assert.fail(id);
const HOOKED = ASSISTANTS.filter(({ hook }) => hook !== undefined);

describe('an assistant that is told to ask', () => {
  let ground: Ground & { readonly project: string };
  beforeEach(() => {
    const home = mkdtempSync(path.join(tmpdir(), 'assistants-'));
    ground = { home: path.join(home, 'home'), project: path.join(home, 'project'), searchPath: '' };
    mkdirSync(ground.home);
    mkdirSync(ground.project);
  });
  afterEach(() => rmSync(path.dirname(ground.home), { recursive: true }));

  /** Every file below the home and the project with its bytes, but for our own. */
  const snapshot = () => [ground.home, ground.project].flatMap((root) => readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => path.join(entry.parentPath, entry.name))).filter((file) => !file.includes('.countersign')).sort().map((file) => (lstatSync(file).isDirectory() ? file : `${file}: ${readFileSync(file, 'utf8')}`));
  const put = (file: string, text: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };

  for (const { id, name } of HOOKED) {
    it(`is gated, twice the same, and given back as it was: ${name}`, () => {
      for (const scope of ['user', 'project'] as const) {
        const before = snapshot();
        assert.equal(standingOf(one(id), scope, ground).state, 'missing');
        assert.notEqual(install(one(id), scope, ground).length, 0);
        // Codex is asked for its person's trust besides.
        assert.equal(standingOf(one(id), scope, ground).state, id === 'codex' ? 'untrusted' : 'gated', standingOf(one(id), scope, ground).detail);
        const after = snapshot();
        assert.deepEqual(install(one(id), scope, ground), []);
        assert.deepEqual(snapshot(), after);
        remove(one(id), scope, ground);
        assert.deepEqual(snapshot(), before);
      }
    });
  }

  it('is gated in a window only where it is gated in each of its folders', () => {
    const other: Ground = { ...ground, project: path.join(ground.home, 'other') };
    const stands = (...grounds: Grounds) => {
      const { standing, ground: where } = standingAcross(one('claude-code'), grounds);
      return [standing.state, where.project];
    };
    install(one('claude-code'), 'project', ground);
    assert.deepEqual(stands(ground), ['gated', ground.project]);
    assert.deepEqual(stands(ground, other), ['missing', other.project]);
    assert.deepEqual(stands(other, ground), ['missing', other.project]);
    install(one('claude-code'), 'user', ground);
    assert.deepEqual(stands(ground, other), ['gated', ground.project]);
    put(path.join(other.project ?? '', '.claude', 'settings.json'), '{ "disableAllHooks": true }');
    assert.deepEqual(stands(ground, other), ['silenced', other.project]);
  });

  it('is gated by the hook that the editor’s extension brings along, unless a setting keeps it from asking', () => {
    const carried = (setting: string | undefined): Ground => ({ ...ground, carried: new Map([['vscode', setting]]) });
    assert.ok(!isPresent(one('vscode'), ground));
    assert.ok(isPresent(one('vscode'), carried(undefined)));
    assert.equal(standingOf(one('vscode'), 'user', carried(undefined)).state, 'gated');
    assert.equal(standingOf(one('copilot-cli'), 'user', carried(undefined)).state, 'missing');
    for (const scope of ['user', 'project'] as const) {
      const { state, detail } = standingOf(one('vscode'), scope, carried('chat.useHooks'));
      assert.equal(state, 'silenced');
      assert.match(detail, /chat\.useHooks/);
    }
  });

  const OTHERS = `{
\t// what the team agreed on
\t"model": "x", /* keep */
\t"hooks": {
\t\t"PreToolUse": [
\t\t\t{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "lint" }] }, // ours is another
\t\t],
\t},
}
`;

  it('keeps every comment and every other hook, and gets the file back byte for byte', () => {
    const file = path.join(ground.home, '.claude', 'settings.json');
    put(file, OTHERS);
    install(one('claude-code'), 'user', ground);
    const text = readFileSync(file, 'utf8');
    for (const kept of ['// what the team agreed on', '/* keep */', '"command": "lint"', '// ours is another']) assert.ok(text.includes(kept), text);
    assert.equal((parse(text, [], { allowTrailingComma: true }) as { hooks: { PreToolUse: unknown[] } }).hooks.PreToolUse.length, 2);
    remove(one('claude-code'), 'user', ground);
    assert.equal(readFileSync(file, 'utf8'), OTHERS);
  });

  it('takes out only what is ours where somebody changed the file since', () => {
    const file = path.join(ground.home, '.claude', 'settings.json');
    put(file, OTHERS);
    install(one('claude-code'), 'user', ground);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"x"', '"y"'));
    remove(one('claude-code'), 'user', ground);
    const text = readFileSync(file, 'utf8');
    assert.ok(text.includes('"y"') && text.includes('"lint"') && !text.includes('.countersign'), text);
  });

  it('mends an older entry of ours in its place', () => {
    const file = path.join(ground.home, '.claude', 'settings.json');
    put(file, JSON.stringify({ hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: '/old/.countersign/gate/hook' }] }, { matcher: 'X', hooks: [] }] } }));
    assert.equal(standingOf(one('claude-code'), 'user', ground).state, 'outdated');
    install(one('claude-code'), 'user', ground);
    assert.equal(standingOf(one('claude-code'), 'user', ground).state, 'gated');
    assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { hooks: { PreToolUse: unknown[] } }).hooks.PreToolUse.length, 2);
  });

  it('is not touched where its configuration cannot be read, or another hook has the only place', () => {
    for (const text of ['{"hooks": [', '[]', '{"hooks": {"PreToolUse": {}}}', '{"hooks": 1}']) {
      const file = path.join(ground.home, '.claude', 'settings.json');
      put(file, text);
      assert.throws(() => install(one('claude-code'), 'user', ground), /settings\.json/, text);
      assert.equal(readFileSync(file, 'utf8'), text);
    }
    put(path.join(ground.home, '.cline', 'hooks', 'PreToolUse'), '#!/bin/sh\nexit 0\n');
    assert.throws(() => install(one('cline'), 'user', ground), /Another hook stands there already/);
  });

  it('keeps links and modes, and makes scripts executable', () => {
    const real = path.join(ground.home, 'dotfiles', 'claude.json');
    put(real, '{}');
    mkdirSync(path.join(ground.home, '.claude'));
    symlinkSync(real, path.join(ground.home, '.claude', 'settings.json'));
    install(one('claude-code'), 'user', ground);
    assert.ok(lstatSync(path.join(ground.home, '.claude', 'settings.json')).isSymbolicLink());
    assert.ok(readFileSync(real, 'utf8').includes('.countersign'));
    install(one('cline'), 'user', ground);
    assert.equal(statSync(path.join(ground.home, '.cline', 'hooks', 'PreToolUse')).mode & 0o100, 0o100);
  });

  const SILENCERS: readonly (readonly [id: string, file: string, text: string])[] = [
    ['claude-code', 'project/.claude/settings.local.json', '{"disableAllHooks": true}'],
    ['gemini-cli', 'project/.gemini/settings.json', '{"hooksConfig": {"enabled": false}} // off'],
    ['copilot-cli', 'project/.github/copilot/settings.json', '{"disableAllHooks": true}'],
    ['qwen-code', 'project/.qwen/settings.json', '{"disableAllHooks": true}'],
    ['codex', 'project/.codex/config.toml', '[features]\nhooks = false\n'],
    ['vscode', 'project/.vscode/settings.json', '{"chat.useHooks": false}'],
  ];
  for (const [id, file, text] of SILENCERS) {
    it(`is seen to be silenced: ${id} by ${file}`, () => {
      install(one(id), 'user', ground);
      put(path.join(path.dirname(ground.home), file), text);
      const { state, detail } = standingOf(one(id), 'user', ground);
      assert.equal(state, 'silenced');
      assert.ok(detail.includes(path.basename(file)), detail);
    });
  }

  it('is asked for its person’s trust where it needs that, and seen when it is given', () => {
    const [file = ''] = install(one('codex'), 'user', ground);
    assert.match(standingOf(one('codex'), 'user', ground).detail, /\/hooks/);
    put(path.join(ground.home, '.codex', 'config.toml'), `[hooks.state."${file}:pre_tool_use:0:0"]\nenabled = true\ntrusted_hash = "sha256:00"\n`);
    assert.equal(standingOf(one('codex'), 'user', ground).state, 'gated');
  });

  it('is found by its program or its folder', () => {
    assert.equal(isPresent(one('claude-code'), ground), false);
    mkdirSync(path.join(ground.home, '.claude'));
    assert.equal(isPresent(one('claude-code'), ground), true);
    put(path.join(ground.home, 'bin', 'gemini'), '#!/bin/sh\n');
    cpSync('/bin/true', path.join(ground.home, 'bin', 'gemini'));
    assert.equal(isPresent(one('gemini-cli'), { ...ground, searchPath: path.join(ground.home, 'bin') }), true);
    assert.equal(existsSync(path.join(ground.home, '.gemini')), false);
  });

  it('loses nothing of any configuration', () => {
    const entry = { command: '/h/.countersign/gate/hook --from x', timeout: 600 };
    const other = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.jsonValue(), { maxKeys: 4 });
    fc.assert(
      fc.property(other, fc.array(other, { maxLength: 3 }), fc.boolean(), (rest, list, withList) => {
        const before = { ...rest, ...(withList && { hooks: { on: list } }) };
        if (typeof before['hooks'] !== 'undefined' && !withList) return;
        const text = JSON.stringify(before, undefined, 2);
        const added = withEntry(text, ['hooks', 'on'], entry);
        // Not read as JSON with comments: that reader takes a key `__proto__` for something else.
        assert.deepEqual(JSON.parse(added), { ...JSON.parse(JSON.stringify(rest)), hooks: { on: [...(withList ? (JSON.parse(JSON.stringify(list)) as unknown[]) : []), entry] } });
        assert.equal(withEntry(added, ['hooks', 'on'], entry), added);
        const gone = JSON.parse(withoutEntry(added, ['hooks', 'on'])) as unknown;
        assert.deepEqual(gone, withList && list.length > 0 ? JSON.parse(JSON.stringify(before)) : JSON.parse(JSON.stringify(rest)));
      }),
      { numRuns: runs(200), examples: [[{ a: JSON.parse('{"__proto__":null}') as fc.JsonValue }, [], false]] },
    );
  });
});
