import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchKeyList, keyListUrl } from '../../src/world/key-lists.js';

describe('the keys that a hosting service lists', () => {
  let server: Server | undefined;
  const serve = async (answer: RequestListener): Promise<URL> => {
    const listening = createServer(answer);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(listening.address() as AddressInfo).port}/ben.keys`);
  };
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('are fetched as they are', async () => {
    const url = await serve((request, response) => response.end(`asked for ${request.url ?? ''}\n`));
    assert.equal(await fetchKeyList(url), 'asked for /ben.keys\n');
  });

  const faults: readonly [what: string, answer: RequestListener, problem: RegExp][] = [
    ['nobody of that name', (_, response) => response.writeHead(404).end(), /nobody of that name/],
    ['a fault of the service', (_, response) => response.writeHead(500).end('ssh-ed25519 AAAA'), /the answer is 500/],
    ['a redirection to somewhere else', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /cannot be reached/],
    ['an answer without end', (_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    }, /too long/],
    ['a connection that breaks', (_, response) => response.socket?.destroy(), /cannot be reached/],
  ];
  for (const [what, answer, problem] of faults) {
    it(`are not taken from ${what}`, async () => {
      const url = await serve(answer);
      await assert.rejects(fetchKeyList(url), (error: Error & { code?: string }) => error.code === 'key' && problem.test(error.message));
    });
  }

  const names: readonly [name: string, url: string | undefined][] = [
    ['github:ben', 'https://github.com/ben.keys'],
    ['gitlab:ben.smith', 'https://gitlab.com/ben.smith.keys'],
    ['https://git.example.com/ben.keys', 'https://git.example.com/ben.keys'],
    ['http://git.example.com/ben.keys', undefined],
    ['https://me@git.example.com/ben.keys', undefined],
    ['github:../ben', undefined],
    ['github:ben/../../x', undefined],
    ['github:', undefined],
    ['bitbucket:ben', undefined],
    ['ssh-ed25519 AAAA', undefined],
  ];
  for (const [name, url] of names) it(`stand ${url === undefined ? 'nowhere' : `at ${url}`} for ${name}`, () => assert.equal(keyListUrl(name)?.href, url));
});
