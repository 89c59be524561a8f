import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePublicKeyBlob, parsePublicKeyLine, type PublicKey } from '../core/approval/public-key.js';
import { WireReader } from '../core/approval/ssh-wire.js';

/** A key pair on disk that can sign. */
export interface KeyFile {
  readonly publicKey: PublicKey;
  readonly comment: string;
  /** The private half. */
  readonly path: string;
  /** Whether the private half asks for a passphrase. */
  readonly encrypted: boolean;
}

/** What a private key file tells without its passphrase. */
export interface PrivateKeyHeader {
  readonly encrypted: boolean;
  /** Only OpenSSH's own format holds it in the clear. */
  readonly publicKey: PublicKey | undefined;
}

const MAX_FILE = 64 * 1024; // bytes
const OPENSSH_MAGIC = 'openssh-key-v1\0';

/** The keys in a directory such as `~/.ssh` that have both halves, those named id_* first. */
export async function keyFilesIn(directory: string): Promise<readonly KeyFile[]> {
  const names = await readdir(directory).catch(() => []);
  const rank = (name: string): string => `${name.startsWith('id_') ? 0 : 1}${name}`;
  const halves = names.filter((name) => name.endsWith('.pub')).sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const found = await Promise.all(halves.map((name) => keyFileAt(join(directory, name))));
  return found.filter((file) => file !== undefined);
}

/** A key pair named by the path of either half; undefined unless both halves are there and of a usable kind. */
export async function keyFileAt(path: string): Promise<KeyFile | undefined> {
  const privatePath = path.endsWith('.pub') ? path.slice(0, -'.pub'.length) : path;
  const [text, line] = await Promise.all([readSmallFile(privatePath), readPublicKey(`${privatePath}.pub`)]);
  const header = text === undefined ? undefined : readPrivateKeyHeader(text);
  const publicKey = line?.key ?? header?.publicKey;
  if (!header || !publicKey) return undefined;
  return { publicKey, comment: line?.comment ?? '', path: privatePath, encrypted: header.encrypted };
}

/** A `.pub` file, or undefined when there is none that can be read. */
export async function readPublicKey(path: string): Promise<{ readonly key: PublicKey; readonly comment: string } | undefined> {
  const text = await readSmallFile(path);
  try {
    return text === undefined ? undefined : parsePublicKeyLine(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads what is in the clear at the start of a private key: OpenSSH's PROTOCOL.key, or PEM (RFC 1421, RFC 5958).
 *
 * @returns undefined when it is no private key
 */
export function readPrivateKeyHeader(text: string): PrivateKeyHeader | undefined {
  const label = /^-----BEGIN ([A-Z ]{0,30})PRIVATE KEY-----\r?\n/.exec(text)?.[1];
  if (label === undefined) return undefined;
  if (label !== 'OPENSSH ') return { encrypted: label === 'ENCRYPTED ' || text.includes('\nProc-Type: 4,ENCRYPTED'), publicKey: undefined };
  try {
    const body = Buffer.from(text.slice(text.indexOf('\n'), text.indexOf('\n-----END')), 'base64');
    const reader = new WireReader(body, 'key', 'The private key');
    if (reader.bytes(OPENSSH_MAGIC.length).toString('latin1') !== OPENSSH_MAGIC) return undefined;
    const cipher = reader.cstring();
    reader.string(); // key derivation
    reader.string(); // its parameters
    if (reader.u32() !== 1) return undefined;
    return { encrypted: cipher !== 'none', publicKey: parsePublicKeyBlob(reader.string()) };
  } catch {
    return undefined;
  }
}

/** Undefined for what is missing, unreadable, too large, or no file: a pipe in its place would block. */
async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size <= MAX_FILE ? await readFile(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
