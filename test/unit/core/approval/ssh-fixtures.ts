import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePublicKeyLine, type PublicKey } from '../../../../src/core/approval/public-key.js';
import { armor, composeSshsig, dearmor, signedData } from '../../../../src/core/approval/sshsig.js';
import { wireMpint, wireString, wireU32 } from '../../../../src/core/approval/ssh-wire.js';

export const NAMESPACE = 'countersign-approval';
export const MESSAGE = Buffer.from('countersign/1 approve sha256:0123 1800000000\n');
/** Every plain kind of key that ssh-keygen makes: its -t and -b. */
export const PLAIN_KINDS = [
  ['ed25519', '256'],
  ['ecdsa', '256'],
  ['ecdsa', '384'],
  ['ecdsa', '521'],
  ['rsa', '2048'],
  ['rsa', '3072'],
] as const;

/** A directory that ends with the test suite that asks for it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'countersign-test-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Has ssh-keygen make a key pair, of kinds that we refuse as well. */
export function makeKeyFile(file: string, type: string, bits: string, passphrase = '', ...more: readonly string[]): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', passphrase, '-C', `${type} ${bits}`, '-f', file, ...more]);
}

export function makeKey(file: string, type: string, bits: string, passphrase = '', ...more: readonly string[]): PublicKey {
  makeKeyFile(file, type, bits, passphrase, ...more);
  return parsePublicKeyLine(readFileSync(`${file}.pub`, 'utf8')).key;
}

export function stockSign(file: string, namespace = NAMESPACE, message = MESSAGE, ...more: readonly string[]): Buffer {
  return dearmor(execFileSync('ssh-keygen', ['-Y', 'sign', '-f', file, '-n', namespace, ...more], { input: message, stdio: ['pipe', 'pipe', 'ignore'] }).toString());
}

/** Whether stock `ssh-keygen -Y verify` accepts it. */
export function stockVerify(directory: string, rosterText: string, principal: string, raw: Buffer, namespace = NAMESPACE, message = MESSAGE): boolean {
  const roster = path.join(directory, 'roster');
  const signature = path.join(directory, 'signature');
  writeFileSync(roster, rosterText);
  writeFileSync(signature, armor(raw));
  return spawnSync('ssh-keygen', ['-Y', 'verify', '-f', roster, '-I', principal, '-n', namespace, '-s', signature], { input: message }).status === 0;
}

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const raw = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');

export const ecdsaBytes = (data: Buffer, key: KeyObject, hash = 'sha256'): Buffer => {
  const both = sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  return Buffer.concat([wireMpint(both.subarray(0, both.length / 2)), wireMpint(both.subarray(both.length / 2))]);
};

export function ed25519Pair(type = 'ssh-ed25519', ...more: readonly string[]): { readonly blob: Buffer; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const fields = [type, raw(publicKey.export({ format: 'jwk' }).x), ...more];
  return { blob: Buffer.concat(fields.map((field) => wireString(field))), privateKey };
}

export function ecPair(type: string, curve: 'nistp256' | 'nistp384' | 'nistp521', ...more: readonly string[]): { readonly blob: Buffer; readonly privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: `P-${curve.slice(-3)}` });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const fields = [type, curve, Buffer.concat([Buffer.of(4), raw(x), raw(y)]), ...more];
  return { blob: Buffer.concat(fields.map((field) => wireString(field))), privateKey };
}

export interface Emulation {
  readonly kind: 'sk-ed25519' | 'sk-ecdsa' | 'passkey';
  readonly flags?: number;
  readonly application?: string;
  readonly origin?: string;
  /** Rewrites what the browser says. */
  readonly clientData?: (text: string) => string;
  readonly extensions?: Buffer;
  readonly message?: Buffer;
  readonly namespace?: string;
}

/** A signature as a security key (OpenSSH's PROTOCOL.u2f) or a browser with a passkey would make it. */
export function emulate(emulation: Emulation): { readonly blob: Buffer; readonly raw: Buffer } {
  const { kind, flags = 1, origin = 'http://localhost:8417', clientData = (text: string) => text, extensions = Buffer.alloc(0), message = MESSAGE, namespace = NAMESPACE } = emulation;
  const application = emulation.application ?? (kind === 'passkey' ? 'localhost' : 'ssh:');
  const data = signedData(namespace, 'sha512', message);
  const told = Buffer.from(clientData(`{"type":"webauthn.get","challenge":"${data.toString('base64url')}","origin":"${origin}","crossOrigin":false}`));
  const tail = Buffer.concat([Buffer.of(flags), wireU32(7)]);
  const signed = Buffer.concat([sha256(application), tail, extensions, sha256(kind === 'passkey' ? told : data)]);
  const ed = kind === 'sk-ed25519';
  const type = ed ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com';
  const { blob, privateKey } = ed ? ed25519Pair(type, application) : ecPair(type, 'nistp256', application);
  const bytes = ed ? sign(null, signed, privateKey) : ecdsaBytes(signed, privateKey);
  const browser = kind === 'passkey' ? [wireString(origin), wireString(told), wireString(extensions)] : [];
  const signature = Buffer.concat([wireString(kind === 'passkey' ? `webauthn-${type}` : type), wireString(bytes), tail, ...browser]);
  return { blob, raw: composeSshsig({ publicKeyBlob: blob, namespace, signature }) };
}
