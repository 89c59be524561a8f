import type { Quorum } from '../policy/quorum.js';
import { CountersignError, sentenceOf } from '../errors.js';
import { sentence, type Sentence } from '../say.js';
import { type Digest } from './canonical.js';
import { parseRecord, RECORD_NAMESPACE, recordSigner, requestOf, type EventRecord } from './record.js';
import { REQUEST_NAMESPACE, requestSigner, type ApprovalRequest, type SignedRequest } from './request.js';
import { authorise } from './roster.js';
import { parseToken, APPROVAL_NAMESPACE, statementBytes } from './token.js';
import { candidatesFor, isEnough, isRunner, type Trust } from './trust.js';
import { parseSshsig, verifySshsig } from './sshsig.js';
import { parsePublicKeyBlob } from './public-key.js';

/** Clocks differ by this much, in seconds, before anybody is called late. */
export const CLOCK_LEEWAY = 120;

export interface Approval {
  readonly person: string;
  /** When the approval ends, in Unix seconds. */
  readonly expires: number;
  readonly fingerprint: string;
}

/** A denial that counts. */
export interface Denial {
  readonly person: string;
  readonly reason: string;
  readonly at: number;
}

export interface Judgement {
  readonly state: 'waiting' | 'approved' | 'denied' | 'expired';
  readonly approvals: readonly Approval[];
  readonly denial: Denial | undefined;
  /** Tokens and denials that were not counted, and why. */
  readonly rejected: readonly Sentence[];
}

/** The words said about one request, as the one-line texts that are stored and shared. */
export interface Said {
  readonly tokens: readonly string[];
  readonly denials: readonly string[];
}

/**
 * Checks that a request was made by the person it names, under the rules that hold now.
 *
 * @param now Unix seconds
 * @returns the requester as a person
 * @throws CountersignError saying what is wrong with it
 */
export function checkRequest(signed: SignedRequest, trust: Trust, now: number): string {
  const requester = checkRequester(signed, trust);
  const { request } = signed;
  // Trust table 15, 16: rules that changed in between need a new request.
  if (request.policy !== trust.policy.digest) throw new CountersignError('changed', sentence('The policy changed since this was asked. Ask again.'));
  if (request.roster !== trust.rosterDigest) throw new CountersignError('changed', sentence('The list of allowed signers changed since this was asked. Ask again.'));
  // Trust table 20: a clock that is far behind must not make a request live longer.
  if (now < request.notBefore - CLOCK_LEEWAY) throw new CountersignError('refused', sentence('The request comes from the future: check the clocks of both machines.'));
  return requester;
}

/**
 * Checks the requester's signature alone: who asked.
 *
 * @returns the requester as a person
 * @throws CountersignError `signature`, `roster` or `request`
 */
export function checkRequester(signed: SignedRequest, trust: Trust): string {
  const { request } = signed;
  const key = requestSigner(signed);
  const { principal } = authorise(trust.roster, key, REQUEST_NAMESPACE, request.notBefore);
  const requester = trust.people.personOf(principal);
  // Trust table 6: the name in the request and the key's owner must be the same person.
  if (requester === undefined || requester !== trust.people.personOf(request.by)) {
    throw new CountersignError('request', sentence('The request is not signed by the person it names.'));
  }
  if (isRunner(trust, requester)) throw new CountersignError('request', sentence('{0} is the key of a job, and only people may ask.', requester));
  return requester;
}

/**
 * Checks one approval token against one request.
 *
 * @param now Unix seconds
 * @throws CountersignError saying why the token does not count
 */
export function checkToken(line: string, signed: SignedRequest, requester: string, quorum: Quorum, trust: Trust, now: number): Approval {
  const token = parseToken(line);
  const { digest, expires } = token.statement;
  // Trust table 8: the token names exactly this request, and through it exactly this operation.
  if (digest !== signed.digest) throw new CountersignError('refused', sentence('This approval is for another request.'));
  // The roster is asked first: rubbish by strangers must not cost a signature check each.
  authorise(trust.roster, parsePublicKeyBlob(parseSshsig(token.signature).publicKey), APPROVAL_NAMESPACE, now);
  const { key, presence } = verifySshsig(token.signature, statementBytes(token.statement), APPROVAL_NAMESPACE);
  // Trust table 12: stock ssh-keygen accepts a security key that nobody touched; here it proves nothing.
  if (presence && !presence.touched) throw new CountersignError('refused', sentence('This approval was made with a security key that nobody touched.'));
  // Trust table 11: a key in an agent signs for whoever asks it; only a touch or a PIN shows that a person did.
  if (quorum.presence !== 'none' && !presence) throw new CountersignError('refused', sentence('The policy asks for a security key or passkey here, and this approval was made with a plain key.'));
  if (quorum.presence === 'pin' && !presence?.verified) throw new CountersignError('refused', sentence('The policy asks for the PIN of the security key, and this approval was made without it.'));
  const person = approverOf(key, APPROVAL_NAMESPACE, now, requester, quorum, trust);
  // Trust table 21: an approval never outlives its request.
  if (expires > signed.request.expires) throw new CountersignError('refused', sentence('This approval lasts longer than its request.'));
  if (now > expires) throw new CountersignError('refused', sentence('This approval has expired. Ask again.'));
  return { person, expires, fingerprint: key.fingerprint };
}

