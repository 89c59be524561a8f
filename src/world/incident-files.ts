import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { digestOf, hexOf } from '../core/approval/canonical.js';
import { factsSchema, type IncidentFacts } from '../core/ledger/incident.js';

/** As many incidents as are kept here before the oldest gives way; a broken key must not fill a disk. */
const MOST_KEPT = 500;

const keptSchema = z.strictObject({ v: z.literal(1), root: z.string(), facts: factsSchema });

/** An incident that could not be signed or stored yet, and the repository it belongs to. */
export interface KeptIncident {
  readonly file: string;
  /** The top of the working copy, absolute; empty when it happened outside of any. */
  readonly root: string;
  readonly facts: IncidentFacts;
  /** The same each time it is read, so that what is recorded twice is one incident. */
  readonly nonce: string;
}

function incidentDirectory(home: string): string {
  return path.join(home, '.countersign', 'incidents');
}

/**
 * Keeps an incident on this machine until it can be recorded for the team.
 *
 * @throws the file system's error when it cannot be written
 */
export function keepIncident(home: string, root: string, facts: IncidentFacts): string {
  const directory = incidentDirectory(home);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const body = { v: 1, root, facts } as const;
  const file = path.join(directory, `${facts.at}-${hexOf(digestOf(body)).slice(0, 16)}.json`);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(body), { mode: 0o600 });
  // A rename never shows half an incident to whoever reads meanwhile.
  renameSync(fresh, file);
  for (const { file: old } of keptIncidents(home).slice(MOST_KEPT)) forgetIncident(old);
  return file;
}

/** The incidents kept on this machine, newest first. What cannot be read is left where it is. */
export function keptIncidents(home: string): readonly KeptIncident[] {
  const directory = incidentDirectory(home);
  let names: string[];
  try {
    names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names
    .flatMap((name): KeptIncident[] => {
      try {
        const file = path.join(directory, name);
        const body = z.parse(keptSchema, JSON.parse(readFileSync(file, 'utf8')));
        return [{ file, root: body.root, facts: body.facts, nonce: hexOf(digestOf(body)).slice(0, 32) }];
      } catch {
        return [];
      }
    })
    .sort((a, b) => b.facts.at - a.facts.at);
}

/** Removes an incident that has been recorded. */
export function forgetIncident(file: string): void {
  rmSync(file, { force: true });
}
