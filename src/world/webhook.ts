import { CountersignError } from '../core/errors.js';

/** How long a webhook may take, in milliseconds. */
const TIMEOUT = 10_000;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Posts a message to a webhook. What it answers is not read, and it leads nowhere else. Its address is a secret, and
 * stands in no error.
 *
 * @throws CountersignError `notify` when the address is none, or the message was not taken
 */
export async function postMessage(address: string, message: object): Promise<void> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isPrivate = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.includes(url.hostname));
  if (!url || !isPrivate || url.username !== '' || url.password !== '') throw failed('its webhook’s address does not begin with https://, or holds a password');
  const response = await fetch(url, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/json' }, body: JSON.stringify(message), signal: AbortSignal.timeout(TIMEOUT) }).catch((error: unknown) => {
    throw failed(error instanceof Error && error.name === 'TimeoutError' ? `${url.host} did not answer in time` : `${url.host} cannot be reached`);
  });
  await response.body?.cancel();
  if (!response.ok) throw failed(`${url.host} answered ${response.status}`);
}

function failed(why: string): CountersignError {
  return new CountersignError('notify', `The chat was not told of the request: ${why}. The request waits all the same; send its link to an approver.`);
}
