import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';
import { guardedEnvironment } from '../policy/policy.js';
import { CLOCK_LEEWAY } from './judge.js';
import { BREAK_GLASS_NAMESPACE, parseRecord, RECORD_NAMESPACE, recordBytes, recordSigner, requestOf, type EventRecord } from './record.js';
import type { SignedRequest } from './request.js';
import { authorise } from './roster.js';
import { verifySshsig } from './sshsig.js';
import { isRunner, type Trust } from './trust.js';

/** A request that its requester runs without the others, in an emergency. */
export interface BrokenGlass {
  /** Unix seconds. */
  readonly at: number;
  readonly reason: string;
  readonly environments: readonly string[];
  /** The security key's. */
  readonly fingerprint: string;
}

/** Another person's word that they looked at it afterwards. */
export interface GlassReview {
  readonly person: string;
  readonly at: number;
  readonly note: string;
}

/** The environments that somebody has to type to break the glass for a request: those that need approval, or all where none does. */
export function environmentsOf({ request }: SignedRequest, trust: Trust): readonly string[] {
  const touched = [...new Set(request.operation.targets.map(({ environment }) => environment))].sort();
  const guarded = touched.filter((name) => guardedEnvironment(trust.policy, name) !== undefined);
  return guarded.length > 0 ? guarded : touched;
}

/**
 * Checks that the requester broke the glass, with a security key that was touched (trust table 29).
 *
 * @throws CountersignError saying why it does not count
 */
export function checkBreakGlass(line: string, signed: SignedRequest, requester: string, trust: Trust): BrokenGlass {
  const read = parseRecord(line);
  const record = recordFor(read.record, 'break-glass', signed);
  const { key, presence } = verifySshsig(read.signature, recordBytes(read.record), BREAK_GLASS_NAMESPACE);
  if (!presence) throw new CountersignError('refused', sentence('The glass was broken with a plain key, which anything on that machine can use. Only a security key counts.'));
  if (!presence.touched) throw new CountersignError('refused', sentence('The glass was broken with a security key that nobody touched.'));
  if (trust.policy.breakGlass.presence === 'pin' && !presence.verified) throw new CountersignError('refused', sentence('The policy asks for the PIN of the security key to break the glass, and this was done without it. A key made with “ssh-keygen -O verify-required” asks for it.'));
  const { principal } = authorise(trust.roster, key, BREAK_GLASS_NAMESPACE, record.at);
  if (trust.people.personOf(principal) !== requester) throw new CountersignError('refused', sentence('Only the requester can break the glass for a request.'));
  const { notBefore, expires } = signed.request;
  if (record.at < notBefore - CLOCK_LEEWAY || record.at > expires + CLOCK_LEEWAY) throw new CountersignError('refused', sentence('The glass was broken outside the time for which the request was open. Ask again.'));
  if ([...record.environments].sort().join('\n') !== environmentsOf(signed, trust).join('\n')) throw new CountersignError('refused', sentence('The glass was broken for other environments than the request is for.'));
  return { at: record.at, reason: record.reason, environments: record.environments, fingerprint: key.fingerprint };
}

/**
 * Checks that another person looked at what was done behind a broken glass.
 *
 * @throws CountersignError saying why it does not count
 */
export function checkGlassReview(line: string, signed: SignedRequest, requester: string, trust: Trust): GlassReview {
  const read = parseRecord(line);
  const record = recordFor(read.record, 'review', signed);
  const { principal } = authorise(trust.roster, recordSigner(read), RECORD_NAMESPACE, record.at);
  const person = trust.people.personOf(principal);
  if (person === undefined || isRunner(trust, person)) throw new CountersignError('refused', sentence('Only a person on the roster can look at a broken glass.'));
  if (person === requester) throw new CountersignError('refused', sentence('{0} broke the glass, and another person has to look at it.', person));
  return { person, at: record.at, note: record.note };
}

function recordFor<Event extends EventRecord['event']>(record: EventRecord, event: Event, signed: SignedRequest): Extract<EventRecord, { event: Event }> {
  if (record.event !== event || requestOf(record) !== signed.digest) throw new CountersignError('refused', sentence('This record is for another request.'));
  return record as Extract<EventRecord, { event: Event }>;
}
