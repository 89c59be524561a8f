import type { PublicKey } from '../core/approval/public-key.js';
import { BREAK_GLASS_NAMESPACE } from '../core/approval/record.js';
import { authorise } from '../core/approval/roster.js';
import { APPROVAL_NAMESPACE } from '../core/approval/token.js';
import type { Trust } from '../core/approval/trust.js';
import { CountersignError } from '../core/errors.js';
import { sentence } from '../core/say.js';
import { findSigningKeys, signSshsig, type SigningKey } from '../world/ssh-keys.js';

export interface SignerOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** The key to use, as a path to its private or public half; undefined looks in the usual places. */
  readonly configuredKey: () => string | undefined;
  /** Asks the person for a passphrase or PIN; undefined means they gave up. */
  readonly askPassphrase: (prompt: string) => Promise<string | undefined>;
}

/** Who sits at this keyboard, as the roster knows them. */
export interface Me {
  readonly person: string;
  readonly principal: string;
  readonly key: SigningKey;
}

/** Signs in the name of the person at this keyboard, with a key that the roster gives to them. */
export class Signer {
  private readonly passphrases = new Map<string, string>();

  constructor(private readonly options: SignerOptions) {}

  /**
   * Finds the person by their keys: the first key at hand that the roster knows for this purpose.
   *
   * @param now Unix seconds
   * @param fits leaves keys out of account
   * @throws CountersignError `key` when none of the keys at hand is on the roster
   */
  async me(trust: Trust, namespace: string, now: number, fits: (key: SigningKey) => boolean = () => true): Promise<Me> {
    const keys = (await this.keys()).filter(fits);
    for (const key of keys) {
      const principal = principalOf(trust, key.publicKey, namespace, now);
      const person = principal === undefined ? undefined : trust.people.personOf(principal);
      if (principal !== undefined && person !== undefined) return { person, principal, key };
    }
    if (trust.roster.entries.length === 0) {
      throw new CountersignError('roster', sentence('Nobody can approve yet: there is no .countersign/allowed_signers on {0}. Run “Countersign: Set up this repository”, then commit and push.', trust.source));
    }
    throw new CountersignError(
      'key',
      keys.length === 0
        ? sentence('No SSH key was found to sign with. Make one with ssh-keygen, or name yours in the setting “countersign.signingKey”.')
        : sentence('None of your {0} SSH keys is on the list of allowed signers ({1}). Have one added, or name the right one in the setting “countersign.signingKey”.', keys.length, trust.source),
    );
  }

  keys(): Promise<readonly SigningKey[]> {
    const configured = this.options.configuredKey();
    return findSigningKeys({ home: this.options.home, env: this.options.env, ...(configured ? { configured } : {}) });
  }

  /**
   * Signs in the person's name. An approval asks for the passphrase every time, for a passphrase that is
   * remembered is a key without one; for what the requester signs on the way from asking to the outcome, it is
   * asked for once and kept in memory, or the run would wait for it again.
   *
   * @throws CountersignError `cancelled` when the person gave up, `key` when the key cannot sign
   */
  async sign(me: Me, namespace: string, bytes: Buffer): Promise<Buffer> {
    const { fingerprint } = me.key.publicKey;
    // Whoever decides is to be there.
    const decides = namespace === APPROVAL_NAMESPACE || namespace === BREAK_GLASS_NAMESPACE;
    let passphrase = decides ? undefined : this.passphrases.get(fingerprint);
    const askPassphrase = async (prompt: string) => (passphrase ??= await this.options.askPassphrase(prompt));
    try {
      const signature = await signSshsig(me.key, namespace, bytes, { env: this.options.env, askPassphrase });
      if (!decides && passphrase !== undefined) this.passphrases.set(fingerprint, passphrase);
      return signature;
    } catch (error) {
      this.passphrases.delete(fingerprint);
      throw error;
    }
  }
}

function principalOf(trust: Trust, key: PublicKey, namespace: string, now: number): string | undefined {
  try {
    return authorise(trust.roster, key, namespace, now).principal;
  } catch {
    return undefined;
  }
}
