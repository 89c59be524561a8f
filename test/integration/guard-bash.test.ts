import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sleep } from '../harness/processes.js';
import { waitFor } from '../harness/wait.js';
import { BashStage, PROMPT } from './bash-stage.js';
import { Terminal } from './pty.js';

const CTRL_C = '\u0003';
const CTRL_U = '\u0015';
const RC = `PS1='${PROMPT}'
HISTFILE=/dev/null
poke() { danger "$@"; }
alias pk='danger'
alias call2='call poke'
alias greet='echo hello'
deep() { deeper "$@"; }
deeper() { poke "$@"; }
call() { "$@"; }
`;

/** Ways in which the same dangerous thing can be made to happen. Each names itself to the program. */
const WAYS: readonly (readonly [name: string, send: (terminal: Terminal) => void])[] = [
  ['typed', (terminal) => terminal.write('danger typed\r')],
  ['pasted', (terminal) => {
    terminal.paste('danger pasted');
    terminal.write('\r');
  }],
  ['lines', (terminal) => {
    terminal.paste('echo before\ndanger lines\necho after');
    terminal.write('\r');
  }],
  ['at-once', (terminal) => terminal.write('echo one\rdanger at-once\r')],
  ['list', (terminal) => terminal.write('false || danger list; true\r')],
  ['pipeline', (terminal) => terminal.write('echo x | danger pipeline | cat\r')],
  ['subshell', (terminal) => terminal.write('( danger subshell )\r')],
  ['group', (terminal) => terminal.write('{ danger group; } > made\r')],
  ['substitution', (terminal) => terminal.write('echo "$(danger substitution)"\r')],
  ['background', (terminal) => terminal.write('danger background & wait\r')],
  ['function', (terminal) => terminal.write('poke function\r')],
  ['alias', (terminal) => terminal.write('pk alias\r')],
  ['deep', (terminal) => terminal.write('deep deep\r')],
  ['computed', (terminal) => terminal.write('p=po; call ${p}ke computed\r')],
  ['called', (terminal) => terminal.write('call poke called\r')],
  ['history', (terminal) => terminal.write('!?danger typed?:s/typed/history/\r')],
  ['loop', (terminal) => terminal.write('for x in loop\rdo danger "$x"\rdone\r')],
  ['document', (terminal) => terminal.write('sh <<END\rdanger document\rEND\r')],
  ['continued', (terminal) => terminal.write('danger \\\rcontinued\r')],
  ['quoted', (terminal) => terminal.write('danger "quoted\r" \r')],
  ['operated', (terminal) => terminal.write('danger operated\u000f')],
  ['linefeed', (terminal) => terminal.write('danger linefeed\n')],
  ['fc', (terminal) => terminal.write('fc -s typed=fc "danger typed"\r')],
];

