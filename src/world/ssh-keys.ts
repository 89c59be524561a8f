import { join, resolve } from 'node:path';
import { CountersignError, sentenceOf } from '../core/errors.js';
import { sentence, type Sentence } from '../core/say.js';
import type { PublicKey } from '../core/approval/public-key.js';
import { composeSshsig, dearmor, signedData, verifySshsig } from '../core/approval/sshsig.js';
import { Git } from './git.js';
import { keyFileAt, keyFilesIn, readPublicKey, type KeyFile } from './key-files.js';
import { run, type RunResult } from './process.js';
import { agentKeys, agentSign } from './ssh-agent.js';
import { openAskpass } from './ssh-askpass.js';

/** A key that the person at this keyboard can sign with. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  readonly comment: string;
  /** `path` is that of the private half. */
  readonly source: { readonly kind: 'agent' } | { readonly kind: 'file'; readonly path: string; readonly encrypted: boolean };
}

export interface FindOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Path of a private or public key that the person has named in the settings; `~/` is understood. */
  readonly configured?: string;
  readonly signal?: AbortSignal;
}

export interface SignOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Asks for a passphrase or PIN; undefined means the person gave up. */
  readonly askPassphrase: (prompt: string) => Promise<string | undefined>;
  /** Told before a security key is asked, so that the person knows it waits for a touch. */
  readonly notify?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * The keys that can sign here, each once: those in the ssh-agent, the configured one, the one git signs with
 * (`gpg.format = ssh`), and the pairs in `~/.ssh`.
 *
 * @throws CountersignError 'key' when the configured key cannot be used, 'cancelled' on abort
 */
export async function findSigningKeys(options: FindOptions): Promise<readonly SigningKey[]> {
  const agent = await keysInAgent(options);
  const groups = await Promise.all([configuredKeys(options, agent), gitKeys(options), keyFilesIn(join(options.home, '.ssh'))]);
  const unique = new Map<string, SigningKey>();
  for (const key of [...agent, ...groups.flat().map(fromFile)]) {
    if (!unique.has(key.publicKey.fingerprint)) unique.set(key.publicKey.fingerprint, key);
  }
  return [...unique.values()];
}

async function keysInAgent(options: FindOptions): Promise<readonly SigningKey[]> {
  try {
    const keys = await agentKeys(options);
    return keys.map(({ key, comment }) => ({ publicKey: key, comment, source: { kind: 'agent' } }));
  } catch (error) {
    // Having no agent is common; the files may do.
    if (error instanceof CountersignError && error.code === 'key') return [];
    throw error;
  }
}

function fromFile({ publicKey, comment, path, encrypted }: KeyFile): SigningKey {
  return { publicKey, comment, source: { kind: 'file', path, encrypted } };
}

async function configuredKeys({ configured, home }: FindOptions, agent: readonly SigningKey[]): Promise<readonly KeyFile[]> {
  if (configured === undefined || configured === '') return [];
  const path = expandHome(configured, home);
  const file = await keyFileAt(path);
  if (file) return [file];
  // The public half alone names a key in the agent.
  const line = await readPublicKey(path);
  const inAgent = agent.some(({ publicKey }) => line?.key.blob.equals(publicKey.blob));
  if (inAgent) return [];
  throw new CountersignError(
    'key',
    line
      ? sentence('The configured signing key {0} has no private half beside it, and the ssh-agent does not hold it either; correct the setting or load the key with ssh-add.', path)
      : sentence('The configured signing key {0} is not an SSH key that can sign; correct the setting or load the key with ssh-add.', path),
  );
}

/** Asked from the home directory, so that no repository that happens to be open can choose the key. */
async function gitKeys({ home, env, signal }: FindOptions): Promise<readonly KeyFile[]> {
  const git = new Git(home, env);
  try {
    const told = await git.maybe(['config', '--null', '--get-regexp', '^(gpg\\.format|user\\.signingkey)$'], { signal });
    // The name, a line break, the value; of several values git means the last.
    const values = new Map((told ?? '').split('\0').map((entry) => [entry.split('\n', 1)[0], entry.slice(entry.indexOf('\n') + 1)]));
    const [format, key] = [values.get('gpg.format'), values.get('user.signingkey')];
    // `key::…` and `ssh-…` are keys written out; their private halves are in the agent, if anywhere.
    if (format !== 'ssh' || key === undefined || key.startsWith('key::') || key.startsWith('ssh-')) return [];
    const file = await keyFileAt(expandHome(key, home));
    return file ? [file] : [];
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'git') return [];
    throw error;
  }
}

