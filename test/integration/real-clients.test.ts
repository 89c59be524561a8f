import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { agentIn } from '../../src/assistants/agent-in.js';
import { assistantNamed } from '../../src/assistants/assistants.js';
import { install } from '../../src/assistants/install/install.js';
import { settingsFile } from '../../src/assistants/settings.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { installShims, shimsDirectory } from '../../src/guards/shims.js';
import { createTeam, type Team } from '../demo/team.js';
import { CLIENTS, ensureClient, type Client } from '../harness/assistant-clients.js';
import { FakeModel, type Step } from '../harness/fake-model.js';
import { repositoryRoot } from '../harness/paths.js';
import { skip } from '../harness/skip.js';

const LOOK = 'terraform version';
const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars -auto-approve';
/** A client that is not done after so long is stuck. Milliseconds. */
const PATIENCE = 120_000;
/** The same where its hook hangs: one waits for that for ever. */
const HANGING = 60_000;
/** Whether the client itself stopped a call, by what it tells its model, and not one of our layers. */
const isByClient = (result = '') => !/Countersign holds|nothing was run/i.test(result);

/** The clients that people use, from npm, each with a home of its own, no credentials, and a model that plays a script. */
describe('real assistants', function () {
  this.timeout(300_000);
  let team: Team;
  let model: FakeModel | undefined;
  beforeEach(() => {
    team = createTeam();
    const { home } = team.ana;
    mkdirSync(path.join(home, '.countersign'), { recursive: true });
    writeFileSync(settingsFile(home), '{"wait":0}');
    installGuards(home, { shell: '/bin/sh', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
    // What the tool does is on record: looking proves that the client reaches it, destroying must never stand there.
    mkdirSync(path.join(home, 'bin'));
    writeFileSync(path.join(home, 'bin', 'terraform'), `#!/bin/sh\necho "$@" >> '${home}/ran'\nenv -0 > '${home}/surroundings'\n`);
    chmodSync(path.join(home, 'bin', 'terraform'), 0o755);
    // Codex starts login shells, whose profile sets PATH anew.
    writeFileSync(path.join(home, '.bash_profile'), `PATH='${home}/bin':$PATH\n`);
  });
  afterEach(() => {
    model?.close();
    team.dispose();
  });

  const ran = () => (existsSync(path.join(team.ana.home, 'ran')) ? readFileSync(path.join(team.ana.home, 'ran'), 'utf8') : '');
  /** The assistant that the tool was started by, as its environment says. */
  const startedBy = () => agentIn(Object.fromEntries(readFileSync(path.join(team.ana.home, 'surroundings'), 'utf8').split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])));
  const hookFile = () => path.join(gateDirectory(team.ana.home), 'hook');

  /**
   * Lets a client do what the model says, with or without the guards of the editor's terminals behind its hook.
   *
   * @param patience seconds that the client is told to wait for the hook, instead of as many as it is told by the product
   */
  async function play(client: Client, modules: string, steps: readonly Step[], guarded: boolean, patience?: number): Promise<{ readonly seen: readonly string[]; readonly output: string }> {
    const { home, clone } = team.ana;
    model = await FakeModel.start([]);
    const place = { home, work: clone, port: model.port };
    for (const [file, text] of Object.entries(client.files(place, modules))) {
      mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
      writeFileSync(path.join(home, file), text);
    }
    // It looks for this package on the network unless it is there.
    if (client.id === 'opencode') cpSync(modules, path.join(home, '.config', 'opencode', 'node_modules'), { recursive: true, filter: (file) => !file.includes('opencode-linux-x64') });
    const installed = install(assistantNamed(client.id) ?? assert.fail(client.id), 'user', { home, project: clone, searchPath: '' });
    if (patience !== undefined) for (const file of installed) writeFileSync(file, readFileSync(file, 'utf8').replace(/\b(600|590)(000|_000)?\b/g, (_, _seconds, thousands = '') => `${patience}${thousands as string}`));
    const search = `${path.join(home, 'bin')}:/usr/local/bin:/usr/bin:/bin`;
    const gate = gateDirectory(home);
    if (guarded) installShims(gate, search);
    const env = {
      HOME: home, USER: 'nobody', LANG: 'C.UTF-8', TERM: 'dumb', SHELL: '/bin/bash', NO_COLOR: '1', TMPDIR: team.directory,
      GIT_CONFIG_NOSYSTEM: '1', PATH: guarded ? `${shimsDirectory(gate)}:${search}` : search,
      ...(guarded && { BASH_ENV: path.join(gate, 'guard.bash') }),
      ...client.env(place),
    };
    const [program = '', ...args] = client.argv(modules);
    let output = '';
    const run = async (model: FakeModel, part: readonly Step[]): Promise<string> => {
      model.play(part);
      const printed = await printedBy(patience === undefined ? PATIENCE : HANGING, spawn(program, args, { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true }));
      output = `${output}${printed}`.slice(-4000);
      return printed;
    };
    const { endsAtNo } = client;
    if (!endsAtNo) {
      await run(model, steps);
      return { seen: model.results, output };
    }
    const log = path.join(home, endsAtNo.log);
    const logged = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
    const seen: string[] = [];
    for (const step of steps) {
      const before = logged().length;
      const printed = await run(model, [step]);
      seen.push(model.results[0] ?? `${printed}${logged().slice(before)}`);
    }
    return { seen, output };
  }

  async function printedBy(patience: number, child: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), patience);
    await new Promise((resolve) => child.on('close', resolve));
    clearTimeout(timer);
    return printed;
  }

  for (const client of CLIENTS) {
    describe(client.id, () => {
      let modules: string;
      before(async function () {
        try {
          modules = await ensureClient(client);
        } catch (error) {
          skip(this, `${client.id} cannot be installed: ${(error as Error).message.split('\n')[0] ?? ''}`);
        }
      });

      it('runs what is harmless, and waits for review with production and with destructive edits', async () => {
        const migration = path.join(team.ana.clone, 'migrations', '20261201_drop.sql');
        const file = path.join(team.ana.clone, 'notes.txt');
        const { seen, output } = await play(client, modules, [client.shell(LOOK), client.shell(DESTROY), client.write(file, 'x\n'), client.write(migration, 'DROP TABLE charges;\n')], false);
        assert.equal(seen.length, 4, output);
        assert.equal(ran(), 'version\n', output);
        const { name, sessionMark } = assistantNamed(client.id) ?? assert.fail(client.id);
        const agent = startedBy();
        assert.equal(agent?.name, client.unmarked ? undefined : name, 'whoever started it leaves a mark');
        if (agent) assert.equal(agent.session !== '', sessionMark !== undefined);
        assert.match(seen[1] ?? '', /Countersign holds this command.*Waiting for approval [0-9a-f]{8}/s);
        assert.ok(existsSync(file), `an edit that harms nobody: ${seen[2] ?? ''}`);
        assert.match(seen[3] ?? '', /Countersign/);
        assert.ok(!existsSync(migration), 'a destructive edit was written');
      });

      const { look } = client;
      if (look) {
        it('starts nothing for a tool that only looks', async () => {
          writeFileSync(hookFile(), '#!/bin/bash\necho asked >> "$HOME/asked"\necho no >&2\nexit 2\n');
          const file = path.join(team.ana.clone, 'greeting.txt');
          writeFileSync(file, 'good day\n');
          const { seen, output } = await play(client, modules, [look(file), client.shell(LOOK)], false);
          assert.match(seen[0] ?? '', /good day/, output);
          assert.equal(seen.length, 2, output);
          assert.equal(readFileSync(path.join(team.ana.home, 'asked'), 'utf8'), 'asked\n', 'the hook is asked about the command, and about nothing else');
          assert.equal(ran(), '');
        });
      }

      it('still waits when its hook is killed, prints garbage or is gone: by itself or by the next layer', async () => {
        // One call after the other meets another fault.
        writeFileSync(hookFile(), `#!/bin/bash\nif [ ! -e "$HOME/first" ]; then : > "$HOME/first"; kill -9 $$; fi\nrm "$0"\necho 'not {json'\n`);
        const { seen, output } = await play(client, modules, [client.shell(LOOK), ...Array.from({ length: 2 }, () => client.shell(DESTROY))], true);
        assert.doesNotMatch(ran(), /destroy/, output);
        assert.equal(seen.length, 3, output);
        if (client.closes.killed) assert.doesNotMatch(ran(), /version/, 'a hook that was killed let a call through');
        else assert.match(ran(), /version/, 'the tool is reached where the client lets a call through');
        assert.equal(isByClient(seen[2]), client.closes.missing, seen[2]);
      });

      it('still waits when its hook hangs: by itself or by the next layer', async () => {
        writeFileSync(hookFile(), '#!/bin/bash\nexec sleep 600\n');
        const { seen, output } = await play(client, modules, [client.shell(DESTROY)], true, 4);
        assert.doesNotMatch(ran(), /destroy/, output);
        assert.equal(seen.length, 1, output);
        assert.equal(isByClient(seen[0]), client.closes.hanging, seen[0]);
      });
    });
  }
});