describe('the guard for bash', function () {
  this.timeout(120_000);
  let stage: BashStage;
  let terminal: Terminal;

  before(async () => {
    stage = new BashStage();
    stage.write('.bashrc', RC);
    await stage.open();
    terminal = await stage.bash();
    await decided(() => terminal.write("danger typed\r"), false);
    terminal.write(CTRL_U);
  });
  after(() => stage.dispose());

  /** Makes something happen that has to be held, looks that nothing has happened yet, and decides. */
  async function decided(act: () => void, run: boolean): Promise<void> {
    const before = stage.effects.length;
    const next = stage.nextHeld();
    act();
    const held = await next;
    await terminal.waitFor('held: ');
    assert.equal(stage.effects.length, before, 'it has begun');
    assert.match(held.ask.text, /danger/, 'what was asked does not show what would run');
    held.decide(run);
    await terminal.waitFor(PROMPT);
    // A refused line comes back after the prompt.
    for (let shown = -1; shown !== terminal.output.length; ) {
      shown = terminal.output.length;
      await sleep(60);
    }
  }

  /** Runs a line that nobody minds, after whatever is in the edit buffer is gone, and gives what it printed. */
  async function line(text: string): Promise<string> {
    terminal.write(`${CTRL_U}${text}; echo "<$?>"\r`);
    const [, output = ''] = await terminal.waitFor(/\u001b\[\?2004l([\s\S]*?)<\d+>\r\n/);
    await terminal.waitFor(PROMPT);
    return output.trim();
  }

  for (const [name, send] of WAYS) {
    it(`holds it ${name}: runs it once when approved, and never when denied`, async () => {
      const before = stage.effects.length;
      rmSync(path.join(stage.work, 'made'), { force: true });
      await decided(() => send(terminal), false);
      assert.equal(await line('echo free'), 'free');
      assert.deepEqual(stage.effects.slice(before), []);
      assert.ok(!existsSync(path.join(stage.work, 'made')), 'a redirection was made');
      await decided(() => send(terminal), true);
      assert.equal(await line('echo free'), 'free');
      assert.deepEqual(stage.effects.slice(before).filter((effect) => effect !== ''), [name]);
    });
  }

  it('puts a refused line back to be edited', async () => {
    await decided(() => terminal.write('danger twice\r'), false);
    assert.match(terminal.rest, /danger twice/);
    terminal.write('\u007f\u007f\u007f\u007f\u007fedited');
    await decided(() => terminal.write('\r'), true);
    assert.equal(stage.effects.at(-1), 'edited');
  });

  it('leaves no refused line at the prompt of an assistant, for its editor would take all that stands before the line for an echo', async () => {
    const theirs = await stage.bash([], { AI_AGENT: 'some_agent' });
    const next = stage.nextHeld();
    theirs.write('danger theirs\r');
    (await next).decide(false);
    await theirs.waitFor('held: ');
    await theirs.waitFor(PROMPT);
    const from = theirs.output.lastIndexOf('held: ');
    theirs.write('echo "$((1 + 1)) free"\r');
    await theirs.waitFor('2 free');
    assert.doesNotMatch(theirs.output.slice(from).replace(/^.*/, ''), /danger theirs/);
  });

  it('lets Ctrl+C withdraw, and gives the line back', async () => {
    const before = stage.effects.length;
    const next = stage.nextHeld();
    terminal.write('danger "withdrawn"\r');
    const { signal } = await next;
    await terminal.waitFor('held: ');
    terminal.write(CTRL_C);
    await waitFor(() => signal.aborted, { message: 'the broker was not told' });
    await terminal.waitFor(/Cancelled[\s\S]*ready> [\s\S]*danger "withdrawn"/);
    assert.equal(await line('echo free'), 'free');
    assert.equal(stage.effects.length, before);
  });

  it('cannot be stopped while it waits', async () => {
    const next = stage.nextHeld();
    terminal.write('danger waiting\r');
    const held = await next;
    await terminal.waitFor('held: ');
    terminal.write('\u001a');
    await sleep(100);
    held.decide(true);
    await terminal.waitFor('danger ran: waiting');
    await terminal.waitFor(PROMPT);
    assert.equal(await line('jobs'), '');
  });

  it('takes what was typed while it waits for the next line', async () => {
    const next = stage.nextHeld();
    terminal.write('danger first\r');
    const held = await next;
    await terminal.waitFor('held: ');
    terminal.write('echo typed ahead\r');
    held.decide(false);
    await terminal.waitFor(/\rtyped ahead\r\n/);
    await terminal.waitFor(PROMPT);
  });

  it('tells the broker when an approved line has ended, and only then', async () => {
    const before = stage.prompted.length;
    await decided(() => terminal.write(`${CTRL_U}danger told\r`), true);
    await waitFor(() => stage.prompted.length === before + 1, { message: 'nothing was told' });
    await decided(() => terminal.write('danger untold\r'), false);
    await line('echo free | cat');
    assert.equal(stage.prompted.length, before + 1);
    assert.ok(stage.greeted.includes(terminal.pid));
  });

  it('runs what was approved in this very shell, with its job control and its history', async () => {
    await decided(() => terminal.write(`${CTRL_U}danger own; own=$BASHPID; sleep 0.2 & cd /; (exit 5)\r`), true);
    assert.equal(await line('echo "$? $((own == $$)) $PWD"'), '5 1 /');
    assert.match(await line('fc -ln -2 -2'), /danger own; own=\$BASHPID; sleep 0\.2 & cd \/; \(exit 5\)/);
    await line('wait; cd "$OLDPWD"');
  });

  it('keeps the environment, the aliases and the functions of the line in the question', async () => {
    const before = stage.asked.length;
    await line('export NEW="a b"; greet you');
    const asked = stage.asked.slice(before).find(({ text }) => text.includes('greet'));
    await line('echo | cat');
    assert.match(asked?.definitions ?? '', /alias greet='echo hello'/);
    assert.match(stage.asked.at(-1)?.environment ?? '', /^declare -x NEW="a b"$/m);
    assert.equal(stage.asked.at(-1)?.cwd, stage.work);
  });

  it('leaves no connection to the programs that run', async () => {
    assert.equal(await line('for f in /proc/self/fd/*; do [[ $(readlink "$f") != socket:* ]] || echo open; done'), '');
  });

  it('does not take an answer for a command', async () => {
    const before = stage.asked.length;
    terminal.write('read -e -p "name: " name\r');
    await terminal.waitFor(/hname: $/);
    terminal.write('danger of nothing\r');
    await terminal.waitFor(PROMPT);
    assert.equal(await line('echo "$name"'), 'danger of nothing');
    assert.deepEqual(stage.asked.slice(before).map(({ text }) => text).filter((text) => text.startsWith('danger')), []);
  });

  it('holds in spite of an interrupt that is trapped, before the line is accepted, and leaves the trap', async () => {
    await line("trap 'echo caught' INT");
    const before = stage.effects.length;
    const ways = [['{ danger trapped; } > trapped\r', false, []], ['for x in trapped; do\r{ danger "$x"; } > trapped\rdone\r', true, ['trapped']]] as const;
    for (const [typed, decision, effects] of ways) {
      const next = stage.nextHeld();
      terminal.write(`${CTRL_U}${typed}`);
      const held = await next;
      await terminal.waitFor('held: ');
      assert.ok(!existsSync(path.join(stage.work, 'trapped')), 'a redirection was made');
      held.decide(decision);
      // A refused one stands where it was typed.
      await terminal.waitFor(decision ? PROMPT : /ready> \{ danger trapped; \} > trapped/);
      assert.deepEqual(stage.effects.slice(before), effects);
      assert.match(await line('trap -p INT'), /echo caught/);
    }
    await line('trap - INT');
  });

  it('holds in an editor’s text, in vi mode, and without an editor', async () => {
    const before = stage.effects.length;
    stage.program('edit', 'echo "( danger edited )" > "$1"');
    await line('export VISUAL=edit');
    await decided(() => terminal.write('\u0018\u0005'), false);
    assert.equal(await line('set -o vi; echo free'), 'free');
    await decided(() => terminal.write('danger vi\r'), false);
    await decided(() => terminal.write('\u001bddidanger vi command\u001b\r'), false);
    await decided(() => terminal.write('\u001bddv'), false);
    terminal.write('\u001bddiset +o vi\r');
    // The prompt after it: the editor redraws the one before, and a return that is typed to the editor ends no line without it.
    await terminal.waitFor(/set \+o vi\r\n[\s\S]*?ready> /);
    await decided(() => terminal.write('( danger plain )\r'), false);
    await decided(() => terminal.write(' ( danger unseen )\r'), false);
    terminal.write('set -o emacs\r');
    await terminal.waitFor(PROMPT);
    assert.equal(await line('echo free'), 'free');
    assert.deepEqual(stage.effects.slice(before), []);
  });

  it('holds lines that another key sends', async () => {
    const before = stage.effects.length;
    await line(`bind '"\\C-g": accept-line'`);
    await decided(() => terminal.write('danger key\u0007'), false);
    terminal.write(CTRL_U);
    stage.write('keys', `bind '"\\C-g": accept-line'\nbind '"\\C-m": accept-line'\n`);
    await line('. ~/keys');
    await decided(() => terminal.write('( danger other key )\u0007'), false);
    terminal.write('\u0015 danger unseen\u0007');
    await terminal.waitFor(/cannot be seen|held: /);
    stage.held.at(-1)?.decide(false);
    await terminal.waitFor(PROMPT);
    await decided(() => terminal.write('\u0015{ danger entered; }\r'), false);
    assert.deepEqual(stage.effects.slice(before), []);
  });
});

/** What a line can do to the guard that was not held; the next one is held all the same. */
const DISARMING: readonly string[] = [
  'unset -f __countersign_enter __countersign_check __countersign_debug',
  '__countersign_enter() { :; }',
  "bind -r '\\C-m'; bind -r '\\C-j'; bind '\"\\C-m\": accept-line'",
  'trap - DEBUG',
  "trap : DEBUG; PS0=; bind '\"\\C-m\": accept-line'",
  'PROMPT_COMMAND=',
  'PROMPT_COMMAND=(:)',
  'PS0=',
  'shopt -u extdebug promptvars',
  'unset -v __countersign_state __countersign_ok __countersign_rest',
  '__countersign_ok=1 __countersign_state=0 __countersign_held=0',
  'enable -n printf read',
  'printf() { :; }; read() { :; }',
  "alias builtin=: local=: printf=:",
  'readonly IFS',
  'IFS=_-:dag',
  'exec bash --norc',
  'bash --norc',
  'PS4= ; set -euf -o posix',
  'COUNTERSIGN_WINDOW=none COUNTERSIGN_GATE=/nowhere',
];

describe('the guard for bash, when a line is about the guard', function () {
  this.timeout(60_000);
  let stage: BashStage;
  beforeEach(async () => {
    stage = new BashStage();
    await stage.open();
  });
  afterEach(() => stage.dispose());

  for (const text of DISARMING) {
    it(`asks first and holds afterwards: ${text}`, async () => {
      const terminal = await stage.bash();
      terminal.write(`${text}\r`);
      await terminal.waitFor(/\n[\s\S]*(?:> |# |\$ )$/);
      assert.ok(stage.asked.length > 0, 'it was not asked');
      const next = stage.nextHeld();
      terminal.write('danger x\r');
      (await next).decide(false);
      await sleep(300);
      assert.deepEqual(stage.effects, []);
    });
  }

  it('decides without a window by itself: what is harmless runs', async () => {
    const terminal = await stage.bash();
    stage.closeBroker();
    terminal.write('echo a | tr a b\r');
    await terminal.waitFor(/\rb\r\n/, 30_000);
    await terminal.waitFor(PROMPT);
    terminal.write('terraform -chdir=infra destroy -var-file=production.tfvars\r');
    await terminal.waitFor(/production[\s\S]*ready> /, 30_000);
    assert.doesNotMatch(terminal.output, /command not found/);
  });

  it('guards the shells that are started from it, a login shell and one without start files too', async () => {
    for (const args of [[], ['-l'], ['--norc']]) {
      const terminal = await Terminal.start('/bin/bash', args, { cwd: stage.work, env: stage.env });
      await terminal.waitFor(/[#$>] $/);
      terminal.write('bash --norc\r');
      await terminal.waitFor(/[#$>] $/);
      const next = stage.nextHeld();
      terminal.write('"$HOME/bin/danger" x\r');
      (await next).decide(false);
      await terminal.kill();
    }
    assert.deepEqual(stage.effects, []);
  });
});
