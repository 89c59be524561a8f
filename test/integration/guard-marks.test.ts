import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory, which } from '../harness/paths.js';
import { skip } from '../harness/skip.js';
import { FISH, ShellStage, ZSH } from './shell-stage.js';

const SCRIPTS = 'node_modules/code-server/lib/vscode/out/vs/workbench/contrib/terminal/common/scripts';

/** Where the installed editor keeps its shell integration, or undefined before any suite has installed one. */
function scriptsDirectory(): string | undefined {
  const cache = cacheDirectory();
  const editors = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('editor-')) : [];
  return editors.map((name) => path.join(cache, name, SCRIPTS)).find(existsSync);
}

/** What the editor is told, in order: `E` with the command and the nonce, `C`, `D` with the status; prompts left out. */
function marks(output: string): string[] {
  return [...output.matchAll(/\u001b\]633;([ECD](?:;[^\u0007]*)?)\u0007/g)].map(([, mark = '']) => mark);
}

describe('marks of the editor’s shell integration', function () {
  this.timeout(60_000);
  const scripts = scriptsDirectory() ?? '';
  let stage: ShellStage;

  before(function () {
    if (scripts === '') skip(this, 'the editor is not installed yet (node test/run.mjs suites)');
  });
  afterEach(() => stage.dispose());

  for (const [shell, loader] of [['zsh', ZSH], ['fish', FISH]] as const) {
    it(`${shell}: one command with the typed text, the refusal as its output, and its status`, async function () {
      const program = which(shell);
      stage = new ShellStage(program ?? '', loader);
      if (program === undefined) skip(this, `${shell} is not installed (Debian package ${shell})`);
      await stage.open();
      const [args, env] = shell === 'zsh' ? injectZsh() : [['-i', '--init-command', `source '${path.join(scripts, 'shellIntegration.fish')}'`], {}];
      const terminal = await stage.interactive(args, { ...env, VSCODE_NONCE: 'once', TERM_PROGRAM: 'vscode' });
      const told = async (line: string, run?: boolean): Promise<string[]> => {
        const from = terminal.output.length;
        terminal.write(`${line}\r`);
        if (run !== undefined) (await stage.nextHeld()).decide(run);
        await terminal.waitFor(/\u001b\]633;D(?:;\d*)?\u0007[\s\S]*ready> /);
        return marks(terminal.output.slice(from));
      };
      assert.deepEqual(await told('true; false'), ['E;true\\x3b false;once', 'C', 'D;1']);
      assert.deepEqual(await told('danger yes; true', true), ['E;danger yes\\x3b true;once', 'C', 'D;0']);
      assert.match(terminal.output, /633;C\u0007.*held: [^\n]*\n[\s\S]*danger ran: yes[\s\S]*633;D;0/);
      assert.deepEqual(await told('danger no', false), ['E;danger no;once', 'C', 'D;126']);
      assert.match(terminal.output, /633;C\u0007.*held: danger no[\s\S]*633;D;126\u0007[\s\S]*633;A\u0007/);
      assert.deepEqual(stage.effects, ['yes']);
    });
  }

  /** As the editor starts zsh: its own files first, which call those of the ZDOTDIR they found. */
  function injectZsh(): readonly [readonly string[], Readonly<Record<string, string>>] {
    const directory = path.join(stage.home, 'injected');
    mkdirSync(directory);
    for (const [from, to] of [['env', '.zshenv'], ['rc', '.zshrc'], ['profile', '.zprofile'], ['login', '.zlogin']] as const) {
      copyFileSync(path.join(scripts, `shellIntegration-${from}.zsh`), path.join(directory, to));
    }
    return [['-i'], { ZDOTDIR: directory, USER_ZDOTDIR: stage.env['ZDOTDIR'] ?? '', VSCODE_INJECTION: '1' }];
  }
});
