import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assistantNamed } from '../../src/assistants/assistants.js';
import { settingsFile } from '../../src/assistants/settings.js';
import { WINDOW_VARIABLE } from '../../src/broker/windows.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';
import { Running } from './broker-window.js';
import { Seat } from './people.js';
import { RealWindow } from './real-window.js';

const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars -auto-approve';
const out = (name: string) => path.join(repositoryRoot(), 'out', name);

interface End {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The hook as assistants run it: JSON in, exit code and words out. The clients themselves are in real-clients.test.ts. */
describe('the assistants’ hook', () => {
  let team: Team;
  let window: RealWindow | undefined;
  beforeEach(() => {
    team = createTeam();
    mkdirSync(path.join(team.ana.home, '.countersign'), { recursive: true });
    writeFileSync(settingsFile(team.ana.home), '{"wait":0}');
    installGuards(team.ana.home, { shell: '/bin/sh', node: process.execPath, gate: out('gate.js') });
  });
  afterEach(() => {
    window?.close();
    window = undefined;
    team.dispose();
  });

  const front = () => path.join(gateDirectory(team.ana.home), 'hook');
  const cli = (args: string[], input = '', person = team.ana) => spawnSync(process.execPath, [out('cli.js'), ...args], { cwd: person.clone, env: environmentOf(person), input, encoding: 'utf8', timeout: 30_000 });
  /** Asks as Claude Code does. The window answers from this process, so nothing here may block it. */
  const call = (tool_name: string, tool_input: unknown, from = 'claude-code/user', more: object = {}): Promise<End> =>
    ask(JSON.stringify({ session_id: 's1', transcript_path: '/x/.claude/t', cwd: team.ana.clone, permission_mode: 'default', hook_event_name: 'PreToolUse', tool_name, tool_input, ...more }), from);
  const ask = (input: string, from = 'claude-code/user'): Promise<End> =>
    new Promise((resolve, reject) => {
      const child = spawn(front(), ['--from', from], { cwd: team.ana.clone, env: { ...environmentOf(team.ana), [WINDOW_VARIABLE]: window?.name ?? '' }, stdio: 'pipe' });
      const end = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (end[name] += text));
      child.on('error', reject);
      child.on('close', (status) => resolve({ ...end, status }));
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  const bash = (command: string, from?: string, more?: object) => call('Bash', { command }, from, more);
  const requestIn = ({ stderr }: End) => /approval ([0-9a-f]{8})/.exec(stderr)?.[1] ?? '';
  const open = async () => (window = await RealWindow.open(await Seat.of(team.ana)));

  describe('of VS Code’s agent, which comes with the extension', () => {
    const asked = () => spawnSync('/bin/sh', [path.join(repositoryRoot(), 'chat-plugin', 'hooks', 'ask.sh')], { cwd: team.ana.clone, env: environmentOf(team.ana), input: JSON.stringify({ hook_event_name: 'PreToolUse', session_id: 's', tool_name: 'run_in_terminal', tool_input: { command: DESTROY }, tool_use_id: 'call_1__vscode-1', cwd: team.ana.clone }), encoding: 'utf8', timeout: 50_000 });

    it('says no with the reason, in the words that VS Code understands', () => {
      const { status, stdout, stderr } = asked();
      assert.equal(status, 2);
      assert.match(stderr, /^Countersign holds this command.*Waiting for approval [0-9a-f]{8}/);
      assert.equal((JSON.parse(stdout) as { hookSpecificOutput: { permissionDecision: string } }).hookSpecificOutput.permissionDecision, 'deny');
    });

    for (const [what, text] of [['ends in an error', 'exit 1'], ['is killed', 'kill -9 $$'], ['is gone', undefined]] as const) {
      it(`says no when the hook ${what}, for VS Code takes that for a warning`, () => {
        if (text === undefined) rmSync(front());
        else writeFileSync(front(), `#!/bin/sh\n${text}\n`);
        const { status, stderr } = asked();
        assert.equal(status, 2);
        assert.match(stderr, /Countersign could not judge this, so it was not done/);
      });
    }
  });

  describe('of opencode, a plug-in', () => {
    const PLAY = "const { Countersign } = await import(process.argv[1]); const hooks = await Countersign({ directory: process.cwd() }); await hooks['tool.execute.before']({ sessionID: 's', tool: 'bash' }, { args: { command: process.argv[2] } }).then(() => console.log('runs'), (error) => console.log(error.message));";
    const started = () => existsSync(path.join(team.ana.home, 'started'));

    /** Lets the plug-in judge a command; a hook that it starts leaves a mark and says no. */
    async function plugged(command: string): Promise<string> {
      const [placement] = assistantNamed('opencode')?.placements.user ?? [];
      const file = path.join(team.ana.home, 'plugin.mjs');
      writeFileSync(file, placement?.type === 'file' ? placement.text(`: > "$HOME/started"; echo 'The hook says no' >&2; exit 2`) : '');
      const running = new Running(spawn(process.execPath, ['--input-type=module', '-e', PLAY, file, command], { cwd: team.ana.clone, env: { ...environmentOf(team.ana), [WINDOW_VARIABLE]: 'gone', QUOTED: `it's "$x" \\ \n` } }));
      await running.ended;
      return running.text.trim();
    }

    it('starts no program where the window has no objection', async () => {
      await open();
      assert.equal(await plugged('npm test'), 'runs');
      assert.ok(!started());
    });

    it('asks the hook about everything else', async () => {
      const opened = await open();
      assert.equal(await plugged(DESTROY), 'The hook says no');
      opened.close();
      rmSync(path.join(team.ana.home, 'started'));
      writeFileSync(path.join(team.ana.home, '.countersign', 'windows', 'dead.quick'), `1 ${'0'.repeat(64)}\n`);
      assert.equal(await plugged('npm test'), 'The hook says no');
      assert.ok(started());
    });
  });

  describe('with nobody to ask', () => {
    // Without the command line everything that somebody has to judge is a no.
    beforeEach(() => installGuards(team.ana.home, { shell: '/bin/sh', node: '/nowhere/node', gate: out('gate.js') }));

    const fine = { status: 0, stdout: '', stderr: '' };
    const LOOKING: readonly [string, object][] = [['Bash', { command: 'ls -la src', description: 'List files' }], ['run_in_terminal', { command: 'cat README.md', mode: 'sync' }], ['Read', { file_path: '/x' }], ['Grep', { pattern: 'x', path: '.' }]];
    for (const [tool, input] of LOOKING) {
      it(`lets go what plainly only looks: ${tool} ${JSON.stringify(input)}`, async () => assert.deepEqual(await call(tool, input), fine));
    }

    const nested = { session_id: 's', tool_name: 'Read', tool_input: { command: 'ls' } };
    const OTHERS: readonly [string, string][] = [
      ['another command', JSON.stringify({ tool_name: 'Bash', tool_input: { command: 'ls; terraform destroy' } })],
      ['an escape', JSON.stringify({ tool_name: 'Bash', tool_input: { command: 'ls "$(x)"' } })],
      ['a second command', '{"tool_name":"Bash","tool_input":{"command":"ls","command":"terraform destroy"}}'],
      ['a second input', '{"tool_name":"Bash","tool_input":{"command":"ls"},"tool_input":{"cmd":"terraform destroy"}}'],
      ['a second tool', '{"tool_name":"Read","tool_name":"Bash","tool_input":{"command":"terraform destroy"}}'],
      ['a name inside what another tool is given', JSON.stringify({ clineVersion: '3', preToolUse: { toolName: 'execute_command', parameters: nested } })],
      ['a name in a list', JSON.stringify({ calls: [nested], tool: 'Bash' })],
      ['an unknown tool', JSON.stringify({ tool_name: 'Reader', tool_input: {} })],
      ['an assistant that needs an answer', JSON.stringify({ cursor_version: '2', tool_name: 'Read', tool_input: {} })],
    ];
    for (const [what, payload] of OTHERS) {
      it(`says no to ${what}`, async () => {
        const { status, stderr } = await ask(payload);
        assert.equal(status, 2);
        assert.match(stderr, /Countersign has moved or is gone/);
      });
    }
  });

  for (const withWindow of [false, true]) {
    describe(withWindow ? 'beside an open window' : 'without a window', () => {
      beforeEach(async () => {
        if (withWindow) await open();
      });

      it('has nothing to say about what harms nobody', async () => {
        const calls: [string, unknown][] = [['Bash', { command: 'ls -la' }], ['Bash', { command: 'npm test' }], ['Read', { file_path: '/x' }], ['Write', { file_path: 'src/new.js', content: 'x\n' }], ['mcp__github__get_issue', { id: 1 }]];
        for (const [tool, input] of calls) assert.deepEqual(await call(tool, input), { status: 0, stdout: '', stderr: '' }, JSON.stringify(input));
      });

      it('holds production, asks a teammate once, names the agent, and lets the approved command through once', async () => {
        const first = await bash(DESTROY);
        assert.equal(first.status, 2);
        assert.match(first.stderr, /^Countersign holds this command, and it was not done\. Would destroy something in production.*Waiting for approval [0-9a-f]{8}: a teammate has been asked.*Do not look for another way/);
        assert.deepEqual(JSON.parse(first.stdout), { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: first.stderr.trim() } });
        const again = await bash(DESTROY);
        assert.equal(again.stdout, first.stdout, 'asked again, it is the same request');
        const name = requestIn(first);
        assert.match(cli(['review', name], '', team.ben).stdout, /Asked by +ana@payments\.example through the assistant Claude Code/);
        assert.equal(cli(['approve', '--target', 'production.tfvars', name], '', team.ben).status, 0);
        const approved = await bash(DESTROY);
        assert.deepEqual([approved.status, approved.stdout], [0, ''], approved.stderr);
        const other = await bash(DESTROY, 'claude-code/project');
        assert.deepEqual([other.status, other.stdout], [0, ''], `another hook of the same call: ${other.stderr}`);
        assert.equal((await bash(DESTROY, 'claude-code/project')).status, 2, 'one approval, one run');
        assert.equal((await bash(DESTROY)).status, 2, 'one approval, one run');
      });

      it('holds what only a person may do, and lets the assistant ask where it can be relied on to', async () => {
        const hidden = path.join(team.ana.clone, 'harmless.json');
        symlinkSync('.vscode/settings.json', hidden);
        const edits: [string, unknown][] = [
          ['Write', { file_path: '.countersign/policy.yaml', content: 'version: 1\n' }],
          ['Write', { file_path: hidden, content: '{"chat.useHooks":false}' }],
          ['Edit', { file_path: path.join(team.ana.home, '.bashrc'), old_string: '', new_string: 'PROMPT_COMMAND=\n' }],
          ['Write', { file_path: 'migrations/2.sql', content: 'DROP TABLE charges;\n' }],
          ['mcp__db__drop_table', { table: 'charges' }],
        ];
        for (const [tool, input] of edits) {
          const asked = await call(tool, input);
          assert.equal(asked.status, 0, asked.stderr);
          assert.match(asked.stdout, /"permissionDecision":"ask"/, JSON.stringify(input));
          const bypassed = await call(tool, input, undefined, { permission_mode: 'bypassPermissions' });
          assert.equal(bypassed.status, 2, JSON.stringify(input));
          assert.match(bypassed.stderr, /Only a person does this/);
        }
      });

      it('says no to what it cannot judge', async () => {
        for (const [tool, input] of [['Bash', {}], ['Write', { content: 'x' }], ['Bash', { command: 'bash' }], ['Bash', { command: 'ssh db' }]] as [string, unknown][]) {
          const { status, stderr } = await call(tool, input);
          assert.equal(status, 2, JSON.stringify(input));
          assert.match(stderr, /could not judge this, so it was not done/);
        }
        for (const input of ['', 'not json', '{}', '[]', `{"tool_name":"Bash","tool_input":{"command":"${'x'.repeat(5 * 1024 * 1024)}"}}`]) {
          const { status, stderr } = await ask(input);
          assert.equal(status, 2, input.slice(0, 40));
          assert.notEqual(stderr, '');
        }
      });

      it('reads the rules that hold, and stops nothing else when they cannot be read', async () => {
        writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: nine\n');
        const { status, stderr } = await bash(DESTROY);
        assert.equal(status, 2);
        assert.match(stderr, /Line 1 of \.countersign\/policy\.yaml/);
        assert.equal((await bash('ls')).status, 0);
      });
    });
  }

  it('asks about edits that reach production, and the approval is for exactly that edit', async () => {
    const file = path.join(team.ana.clone, 'infra', 'production', 'db.tf');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'resource "aws_db_instance" "a" {\n  deletion_protection = true\n}\n');
    const edit = () => call('Edit', { file_path: file, old_string: 'protection = true', new_string: 'protection = false' });
    const first = await edit();
    assert.equal(first.status, 2);
    assert.match(first.stderr, /holds this edit, and it was not done\..*deletion protection/i);
    const name = requestIn(first);
    const review = cli(['review', name], '', team.ben).stdout;
    assert.match(review, /What would be written/);
    assert.match(review, /-  deletion_protection = true/);
    assert.match(review, /high +aws_db_instance\.a .*deletion protection/i, 'the approver’s own machine found it too');
    assert.equal(cli(['approve', '--yes', name], '', team.ben).status, 0);
    const other = await call('Edit', { file_path: file, old_string: 'protection = true', new_string: 'protection = false # x' });
    assert.equal(other.status, 2, 'another edit is another request');
    assert.equal((await edit()).status, 0);
    assert.equal((await edit()).status, 2);
  });

  it('tells the assistant why it was denied', async () => {
    const first = await bash(DESTROY);
    cli(['deny', '--reason', 'Fix the bug, do not rebuild production', requestIn(first)], '', team.ben);
    const again = await bash(DESTROY);
    assert.equal(again.status, 2);
    assert.match(again.stderr, /ben@payments\.example denied exactly this: Fix the bug, do not rebuild production\./);
  });

  it('waits for a teammate where the assistant leaves it the time', async () => {
    writeFileSync(settingsFile(team.ana.home), '{"wait":60}');
    const running = new Running(spawn(front(), ['--from', 'claude-code/user'], { cwd: team.ana.clone, env: environmentOf(team.ana), stdio: 'pipe' }));
    running.child.stdin?.end(JSON.stringify({ session_id: 's1', transcript_path: '/x/.claude/t', cwd: team.ana.clone, hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: DESTROY } }));
    const ben = await Seat.of(team.ben);
    const requests = async () => {
      await ben.desk.sync();
      return ben.desk.requests();
    };
    await waitFor(async () => (await requests()).length > 0, { message: 'the request' });
    const [view] = await requests();
    await ben.desk.approve(view!);
    assert.equal(await running.ended, 0, running.text);
  });

  it('says no when what it needs is gone, broken, or never answers', async () => {
    const intact = readFileSync(front(), 'utf8');
    for (const node of ['/nonexistent/node', '/bin/true', '/bin/false', '/bin/cat']) {
      writeFileSync(front(), intact.replaceAll(`'${process.execPath}'`, `'${node}'`));
      const { status, stdout, stderr } = await bash('npm test');
      assert.equal(status, 2, node);
      assert.match(stderr, /not done/, node);
      assert.equal((JSON.parse(stdout) as { permission: string }).permission, 'deny', node);
    }
  });

  it('does not wait for an assistant that never writes', async () => {
    const child = spawn(front(), [], { cwd: team.ana.clone, env: environmentOf(team.ana), stdio: 'pipe' });
    const running = new Running(child);
    assert.equal(await running.ended, 2);
    assert.match(running.text, /asked nothing/);
    child.stdin.destroy();
  });
});
