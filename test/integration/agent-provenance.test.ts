import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Gatekeeper } from '../../src/broker/gatekeeper.js';
import { PROTOCOL_VERSION, type GuardAsk } from '../../src/broker/protocol.js';
import { RUN_STATUS } from '../../src/guards/gate-shell.js';
import { createTeam, DEMO_POLICY, environmentOf, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { waitFor } from '../harness/wait.js';
import { quickAsk } from './broker-window.js';
import { Seat } from './people.js';
import { spoken } from '../../src/core/say.js';

const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars';
/** Lost for good, and nobody's but this machine's. */
const LOSE = 'rm -rf ../old-notes';
const MARK = { CLAUDECODE: '1' };

/** What reaches a guard because an assistant started it, with its hook silenced or none at all. */
describe('what an assistant started', () => {
  let team: Team;
  let ana: Seat;
  const begin = async (policy = DEMO_POLICY) => {
    team = createTeam({ policy });
    ana = await Seat.of(team.ana);
  };
  afterEach(() => team.dispose());

  /** A window whose person would say no to every question; `around` is the editor's own environment. */
  function window(around: Readonly<Record<string, string>> = {}): { readonly keeper: Gatekeeper; readonly questions: string[] } {
    const questions: string[] = [];
    const keeper = new Gatekeeper({
      home: team.ana.home,
      now: () => Math.floor(Date.now() / 1000),
      desksFor: () => Promise.resolve([ana.desk]),
      identify: () => Promise.resolve(undefined),
      confirm: (reasons) => Promise.resolve(questions.push(reasons.map((reason) => spoken(reason)).join(' ')) < 0),
      log: () => undefined,
      around,
    });
    return { keeper, questions };
  }
  const guardAsk = (text: string, env: Readonly<Record<string, string>>): GuardAsk => ({ v: PROTOCOL_VERSION, kind: 'line', text, shell: '/bin/bash', cwd: team.ana.clone, pid: process.pid, env: { ...environmentOf(team.ana), ...env } });

  /** What bash prints for `export -p`. */
  const exports = (env: Readonly<Record<string, string>>) => Object.entries({ ...environmentOf(team.ana), ...env }).map(([name, value]) => `declare -x ${name}="${value}"`).join('\n');

  /** Whose the request is that a guard's question leads to. */
  async function askedBy(env: Readonly<Record<string, string>>, around?: Readonly<Record<string, string>>): Promise<string | undefined> {
    const stop = new AbortController();
    const end = window(around).keeper.decide(guardAsk(DESTROY, env), () => undefined, stop.signal);
    const [view] = await waitFor(async () => {
      const open = (await ana.desk.requests()).filter(({ state }) => state === 'waiting');
      return open.length > 0 ? open : undefined;
    }, { message: 'the request' });
    stop.abort();
    assert.equal(await end, false);
    return view?.signed.request.agent?.name;
  }

  it('is asked for in its name, in the terminals of an editor that a person started', async () => {
    await begin();
    assert.equal(await askedBy(MARK), 'Claude Code');
    assert.equal(await askedBy({}), undefined);
    assert.equal(await askedBy(MARK, MARK), undefined);
  });

  it('meets what the policy says of assistants', async () => {
    await begin(`${DEMO_POLICY}    agents: deny\n`);
    const said: string[] = [];
    assert.equal(await window().keeper.decide(guardAsk(DESTROY, MARK), (lines) => said.push(...lines), new AbortController().signal), false);
    assert.match(said.join(' '), /The policy lets no assistant change production/);
  });

  it('is not confirmed twice: that is for the assistant’s own window', async () => {
    await begin();
    const { keeper, questions } = window();
    assert.equal(await keeper.decide(guardAsk(LOSE, MARK), () => undefined, new AbortController().signal), true);
    assert.deepEqual(questions, []);
    const { run } = await keeper.quick(quickAsk(team.ana, DESTROY, { environment: exports(MARK) }), () => Promise.resolve(''));
    assert.equal(run, false);
  });

  const countersign = (person: Person, env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), ...args], { cwd: person.clone, env: { ...environmentOf(person), ...env }, encoding: 'utf8' });

  it('speaks for nobody, though it takes its mark off first', async () => {
    await begin();
    const approval = 'env -u CLAUDECODE countersign approve --yes 1a2b3c4d';
    const said: string[] = [];
    const { keeper } = window();
    assert.equal(await keeper.decide(guardAsk(approval, MARK), (lines) => said.push(...lines), new AbortController().signal), false);
    assert.match(said.join(' '), /An assistant is never the second person/);
    const quick = async (env: Readonly<Record<string, string>>) => (await keeper.quick(quickAsk(team.ana, approval, { environment: exports(env) }), () => Promise.resolve(''))).run;
    assert.equal(await quick(MARK), false);
    assert.equal(await quick({}), true, 'a person says what they like');
    assert.notEqual(countersign(team.ana, MARK, 'gate', '--kind', 'line', approval).status, RUN_STATUS);
    assert.equal(countersign(team.ana, {}, 'gate', '--kind', 'line', approval).status, RUN_STATUS);
  });

  it('is asked for in its name on the command line, and lets nobody be spoken for', async () => {
    await begin();
    const { status, stdout } = countersign(team.ana, MARK, 'request', '--', DESTROY);
    assert.equal(status, 0);
    const ben = await Seat.of(team.ben);
    await ben.desk.sync();
    const [view] = await ben.desk.requests();
    assert.equal(view?.signed.request.agent?.name, 'Claude Code');
    for (const words of [['approve', '--target', 'production.tfvars'], ['deny', '--reason', 'no']]) {
      const refused = countersign(team.ben, MARK, ...words, stdout.trim());
      assert.match(refused.stderr, /speaks in a person’s name, and it was started by Claude Code/);
      assert.notEqual(refused.status, 0);
    }
    await ben.desk.sync();
    assert.equal((await ben.desk.requests())[0]?.state, 'waiting');
    assert.equal(countersign(team.ben, {}, 'approve', '--target', 'production.tfvars', stdout.trim()).status, 0);
  });

  it('is held without a window as it is with one', async () => {
    await begin();
    const gate = (text: string) => countersign(team.ana, MARK, 'gate', '--kind', 'line', text);
    assert.equal(gate(LOSE).status, RUN_STATUS);
    assert.notEqual(gate(DESTROY).status, RUN_STATUS);
  });
});
