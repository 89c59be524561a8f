import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { which } from '../harness/paths.js';
import { skip } from '../harness/skip.js';
import { waitFor } from '../harness/wait.js';
import { PROMPT } from './bash-stage.js';
import type { Terminal } from './pty.js';
import { ShellStage, visible, ZSH } from './shell-stage.js';

const zsh = which('zsh') ?? '';
const KILL_BUFFER = '\u0018\u000b';
const FILES = `
bindkey '^X^K' kill-buffer
works() { danger function "$@" }
outer() { works from outer }
alias aliased='danger alias'
alias -g GLOBAL='danger global'
alias -s suffix='danger suffix'
`;

describe('guard for zsh', function () {
  this.timeout(60_000);
  let stage: ShellStage;
  let terminal: Terminal;

  before(function () {
    if (zsh === '') skip(this, 'zsh is not installed (Debian package zsh)');
  });
  beforeEach(async () => {
    stage = new ShellStage(zsh, ZSH);
    stage.startFile(FILES);
    await stage.open();
  });
  afterEach(() => stage.dispose());

  const start = async (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => (terminal = await stage.interactive(args, env));
  /** Decides against what is held, and waits for the prompt with the line on it. */
  const refuse = async (held: Awaited<ReturnType<ShellStage['nextHeld']>>): Promise<void> => {
    held.decide(false);
    await terminal.waitFor(PROMPT);
  };
  const status = async (): Promise<string> => {
    terminal.write(`${KILL_BUFFER}echo "<$?>"\r`);
    const [, shown = ''] = await terminal.waitFor(/[\r\n]<(\d+)>\r?\n/);
    await terminal.waitFor(PROMPT);
    return shown;
  };

  const forms: readonly (readonly [string, string, expects?: RegExp])[] = [
    ['a command', 'danger 1'],
    ['a list', 'echo one; danger 2 && echo two'],
    ['a pipeline', 'echo one | danger 3'],
    ['the background', 'danger 4 &'],
    ['a disowned job', 'danger 5 &!'],
    ['a coprocess', 'coproc danger 6'],
    ['a subshell', '( danger 7 )'],
    ['a group with always', '{ true } always { danger 8 }'],
    ['a substitution', 'echo "$(danger 9)" <(danger 10)'],
    ['a loop', 'for i in 1 2; do danger $i; done'],
    ['a short loop', 'repeat 2 danger 11'],
    ['an assignment', 'x=$(danger 12)'],
    ['a definition', 'f() { danger 13 }'],
    ['a function', 'works', /danger function/],
    ['an alias', 'aliased', /danger alias/],
    ['a global alias', 'echo x | GLOBAL', /danger global/],
    ['a suffix alias', 'thing.suffix', /danger suffix/],
    ['quotes', `'dan''ger' danger`],
    ['a condition', '[[ -n x ]] && danger 14'],
    ['arithmetic first', '(( 1 )) && danger 15'],
    ['a redirection alone', '> $(danger 16)'],
    ['a time', 'time danger 17'],
    ['an anonymous function', '() { danger 18 } x'],
  ];
  it('holds every form of a line, runs nothing, and gives the line back', async () => {
    await start();
    for (const [name, text, expected = /danger/] of forms) {
      terminal.write(`${text}\r`);
      const held = await stage.nextHeld();
      assert.match(held.ask.text, expected, name);
      await refuse(held);
      await waitFor(() => visible(terminal.rest).includes(text), { message: `${name}: the line did not come back: ${visible(terminal.rest)}` });
      assert.equal(await status(), '126', name);
    }
    assert.deepEqual(stage.effects, []);
  });

  it('leaves no refused line at the prompt of an assistant', async () => {
    await start([], { COPILOT_AGENT: '1' });
    terminal.write('danger theirs\r');
    await refuse(await stage.nextHeld());
    terminal.write('echo "$((1 + 1)) free"\r');
    await terminal.waitFor('2 free');
    assert.doesNotMatch(visible(terminal.output).split('held: ').at(-1)?.replace(/^.*/, '') ?? '', /danger theirs/);
  });

  it('judges a construct when it is complete, and a line of several as one', async () => {
    await start();
    terminal.write('for i in 1 2; do\r');
    await terminal.waitFor('for> ');
    terminal.write('danger $i\rdone\r');
    await refuse(await stage.nextHeld());
    assert.equal(await status(), '126');
    terminal.write('cat <<X\r$(danger here)\rX\r');
    await refuse(await stage.nextHeld());
    assert.equal(await status(), '126');
    terminal.paste('echo first > first\ndanger pasted\necho third > first');
    terminal.write('\r');
    const held = await stage.nextHeld();
    assert.match(held.ask.text, /first[\s\S]*danger pasted[\s\S]*first/);
    await refuse(held);
    terminal.write(`${KILL_BUFFER}echo "[$(ls)]"\r`);
    await terminal.waitFor(/[\r\n]\[\]\r?\n/);
    assert.deepEqual(stage.effects, []);
  });

  it('runs an approved line by itself, once, as it was typed', async () => {
    await start();
    await stage.line(terminal, 'false');
    terminal.write('x=$?; danger $x; y=$?; echo $x$y; setopt extended_glob; (exit 7)\r');
    (await stage.nextHeld()).decide(true);
    await terminal.waitFor(/\n10\r?\n/);
    await terminal.waitFor(PROMPT);
    assert.equal(await status(), '7');
    assert.match(await stage.line(terminal, 'echo $x $options[extendedglob] $(fc -ln -4 | grep "^x=")'), /1 on x=\$\?; danger \$x;/);
    assert.deepEqual(stage.effects, ['1']);
    terminal.write('danger job &\r');
    (await stage.nextHeld()).decide(true);
    await waitFor(() => stage.effects.length === 2, { message: 'the job did not run' });
    terminal.write('danger first; exit 5\r');
    (await stage.nextHeld()).decide(true);
    assert.equal(await terminal.exited, 5);
    assert.deepEqual(stage.effects, ['1', 'job', 'first']);
    assert.deepEqual(stage.prompted, [terminal.pid, terminal.pid]);
  });

  it('gives the prompt back with Ctrl+C, and the line can be edited and run', async () => {
    await start();
    terminal.write('danger one\r');
    const held = await stage.nextHeld();
    await terminal.waitFor('held: danger one');
    // Ctrl+Z does not put the question into the background.
    terminal.write('\u001a\u0003');
    await waitFor(() => held.signal.aborted, { message: 'the question was not withdrawn' });
    await terminal.waitFor(PROMPT);
    await waitFor(() => visible(terminal.rest).includes('danger one'), { message: 'the line did not come back' });
    terminal.write('\u0001true; \r');
    const again = await stage.nextHeld();
    assert.match(again.ask.text, /^true\ndanger one$/);
    again.decide(true);
    await terminal.waitFor('danger ran: one');
    assert.deepEqual(stage.effects, ['one']);
  });

  it('keeps what was typed ahead apart from a refused line', async () => {
    await start();
    terminal.write('echo a >> log\rdanger middle\recho b >> log\rcat log | tr -d "\\n"; echo .\r');
    (await stage.nextHeld()).decide(false);
    await terminal.waitFor(/\nab\.\r?\n/);
    assert.deepEqual(stage.effects, []);
  });

  it('judges lines from the history, however they are called', async () => {
    await start();
    for (const again of ['!!', '!dan', '!-1:p\r!!', 'fc -e - d', 'r d', 'r', '\u0010']) {
      terminal.write('danger history\r');
      await refuse(await stage.nextHeld());
      terminal.write(`${KILL_BUFFER}${again}\r`);
      const held = await stage.nextHeld();
      assert.match(held.ask.text, /danger history/, again);
      await refuse(held);
      terminal.write(KILL_BUFFER);
    }
    assert.deepEqual(stage.effects, []);
    terminal.write('danger history\r');
    (await stage.nextHeld()).decide(true);
    await terminal.waitFor(PROMPT);
    terminal.write('r d\r');
    (await stage.nextHeld()).decide(true);
    await waitFor(() => stage.effects.length === 2, { message: 'the approved line of the history did not run' });
  });

  it('asks the window for definitions, and tells it of prompts', async () => {
    await start();
    await waitFor(() => stage.greeted.includes(terminal.pid), { message: 'no hello' });
    terminal.write(': $(call works)\r');
    await refuse(await stage.nextHeld());
    const [ask] = stage.asked;
    assert.deepEqual([ask?.kind, ask?.pid, ask?.cwd], ['line', terminal.pid, stage.work]);
    assert.match(ask?.environment ?? '', /^export HOME='/m);
  });

  it('lets harmless lines run without a window, and decides on the others by itself', async () => {
    await start();
    stage.closeBroker();
    const before = terminal.output.length;
    await stage.line(terminal, 'ls');
    assert.doesNotMatch(terminal.output.slice(before), /Countersign/);
    await stage.line(terminal, 'echo alone > alone; cat alone');
    terminal.write('kubectl --context production delete namespace payments\r');
    await terminal.waitFor(/Countersign holds this command[\s\S]*production[\s\S]*Nothing was run/);
    await terminal.waitFor(PROMPT);
    assert.equal(await status(), '126');
  });

  const settings: readonly (readonly [string, string])[] = [
    ['odd options', 'setopt ksh_arrays sh_word_split no_unset no_nomatch local_options local_traps extended_glob no_bang_hist; IFS=x'],
    ['hooks set anew', 'preexec_functions=(); precmd_functions=(); preexec() { seen+=($1) }'],
    ['hooks that fail', 'preexec() { : $((1/0)) }; bad() { : ${nope?bad} }; preexec_functions=(bad); precmd_functions=(bad)'],
    ['a DEBUG trap', `trap 'debugs=$((debugs+1))' DEBUG`],
    ['a TRAPDEBUG function', 'TRAPDEBUG() { debugs=$((debugs+1)) }'],
    ['a late DEBUG trap', 'setopt no_debug_before_cmd'],
    ['another Enter', 'mine() { zle .accept-line }; zle -N mine; bindkey "^M" mine'],
    ['a widget in its place', 'accept-line() { zle .accept-line }; zle -N accept-line'],
    ['line hooks', 'zle-line-init() { inits=1 }; zle -N zle-line-init; zle-line-finish() { : }; zle -N zle-line-finish'],
    ['vi keys', 'bindkey -v'],
    ['no line editor', 'unsetopt zle'],
    ['no history', 'HISTSIZE=0'],
    ['a path set anew', 'path=("$HOME/bin" /usr/bin /bin)'],
  ];
  for (const [name, text] of settings) {
    it(`holds and runs under ${name}`, async () => {
      stage.startFile(text);
      await start();
      terminal.write('danger no\r');
      await refuse(await stage.nextHeld());
      terminal.write(name === 'vi keys' ? '\u001bdd' : '\u0015');
      terminal.write(name === 'vi keys' ? 'idanger yes\r' : 'danger yes\r');
      (await stage.nextHeld()).decide(true);
      await terminal.waitFor(PROMPT);
      terminal.write('echo again $(date +%Y) > out; echo done\r');
      await terminal.waitFor(/\n.*done\r?\n/);
      terminal.write('danger last\r');
      await refuse(await stage.nextHeld());
      assert.deepEqual(stage.effects, ['yes']);
    });
  }

  it('leaves traps, options, functions and ZDOTDIR as they would be', async () => {
    stage.startFile(`trap 'debugs=$((debugs+1))' DEBUG\npreexec() { seen=$1 }`);
    await start();
    terminal.write('danger no\r');
    await refuse(await stage.nextHeld());
    assert.match(await stage.line(terminal, `${KILL_BUFFER}trap; echo $seen`), /debugs=\$\(\(debugs\+1\)\) ?' DEBUG\ntrap; echo \$seen/);
    assert.match(await stage.line(terminal, 'setopt'), /^[^\n]*\ninteractive\nmonitor\nnopromptsp\nshinstdin\nzle\n/);
    assert.match(await stage.line(terminal, 'echo "[$ZDOTDIR]"'), new RegExp(`\\n\\[${stage.home}\\]`));
    const shown = await stage.line(terminal, `ZDOTDIR=/tmp; echo "[$ZDOTDIR]"; printenv ZDOTDIR`);
    assert.match(shown, /\n\/tmp/);
    assert.match(await stage.line(terminal, 'echo "[$ZDOTDIR]"; printenv ZDOTDIR'), /\[\/tmp\]\n\/tmp\/\.\..*zdotdir/);
  });

  it('reads the files that zsh would read, and guards what it starts', async () => {
    const own = path.join(stage.home, 'own');
    stage.program('dotfiles', `mkdir -p ${own}; for f in zshenv zprofile zshrc zlogin; do echo "order+=$f:\\$ZDOTDIR," > ${own}/.$f; done; echo "PS1='${PROMPT}'" >> ${own}/.zshrc`);
    stage.write('.zshenv', `dotfiles; ZDOTDIR=${own}; order=first,`);
    await start(['-l']);
    const order = ['zprofile', 'zshrc', 'zlogin'].map((file) => `${file}:${own},`).join('');
    assert.ok((await stage.line(terminal, 'echo $order')).includes(`first,${order}`));
    for (const nested of ['zsh', 'exec zsh', 'zsh -l', 'env zsh -i']) {
      terminal.write(`${nested}\r`);
      await terminal.waitFor(PROMPT);
      terminal.write('danger nested\r');
      await refuse(await stage.nextHeld());
      terminal.write(KILL_BUFFER);
    }
    assert.deepEqual(stage.effects, []);
  });

  it('keeps up with two hundred lines at once', async () => {
    await start();
    const lines = Array.from({ length: 200 }, (_, index) => (index === 100 ? 'danger hundred' : `echo ${index} >> log`));
    terminal.write(lines.map((line) => `${line}\r`).join(''));
    (await stage.nextHeld()).decide(false);
    terminal.write('wc -l < log; echo the-end\r');
    await terminal.waitFor(/\n *199\r?\nthe-end/, 50_000);
    terminal.paste(`${lines.filter((line) => !line.startsWith('danger')).join('\n')}\necho all-$((1+1))`);
    terminal.write('\r');
    await terminal.waitFor('all-2');
    terminal.write('echo $(wc -l < log) lines\r');
    await terminal.waitFor('398 lines');
    assert.deepEqual(stage.effects, []);
  });

  it('asks once before a text or a script runs', async () => {
    writeFileSync(path.join(stage.work, 'script.zsh'), 'danger from script\n');
    const texts: readonly (readonly [readonly string[], RegExp, input?: string])[] = [
      [['-c', 'danger text'], /^danger text$/],
      [['-c', 'echo "$1"; danger', 'name', 'argument'], /^zsh -c 'echo "\$1"; danger' 'argument'$/],
      [['-lc', 'danger login'], /danger login/],
      [['-ic', 'danger interactive'], /danger interactive/],
      [['-o', 'ksh_arrays', '-o', 'sh_word_split', '-uc', 'danger options'], /danger options/],
      [['./danger.zsh', 'a b'], /^zsh '\.\/danger\.zsh' 'a b'$/],
      [[], /^danger stdin$/, 'echo before\ndanger stdin\necho after\n'],
    ];
    writeFileSync(path.join(stage.work, 'danger.zsh'), 'danger from script\n');
    for (const [args, expected, input] of texts) {
      for (const run of [false, true]) {
        const child = stage.run(args, input);
        const held = await stage.nextHeld();
        assert.match(held.ask.text, expected);
        assert.equal(held.ask.kind, 'shell');
        held.decide(run);
        const { status: code, stdout } = await child;
        assert.equal(code, run ? 0 : 126, args.join(' '));
        assert.equal(stdout.includes('danger ran'), run, args.join(' '));
        if (input !== undefined) assert.equal(stdout.includes('after'), run);
      }
    }
    assert.equal(stage.effects.length, texts.length);
    const harmless = await stage.run(['-c', 'cat; echo "$ZDOTDIR|$0|$#"'], 'input');
    assert.deepEqual([harmless.status, harmless.stdout, harmless.stderr], [0, `input${stage.home}|${zsh}|0\n`, '']);
  });
});
