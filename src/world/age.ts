import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

/** A new key pair's private half: `AGE-SECRET-KEY-1…`. */
export function newIdentity(): Promise<string> {
  return generateX25519Identity();
}

/** The public half of a key pair. */
export function recipientOfIdentity(identity: string): Promise<string> {
  return identityToRecipient(identity);
}

/** Encrypts for whoever holds the private half of this recipient. */
export async function encryptFor(recipient: string, plaintext: Uint8Array | string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(plaintext);
}

/** What an age file holds; undefined when it is for somebody else, or was changed. */
export async function decryptWith(identity: string, file: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return await decrypter.decrypt(file);
  } catch {
    return undefined;
  }
}
