import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../harness/paths.js';
import { sleep } from '../harness/processes.js';
import { BashStage, PROMPT } from './bash-stage.js';
import type { Terminal } from './pty.js';

const CTRL_U = '\u0015';

/** What a person can do in a shell, and what it prints then with the guard and without it. */
const HABITS: readonly (readonly [name: string, lines: readonly string[], rc?: string])[] = [
  ['the exit status', ['false', 'echo "$?"', '(exit 7)', 'echo "$?"', 'true | (exit 4)', 'echo "$?"']],
  ['the last argument', ['echo one two', 'echo "$_"', ': | : three', 'echo "$_"', 'true four', 'echo "$_"']],
  ['the status of a pipeline', ['false | true | (exit 3)', 'echo "${PIPESTATUS[@]}"']],
  ['history', ['echo first', 'echo second', 'echo !nothing', 'history | tail -n 4', '!!:p', 'fc -ln -2']],
  ['history that is verified', ['shopt -s histverify', 'echo first', '!!', '', 'echo last']],
  ['history that forgets', ['HISTCONTROL=ignorespace:ignoredups', ' echo hidden', 'echo a', 'echo a', 'history | tail -n 3']],
  ['set -e and a subshell', ['(set -e; false; echo no)', 'echo "$?"']],
  ['set -u', ['set -u', 'echo "${nothing-none}"', 'echo "$nothing"', 'echo still here']],
  ['set -f and noclobber', ['set -f', 'echo *', 'set +f; set -C; rm -f made', 'echo x > made; echo y > made', 'cat made']],
  ['other field separators', ['IFS=:_-', 'x=a:b; echo $x', 'read -r one two <<< "c:d"; echo "$one $two"', 'true', 'echo still']],
  ['exported assignments', ['set -a', 'new=1', 'env | grep -c ^__countersign_rest', 'env | grep ^new', 'set +a']],
  ['traps', ["trap 'echo left' EXIT", "trap 'echo failed' ERR", 'false', 'trap - ERR', "trap 'echo bang' USR1; kill -USR1 $$", 'trap -p EXIT USR1', '(exit 3)', 'echo "$?"', 'trap - EXIT']],
  ['an interrupt that is trapped', ["trap 'echo caught' INT", 'kill -INT $$', 'trap -p INT', 'echo on']],
  ['errors and debugging as they were', ['set -o | grep -E "errtrace|functrace"', 'set -E', 'set -o | grep -E "errtrace|functrace"']],
  ['aliases', ["alias e='echo aliased'", 'e x', "alias local=false if='echo broken'", 'unalias local if', 'e y']],
  ['functions', ['f() { echo "in $1: $#"; return 3; }', 'f a b', 'echo "$?"', 'declare -f f', 'unset -f f', 'f']],
  ['loops and documents', ['for x in 1 2', 'do echo "$x"', 'done', 'cat <<END', 'a $((1+1))', 'END', 'if true; then', '# nothing', 'echo yes', 'fi', 'case x in', 'x) echo case;;', 'esac']],
  ['words that go on', ['echo a \\', 'b', 'echo "c', 'd" \'e', "f'", 'echo $(', 'echo g', ')']],
  ['mistakes', ['echo (', 'fi', 'echo "on"', 'nothing-of-the-kind', 'echo "$?"']],
  ['questions of its own', ['read -e -p "name: " name', 'danger of nobody', 'echo "<$name>"', 'select x in a b; do echo "$x"; break; done', '2', 'echo on']],
  ['jobs', ['sleep 0.1 &', 'wait; echo waited', 'sleep 5 & kill %1; wait %1 2>/dev/null; echo "$?"', 'jobs', 'echo $(jobs -p | wc -l)']],
  ['the prompt', ["PS1='other> '", 'echo x', `PS1='${PROMPT}'`, 'echo y']],
  ['commands at the prompt', ["PROMPT_COMMAND='echo at prompt $?'", 'echo x', 'false', "PROMPT_COMMAND+='; echo more'", 'true', 'PROMPT_COMMAND=("echo one $?" "echo two $?")', 'false', 'unset PROMPT_COMMAND', 'echo end']],
  ['commands at the prompt from before', ['false', 'true | false | (exit 5)', 'echo end'], 'PROMPT_COMMAND="printf \'<%s>\' \\"\\${PIPESTATUS[*]}\\"${PROMPT_COMMAND:+;$PROMPT_COMMAND}"'],
  ['what is shown before a command', ["PS0='[begin]'", 'echo x', 'PS0=', 'echo y']],
  ['a trap of their own for every command', ["trap 'seen=$BASH_COMMAND' DEBUG", 'echo x', 'echo "$seen"', '(echo y)', 'trap - DEBUG', 'echo z']],
  ['vi', ['set -o vi', 'echo a', 'echo b', 'set -o emacs', 'echo c']],
  ['no editor', ['set +o emacs', 'echo a', '(echo b)', 'for x in 1; do', 'echo "$x"', 'done', 'set -o emacs', 'echo c']],
  ['strict posix', ['set -o posix', 'echo a', 'echo b | cat', 'set +o posix']],
  ['many lines at once', ['echo 1; echo 2', 'x=3', 'echo $x && echo 4 || echo no', '{ echo 5; }; ( echo 6 )', 'time true 2>/dev/null', '! false', 'echo "$?"', '((1)) && [[ a ]] && echo 7']],
  ['shell options', ['shopt -s extglob globstar nullglob; echo +(x)', 'shopt -u promptvars', 'echo "$(echo a)"', 'shopt -s promptvars', 'set -o noglob; echo *; set +o noglob', 'shopt -q expand_aliases && echo aliases']],
  ['descriptors', ['exec 9>&1', 'echo nine >&9', 'echo x | cat; echo again >&9', 'exec 9>&-', 'for f in /proc/self/fd/*; do echo "${f##*/}"; done | tail -n 2 | wc -l']],
  ['a new shell in a shell', ['bash', 'echo nested | cat', 'exit', 'echo back']],
];

