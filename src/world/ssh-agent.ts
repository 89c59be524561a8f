import { connect } from 'node:net';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { parsePublicKeyBlob, type PublicKey } from '../core/approval/public-key.js';
import { WireReader, wireString, wireU32 } from '../core/approval/ssh-wire.js';

export interface AgentOptions {
  /** Where SSH_AUTH_SOCK is looked up. */
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds to wait for one answer; by default 5 s for a list and 2 min, time for a touch, for a signature. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

export interface AgentKey {
  readonly key: PublicKey;
  readonly comment: string;
}

// draft-ietf-sshm-ssh-agent, section "Message numbers"
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;
const FLAG_RSA_SHA2_512 = 4;

const MAX_REPLY = 256 * 1024; // bytes; OpenSSH's own limit
const LIST_TIMEOUT = 5_000;
const SIGN_TIMEOUT = 120_000;
const WINDOWS_PIPE = String.raw`\\.\pipe\openssh-ssh-agent`;

/** Where the agent listens, or undefined when there is none. */
export function agentSocket(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string | undefined {
  return env['SSH_AUTH_SOCK'] || (platform === 'win32' ? WINDOWS_PIPE : undefined);
}

/**
 * The keys in the ssh-agent that can sign approvals; certificates and outdated kinds are left out.
 *
 * @throws CountersignError 'key' when there is no agent or it does not answer properly, 'cancelled' on abort
 */
export async function agentKeys(options: AgentOptions): Promise<readonly AgentKey[]> {
  const reply = await ask(Buffer.of(REQUEST_IDENTITIES), { timeout: LIST_TIMEOUT, ...options });
  if (reply.u8() !== IDENTITIES_ANSWER) reply.fail('refused to list its keys; is it locked? Unlock it with ssh-add -X');
  const count = reply.u32();
  const found: AgentKey[] = [];
  for (let index = 0; index < count; index += 1) {
    const blob = reply.string();
    const comment = reply.string().toString('utf8');
    const key = usable(blob);
    if (key) found.push({ key, comment });
  }
  reply.end();
  return found;
}

/**
 * Has the agent sign `data`, with SHA-512 for RSA keys. Not yet verified.
 *
 * @returns algorithm name and signature in SSH wire format
 * @throws CountersignError 'key' when the agent cannot or will not sign, 'cancelled' on abort
 */
export async function agentSign(key: PublicKey, data: Buffer, options: AgentOptions): Promise<Buffer> {
  const flags = key.type === 'ssh-rsa' ? FLAG_RSA_SHA2_512 : 0;
  const request = Buffer.concat([Buffer.of(SIGN_REQUEST), wireString(key.blob), wireString(data), wireU32(flags)]);
  const reply = await ask(request, { timeout: SIGN_TIMEOUT, ...options });
  if (reply.u8() !== SIGN_RESPONSE) {
    // Also what ssh-add -h (destination constraints) and a declined ssh-add -c lead to; the agent does not say which.
    reply.fail('refused to sign: confirm or touch the key when asked, and do not limit it to hosts with ssh-add -h');
  }
  const signature = Buffer.from(reply.string());
  reply.end();
  return signature;
}

function usable(blob: Buffer): PublicKey | undefined {
  try {
    return parsePublicKeyBlob(blob);
  } catch {
    return undefined;
  }
}

/** One question, one connection, one answer. */
async function ask(request: Buffer, options: AgentOptions & { readonly timeout: number }): Promise<WireReader> {
  const path = agentSocket(options.env);
  if (path === undefined) throw new CountersignError('key', sentence('No ssh-agent is running; start one and load your key with ssh-add.'));
  const reply = await exchange(path, wireString(request), options);
  return new WireReader(reply, 'key', 'The ssh-agent');
}

function exchange(path: string, message: Buffer, options: AgentOptions & { readonly timeout: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const chunks: Buffer[] = [];
    let received = 0;
    const stop = (error: CountersignError): void => {
      finish();
      reject(error);
    };
    const cancel = (): void => stop(new CountersignError('cancelled', sentence('Signing was cancelled.')));
    const timer = setTimeout(() => stop(new CountersignError('key', sentence('The ssh-agent did not answer in time; try again.'))), options.timeout);
    const finish = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', cancel);
      socket.destroy();
    };
    socket.on('connect', () => socket.write(message));
    socket.on('error', (cause) => stop(new CountersignError('key', sentence('The ssh-agent cannot be reached; start it and load your key with ssh-add.'), { cause })));
    socket.on('close', () => stop(new CountersignError('key', sentence('The ssh-agent closed the connection without an answer; try again.'))));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received < 4) return;
      const bytes = Buffer.concat(chunks);
      const length = bytes.readUInt32BE(0);
      if (length > MAX_REPLY || received > 4 + length) stop(new CountersignError('key', sentence('The ssh-agent gave an answer that is not one.')));
      if (received !== 4 + length) return;
      finish();
      resolve(bytes.subarray(4));
    });
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted) cancel();
  });
}
