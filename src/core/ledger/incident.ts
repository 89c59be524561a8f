import * as z from 'zod/mini';
import { sha256, type Digest } from '../approval/canonical.js';
import { RECORD_NAMESPACE } from '../approval/record.js';
import { authorise } from '../approval/roster.js';
import { formatSignedLine, parseSignedLine, signedBytes, type LineFormat } from '../approval/signed-line.js';
import { verifySshsig } from '../approval/sshsig.js';
import type { Trust } from '../approval/trust.js';
import { CountersignError } from '../errors.js';
import { sentence } from '../say.js';

/** A longer command line is told by its beginning: an incident says what began, it is not what runs. Characters. */
const MAX_SCRIPT = 8_000;
const MAX_FINDINGS = 20;

const incidentSchema = z.strictObject({
  v: z.literal(1),
  event: z.literal('incident'),
  /** 128 random bits: two incidents of the same command are two incidents. */
  nonce: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  /** The principal on whose machine it happened, and who reports it. */
  by: z.string().check(z.minLength(1), z.maxLength(320)),
  /** Unix seconds. */
  at: z.int().check(z.minimum(0), z.maximum(9_999_999_999)),
  /** How it began. */
  way: z.enum(['terminal', 'task', 'process']),
  /** The terminal's or task's name. */
  name: z.string().check(z.maxLength(300)),
  script: z.string().check(z.maxLength(MAX_SCRIPT)),
  /** Where it would land, by the policy's names. */
  environments: z.array(z.string().check(z.maxLength(320))).check(z.maxLength(50)),
  findings: z.array(z.string().check(z.maxLength(2000))).check(z.maxLength(MAX_FINDINGS)),
  /** Whether it was interrupted or ended; either way it had begun. */
  stopped: z.boolean(),
});

/** Something that began without asking and should have waited: noticed after the fact, and told to the team. */
export type Incident = z.infer<typeof incidentSchema>;

const FORMAT: LineFormat<Incident> = {
  prefix: 'csi1.',
  longest: 1024 * 1024,
  schema: incidentSchema,
  malformed: (cause) => new CountersignError('request', sentence('A record of an incident is not well formed and was left out.'), { cause }),
};

/** What the watcher knows before anybody signs it. */
export const factsSchema = z.omit(incidentSchema, { v: true, event: true, nonce: true, by: true });

export type IncidentFacts = z.infer<typeof factsSchema>;

export interface SignedIncident {
  readonly incident: Incident;
  readonly signature: Buffer;
}

/** An incident as every reader sees it, with the person who reported it. */
export interface IncidentView {
  readonly digest: Digest;
  readonly incident: Incident;
  readonly reporter: string;
}

/** The facts of an incident, cut to what a record may hold. */
export function boundedFacts(facts: IncidentFacts): IncidentFacts {
  return {
    ...facts,
    name: facts.name.slice(0, 300),
    script: facts.script.slice(0, MAX_SCRIPT),
    environments: [...new Set(facts.environments)].slice(0, 50).map((name) => name.slice(0, 320)),
    findings: facts.findings.slice(0, MAX_FINDINGS).map((finding) => finding.slice(0, 2000)),
  };
}

export function incidentBytes(incident: Incident): Buffer {
  return signedBytes(incident);
}

export function incidentDigest(incident: Incident): Digest {
  return sha256(incidentBytes(incident));
}

export function formatIncident(incident: Incident, signature: Buffer): string {
  return formatSignedLine(FORMAT.prefix, incident, signature);
}

/**
 * Reads an incident, strictly: one spelling each.
 *
 * @throws CountersignError `request` when it is not exactly an incident
 */
export function parseIncident(line: string): SignedIncident {
  const { value, signature } = parseSignedLine(FORMAT, line);
  return { incident: value, signature };
}

/**
 * Who reported an incident, under the rules that hold now.
 *
 * @throws CountersignError when it is not signed by the person it names
 */
export function checkIncident({ incident, signature }: SignedIncident, trust: Trust): string {
  const { key } = verifySshsig(signature, incidentBytes(incident), RECORD_NAMESPACE);
  const { principal } = authorise(trust.roster, key, RECORD_NAMESPACE, incident.at);
  const person = trust.people.personOf(principal);
  if (person === undefined || person !== trust.people.personOf(incident.by)) throw new CountersignError('request', sentence('An incident is not signed by the person it names.'));
  return person;
}

/**
 * The incidents among stored texts, newest first. One that nobody on the roster signed is left out: anybody with push
 * rights can write to the store.
 */
export function incidentsOf(lines: readonly string[], trust: Trust): readonly IncidentView[] {
  const views = lines.flatMap((line): IncidentView[] => {
    try {
      const signed = parseIncident(line);
      return [{ digest: incidentDigest(signed.incident), incident: signed.incident, reporter: checkIncident(signed, trust) }];
    } catch {
      return [];
    }
  });
  const once = new Map(views.map((view) => [view.digest, view]));
  return [...once.values()].sort((a, b) => b.incident.at - a.incident.at);
}
