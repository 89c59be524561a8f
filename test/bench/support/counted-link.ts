import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts } from 'node:net';

/** Passes connections on and counts the bytes that go through, both ways together. */
export class CountedLink {
  bytes = 0;

  private constructor(private readonly to: NetConnectOpts) {}

  /**
   * @param at the path of the Unix socket to listen at; undefined takes a free port
   * @returns the link and its port, which is 0 for a Unix socket
   */
  static async open(to: NetConnectOpts, at?: string): Promise<{ readonly link: CountedLink; readonly port: number }> {
    const link = new CountedLink(to);
    const server = createServer((near) => {
      const far = connect(link.to);
      for (const [from, into] of [[near, far], [far, near]] as const) {
        from.on('data', (chunk: Buffer) => (link.bytes += chunk.length));
        from.on('error', () => into.destroy());
        from.pipe(into);
      }
    });
    if (at === undefined) server.listen(0, '127.0.0.1');
    else server.listen(at);
    await once(server, 'listening');
    const address: AddressInfo | string | null = server.address();
    return { link, port: typeof address === 'object' && address ? address.port : 0 };
  }
}
