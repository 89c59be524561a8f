import assert from 'node:assert/strict';
import { terminalMutations, type Mutation } from '../../../src/extension/terminal-environment.js';

const GATE = '/home/ana/.countersign/gate';

/** The environment of a terminal after the changes, as VS Code applies them. */
function applied(own: Record<string, string>, mutations: readonly Mutation[]): Record<string, string> {
  const env = { ...own };
  for (const { variable, value, how } of mutations) env[variable] = how === 'replace' ? value : `${value}${env[variable] ?? ''}`;
  return env;
}

const terminal = (own: Record<string, string> = {}, strict?: string) => applied(own, terminalMutations(GATE, '7-ab', own, strict));

describe('the environment of terminals', () => {
  it('tells each shell where its guard is', () => {
    assert.deepEqual(terminal(), {
      COUNTERSIGN_WINDOW: '7-ab',
      COUNTERSIGN_GATE: GATE,
      PROMPT_COMMAND: '. "$COUNTERSIGN_GATE/guard.bash"',
      BASH_ENV: `${GATE}/guard.bash`,
      ZDOTDIR: `${GATE}/zdotdir`,
      XDG_DATA_DIRS: `${GATE}/share:/usr/local/share:/usr/share`,
      PATH: `${GATE}/shims:`,
      SHLVL: '1',
    });
  });

  it('keeps what the user has in these variables', () => {
    const env = terminal({ BASH_ENV: '/home/ana/.bashenv', ZDOTDIR: '/home/ana/.config/zsh', XDG_DATA_DIRS: '/opt/share', PATH: '/usr/bin', PROMPT_COMMAND: 'history -a' });
    assert.equal(env['COUNTERSIGN_BASH_ENV'], '/home/ana/.bashenv');
    assert.equal(env['COUNTERSIGN_ZDOTDIR'], '/home/ana/.config/zsh');
    assert.equal(env['XDG_DATA_DIRS'], `${GATE}/share:/opt/share`);
    assert.equal(env['PATH'], `${GATE}/shims:/usr/bin`);
    assert.equal(env['PROMPT_COMMAND'], '. "$COUNTERSIGN_GATE/guard.bash"\nhistory -a');
  });

  it('tells no shell that it is the first one, nor counts anew', () => {
    for (const [own, level] of [['0', '1'], ['x', '1'], ['1', '1'], ['3', '3']] as const) assert.equal(terminal({ SHLVL: own })['SHLVL'], level);
  });

  it('does not take its own values for the user’s when the editor was started from a guarded terminal', () => {
    const inner = terminal(terminal({ BASH_ENV: '/home/ana/.bashenv', PATH: '/usr/bin' }));
    assert.equal(inner['COUNTERSIGN_BASH_ENV'], '/home/ana/.bashenv');
    assert.equal(inner['COUNTERSIGN_ZDOTDIR'], undefined);
    assert.equal(inner['PROMPT_COMMAND'], '. "$COUNTERSIGN_GATE/guard.bash"');
  });

  it('loads strict mode’s library only when it is on, beside the user’s own', () => {
    assert.equal(terminal()['LD_PRELOAD'], undefined);
    assert.equal(terminal({}, '/g/strict.so')['LD_PRELOAD'], '/g/strict.so');
    assert.equal(terminal({ LD_PRELOAD: '/usr/lib/libjemalloc.so /g/strict.so' }, '/g/strict.so')['LD_PRELOAD'], '/g/strict.so:/usr/lib/libjemalloc.so');
  });
});
