import type { Log, ReportingDescriptor, Result } from 'sarif';
import { inline } from '../../approval/display.js';
import { shortId, type Bypass, type LedgerEntry } from '../entries.js';

type Kind = Bypass | 'denied';

/** What is worth a result: everything that went round the gate, and what somebody stopped. */
const RULES: Readonly<Record<Kind, ReportingDescriptor & { readonly level: Result.level }>> = {
  incident: { id: 'countersign/incident', shortDescription: { text: 'Something began without asking and should have waited.' }, level: 'error' },
  'unapproved use': { id: 'countersign/unapproved-use', shortDescription: { text: 'Something ran although too few people had signed.' }, level: 'error' },
  'broken glass': { id: 'countersign/broken-glass', shortDescription: { text: 'The requester broke the glass: it was to run without the others.' }, level: 'warning' },
  'unconfirmed use': { id: 'countersign/unconfirmed-use', shortDescription: { text: 'Something ran while no store could say whether it had run already.' }, level: 'warning' },
  denied: { id: 'countersign/denied', shortDescription: { text: 'Somebody denied what was asked for.' }, level: 'note' },
};
const KINDS = Object.keys(RULES) as readonly Kind[];

/** SARIF 2.1.0, as code scanning reads it. What waited, was approved and ran is no result. */
export function sarif(entries: readonly LedgerEntry[]): string {
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    runs: [
      {
        tool: { driver: { name: 'Countersign', rules: KINDS.map((kind) => descriptor(kind)) } },
        columnKind: 'utf16CodeUnits',
        results: entries.flatMap((entry) => kindsOf(entry).map((kind) => resultOf(entry, kind))),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor(kind: Kind): ReportingDescriptor {
  const { level, ...rule } = RULES[kind];
  return { ...rule, defaultConfiguration: { level } };
}

function kindsOf(entry: LedgerEntry): readonly Kind[] {
  return [...entry.bypassed, ...(entry.entry === 'request' && entry.state === 'denied' ? (['denied'] as const) : [])];
}

function resultOf(entry: LedgerEntry, kind: Kind): Result {
  const { id, level } = RULES[kind];
  const files = entry.entry === 'request' ? entry.files.filter((file) => !/^[~/]/.test(file)) : [];
  return {
    ruleId: id,
    ruleIndex: KINDS.indexOf(kind),
    level,
    message: { text: messageOf(entry, kind) },
    locations: [
      {
        // The file that would run, where there is one.
        ...(files[0] !== undefined && { physicalLocation: { artifactLocation: { uri: uriOf(files[0]), uriBaseId: '%SRCROOT%' } } }),
        logicalLocations: entry.environments.map((name) => ({ name: inline(name), kind: 'environment' })),
      },
    ],
    partialFingerprints: { 'countersignEntry/v1': `${id} ${entry.id}` },
    properties: { entry: entry.id, at: entry.at, person: inline(entry.person), script: inline(entry.script) },
  };
}

function messageOf(entry: LedgerEntry, kind: Kind): string {
  const what = `${inline(entry.title)} (${shortId(entry)}, ${inline(entry.person)}, ${entry.at})`;
  if (entry.entry === 'incident') return `${what} began without asking and ${entry.stopped ? 'was interrupted after that' : 'was over before it could be interrupted'}.`;
  if (kind === 'broken glass') return `${what}: the glass was broken. Reason given: ${inline(entry.glass?.reason ?? '')}. ${entry.glass?.review ? `Reviewed by ${inline(entry.glass.review.person)}.` : 'Nobody has reviewed that yet.'}`;
  if (kind === 'denied') return `${what} was denied by ${inline(entry.denial?.person ?? '?')}: ${inline(entry.denial?.reason ?? '')}`;
  if (kind === 'unconfirmed use') return `${what} ran while the store could not be reached.`;
  return `${what} ran, and not enough people had signed.`;
}

/** A relative reference of RFC 3986. */
function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
