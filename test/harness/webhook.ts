import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A chat's webhook on this machine. */
export interface Webhook {
  /** Where to post; its path is a secret. */
  readonly address: string;
  /** The bodies of what was posted, in order. */
  readonly heard: readonly string[];
  /** Resolves when the first of them is here. */
  readonly first: Promise<void>;
  close(): void;
}

export const WEBHOOK_SECRET = '/services/T000/B000/secret';

export async function startWebhook(answer: RequestListener = (_, response) => response.end('ok')): Promise<Webhook> {
  const heard: string[] = [];
  let arrived: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (arrived = resolve));
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push(body);
      arrived();
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${WEBHOOK_SECRET}`;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { address, heard, first, close };
}