function expandHome(path: string, home: string): string {
  return resolve(home, path.startsWith('~/') ? path.slice(2) : path);
}

/**
 * Signs a message as `ssh-keygen -Y sign` would, and checks the result before giving it out.
 *
 * @returns the raw SSHSIG
 * @throws CountersignError 'cancelled' when the person gave up, 'key' when the key cannot be used (with the next
 *   step), 'signature' when what came back does not hold
 */
export async function signSshsig(key: SigningKey, namespace: string, message: Buffer, options: SignOptions): Promise<Buffer> {
  const { publicKey, source } = key;
  if (publicKey.securityKey) options.notify?.('Touch your security key when it blinks.');
  const raw = source.kind === 'file' ? await signWithFile(source.path, namespace, message, options) : await signWithAgent(publicKey, namespace, message, options);
  const signer = verifySshsig(raw, message, namespace).key;
  if (signer.blob.equals(publicKey.blob)) return raw;
  throw new CountersignError(
    'key',
    source.kind === 'file'
      ? sentence('{0} and its .pub file hold different keys; make the .pub file anew with ssh-keygen -y.', source.path)
      : sentence('The ssh-agent and its list hold different keys; make the .pub file anew with ssh-keygen -y.'),
  );
}

async function signWithAgent(publicKey: PublicKey, namespace: string, message: Buffer, options: SignOptions): Promise<Buffer> {
  const signature = await agentSign(publicKey, signedData(namespace, 'sha512', message), options);
  return composeSshsig({ publicKeyBlob: publicKey.blob, namespace, signature });
}

async function signWithFile(path: string, namespace: string, message: Buffer, options: SignOptions): Promise<Buffer> {
  const stop = new AbortController();
  let problem: unknown;
  const askpass = await openAskpass({
    // ssh-keygen does not say for which key; its PIN prompts do.
    askPassphrase: (prompt) => options.askPassphrase(/^Enter passphrase:?$/.test(prompt) ? `Enter the passphrase for ${path}:` : prompt),
    onGiveUp: (error) => {
      problem = error;
      stop.abort();
    },
  });
  try {
    // Without the agent, which ssh-keygen would try first: this key is to be used from its file.
    const result = await run('ssh-keygen', ['-Y', 'sign', '-f', path, '-n', namespace], {
      cwd: askpass.directory,
      env: { ...options.env, SSH_AUTH_SOCK: undefined, ...askpass.env },
      input: message,
      signal: options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal,
    });
    if (result.code !== 0) throw new CountersignError('key', explain(path, result));
    return dearmor(result.stdout.toString('latin1'));
  } catch (error) {
    if (problem !== undefined) throw new CountersignError('key', sentence('The passphrase could not be asked for: {0}', sentenceOf(problem)), { cause: problem });
    if (stop.signal.aborted || options.signal?.aborted) throw new CountersignError('cancelled', sentence('Signing was cancelled.'), { cause: error });
    if (error instanceof CountersignError) throw error;
    throw new CountersignError('key', sentence('ssh-keygen cannot be started; install OpenSSH 8.9 or newer, or load the key into an ssh-agent.'), { cause: error });
  } finally {
    await askpass.close();
  }
}

/** What ssh-keygen's messages mean for the person, most telling first. */
const PROBLEMS: readonly (readonly [pattern: RegExp, said: (path: string) => Sentence])[] = [
  [/incorrect passphrase/i, (path) => sentence('Wrong passphrase or PIN: nothing was signed. The key is {0}.', path)],
  [/bad permissions|too open/i, (path) => sentence('Others can read {0}, so OpenSSH does not use it; run chmod 600 on it.', path)],
  [/device not found|no FIDO/i, (path) => sentence('The security key for {0} was not found; plug it in and try again.', path)],
  [/(unknown|illegal) option/i, () => sentence('ssh-keygen is too old to sign; install OpenSSH 8.9 or newer.')],
];

function explain(path: string, { stderr }: RunResult): Sentence {
  const known = PROBLEMS.find(([pattern]) => pattern.test(stderr));
  const lastLine = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  return known ? known[1](path) : sentence('ssh-keygen could not sign with {0}: {1}', path, lastLine);
}
