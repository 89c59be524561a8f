import { skip } from '../harness/skip.js';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatRosterLine } from '../../src/core/approval/roster.js';
import { verifySshsig } from '../../src/core/approval/sshsig.js';
import { readPrivateKeyHeader } from '../../src/world/key-files.js';
import { findSigningKeys, signSshsig, type SigningKey, type SignOptions } from '../../src/world/ssh-keys.js';
import { makeKey, makeKeyFile, MESSAGE, NAMESPACE, PLAIN_KINDS, stockVerify, temporaryDirectory } from '../unit/core/approval/ssh-fixtures.js';
import { softwareSecurityKey, startAgent, type RunningAgent } from './ssh-agent-fixture.js';

const PASSPHRASE = `correct horse "battery" $HOME 'staple' ü`;

describe('signing keys', () => {
  const home = temporaryDirectory();
  const ssh = path.join(home, '.ssh');
  const elsewhere = temporaryDirectory();
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: home };
  let agent: RunningAgent;
  const { TMPDIR: usual } = process.env;
  before(async () => {
    // Of our own, so that what is left over there is ours.
    process.env['TMPDIR'] = path.join(elsewhere, 'tmp');
    mkdirSync(path.join(elsewhere, 'tmp'));
    mkdirSync(ssh, { mode: 0o700 });
    agent = await startAgent(path.join(home, 'agent'));
  });
  after(() => {
    agent.stop();
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  });
  afterEach(() => {
    for (const name of readdirSync(ssh)) rmSync(path.join(ssh, name), { recursive: true });
    rmSync(path.join(home, '.gitconfig'), { force: true });
    agent.add('-D');
  });

  const never: SignOptions['askPassphrase'] = () => assert.fail('nothing is to be asked');
  const find = (more: object = {}): ReturnType<typeof findSigningKeys> => findSigningKeys({ home, env, ...more });
  const only = async (more: object = {}): Promise<SigningKey> => {
    const keys = await find(more);
    assert.equal(keys.length, 1);
    return keys[0]!;
  };
  const leftovers = (): readonly string[] => readdirSync(tmpdir());
  const refused = (message: RegExp): object => ({ name: 'CountersignError', code: 'key', message });

  it('are found in the agent, in the settings, in git and in ~/.ssh, each once', async () => {
    assert.deepEqual(await find(), []);
    const inAgent = path.join(ssh, 'id_ed25519');
    makeKey(inAgent, 'ed25519', '256');
    agent.add(inAgent);
    makeKey(path.join(ssh, 'work'), 'ecdsa', '256', PASSPHRASE);
    makeKey(path.join(ssh, 'id_ecdsa'), 'ecdsa', '384');
    makeKey(path.join(elsewhere, 'configured'), 'ed25519', '256');
    makeKey(path.join(elsewhere, 'git'), 'ed25519', '256');
    for (const name of ['lonely', 'weak']) makeKeyFile(path.join(ssh, name), 'rsa', '1024');
    rmSync(path.join(ssh, 'lonely'));
    writeFileSync(path.join(ssh, 'rubbish.pub'), 'rubbish');
    mkdirSync(path.join(ssh, 'directory.pub'));
    execFileSync('mkfifo', [path.join(ssh, 'pipe.pub')]);
    writeFileSync(path.join(home, '.gitconfig'), `[gpg]\n format = ssh\n[user]\n signingkey = ${path.join(elsewhere, 'git.pub')}\n`);
    const keys = await find({ env: { ...env, SSH_AUTH_SOCK: agent.env['SSH_AUTH_SOCK'] }, configured: path.join(elsewhere, 'configured.pub') });
    assert.deepEqual(
      keys.map(({ source }) => (source.kind === 'file' ? [path.basename(source.path), source.encrypted] : source.kind)),
      ['agent', ['configured', false], ['git', false], ['id_ecdsa', false], ['work', true]],
    );
    assert.equal(keys[0]?.comment, 'ed25519 256');
  });

  it('named in the settings must be usable', async () => {
    await assert.rejects(find({ configured: '~/.ssh/missing' }), refused(/missing is not an SSH key/));
    const file = path.join(ssh, 'id_ed25519');
    makeKey(file, 'ed25519', '256');
    renameSync(file, path.join(elsewhere, 'moved'));
    await assert.rejects(find({ configured: '~/.ssh/id_ed25519.pub' }), refused(/no private half/));
    agent.add(path.join(elsewhere, 'moved'));
    const key = await only({ configured: '~/.ssh/id_ed25519.pub', env: { ...env, SSH_AUTH_SOCK: agent.env['SSH_AUTH_SOCK'] } });
    assert.equal(key.source.kind, 'agent');
    rmSync(`${file}.pub`);
    // OpenSSH's own format holds the public half in the clear.
    assert.equal((await only({ configured: path.join(elsewhere, 'moved') })).source.kind, 'file');
  });

  it('tell whether they want a passphrase, in every format', () => {
    const header = (name: string, format: string, passphrase: string): unknown => {
      const file = path.join(elsewhere, name);
      makeKey(file, 'rsa', '2048', passphrase, '-m', format);
      return readPrivateKeyHeader(execFileSync('cat', [file]).toString())?.encrypted;
    };
    for (const format of ['RFC4716', 'PKCS8', 'PEM']) {
      assert.equal(header(`${format}-open`, format, ''), false, format);
      assert.equal(header(`${format}-closed`, format, 'secret'), true, format);
    }
    for (const text of ['', 'rubbish', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----']) assert.equal(readPrivateKeyHeader(text), undefined);
  });

  for (const [type, bits] of PLAIN_KINDS) {
    it(`sign from a file, and stock ssh-keygen agrees: ${type} ${bits}`, async () => {
      const publicKey = makeKey(path.join(ssh, 'id_test'), type, bits, PASSPHRASE);
      const prompts: string[] = [];
      const askPassphrase = (prompt: string): Promise<string> => {
        prompts.push(prompt);
        return Promise.resolve(PASSPHRASE);
      };
      const raw = await signSshsig(await only(), NAMESPACE, MESSAGE, { env, askPassphrase });
      assert.ok(verifySshsig(raw, MESSAGE, NAMESPACE).key.blob.equals(publicKey.blob));
      assert.ok(stockVerify(elsewhere, formatRosterLine({ principal: 'me', key: publicKey, namespaces: [NAMESPACE] }), 'me', raw));
      assert.deepEqual([prompts.length, prompts[0]?.includes('id_test')], [1, true]);
      assert.deepEqual(leftovers(), []);
    });
  }

  it('sign without a question when there is no passphrase, and from the agent', async () => {
    const file = path.join(ssh, 'id_ed25519');
    makeKey(file, 'ed25519', '256');
    agent.add(file);
    const withAgent = { ...env, SSH_AUTH_SOCK: agent.env['SSH_AUTH_SOCK'] };
    for (const each of [env, withAgent]) {
      const key = await only({ env: each });
      assert.equal(key.source.kind, each === env ? 'file' : 'agent');
      verifySshsig(await signSshsig(key, NAMESPACE, MESSAGE, { env: each, askPassphrase: never }), MESSAGE, NAMESPACE);
    }
  });

  it('from a file are used from that file, whatever the agent holds', async () => {
    const file = path.join(ssh, 'id_ed25519');
    makeKey(file, 'ed25519', '256');
    agent.add(file);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', file]);
    const withAgent = { ...env, SSH_AUTH_SOCK: agent.env['SSH_AUTH_SOCK'] };
    await assert.rejects(signSshsig(await only(), NAMESPACE, MESSAGE, { env: withAgent, askPassphrase: () => Promise.resolve(undefined) }), { code: 'cancelled' });
  });

  it('say what is wrong', async () => {
    const file = path.join(ssh, 'id_ed25519');
    makeKey(file, 'ed25519', '256', PASSPHRASE);
    const key = await only();
    const sign = (more: Partial<SignOptions>): Promise<Buffer> => signSshsig(key, NAMESPACE, MESSAGE, { env, askPassphrase: never, ...more });
    await assert.rejects(sign({ askPassphrase: () => Promise.resolve('wrong') }), refused(/^Wrong passphrase or PIN: nothing was signed/));
    await assert.rejects(sign({ askPassphrase: () => Promise.reject(new Error('the window closed')) }), refused(/the window closed/));
    await assert.rejects(sign({ env: { ...env, PATH: elsewhere } }), refused(/install OpenSSH/));
    chmodSync(file, 0o644);
    await assert.rejects(sign({}), refused(/chmod 600/));
    chmodSync(file, 0o600);
    makeKey(path.join(elsewhere, 'another'), 'ed25519', '256');
    copyFileSync(path.join(elsewhere, 'another'), file);
    await assert.rejects(sign({}), { name: 'CountersignError', code: 'key' });
    assert.deepEqual(leftovers(), []);
  });

  it('can be given up on, by the person or by the program', async () => {
    makeKey(path.join(ssh, 'id_ed25519'), 'ed25519', '256', PASSPHRASE);
    const key = await only();
    await assert.rejects(signSshsig(key, NAMESPACE, MESSAGE, { env, askPassphrase: () => Promise.resolve(undefined) }), { code: 'cancelled' });
    const stop = new AbortController();
    const askPassphrase = (): Promise<undefined> => {
      stop.abort();
      return new Promise(() => undefined);
    };
    await assert.rejects(signSshsig(key, NAMESPACE, MESSAGE, { env, askPassphrase, signal: stop.signal }), { code: 'cancelled' });
    assert.deepEqual(leftovers(), []);
  });

  it('keep the passphrase out of files, arguments and environments', async () => {
    makeKey(path.join(ssh, 'id_ed25519'), 'ed25519', '256', PASSPHRASE);
    let checked = 0;
    const seen = (): string =>
      leftovers()
        .map((name) => {
          const directory = path.join(tmpdir(), name);
          const files = execFileSync('find', [directory, '-printf', '%M %f\n']).toString();
          assert.match(files, /^drwx------ /);
          assert.doesNotMatch(files.replace(/ socket$/m, ''), /^-...[rwx-]*[rwx]/m);
          return files + execFileSync('cat', ['-s', path.join(directory, 'askpass'), path.join(directory, 'askpass.cjs')]).toString();
        })
        .join('');
    const processes = (): string => execFileSync('ps', ['axeww']).toString();
    const raw = await signSshsig(await only(), NAMESPACE, MESSAGE, {
      env,
      askPassphrase: () => {
        const text = seen() + processes();
        assert.ok(text.includes('ssh-keygen -Y sign'));
        assert.ok(text.includes('SSH_ASKPASS_REQUIRE=force'));
        assert.ok(!text.includes('battery'));
        checked += 1;
        return Promise.resolve(PASSPHRASE);
      },
    });
    assert.ok(raw.length > 0);
    assert.equal(checked, 1);
  });

  it('give the passphrase only to whoever shows the secret', async () => {
    makeKey(path.join(ssh, 'id_ed25519'), 'ed25519', '256', PASSPHRASE);
    const strangers: string[] = [];
    const stranger = (line: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(path.join(tmpdir(), leftovers()[0] ?? '', 'socket'), () => socket.write(line));
        let heard = '';
        socket.on('data', (chunk) => (heard += chunk.toString()));
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(heard));
      });
    await signSshsig(await only(), NAMESPACE, MESSAGE, {
      env,
      askPassphrase: async () => {
        for (const secret of [undefined, '', 'guess']) strangers.push(await stranger(`${JSON.stringify({ secret, kind: '', prompt: 'x' })}\n`));
        strangers.push(await stranger('x'.repeat(20_000)));
        return PASSPHRASE;
      },
    });
    assert.deepEqual(strangers, ['', '', '', '']);
  });

  it('must be the key whose public half was listed', async () => {
    // PEM names no public half, so only the finished signature tells.
    makeKey(path.join(ssh, 'id_a'), 'rsa', '2048', '', '-m', 'PEM');
    makeKey(path.join(elsewhere, 'id_b'), 'rsa', '2048', '', '-m', 'PEM');
    const key = await only();
    for (const half of ['', '.pub']) copyFileSync(path.join(elsewhere, `id_b${half}`), path.join(ssh, `id_a${half}`));
    await assert.rejects(signSshsig(key, NAMESPACE, MESSAGE, { env, askPassphrase: never }), refused(/different keys/));
  });

  it('on security keys announce the touch', async function () {
    const provider = softwareSecurityKey();
    if (provider === undefined) skip(this, 'OpenSSH’s sk-dummy.so is not installed (Debian package openssh-tests)');
    const file = path.join(ssh, 'id_ed25519_sk');
    makeKey(file, 'ed25519-sk', '256', PASSPHRASE, '-w', provider);
    const told: string[] = [];
    const raw = await signSshsig(await only(), NAMESPACE, MESSAGE, {
      env: { ...env, SSH_SK_PROVIDER: provider },
      askPassphrase: () => Promise.resolve(PASSPHRASE),
      notify: (message) => told.push(message),
    });
    assert.deepEqual(verifySshsig(raw, MESSAGE, NAMESPACE).presence, { touched: true, verified: false });
    assert.match(told.join('\n'), /Touch/);
  });
});
