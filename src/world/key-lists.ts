import { CountersignError } from '../core/errors.js';
import { sentence, type Sentence } from '../core/say.js';

/** How long a hosting service may take, in milliseconds. */
const TIMEOUT = 10_000;
/** Nobody's list of keys is larger, in bytes. */
const MAX_BYTES = 256 * 1024;
const SERVICES: Readonly<Record<string, string>> = { github: 'https://github.com', gitlab: 'https://gitlab.com' };

/**
 * Where a hosting service lists somebody's public keys: `github:USER`, `gitlab:USER`, or the address itself
 * (`https://HOST/USER.keys`). Undefined for a text that names none.
 */
export function keyListUrl(name: string): URL | undefined {
  const [, service = '', user = ''] = /^(github|gitlab):([A-Za-z0-9](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?)$/.exec(name.trim()) ?? [];
  if (service !== '') return new URL(`${SERVICES[service] ?? ''}/${user}.keys`);
  if (!/^https:\/\/[^\s@]+\.keys$/.test(name.trim()) || !URL.canParse(name.trim())) return undefined;
  return new URL(name.trim());
}

/**
 * Fetches such a list. What comes is somebody else's text: it is shown before it counts for anything.
 *
 * @throws CountersignError `key` when it cannot be had
 */
export async function fetchKeyList(url: URL): Promise<string> {
  const failed = (why: Sentence, cause?: unknown) => new CountersignError('key', sentence('The keys at {0} cannot be had: {1}. Paste them instead, or name a file.', url.href, why), { cause });
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT), headers: { accept: 'text/plain' } });
    if (response.status === 404) throw failed(sentence('there is nobody of that name'));
    if (!response.ok || !response.body) throw failed(sentence('the answer is {0}', response.status));
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MAX_BYTES) throw failed(sentence('the answer is too long to be a list of keys'));
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    throw failed(error instanceof Error && error.name === 'TimeoutError' ? sentence('nothing came in time') : sentence('the service cannot be reached'), error);
  }
}
