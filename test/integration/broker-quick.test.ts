import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Gatekeeper } from '../../src/broker/gatekeeper.js';
import { PROTOCOL_VERSION } from '../../src/broker/protocol.js';
import { MAX_RECORD, type QuickAsk } from '../../src/broker/quick-protocol.js';
import type { QuickHandler, QuickVerdict } from '../../src/broker/quick-server.js';
import { BrokerServer } from '../../src/broker/server.js';
import type { Approvals } from '../../src/broker/approvals.js';
import { createTeam, DEMO_POLICY, environmentOf, git, type Team, type TeamOptions } from '../demo/team.js';
import { sleep } from '../harness/processes.js';
import { waitFor } from '../harness/wait.js';
import { QuickClient, quickAsk } from './broker-window.js';
import { Seat } from './people.js';

const DESTROY = 'kubectl --context prod-eu delete namespace payments';
const NOTHING = { prompted: () => undefined, greeted: () => undefined };

describe('the quick question', () => {
  let team: Team;
  let ana: Seat;
  let gatekeeper: Gatekeeper;
  let server: BrokerServer | undefined;
  let desks: readonly Approvals[];

  const sit = async (options: TeamOptions = {}) => {
    team = createTeam(options);
    ana = await Seat.of(team.ana);
    desks = [ana.desk];
    gatekeeper = new Gatekeeper({
      home: team.ana.home,
      now: () => Math.floor(Date.now() / 1000),
      desksFor: () => Promise.resolve(desks),
      identify: () => Promise.resolve(undefined),
      confirm: () => Promise.resolve(false),
      log: () => undefined,
      folders: () => [team.ana.clone],
    });
  };
  const listen = async (handler: Partial<QuickHandler> = {}) => {
    server = new BrokerServer(team.ana.home, () => Promise.resolve(false), { ask: (ask, define) => gatekeeper.quick(ask, define), call: (call) => gatekeeper.call(call), ...NOTHING, ...handler });
    await server.start([team.ana.clone]);
    return QuickClient.connect(team.ana, server.windowName);
  };
  const connect = (token?: string) => QuickClient.connect(team.ana, server?.windowName ?? '', token);
  const judge = (text: string, changes: Partial<QuickAsk> = {}, define: (names: readonly string[]) => Promise<string | undefined> = () => Promise.resolve('')): Promise<QuickVerdict> =>
    gatekeeper.quick(quickAsk(team.ana, text, changes), define);
  const policy = (text: string) => writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), text);

  afterEach(() => {
    server?.dispose();
    server = undefined;
    team.dispose();
  });

  it('says what to do where there is no repository, and shows no name as it is that it quotes', async () => {
    await sit();
    desks = [];
    const ask = { v: PROTOCOL_VERSION, kind: 'shell', text: "terraform destroy -var-file='production-\u202e\u0430.tfvars'", shell: '/bin/sh', cwd: team.directory, pid: 1, env: environmentOf(team.ana) } as const;
    await assert.rejects(gatekeeper.decide(ask, () => undefined, new AbortController().signal), (error: Error) => {
      assert.match(error.message, /There is no git repository here to approve it in: run it from inside one\.$/);
      assert.match(error.message, /production-\\u\{202e\}\\u\{430\}\.tfvars/);
      return true;
    });
  });

  describe('judges', () => {
    const table: readonly (readonly [string, Partial<QuickAsk>, boolean])[] = [
      ['git commit -m x', {}, true],
      ['kubectl --context prod-eu get pods', {}, true],
      [DESTROY, {}, false],
      ['deploy', { definitions: `deploy () \n{ \n    ${DESTROY}\n}` }, false],
      ['d', { definitions: `alias d='${DESTROY}'` }, false],
      ['kubectl rollout restart deployment/payments', { environment: 'declare -x KUBECONFIG="/nowhere"\n' }, true],
      ['ls', { environment: '' }, false],
      ['ls', { environment: 'declare -x A="$(id)"\n' }, false],
      ["'kubectl' '--context' 'prod-eu' 'delete' 'namespace' 'payments'", { kind: 'program' }, false],
      [`bash -c "${DESTROY}"`, { kind: 'shell' }, false],
    ];
    for (const [text, changes, run] of table) {
      it(`${text} ${JSON.stringify(changes)}: ${run ? 'run' : 'ask'}`, async () => {
        await sit();
        assert.equal((await judge(text, changes)).run, run);
      });
    }

    it('with the names that the environment gives', async () => {
      await sit();
      const file = path.join(team.directory, 'kube');
      writeFileSync(file, 'apiVersion: v1\nkind: Config\ncurrent-context: prod-eu\ncontexts:\n- name: prod-eu\n  context: {cluster: prod-eu, user: x}\n');
      assert.equal((await judge('kubectl rollout restart deployment/payments', { environment: `declare -x KUBECONFIG="${file}"\n` })).run, false);
    });

    it('asks for what a definition calls, until it knows all of it', async () => {
      await sit();
      const asked: string[] = [];
      const bodies: Record<string, string> = { b: 'b () { c; }', c: `c () { ${DESTROY}; }` };
      const define = (names: readonly string[]) => {
        asked.push(...names);
        return Promise.resolve(names.flatMap((name) => bodies[name] ?? []).join('\n'));
      };
      assert.equal((await judge('a', { definitions: 'a () { b; }' }, define)).run, false);
      assert.deepEqual(asked.slice(0, 2), ['b', 'c']);
      bodies['c'] = 'c () { ls; }';
      assert.equal((await judge('a', { definitions: 'a () { b; }' }, define)).run, true);
      assert.equal((await judge('a', { definitions: 'a () { b; }' }, () => Promise.resolve(undefined))).run, false, 'no answer');
      let round = 0;
      const endless = (names: readonly string[]) => Promise.resolve(names.map((name) => `${name} () { n${(round += 1)}; }`).join('\n'));
      assert.equal((await judge('a', { definitions: 'a () { b; }' }, endless)).run, false, 'too many rounds');
    });

    it('tells what a warning says at a prompt, and not in a script', async () => {
      await sit();
      const text = 'git clean -fdx';
      const atPrompt = await judge(text);
      assert.equal(atPrompt.run, true);
      assert.notEqual(atPrompt.say, undefined);
      assert.deepEqual(await judge(text, { kind: 'shell' }), { run: true, say: undefined });
    });
  });

  describe('sees at once', () => {
    const NAMED = DEMO_POLICY.replace('approvals: 1', "approvals: 1\n    match: ['blue-*']");
    const text = 'kubectl --context blue-1 rollout restart deployment/payments';
    // What was just written is not remembered; only what is remembered can be stale.
    const settle = () => sleep(2_200);

    it('a policy that the working copy gets, changes and loses', async () => {
      await sit();
      await settle();
      assert.equal((await judge(text)).run, true);
      policy(NAMED);
      assert.equal((await judge(text)).run, false);
      await settle();
      assert.equal((await judge(text)).run, false);
      policy(DEMO_POLICY);
      assert.equal((await judge(text)).run, true);
      policy('version: [');
      assert.equal((await judge('git commit -m x')).run, false, 'rules that cannot be read');
    });

    it('two changes in a row that leave the same size', async () => {
      await sit();
      for (const name of ['blue', 'grey', 'blue', 'grey', 'blue']) {
        policy(NAMED.replace('blue', name));
        assert.equal((await judge(text)).run, name !== 'blue', name);
      }
    });

    it('a policy that is fetched from the remote', async () => {
      await sit();
      await settle();
      assert.equal((await judge(text)).run, true);
      writeFileSync(path.join(team.ben.clone, '.countersign', 'policy.yaml'), NAMED);
      git(team.ben, team.ben.clone, 'commit', '-qam', 'Blue is production');
      git(team.ben, team.ben.clone, 'push', '-q');
      assert.equal((await judge(text)).run, true);
      git(team.ana, team.ana.clone, 'fetch', '-q');
      assert.equal((await judge(text)).run, false);
      // Refs that are packed lie in another file.
      await settle();
      git(team.ana, team.ana.clone, 'update-ref', 'refs/remotes/origin/main', 'refs/remotes/origin/main~1');
      git(team.ana, team.ana.clone, 'pack-refs', '--all');
      assert.equal((await judge(text)).run, true);
    });

    it('a policy that is committed or checked out where there is no remote', async () => {
      await sit({ remote: false });
      await settle();
      assert.equal((await judge(text)).run, true);
      policy(NAMED);
      git(team.ana, team.ana.clone, 'commit', '-qam', 'Blue is production');
      policy(DEMO_POLICY);
      assert.equal((await judge(text)).run, false);
    });

    it('a repository that a directory becomes, and a link that leads into another', async () => {
      await sit();
      const inner = path.join(team.directory, 'inner');
      mkdirSync(inner);
      desks = [];
      assert.equal((await judge(text, { cwd: inner })).run, true);
      await settle();
      assert.equal((await judge(text, { cwd: inner })).run, true);
      git(team.ana, inner, 'init', '-q');
      mkdirSync(path.join(inner, '.countersign'));
      writeFileSync(path.join(inner, '.countersign', 'policy.yaml'), NAMED);
      git(team.ana, inner, 'add', '-A');
      git(team.ana, inner, 'commit', '-qm', 'x');
      desks = [(await Seat.of({ ...team.ana, clone: inner })).desk];
      assert.equal((await judge(text, { cwd: inner })).run, false);
      await settle();
      assert.equal((await judge(text, { cwd: inner })).run, false);
      const link = path.join(team.directory, 'link');
      symlinkSync(inner, link);
      assert.equal((await judge(text, { cwd: link })).run, false);
    });

    it('a clone that is put in the place of another', async () => {
      await sit();
      await settle();
      assert.equal((await judge(text)).run, true);
      git(team.ben, team.ben.clone, 'config', 'user.name', 'Ben');
      writeFileSync(path.join(team.ben.clone, '.countersign', 'policy.yaml'), NAMED);
      await settle();
      rmSync(team.ana.clone, { recursive: true });
      renameSync(team.ben.clone, team.ana.clone);
      assert.equal((await judge(text)).run, false);
    });
  });

  describe('on the wire', () => {
    it('is asked and answered on one connection', async () => {
      await sit();
      const client = await listen();
      assert.equal(await client.ask(quickAsk(team.ana, 'git status')), 'run');
      assert.equal(await client.ask(quickAsk(team.ana, DESTROY)), 'ask');
      client.send('ask', 'line', 'bash', 'nobody', '/', 'ls', '', '');
      assert.equal(await client.answer(), 'ask');
      assert.equal(await client.ask(quickAsk(team.ana, 'a', { definitions: 'a () { b; }' })), 'define b');
      client.send('definitions', 'b () { ls; }');
      assert.equal(await client.answer(), 'define ls');
      client.send('definitions', '');
      assert.equal(await client.answer(), 'run');
      assert.match(await client.ask(quickAsk(team.ana, 'git clean -fdx')), /^say /);
      assert.equal(await client.answer(), 'run');
    });

    it('is asked by bash without a program of its own', async () => {
      await sit();
      await listen();
      const script = `
        read -r port token < "$1"; cd "$2"
        ask() {
          { printf 'countersign 1 %s\\0ask\\0shell\\0%s\\0%s\\0%s\\0%s\\0\\0' "$token" "$BASH" "$$" "$PWD" "$1"; export -p; printf '\\0'; } >&9
          read -r -t 5 answer <&9; printf '%s\\n' "$answer"
        }
        ask 'git status' 9<>"/dev/tcp/127.0.0.1/$port"
        ask '${DESTROY}' 9<>"/dev/tcp/127.0.0.1/$port"`;
      const file = path.join(team.ana.home, '.countersign', 'windows', `${server?.windowName ?? ''}.quick`);
      // The server is in this process, so bash must not be waited for in a way that stops it.
      const { run } = await import('../../src/world/process.js');
      const { stdout } = await run('bash', ['--norc', '-c', script, 'bash', file, team.ana.clone], { env: { ...process.env, ODD: 'a\n"b\u0001' } });
      assert.equal(stdout.toString(), 'run\nask\n');
    });

    it('tells who is guarded and whose line has ended', async () => {
      await sit();
      const told: string[] = [];
      const client = await listen({ prompted: (pid) => told.push(`prompt ${pid}`), greeted: (shell, pid) => told.push(`${shell} ${pid}`) });
      client.send('hello', '/bin/zsh', '12');
      client.send('prompt', '12');
      await waitFor(() => told.length === 2, { message: 'both' });
      assert.deepEqual(told, ['/bin/zsh 12', 'prompt 12']);
    });

    it('is nobody’s who does not know the token or speaks another version', async () => {
      await sit();
      await listen({ ask: () => ({ run: true }) });
      const wrong = await connect('0'.repeat(64));
      assert.equal(await wrong.ask(quickAsk(team.ana, 'ls')), 'closed');
      const other = await connect('');
      other.send(`countersign 2 ${'0'.repeat(64)}`);
      assert.equal(await other.answer(), 'closed');
      const none = await connect('');
      assert.equal(await none.ask(quickAsk(team.ana, 'ls')), 'closed');
    });

    it('ends with garbage, with what is too long, and with what does not end', async () => {
      await sit();
      const well = await listen();
      const garbage = await connect();
      garbage.socket.write('GET / HTTP/1.1\r\n\r\n\0');
      assert.equal(await garbage.answer(), 'closed');
      const long = await connect();
      long.socket.write(`ask\0line\0${'x'.repeat(MAX_RECORD)}`);
      assert.equal(await long.answer(), 'closed');
      const half = await connect();
      half.socket.write('ask\0line\0/bin/ba');
      assert.equal(await half.answer(), 'closed');
      const silent = await connect('');
      assert.equal(await silent.answer(), 'closed');
      assert.equal(await well.ask(quickAsk(team.ana, 'ls')), 'run', 'the others are served all the while');
    });

    it('does not answer late, when the shell may have stopped waiting', async () => {
      await sit();
      const client = await listen({ ask: () => sleep(1_200).then(() => ({ run: true })) });
      assert.equal(await client.ask(quickAsk(team.ana, 'ls')), 'closed');
      const other = await connect();
      assert.equal(await other.ask(quickAsk(team.ana, 'a')), 'closed');
    });

    it('answers `ask` when judging fails', async () => {
      await sit();
      const client = await listen({ ask: () => Promise.reject(new Error('x')) });
      assert.equal(await client.ask(quickAsk(team.ana, 'ls')), 'ask');
    });

    it('survives a flood of connections', async () => {
      await sit();
      const client = await listen();
      const flood = await Promise.all(Array.from({ length: 700 }, () => connect('').catch(() => undefined)));
      assert.equal(await client.ask(quickAsk(team.ana, 'ls')), 'run', 'who is there stays');
      await waitFor(() => flood.every((one) => one?.closed ?? true), { message: 'the flood to be cut off' });
      const late = await connect();
      assert.equal(await late.ask(quickAsk(team.ana, 'ls')), 'run');
    });

    it('leaves nothing behind', async () => {
      await sit();
      const client = await listen();
      server?.dispose();
      assert.equal(await client.answer(), 'closed');
      assert.deepEqual(execFileSync('ls', [path.join(team.ana.home, '.countersign', 'windows')], { encoding: 'utf8' }), '');
    });
  });
});
