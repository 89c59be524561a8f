import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { BashStage } from './bash-stage.js';
import { Terminal } from './pty.js';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the guard for bash -c and scripts', function () {
  this.timeout(60_000);
  let stage: BashStage;
  beforeEach(async () => {
    stage = new BashStage();
    await stage.open();
  });
  afterEach(() => stage.dispose());

  /** Runs bash while the broker, which lives in this process, can answer. */
  async function bash(args: readonly string[], options: { input?: string; env?: Record<string, string> } = {}): Promise<Ran> {
    const terminal = await Terminal.start('/bin/sh', ['-c', 'if [ -n "$INPUT" ]; then printf %s "$INPUT" | bash "$@"; else bash "$@" < /dev/null; fi >"$HOME/out" 2>"$HOME/err"', 'sh', ...args], {
      cwd: stage.work,
      env: { ...stage.env, INPUT: options.input ?? '', ...options.env },
    });
    const code = await terminal.exited;
    return { code, out: stage.read('out'), err: stage.read('err') };
  }

  async function held(args: readonly string[], run: boolean, options: { input?: string; env?: Record<string, string> } = {}): Promise<Ran & { readonly text: string }> {
    const next = stage.nextHeld();
    const running = bash(args, options);
    const asked = await next;
    assert.deepEqual(stage.effects, []);
    asked.decide(run);
    return { ...(await running), text: asked.ask.text };
  }

  const WAYS: readonly (readonly [name: string, args: readonly string[], text: RegExp])[] = [
    ['a text', ['-c', 'danger x'], /^danger x$/],
    ['a text with arguments', ['-c', '"$@"', 'zero', 'danger', 'x'], /^bash -c '"\$@"' 'zero' 'danger' 'x'$/],
    ['a login shell', ['-lc', '"$HOME/bin/danger" x'], /^"\$HOME\/bin\/danger" x$/],
    ['a script with arguments', ['./script', 'danger', 'x'], /^bash '\.\/script' 'danger' 'x'$/],
    ['strict settings', ['-euo', 'pipefail', '-c', 'danger x'], /^danger x$/],
    ['a restricted shell', ['-r', '-c', 'danger x'], /^danger x$/],
  ];
  for (const [name, args, text] of WAYS) {
    it(`holds ${name} before anything of it runs`, async () => {
      stage.write('work/script', '"$@"\n');
      const no = await held(args, false);
      assert.match(no.text, text);
      assert.deepEqual([no.code, no.out, stage.effects], [126, '', []]);
      const yes = await held(args, true);
      assert.deepEqual([yes.code, yes.out, stage.effects], [0, 'danger ran: x\n', ['x']]);
    });
  }

  it('holds one that has a socket for its input, as everything that Node starts', async () => {
    const child = spawn('/bin/bash', ['-c', 'danger x'], { cwd: stage.work, env: stage.env });
    (await stage.nextHeld()).decide(false);
    assert.equal((await once(child, 'close'))[0], 126);
    assert.deepEqual(stage.effects, []);
  });

  for (const name of ['builtin', 'command', 'declare', 'return', 'set', 'exit', 'unset', 'local', 'shopt', 'eval', '.', '[', 'printf', 'read', '__countersign_prompt', '__countersign_hold', '__countersign_glance']) {
    it(`is not fooled by an exported function ${name}`, async () => {
      for (const status of [0, 1, 86]) {
        const { code } = await held(['-c', 'danger x'], false, { env: { [`BASH_FUNC_${name}%%`]: `() { return ${status}; }` } });
        assert.deepEqual([code, stage.effects], [126, []]);
      }
    });
  }

  it('knows exported functions', async () => {
    const text = 'name=dan; eval "poke() { ${name}ger x; }"; export -f poke; bash -c "poke now"; echo "$?"';
    const { code, out } = await held(['-c', text], false);
    assert.deepEqual([code, out, stage.effects], [0, '126\n', []]);
    assert.match(stage.asked.at(-1)?.definitions ?? '', /danger x/);
  });

  /** Each prints the same with the guard and without it. */
  const SAME: readonly (readonly [name: string, args: readonly string[], options?: { input?: string; env?: Record<string, string> }])[] = [
    ['arguments', ['-c', 'echo "$0" "$#" "$@" "$?" "$_" "$-"', 'zero', 'a b', '', '*']],
    ['variables and functions', ['-c', 'declare -F; compgen -v | grep -iv -e "^BASH" -e "^_$" | sort; echo "$IFS" | od -c']],
    ['options', ['-eufC', '-o', 'pipefail', '-c', 'echo "$-"; set -o; shopt']],
    ['exported assignments', ['-a', '-c', 'x=1; env | grep -e ^x= -e __countersign; echo "$-"']],
    ['a trace', ['-x', '-c', 'echo a']],
    ['traps', ['-c', 'trap; trap "echo left" EXIT; trap -p; kill -PIPE $BASHPID; echo no']],
    ['an exit status', ['-c', 'exit 7']],
    ['an error', ['-ec', 'false; echo no']],
    ['its input', ['-c', 'read -r x; echo "<$x>"; cat'], { input: 'one\ntwo\nthree' }],
    ['a script on its input', ['-s', 'a', 'b'], { input: 'echo "$0 $*"; read -r x; echo "<$x>"\nnext\necho end\n' }],
    ['a script on its input without -s', [], { input: 'echo "$0 $#"\n' }],
    ['descriptors', ['-c', 'for f in /proc/$$/fd/*; do echo "${f##*/}"; done; exec 3>&1 9>&1; echo x >&9 | cat']],
    ['a script’s own name', ['./script', 'a']],
    ['posix', ['--posix', '-c', 'echo "$-"; declare -F']],
    ['a mistake', ['-c', 'echo (']],
    ['a new environment', ['-c', 'env -i bash -c "echo fresh"']],
    ['a start file of their own', ['-c', 'echo "$mine"'], { env: { COUNTERSIGN_BASH_ENV: 'start' } }],
    ['shells in shells', ['-c', 'bash -c "bash -c \\"echo deep; exit 3\\""; echo "$?"']],
    ['the line numbers', ['./script', 'a'], { env: { PS4: '+$LINENO ' } }],
    ['an interactive shell with a text', ['--norc', '-ic', 'echo "$-"; exit 4']],
  ];
  for (const [name, args, options = {}] of SAME) {
    it(`leaves alone: ${name}`, async () => {
      stage.write('work/script', 'echo "$0 $LINENO $1 ${BASH_SOURCE[0]} ${#BASH_SOURCE[@]}"\n');
      stage.write('work/start', 'mine=set\n');
      const bare = await bash(args, { ...options, env: { ...options.env, PROMPT_COMMAND: '', BASH_ENV: options.env?.['COUNTERSIGN_BASH_ENV'] ?? '' } });
      const guarded = await bash(args, { ...options, env: { ...options.env, PROMPT_COMMAND: '' } });
      const clean = ({ code, out, err }: Ran) => ({ code, out: out.replace(/^(BASH_ENV|COUNTERSIGN_\w+)\n/gm, ''), err });
      assert.deepEqual(clean(guarded), clean(bare));
      assert.deepEqual(stage.held, []);
    });
  }

  it('lets what only looks go by without asking, whether the window lives or not', async () => {
    assert.equal((await bash(['-c', 'echo a'])).out, 'a\n');
    assert.deepEqual(stage.asked, []);
    stage.closeBroker();
    assert.equal((await bash(['-c', 'echo b'])).out, 'b\n');
  });

  it('does not take a program of that name from somewhere else for one that only looks', async () => {
    stage.program('ls', 'danger x');
    await bash(['-c', 'ls'], { env: { PATH: `bin:${stage.env['PATH'] ?? ''}` } });
    assert.deepEqual(stage.asked.map(({ text }) => text), ['ls']);
  });

  it('survives a window that hangs up in the middle of a long question, and asks the slow way', async () => {
    const rude = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
    stage.write('.countersign/windows/rude.quick', `${(rude.address() as AddressInfo).port} token\n`);
    const { code, out } = await held(['-c', 'echo a; echo b'], true, { env: { LONG: 'x'.repeat(100_000), COUNTERSIGN_WINDOW: 'rude' } });
    rude.close();
    assert.deepEqual([code, out], [0, 'a\nb\n']);
  });

  it('says that a bash is too old to be guarded, once, and lets it be', async () => {
    const file = '.countersign/gate/guard.bash';
    stage.write(file, stage.read(file).replace('< 404', '< 99999'));
    const terminal = await stage.bash();
    terminal.write('echo "$-" | cat; true\r');
    await terminal.waitFor(/h?iBHm?s?\r\n[\s\S]*ready> |him?BHs\r\n[\s\S]*ready> /);
    assert.equal(terminal.output.split('too old to be guarded').length, 2);
    assert.deepEqual(stage.asked, []);
  });

  it('asks the slow way for the commands of a bash that is too old for the quick one', async () => {
    const file = '.countersign/gate/guard.bash';
    stage.write(file, stage.read(file).replace('< 404', '< 99999'));
    stage.write('work/script', 'danger "$@"\n');
    for (const [args, text] of [
      [['-euc', "danger 'x'"], "danger 'x'"],
      [['-c', 'danger "$1"', 'zero', 'x'], `bash -c 'danger "$1"' 'zero' 'x'`],
      [['./script', "it's"], `bash './script' 'it'\\''s'`],
    ] as const) {
      const no = await held(args, false);
      assert.deepEqual([no.code, no.text, stage.effects], [126, text, []]);
    }
    assert.equal((await held(['-c', 'danger x; danger y'], true)).out, 'danger ran: x\ndanger ran: y\n');
    stage.closeBroker();
    assert.equal((await bash(['-c', 'echo "$-" a'], { env: { PROMPT_COMMAND: '' } })).out, 'hBc a\n');
    assert.equal((await bash(['-c', 'kubectl --context production delete ns x'])).code, 126);
  });
});
