import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { askAhead } from '../../src/broker/hold.js';
import { postMessage } from '../../src/world/webhook.js';
import { createTeam, DEMO_POLICY, environmentOf, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { startWebhook, WEBHOOK_SECRET, type Webhook } from '../harness/webhook.js';
import { Seat } from './people.js';

const VARIABLE = 'COUNTERSIGN_WEBHOOK';
const POLICY = `${DEMO_POLICY}notify: { kind: plain, variable: ${VARIABLE} }\n`;
const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars';
const DEPLOY = './scripts/deploy.sh production';

describe('a chat that the policy names', () => {
  const open: Webhook[] = [];
  let team: Team;
  afterEach(() => {
    for (const started of open.splice(0)) started.close();
    team.dispose();
  });

  const webhook = async (answer?: RequestListener): Promise<Webhook> => {
    const started = await startWebhook(answer);
    open.push(started);
    return started;
  };
  const seatOf = (person: Person, address: string) => Seat.of(person, undefined, undefined, undefined, { [VARIABLE]: address });
  /** The command line with its own process, which may end before its message arrives. */
  const countersign = (address: string, ...args: string[]): Promise<{ readonly code: number | null; readonly err: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), ...args], { cwd: team.ana.clone, env: { ...environmentOf(team.ana), [VARIABLE]: address }, stdio: ['ignore', 'ignore', 'pipe'] });
      const err = text(child.stderr);
      child.on('close', (code) => void err.then((said) => resolve({ code, err: said })));
    });

  it('hears once of each request, its digest and where to read it, and nothing of what would run', async () => {
    team = createTeam({ policy: POLICY });
    const { address, heard } = await webhook();
    const ana = await seatOf(team.ana, address);
    const ask = ana.deployment();
    const judged = await ana.judge(ask);
    const said = { reason: 'because of a customer', agent: null };
    const view = await askAhead(ask, judged, ana.context, said);
    assert.equal((await askAhead(ask, judged, ana.context, said)).digest, view.digest, 'the same is taken up');
    await ana.messenger.settled(Infinity);
    const { expires } = view.signed.request;
    const until = `${new Date(expires * 1000).toISOString().slice(0, 16)}Z`;
    assert.deepEqual(heard.map((body): unknown => JSON.parse(body)), [
      {
        text: `ana@payments.example asks for approval in payments, for production, until ${until}. Request ${view.digest.slice(7, 15)}.`,
        digest: view.digest,
        requester: 'ana@payments.example',
        repository: 'payments',
        environments: ['production'],
        expires: until,
        link: `vscode://countersign.countersign/review?${view.digest}`,
      },
    ]);
    assert.deepEqual(ana.warnings, []);
  });

  it('hears of what the command line asks for, and nothing of what is harmless', async () => {
    team = createTeam({ policy: POLICY });
    const { address, heard } = await webhook();
    assert.equal((await countersign(address, 'run', '--', 'ls')).code, 0);
    assert.equal((await countersign(address, 'check', '--', DESTROY)).code, 3);
    assert.deepEqual(heard, []);
    assert.equal((await countersign(address, 'request', '--', DEPLOY)).code, 0);
    assert.equal(heard.length, 1);
  });

  const faults: readonly [what: string, answer: RequestListener, problem: RegExp | undefined][] = [
    ['fails', (_, response) => response.writeHead(500).end('no'), /127\.0\.0\.1:\d+ answered 500\./],
    ['leads somewhere else', (_, response) => response.writeHead(307, { location: '/elsewhere' }).end(), /answered 307\./],
    ['breaks the connection', (_, response) => response.socket?.destroy(), /cannot be reached\./],
    ['never answers', () => undefined, undefined],
  ];
  for (const [what, answer, problem] of faults) {
    it(`keeps nothing from being held, approved and run when it ${what}`, async () => {
      team = createTeam({ policy: POLICY });
      const { address, heard, first } = await webhook(answer);
      const ana = await seatOf(team.ana, address);
      const { view, end } = await ana.hold();
      await (await Seat.of(team.ben)).approve(view);
      await ana.desk.sync();
      assert.equal((await end).run, true);
      await first;
      if (problem) await ana.messenger.settled(Infinity);
      assert.equal(heard.length, 1, 'it is not followed, and not tried again');
      assert.equal(ana.warnings.length, problem ? 1 : 0);
      for (const warning of ana.warnings) {
        assert.match(warning, problem ?? /^$/);
        assert.doesNotMatch(warning, /secret/, 'the address is a secret');
      }
    });
  }

  it('is left alone where nobody listens, and the request waits all the same', async () => {
    team = createTeam({ policy: POLICY });
    const { code, err } = await countersign(`http://127.0.0.1:1${WEBHOOK_SECRET}`, 'request', '--', DEPLOY);
    assert.equal(code, 0, err);
    assert.match(err, /The chat was not told of the request: 127\.0\.0\.1:1 cannot be reached\. The request waits all the same/);
    assert.doesNotMatch(err, /secret/);
    const ben = await Seat.of(team.ben);
    await ben.desk.sync();
    assert.deepEqual((await ben.desk.requests()).map(({ state }) => state), ['waiting']);
  });

  it('does not keep the command line that asked', async () => {
    team = createTeam({ policy: POLICY });
    const { address, heard } = await webhook(() => undefined);
    assert.equal((await countersign(address, 'request', '--', DEPLOY)).code, 0);
    assert.equal(heard.length, 1);
  });

  const silent: readonly [what: string, policy: string, working: string | undefined, isSet: boolean][] = [
    ['the rules name none', DEMO_POLICY, undefined, true],
    ['only the working copy names one', DEMO_POLICY, POLICY, true],
    ['nobody gave its address here', POLICY, undefined, false],
  ];
  for (const [what, policy, working, isSet] of silent) {
    it(`hears nothing where ${what}`, async () => {
      team = createTeam({ policy });
      if (working !== undefined) writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), working);
      const { address, heard } = await webhook();
      const { code, err } = await countersign(isSet ? address : '', 'request', '--', DEPLOY);
      assert.equal(code, 0, err);
      assert.doesNotMatch(err, /chat/);
      assert.deepEqual(heard, []);
    });
  }
});

describe('the address of a webhook', () => {
  const refused: readonly [what: string, address: string][] = [
    ['that everybody on the way could read', 'http://chat.example/secret'],
    ['that only begins like this machine', 'http://localhost.chat.example/secret'],
    ['of a file', 'file:///secret'],
    ['that is none', 'secret'],
    ['with a password', 'https://ana:secret@chat.example/'],
  ];
  for (const [what, address] of refused) {
    it(`is none ${what}, and is not told`, async () => {
      await assert.rejects(postMessage(address, {}), (error: Error) => /its webhook’s address does not begin with https:\/\/, or holds a password/.test(error.message) && !error.message.includes('secret'));
    });
  }
});