/** Escape sequences and redrawn lines are the terminal's; what is compared is what commands print. */
function printed(output: string): readonly string[] {
  return output
    .split(/\u001b\[\?2004l\r?/)
    .slice(1)
    .map((part) => (part.split('\u001b[?2004h')[0] ?? '').replaceAll('\r', '').replace(/(\[\d+\] )\d+/g, '$1PID').trim())
    .filter((part) => part !== '');
}

async function habit(terminal: Terminal, lines: readonly string[]): Promise<readonly string[]> {
  const from = terminal.output.length;
  for (const line of lines) {
    const before = terminal.output.length;
    terminal.write(`${line}\r`);
    // The next prompt, whichever it is: bracketed paste is switched on again, or without an editor a prompt is shown.
    const deadline = Date.now() + 10_000;
    while (!/\u001b\[\?2004h|[>?] $/.test(terminal.output.slice(before).replace(/^[^\n]*\n?/, ''))) {
      if (Date.now() > deadline) throw new Error(`No prompt after ${line}: ${JSON.stringify(terminal.output.slice(before))}`);
      await sleep(10);
    }
    await sleep(15);
  }
  return printed(terminal.output.slice(from));
}

describe('life with the guard for bash', function () {
  this.timeout(120_000);
  let stage: BashStage;
  beforeEach(async () => {
    stage = new BashStage();
    await stage.open();
  });
  afterEach(() => stage.dispose());

  for (const [name, lines, rc = ''] of HABITS) {
    it(`leaves alone: ${name}`, async () => {
      stage.write('.bashrc', `PS1='${PROMPT}'\nHISTFILE=/dev/null\n${rc}\n`);
      const bare = await habit(await stage.bash([], { PROMPT_COMMAND: '', BASH_ENV: '' }), lines);
      const guarded = await habit(await stage.bash(), lines);
      assert.deepEqual(guarded, bare);
      assert.deepEqual(stage.held, []);
    });
  }

  it('runs what history makes of a line, and shows it in the line instead of below it', async () => {
    const lines = ['echo first', 'echo second', 'echo !!', '!-3', '^first^third', 'echo !$ "x!" \'!!\'', 'history | tail -n 5'];
    const bare = await habit(await stage.bash([], { PROMPT_COMMAND: '', BASH_ENV: '' }), lines);
    const guarded = await habit(await stage.bash(), lines);
    assert.deepEqual(guarded, bare.map((part) => part.replace(/^echo .*\n/, '')));
  });

  it('loses, mixes up and repeats nothing of 200 commands that come faster than they run', async () => {
    const terminal = await stage.bash();
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const send = [
      (text: string) => terminal.write(`${text}\r`),
      (text: string) => terminal.write(`${text}\n`),
      (text: string) => {
        terminal.paste(text);
        terminal.write('\r');
      },
    ];
    // Some go by at a glance, some are asked about, some take several lines, some are held and refused.
    const forms = [(n: number) => `echo n${n}.`, (n: number) => `echo "n${n}."`, (n: number) => `if true; then\necho n${n}.\nfi`, (n: number) => `echo n${n}. | cat`, (n: number) => `danger n${n}.`];
    const refuse = setInterval(() => {
      for (const held of stage.held.splice(0)) held.decide(false);
    }, 5);
    try {
      for (const n of numbers) {
        const text = forms[n % forms.length]!(n);
        const way = text.includes('\n') ? 2 : n % 3;
        send[way]!(text);
      }
      await terminal.waitFor('n198.\r\n', 100_000);
      await terminal.waitFor(/held: danger n199\.[\s\S]*ready> /, 20_000);
    } finally {
      clearInterval(refuse);
    }
    // While a command runs, the terminal itself echoes what is typed, so output can follow on the same line.
    const ran = [...terminal.output.matchAll(/(?<!echo "?|danger )n(\d+)\.\r?$/gm)].map((match) => Number(match[1]));
    assert.deepEqual(ran, numbers.filter((n) => n % forms.length !== 4));
    assert.deepEqual(stage.effects, []);
    const judged = stage.asked.map(({ text }) => text).filter((text) => /danger/.test(text));
    assert.deepEqual(judged, numbers.filter((n) => n % forms.length === 4).map((n) => `danger n${n}.`));
  });

  describe('with the shell integration of VS Code', () => {
    const script = shellIntegration();
    before(function () {
      if (script === undefined) this.skip();
    });

    /** What VS Code is told: `E` the command, `C` its output begins, `D` its exit code. */
    const marks = (terminal: Terminal) => [...terminal.output.matchAll(/\u001b\]633;([ECD])(?:;([^\u0007]*))?\u0007/g)].map(([, mark = '', text = '']) => `${mark} ${text}`.trim());

    it('tells the editor every command once, with its own exit code, and the words of a refusal as its output', async () => {
      const terminal = await stage.bash(['--init-file', script ?? ''], { VSCODE_INJECTION: '1', VSCODE_NONCE: 'nonce', VSCODE_STABLE: '1' });
      const step = async (text: string, decide?: boolean) => {
        const from = terminal.output.length;
        const held = decide === undefined ? undefined : stage.nextHeld();
        terminal.write(`${CTRL_U}${text}\r`);
        if (decide !== undefined) (await held)?.decide(decide);
        await terminal.waitFor(/\u001b\]633;D[^\u0007]*\u0007[\s\S]*ready> /);
        return terminal.output.slice(from);
      };
      await step('ls /nothing');
      await step('true | cat');
      await step('danger yes', true);
      const refused = await step('( danger no )', false);
      await step('for i in 1; do\rdanger loop\rdone', false);
      await step('echo end');
      assert.deepEqual(marks(terminal), [
        'E ls /nothing;nonce', 'C', 'D 2',
        'E true | cat;nonce', 'C', 'D 0',
        'E danger yes;nonce', 'C', 'D 0',
        'E ( danger no );nonce', 'C', 'D 126',
        'E for i in 1\\x3b do\\x0adanger loop\\x0adone;nonce', 'C', 'D 126',
        'E echo end;nonce', 'C', 'D 0',
      ]);
      assert.match(refused, /633;C\u0007[\s\S]*held: [\s\S]*633;D;126/);
      assert.deepEqual(stage.effects, ['yes']);
    });

    it('is there through the gate shell although a start file sets PROMPT_COMMAND anew', async () => {
      stage.write('.bashrc', `PS1='${PROMPT}'\nHISTFILE=/dev/null\nPROMPT_COMMAND='echo theirs'\n`);
      for (const args of [[], ['--init-file', script ?? '']]) {
        const asked = args.length === 0 ? undefined : stage.nextHeld();
        const starting = stage.start(path.join(stage.home, '.countersign/gate/bash'), args, { VSCODE_INJECTION: '1', VSCODE_NONCE: 'nonce' });
        // The gate asks for a start file first.
        (await asked)?.decide(true);
        const terminal = await starting;
        const next = stage.nextHeld();
        terminal.write('danger x\r');
        (await next).decide(false);
        await terminal.waitFor(/theirs\r\n[\s\S]*ready> /);
      }
      assert.deepEqual(stage.effects, []);
    });
  });
});

/** The editor's own script, where the end-to-end tests have put an editor. */
function shellIntegration(): string | undefined {
  const cache = cacheDirectory();
  const editors = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('editor-')) : [];
  return editors
    .map((editor) => path.join(cache, editor, 'node_modules/code-server/lib/vscode/out/vs/workbench/contrib/terminal/common/scripts/shellIntegration-bash.sh'))
    .find((file) => existsSync(file));
}
