import type { Buffer } from 'node:buffer';
import type { WireReader } from './ssh-wire.js';

/**
 * The fields that a passkey signature adds (OpenSSH's PROTOCOL.u2f, "webauthn"): the origin, the client data the
 * browser wrote and the authenticator's extension data.
 *
 * Stricter than ssh-keygen, which only compares the beginning of the client data: the origin must lie inside the
 * relying party the key belongs to, and nothing signed inside a frame of another site counts (clickjacking).
 *
 * @throws CountersignError 'signature' when the client data is not about exactly this challenge and origin
 */
export function webauthnSignedData(
  signature: WireReader,
  challenge: Buffer,
  application: string,
): { readonly origin: string; readonly clientData: Buffer; readonly extensions: Buffer } {
  const origin = signature.cstring();
  const clientData = signature.string();
  const extensions = signature.string();
  if (!isOriginOf(origin, application)) signature.fail(`was made at ${origin.slice(0, 100)}, where the passkey does not belong`);
  const encoded = challenge.toString('base64url');
  const start = `{"type":"webauthn.get","challenge":"${encoded}","origin":"${origin}"`;
  const text = clientData.toString('utf8');
  if (!text.startsWith(start)) signature.fail('was made with a passkey for something else');
  const fields = parseObject(text);
  // Read once more as a whole, so that a repeated field cannot say something else further on.
  if (fields['type'] !== 'webauthn.get' || fields['challenge'] !== encoded || fields['origin'] !== origin) {
    signature.fail('has client data that contradicts itself');
  }
  if ((fields['crossOrigin'] ?? false) !== false || 'topOrigin' in fields) signature.fail('was made inside a frame of another site');
  return { origin, clientData, extensions };
}

/** Web Authentication Level 3, section 5.1.4.1: the relying party is the origin's host or a parent of it. */
function isOriginOf(origin: string, relyingParty: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { origin: canonical, hostname, protocol } = new URL(origin);
  const secure = protocol === 'https:' || (protocol === 'http:' && hostname === 'localhost');
  return canonical === origin && secure && (hostname === relyingParty || hostname.endsWith(`.${relyingParty}`));
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
