import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { which } from '../harness/paths.js';
import { skip } from '../harness/skip.js';
import { waitFor } from '../harness/wait.js';
import { PROMPT, type Held } from './bash-stage.js';
import type { Terminal } from './pty.js';
import { FISH, ShellStage, visible } from './shell-stage.js';

const fish = which('fish') ?? '';
const CTRL_C = '\u0003';
const FILES = `
function works; danger function $argv; end
function outer; works from outer; end
abbr -a abbreviated 'danger abbreviation'
abbr -a produced --function produce
function produce; echo danger produced; end
abbr -a numbered --regex '^d\\d+$' --function produce
alias aliased 'danger alias'
`;

describe('guard for fish', function () {
  this.timeout(60_000);
  let stage: ShellStage;
  let terminal: Terminal;

  before(function () {
    if (fish === '') skip(this, 'fish is not installed (Debian package fish)');
  });
  beforeEach(async () => {
    stage = new ShellStage(fish, FISH);
    stage.startFile(FILES);
    await stage.open();
  });
  afterEach(() => stage.dispose());

  const start = async (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => (terminal = await stage.interactive(args, env));
  const refuse = async (held: Held): Promise<void> => {
    held.decide(false);
    await terminal.waitFor(PROMPT);
  };
  const clear = async (): Promise<void> => {
    // fish forgets an interrupt that comes while it still draws the prompt.
    for (let tries = 0; ; tries += 1) {
      terminal.write(CTRL_C);
      try {
        await terminal.waitFor(/\^C[\s\S]*ready> /, 1000);
        return;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  };

  const forms: readonly (readonly [string, string, expects?: RegExp])[] = [
    ['a command', 'danger 1'],
    ['a list', 'echo one; danger 2; and echo two'],
    ['a pipeline', 'echo one | danger 3'],
    ['the background', 'danger 4 &'],
    ['a block', 'begin; danger 5; end'],
    ['a substitution', 'echo (danger 6)'],
    ['a loop', 'for i in 1 2; danger $i; end'],
    ['an assignment', 'set x (danger 7)'],
    ['a definition', 'function f; danger 8; end'],
    ['a function', 'works', /danger function/],
    ['a function of a function', 'outer', /danger function/],
    ['an alias', 'aliased', /danger alias/],
    ['a condition', 'if true; danger 9; end'],
    ['eval', 'eval danger 10'],
    ['an override', 'X=1 danger 11'],
  ];
  it('holds every form of a line, runs nothing, and leaves the line where it is', async () => {
    await start();
    for (const [name, text, expected = /danger/] of forms) {
      terminal.write(`${text}\r`);
      const held = await stage.nextHeld();
      assert.match(held.ask.text, expected, name);
      await refuse(held);
      await waitFor(() => visible(terminal.rest).includes(text), { message: `${name}: the line is gone: ${visible(terminal.rest)}` });
      await clear();
    }
    assert.deepEqual(stage.effects, []);
  });

  it('leaves no refused line at the prompt of an assistant', async () => {
    await start([], { AI_AGENT: 'some_agent' });
    terminal.write('danger theirs\r');
    await refuse(await stage.nextHeld());
    terminal.write('echo (math 1 + 1) free\r');
    await terminal.waitFor('2 free');
    assert.deepEqual(stage.effects, []);
  });

  it('sees what an abbreviation becomes', async () => {
    await start();
    for (const [typed, becomes] of [['abbreviated', 'danger abbreviation'], ['produced', 'danger produced'], ['d12', 'danger produced'], ['true; abbreviated', 'danger abbreviation']] as const) {
      terminal.write(`${typed}\r`);
      const held = await stage.nextHeld();
      assert.ok(held.ask.text.endsWith(becomes), held.ask.text);
      await refuse(held);
      await clear();
    }
    terminal.write('echo abbreviated\r');
    await terminal.waitFor(/[\r\n]abbreviated\r?\n/);
    assert.deepEqual(stage.effects, []);
  });

  it('judges a construct when it is complete, and a pasted text as one', async () => {
    await start();
    terminal.write('for i in 1 2\rdanger $i\rend\r');
    const loop = await stage.nextHeld();
    assert.match(loop.ask.text, /^for i in 1 2\n\s*danger \$i\nend$/);
    await refuse(loop);
    await clear();
    terminal.paste('echo first > first\ndanger pasted\necho third > first');
    terminal.write('\r');
    await refuse(await stage.nextHeld());
    await clear();
    terminal.write('ls; echo "[$status]"\r');
    await terminal.waitFor(/[\r\n]\[0\]\r?\n/);
    assert.deepEqual(stage.effects, []);
  });

  it('runs an approved line by itself, once, as it was typed', async () => {
    await start();
    await stage.line(terminal, 'false');
    terminal.write('set x $status; danger $x; set y here; not true\r');
    (await stage.nextHeld()).decide(true);
    await terminal.waitFor('danger ran: 1');
    await terminal.waitFor(/\n[^\n]*ready> /);
    terminal.write('echo $status $x$y (set -S y | head -1) $history[1]\r');
    await terminal.waitFor(/1 1here \$y: set in global scope.*set x \$status; danger \$x;/);
    assert.deepEqual(stage.effects, ['1']);
    terminal.write('danger first; exit 5\r');
    (await stage.nextHeld()).decide(true);
    assert.equal(await terminal.exited, 5);
    assert.deepEqual(stage.effects, ['1', 'first']);
    assert.ok(stage.prompted.includes(terminal.pid));
    assert.deepEqual(stage.greeted, [terminal.pid]);
  });

  it('gives the prompt back with Ctrl+C, and the line can be edited and run', async () => {
    await start();
    terminal.write('danger one\r');
    const held = await stage.nextHeld();
    await terminal.waitFor('held: danger one');
    terminal.write(CTRL_C);
    await waitFor(() => held.signal.aborted, { message: 'the question was not withdrawn' });
    await terminal.waitFor(PROMPT);
    terminal.write('\u0001true; \r');
    const again = await stage.nextHeld();
    assert.equal(again.ask.text, 'true; danger one');
    again.decide(true);
    await terminal.waitFor('danger ran: one');
    assert.deepEqual(stage.effects, ['one']);
  });

  it('keeps what was typed ahead apart from a refused line', async () => {
    await start();
    terminal.write('echo a >> log\rdanger middle\recho b >> log\rcat log | tr -d "\\n"; echo .\r');
    (await stage.nextHeld()).decide(false);
    await terminal.waitFor(/[\r\n]ab\.\r?\n/);
    assert.deepEqual(stage.effects, []);
  });

  it('takes the lines of `read` for what they are', async () => {
    await start();
    terminal.write('read -P answer: x; echo "<$x>"\r');
    await terminal.waitFor(/\ranswer:/);
    terminal.write('danger input\r');
    await terminal.waitFor('<danger input>');
    assert.equal(stage.held.length, 0);
  });

  it('ends the shell when a refused line came another way', async () => {
    stage.startFile(`${FILES}\nfunction run; commandline -f execute; end\nbind \\cg run\nset -g mark old`);
    await start();
    terminal.write('danger approved\u0007');
    (await stage.nextHeld()).decide(true);
    await terminal.waitFor('danger ran: approved');
    await terminal.waitFor(/\n[^\n]*ready> /);
    terminal.write('set -g mark new; danger another way\u0007');
    (await stage.nextHeld()).decide(false);
    await terminal.waitFor('starts anew');
    await terminal.waitFor(PROMPT);
    terminal.write('echo "<$mark>"\r');
    await terminal.waitFor('<old>');
    assert.deepEqual(stage.effects, ['approved']);
  });

  it('lets harmless lines run without a window, and decides on the others by itself', async () => {
    await start();
    stage.closeBroker();
    await stage.line(terminal, 'ls');
    await stage.line(terminal, 'echo alone > alone; cat alone');
    terminal.write('kubectl --context production delete namespace payments\r');
    await terminal.waitFor(/Countersign holds this command[\s\S]*production[\s\S]*Nothing was run/);
    await terminal.waitFor(PROMPT);
  });

  const settings: readonly (readonly [string, string])[] = [
    ['vi keys', 'fish_vi_key_bindings'],
    ['another Enter', 'function mine; commandline -f execute; end; bind \\r mine'],
    ['keys set late', 'function fish_user_key_bindings; bind \\r execute; bind \\n execute; end'],
    ['a path set anew', 'set -gx PATH $HOME/bin /usr/bin /bin'],
    ['private mode', 'set -g fish_private_mode 1'],
  ];
  for (const [name, text] of settings) {
    it(`holds and runs under ${name}`, async () => {
      stage.startFile(text);
      await start();
      for (const key of ['\r', '\n']) {
        terminal.write(`danger no${key}`);
        await refuse(await stage.nextHeld());
        await clear();
      }
      terminal.write('danger yes\r');
      (await stage.nextHeld()).decide(true);
      await terminal.waitFor('danger ran: yes');
      await terminal.waitFor(/\n[^\n]*ready> /);
      terminal.write('echo (date +%Y) > out; echo do"ne"\r');
      await terminal.waitFor(/[\r\n]done\r?\n/);
      assert.deepEqual(stage.effects, ['yes']);
    });
  }

  it('guards the shells that it starts', async () => {
    await start();
    for (const nested of ['fish', 'exec fish', 'fish -l']) {
      terminal.write(`${nested}\r`);
      await terminal.waitFor(/\n[^\n]*ready> /);
      terminal.write('danger nested\r');
      await refuse(await stage.nextHeld());
      await clear();
    }
    assert.deepEqual(stage.effects, []);
  });

  it('keeps up with two hundred lines at once', async () => {
    await start();
    const lines = Array.from({ length: 200 }, (_, index) => (index === 100 ? 'danger hundred' : `echo ${index} >> log`));
    terminal.write(lines.map((line) => `${line}\r`).join(''));
    (await stage.nextHeld()).decide(false);
    terminal.write('echo (wc -l < log) the-end\r');
    await terminal.waitFor(/[\r\n] *199 the-end/, 50_000);
    terminal.paste(`${lines.filter((line) => !line.startsWith('danger')).join('\n')}\necho (wc -l < log) again`);
    terminal.write('\r');
    await terminal.waitFor(/[\r\n] *398 again/, 50_000);
    assert.deepEqual(stage.effects, []);
  });

  it('asks once before a text or a script runs', async () => {
    writeFileSync(path.join(stage.work, 'danger.fish'), 'danger from script\n');
    const texts: readonly (readonly [readonly string[], RegExp])[] = [
      [['-c', 'danger text'], /^danger text$/],
      [['-c', 'danger it\'s "two\nlines"; echo \\'], /^danger it's "two\nlines"/],
      [['-lc', 'danger login'], /^fish -lc 'danger login'$/],
      [['-c', 'danger $argv', 'a b'], /^fish -c 'danger \$argv' 'a b'$/],
      [['--command=danger long'], /danger long/],
      [['./danger.fish', 'a b'], /^fish \.\/danger\.fish 'a b'$/],
    ];
    for (const [args, expected] of texts) {
      const child = stage.run(args);
      const held = await stage.nextHeld();
      assert.match(held.ask.text, expected);
      assert.equal(held.ask.kind, 'shell');
      held.decide(false);
      assert.deepEqual([(await child).status, (await child).stdout], [126, ''], args.join(' '));
    }
    const child = stage.run(['-c', 'danger $argv; exit 3', 'a b']);
    (await stage.nextHeld()).decide(true);
    assert.equal((await child).status, 3);
    assert.deepEqual(stage.effects, ['a b']);
    const harmless = await stage.run(['-c', 'cat; count $argv; true'], 'input');
    assert.deepEqual([harmless.status, harmless.stdout, harmless.stderr], [0, 'input0\n', '']);
  });
});
