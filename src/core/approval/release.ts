import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';
import type { Quorum } from '../policy/quorum.js';
import type { Operation } from './operation.js';
import { parseRecord, RECORD_NAMESPACE, recordSigner, requestOf, type EventRecord } from './record.js';
import type { SignedRequest } from './request.js';
import { authorise } from './roster.js';
import { candidatesFor, type Trust } from './trust.js';

/** What an approver took their layer off, for the one run that asked. */
export interface Release {
  readonly person: string;
  readonly keys: Extract<EventRecord, { event: 'release' }>['keys'];
}

/**
 * Checks that sealed items were released for a request by somebody who may approve it. Whether they did approve it is
 * for whoever opens them to ask.
 *
 * @throws CountersignError saying why it does not count
 */
export function checkRelease(line: string, signed: SignedRequest, requester: string, quorum: Quorum, trust: Trust): Release {
  const read = parseRecord(line);
  const { record } = read;
  if (record.event !== 'release' || requestOf(record) !== signed.digest) throw new CountersignError('refused', sentence('What was released is for another request.'));
  const { principal } = authorise(trust.roster, recordSigner(read), RECORD_NAMESPACE, record.at);
  const person = trust.people.personOf(principal);
  if (person === undefined || person !== trust.people.personOf(record.by)) throw new CountersignError('refused', sentence('What was released is not signed by the person it names.'));
  if (person === requester || !candidatesFor(trust, quorum).has(person)) throw new CountersignError('refused', sentence('The policy does not let {0} release anything for this.', person));
  return { person, keys: record.keys };
}

/** The releases of everything that an operation would be given, by people who approved it. */
export function releasesOf(releases: readonly Release[], { items }: NonNullable<Operation['sealed']>, approved: readonly string[]): readonly Release[] {
  return releases.filter(({ person, keys }) => approved.includes(person) && items.every(({ sha256 }) => keys.some(({ item }) => item === `sha256:${sha256}`)));
}
