import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askBroker, BrokerGone } from '../../../src/broker/client.js';
import { findWindow } from '../../../src/broker/find-window.js';
import { PROTOCOL_VERSION, type GuardAsk, type WindowEntry } from '../../../src/broker/protocol.js';
import { BrokerServer, type AskHandler } from '../../../src/broker/server.js';

const ASK: GuardAsk = { v: PROTOCOL_VERSION, kind: 'task', text: 'x', shell: '/bin/sh', cwd: '/repo/sub', pid: 1, env: {} };
const never = new AbortController().signal;

describe('the broker', () => {
  let home: string;
  let server: BrokerServer | undefined;

  beforeEach(() => (home = mkdtempSync(path.join(tmpdir(), 'test-broker-'))));
  afterEach(() => {
    server?.dispose();
    server = undefined;
    rmSync(home, { recursive: true, force: true });
  });

  async function open(handler: AskHandler): Promise<WindowEntry> {
    server = new BrokerServer(home, handler);
    await server.start(['/repo']);
    const window = findWindow(home, '/repo/sub', undefined);
    assert.ok(window);
    return window;
  }

  it('answers what its handler decides, and passes on what is said meanwhile', async () => {
    const said: string[] = [];
    const window = await open((ask, say) => {
      say([`asked for ${ask.text}`, 'second line']);
      return Promise.resolve(ask.text === 'x');
    });
    assert.equal(await askBroker(window, ASK, (lines) => said.push(...lines), never), true);
    assert.equal(await askBroker(window, { ...ASK, text: 'y' }, () => undefined, never), false);
    assert.deepEqual(said, ['asked for x', 'second line']);
  });

  it('says no when the handler fails, and says why', async () => {
    const said: string[] = [];
    const window = await open(() => Promise.reject(new Error('The disk is full.')));
    assert.equal(await askBroker(window, ASK, (lines) => said.push(...lines), never), false);
    assert.deepEqual(said, ['Countersign: The disk is full. Nothing was run.']);
  });

  it('tells the handler when nobody waits any more', async () => {
    const stop = new AbortController();
    let noticed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (noticed = resolve));
    const window = await open((_ask, say, signal) => {
      say(['held']);
      return new Promise((resolve) => signal.addEventListener('abort', () => {
        noticed();
        resolve(true);
      }));
    });
    await assert.rejects(askBroker(window, ASK, () => stop.abort(), stop.signal), BrokerGone);
    await gone;
  });

  it('is nobody’s who does not know the secret, and answers nothing else', async () => {
    const window = await open(() => Promise.resolve(true));
    await assert.rejects(askBroker({ ...window, secret: '0'.repeat(64) }, ASK, () => undefined, never), /401/);
    const status = (options: { method: string; path: string; body?: string }) =>
      new Promise<number | undefined>((resolve, reject) => {
        const call = request({ socketPath: window.socket, method: options.method, path: options.path, headers: { authorization: `Bearer ${window.secret}` } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        call.on('error', reject);
        call.end(options.body);
      });
    assert.equal(await status({ method: 'GET', path: '/v1/ask' }), 404);
    assert.equal(await status({ method: 'POST', path: '/v1/other' }), 404);
    assert.equal(await status({ method: 'POST', path: '/v1/ask', body: '{' }), 400);
    assert.equal(await status({ method: 'POST', path: '/v1/ask', body: JSON.stringify({ ...ASK, v: 2 }) }), 400);
  });

  it('that dies while something is held has not said yes', async () => {
    const window = await open((_ask, say) => {
      say(['held']);
      return new Promise(() => undefined);
    });
    const answer = askBroker(window, ASK, () => server?.dispose(), never);
    await assert.rejects(answer, BrokerGone);
  });

  it('keeps its socket and secret to its owner, and takes them along', async () => {
    const window = await open(() => Promise.resolve(true));
    const entries = path.join(home, '.countersign', 'windows');
    const [entry] = readdirSync(entries);
    assert.equal(statSync(path.join(entries, entry!)).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(window.socket)).mode & 0o777, 0o700);
    assert.match(readFileSync(path.join(entries, entry!), 'utf8'), /"secret":"[0-9a-f]{64}"/);
    server!.dispose();
    assert.deepEqual(readdirSync(entries), []);
    assert.equal(existsSync(window.socket), false);
  });

  it('is found by the name a terminal carries, or by the innermost folder', async () => {
    const window = await open(() => Promise.resolve(true));
    assert.deepEqual(findWindow(home, '/elsewhere', server!.windowName), window);
    assert.equal(findWindow(home, '/elsewhere', 'another'), undefined);
    assert.equal(findWindow(home, '/repository', undefined), undefined);
  });
});
