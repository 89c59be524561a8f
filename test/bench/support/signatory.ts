import { sign } from 'node:crypto';
import { hexOf, sha256 } from '../../../src/core/approval/canonical.js';
import { operationDigest, type Operation } from '../../../src/core/approval/operation.js';
import { parsePublicKeyBlob } from '../../../src/core/approval/public-key.js';
import { formatRecord, RECORD_NAMESPACE, recordBytes, type EventRecord } from '../../../src/core/approval/record.js';
import { formatRequest, parseRequest, REQUEST_NAMESPACE, requestBytes, type ApprovalRequest, type SignedRequest } from '../../../src/core/approval/request.js';
import { formatRosterLine } from '../../../src/core/approval/roster.js';
import { composeSshsig, signedData } from '../../../src/core/approval/sshsig.js';
import { wireString } from '../../../src/core/approval/ssh-wire.js';
import { APPROVAL_NAMESPACE, formatToken, statementBytes } from '../../../src/core/approval/token.js';
import type { Trust } from '../../../src/core/approval/trust.js';
import { eventName, type EventKind, type EventName } from '../../../src/broker/store.js';
import { ed25519Pair } from '../../unit/core/approval/ssh-fixtures.js';

/** An event as it is stored. */
export interface Said {
  readonly name: EventName;
  readonly text: string;
}

/** Somebody whose key this process holds, so that thousands of signatures take a second and not minutes. */
export class Signatory {
  private readonly pair = ed25519Pair();

  constructor(readonly principal: string) {}

  get rosterLine(): string {
    return `${formatRosterLine({ principal: this.principal, key: parsePublicKeyBlob(this.pair.blob), namespaces: [REQUEST_NAMESPACE, APPROVAL_NAMESPACE, RECORD_NAMESPACE] })}\n`;
  }

  /**
   * @param number what tells this request from others
   * @param at Unix seconds
   */
  asks(operation: Operation, number: number, trust: Trust, at: number): { readonly signed: SignedRequest; readonly said: Said } {
    const nonce = number.toString(16).padStart(32, '0');
    const request: ApprovalRequest = { v: 1, nonce, operation, operationDigest: operationDigest(operation), by: this.principal, agent: null, policy: trust.policy.digest, roster: trust.rosterDigest, findings: [], reason: '', notBefore: at, expires: at + 1800, uses: 1 };
    const text = formatRequest(request, this.sign(REQUEST_NAMESPACE, requestBytes(request)));
    const signed = parseRequest(text);
    return { signed, said: said('request', signed, text) };
  }

  approves(signed: SignedRequest): Said {
    const statement = { digest: signed.digest, expires: signed.request.expires };
    return said('approval', signed, formatToken({ statement, signature: this.sign(APPROVAL_NAMESPACE, statementBytes(statement)) }));
  }

  /** That it was used, by these approvers, and ended well. */
  runs(signed: SignedRequest, approvers: readonly string[], at: number): readonly Said[] {
    const common = { v: 1, request: signed.digest, by: this.principal, at } as const;
    const use: EventRecord = { ...common, event: 'use', nonce: signed.request.nonce, approvers: [...approvers] };
    return [{ name: eventName('use', hexOf(signed.digest)), text: this.record(use) }, said('outcome', signed, this.record({ ...common, event: 'outcome', exitCode: 0 }))];
  }

  private record(record: EventRecord): string {
    return formatRecord(record, this.sign(RECORD_NAMESPACE, recordBytes(record)));
  }

  private sign(namespace: string, message: Buffer): Buffer {
    const signature = sign(null, signedData(namespace, 'sha512', message), this.pair.privateKey);
    return composeSshsig({ publicKeyBlob: this.pair.blob, namespace, signature: Buffer.concat([wireString('ssh-ed25519'), wireString(signature)]) });
  }
}

function said(kind: EventKind, { digest }: SignedRequest, text: string): Said {
  return { name: eventName(kind, hexOf(digest), hexOf(sha256(text)).slice(0, 16)), text };
}