function approverOf(key: Parameters<typeof authorise>[1], namespace: string, now: number, requester: string, quorum: Quorum, trust: Trust): string {
  const { principal } = authorise(trust.roster, key, namespace, now);
  const person = trust.people.personOf(principal);
  if (person === undefined) throw new CountersignError('refused', sentence('This key belongs to nobody on the roster.'));
  // Trust table 5: persons are compared, not keys, so a second key or address does not make a second person.
  if (person === requester) throw new CountersignError('refused', sentence('{0} asked for this and cannot approve it as well.', person));
  if (!candidatesFor(trust, quorum).has(person)) throw new CountersignError('refused', sentence('The policy does not let {0} approve this.', person));
  return person;
}

function checkDenial(line: string, digest: Digest, requester: string, quorum: Quorum, trust: Trust): Denial {
  const signed = parseRecord(line);
  const { record } = signed;
  if (record.event !== 'denial' || requestOf(record) !== digest) throw new CountersignError('refused', sentence('This denial is for another request.'));
  const person = approverOf(recordSigner(signed), RECORD_NAMESPACE, record.at, requester, quorum, trust);
  if (person !== trust.people.personOf(record.by)) throw new CountersignError('refused', sentence('This denial is not signed by the person it names.'));
  return { person, reason: record.reason, at: record.at };
}

/**
 * Where a request stands: pure, so that every reader comes to the same answer. A denial wins over approvals;
 * bad tokens are left out and named, so that rubbish in the store cannot stop a good one.
 *
 * @param now Unix seconds
 * @throws CountersignError when the request itself does not stand
 */
export function judge(signed: SignedRequest, said: Said, quorum: Quorum, trust: Trust, now: number): Judgement {
  const requester = checkRequest(signed, trust, now);
  // Trust table 21: a request cannot give itself a longer life than the policy gives it.
  if (signed.request.expires - signed.request.notBefore > quorum.lifetime) {
    throw new CountersignError('refused', sentence('The request stays open for longer than the policy allows. Ask again.'));
  }
  const rejected: Sentence[] = [];
  const kept = <T>(lines: readonly string[], check: (line: string) => T): T[] =>
    lines.flatMap((line) => {
      try {
        return [check(line)];
      } catch (error) {
        rejected.push(sentenceOf(error));
        return [];
      }
    });
  const denials = kept(said.denials, (line) => checkDenial(line, signed.digest, requester, quorum, trust));
  const tokens = kept(said.tokens, (line) => checkToken(line, signed, requester, quorum, trust, now));
  // Trust table 7: one approver counts once, however many tokens there are.
  const approvals = [...new Map(tokens.map((approval) => [approval.person, approval])).values()];
  const [denial] = denials;
  const state = denial
    ? 'denied'
    : now > signed.request.expires
      ? 'expired'
      : isEnough(trust, quorum, approvals.map(({ person }) => person))
        ? 'approved'
        : 'waiting';
  return { state, approvals, denial, rejected };
}

/**
 * Checks that a use, outcome or withdrawal was written by the requester; a use and its outcome may be a job's as well.
 *
 * @throws CountersignError when somebody else wrote it
 */
export function checkOwnRecord(line: string, signed: SignedRequest, requester: string, trust: Trust): EventRecord {
  const signedRecord = parseRecord(line);
  const { record } = signedRecord;
  if (requestOf(record) !== signed.digest) throw new CountersignError('refused', sentence('This record is for another request.'));
  const { principal } = authorise(trust.roster, recordSigner(signedRecord), RECORD_NAMESPACE, record.at);
  const person = trust.people.personOf(principal);
  const isJob = (record.event === 'use' || record.event === 'outcome') && person !== undefined && isRunner(trust, person);
  if (person !== requester && !isJob) throw new CountersignError('refused', sentence('This record was not written by the requester.'));
  return record;
}

/** Seconds until a request closes; never negative. */
export function secondsLeft(request: ApprovalRequest, now: number): number {
  return Math.max(0, request.expires - now);
}
