import { skip } from '../harness/skip.js';
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { composeSshsig, signedData, verifySshsig } from '../../src/core/approval/sshsig.js';
import { wireString, wireU32 } from '../../src/core/approval/ssh-wire.js';
import { agentKeys, agentSign, agentSocket } from '../../src/world/ssh-agent.js';
import { ed25519Pair, makeKey, makeKeyFile, MESSAGE, NAMESPACE, PLAIN_KINDS, temporaryDirectory } from '../unit/core/approval/ssh-fixtures.js';
import { softwareSecurityKey, startAgent, type RunningAgent } from './ssh-agent-fixture.js';

const refused = { name: 'CountersignError', code: 'key' };
const data = signedData(NAMESPACE, 'sha512', MESSAGE);

async function signAll(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const types = [];
  for (const { key } of await agentKeys({ env })) {
    const raw = composeSshsig({ publicKeyBlob: key.blob, namespace: NAMESPACE, signature: await agentSign(key, data, { env }) });
    const verified = verifySshsig(raw, MESSAGE, NAMESPACE);
    if (key.securityKey) assert.equal(verified.presence?.touched, true);
    types.push(verified.key.type);
  }
  return types;
}

describe('ssh-agent', () => {
  const directory = temporaryDirectory();
  const socket = path.join(directory, 'agent');
  let agent: RunningAgent;
  before(async () => {
    agent = await startAgent(socket);
  });
  after(() => agent.stop());

  it('lists and signs with every kind of plain key', async () => {
    assert.deepEqual(await agentKeys(agent), []);
    for (const [type, bits] of PLAIN_KINDS) {
      const file = path.join(directory, `${type}${bits}`);
      makeKey(file, type, bits);
      agent.add(file);
    }
    // A key that cannot sign approvals must not hide the others.
    makeKeyFile(path.join(directory, 'weak'), 'rsa', '1024');
    agent.add(path.join(directory, 'weak'));
    assert.deepEqual([...(await signAll(agent.env))].sort(), ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-ed25519', 'ssh-rsa', 'ssh-rsa']);
    assert.ok((await agentKeys(agent)).some(({ comment }) => comment === 'ed25519 256'));
  });

  it('signs with security keys', async function () {
    const provider = softwareSecurityKey();
    if (provider === undefined) skip(this, 'OpenSSH’s sk-dummy.so is not installed (Debian package openssh-tests)');
    const own = await startAgent(path.join(directory, 'sk-agent'), '-P', provider);
    try {
      for (const type of ['ed25519-sk', 'ecdsa-sk']) {
        const file = path.join(directory, type);
        makeKey(file, type, '256', '', '-w', provider);
        own.add('-S', provider, file);
      }
      assert.deepEqual(await signAll(own.env), ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com']);
    } finally {
      own.stop();
    }
  });

  it('says so when the agent will not sign', async () => {
    const { key } = (await agentKeys(agent))[0]!;
    const other = { ...key, type: key.type, blob: ed25519Pair().blob, fingerprint: '', key: key.key };
    await assert.rejects(agentSign(other, data, agent), { ...refused, message: /refused to sign/ });
  });

  it('finds the agent, or says that there is none', async () => {
    assert.equal(agentSocket({}, 'linux'), undefined);
    assert.equal(agentSocket({ SSH_AUTH_SOCK: '' }, 'linux'), undefined);
    assert.equal(agentSocket({}, 'win32'), String.raw`\\.\pipe\openssh-ssh-agent`);
    await assert.rejects(agentKeys({ env: {} }), { ...refused, message: /No ssh-agent/ });
    await assert.rejects(agentKeys({ env: { SSH_AUTH_SOCK: path.join(directory, 'nothing') } }), { ...refused, message: /cannot be reached/ });
  });

  describe('that misbehaves', () => {
    const fake = path.join(directory, 'fake');
    let server: Server;
    let sockets: Socket[];
    const answering = async (answer: (socket: Socket) => void): Promise<{ readonly env: NodeJS.ProcessEnv; readonly timeout: number }> => {
      sockets = [];
      server = createServer((connection) => {
        sockets.push(connection);
        connection.on('error', () => undefined);
        connection.once('data', () => answer(connection));
      });
      await new Promise<void>((resolve) => server.listen(fake, resolve));
      return { env: { SSH_AUTH_SOCK: fake }, timeout: 150 };
    };
    afterEach(() => {
      for (const connection of sockets) connection.destroy();
      server.close();
      rmSync(fake, { force: true });
    });

    const { blob } = ed25519Pair();
    const list = (...parts: readonly Buffer[]): Buffer => wireString(Buffer.concat([Buffer.of(12), ...parts]));
    const good = list(wireU32(1), wireString(blob), wireString('me'));

    it('is understood when its answer comes in pieces', async () => {
      const options = await answering((connection) => {
        connection.setNoDelay(true);
        let at = 0;
        const timer = setInterval(() => {
          connection.write(good.subarray(at, (at += 9)));
          if (at >= good.length) clearInterval(timer);
        }, 1);
      });
      assert.deepEqual((await agentKeys({ ...options, timeout: 3_000 })).map(({ comment }) => comment), ['me']);
    });

    for (const [name, bytes] of Object.entries({
      'claims too much': Buffer.concat([wireU32(0x7fffffff), Buffer.alloc(10)]),
      'says more than it announced': Buffer.concat([good, Buffer.of(0)]),
      'lists keys that are not there': list(wireU32(2), wireString(blob), wireString('me')),
      'lists more than there can be': list(wireU32(0xffffffff)),
      'adds to its list': list(wireU32(0), Buffer.of(1)),
      'is locked': wireString(Buffer.of(5)),
      'says nothing': wireString(Buffer.alloc(0)),
    })) {
      it(`is refused when it ${name}`, async () => {
        const options = await answering((connection) => connection.write(bytes));
        await assert.rejects(agentKeys(options), (error: Error) => error.name === 'CountersignError' && !error.message.includes('in time'));
      });
    }

    it('does not hold us up', async () => {
      const options = await answering(() => undefined);
      await assert.rejects(agentKeys(options), { ...refused, message: /in time/ });
    });

    it('may hang up', async () => {
      const options = await answering((connection) => connection.end(good.subarray(0, 9)));
      await assert.rejects(agentKeys(options), { ...refused, message: /closed/ });
    });

    it('can be given up on', async () => {
      const options = await answering(() => undefined);
      await assert.rejects(agentKeys({ ...options, signal: AbortSignal.timeout(20) }), { code: 'cancelled' });
      await assert.rejects(agentKeys({ ...options, signal: AbortSignal.abort() }), { code: 'cancelled' });
    });
  });
});
