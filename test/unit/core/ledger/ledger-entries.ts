import fc from 'fast-check';
import type { IncidentEntry, LedgerEntry, RequestEntry } from '../../../../src/core/ledger/entries.js';
import { sentence, verbatim } from '../../../../src/core/say.js';

const ID = `sha256:${'ab'.repeat(32)}` as const;

/** A deployment that Ben approved and that ran. */
export function requestOf(changes: Partial<RequestEntry> = {}): RequestEntry {
  return {
    entry: 'request',
    id: ID,
    at: '2026-11-26T08:00:00Z',
    state: 'finished',
    title: 'deploy: production',
    person: 'ana@payments.example',
    agent: null,
    reason: 'the weekly release',
    kind: 'task',
    script: './scripts/deploy.sh production',
    directory: '.',
    commit: 'c'.repeat(40),
    environments: ['production'],
    targets: [{ environment: 'production', kind: 'task label', name: 'deploy: production', evidence: 'the task is called so' }],
    files: ['scripts/deploy.sh'],
    rules: ['terraform/destroy'],
    gate: ['Would change production: the task is called so.'],
    operation: ID,
    needed: sentence('1 signature'),
    expires: '2026-11-26T08:30:00Z',
    approvals: [{ person: 'ben@payments.example', key: 'SHA256:key' }],
    denial: null,
    withdrawal: null,
    glass: null,
    use: { at: '2026-11-26T08:01:00Z', by: 'ana@payments.example' },
    outcome: { at: '2026-11-26T08:02:00Z', exitCode: 0 },
    bypassed: [],
    problems: [],
    ...changes,
  };
}

export function incidentOf(changes: Partial<IncidentEntry> = {}): IncidentEntry {
  return {
    entry: 'incident',
    id: ID,
    at: '2026-11-25T23:59:59Z',
    title: 'terraform destroy',
    person: 'ana@payments.example',
    way: 'terminal',
    name: 'bash',
    script: 'terraform destroy',
    environments: ['production'],
    gate: ['Destroys every resource of this configuration.'],
    stopped: true,
    bypassed: ['incident'],
    ...changes,
  };
}

/** Entries about which a report says everything that it can say. */
export const everySort: readonly LedgerEntry[] = (() => {
  const [at, person] = ['2026-11-26T08:03:00Z', 'ben@payments.example'];
  const agent = { name: 'Claude Code', session: 's1', model: 'm1' };
  const unused = { approvals: [], use: null, outcome: null };
  const glass = { at, reason: 'outage', key: 'SHA256:other', review: null };
  return [
    requestOf({ agent, needed: sentence('{0}, each with a security key that was touched', sentence('{0} signatures', 2)), problems: ['left out'], directory: 'infra' }),
    requestOf({ agent: { ...agent, model: null }, kind: 'command', rules: [], outcome: { at, exitCode: null } }),
    requestOf({ kind: 'edit', state: 'running', outcome: null, files: [], reason: ' ' }),
    requestOf({ kind: 'tool', state: 'denied', denial: { at, person, reason: '' }, targets: [], ...unused }),
    requestOf({ kind: 'rules', state: 'withdrawn', withdrawal: { at, reason: 'x' }, ...unused }),
    requestOf({ glass, approvals: [], bypassed: ['broken glass', 'unconfirmed use'] }),
    requestOf({ glass: { ...glass, review: { at, person, note: 'fine' } }, bypassed: ['broken glass'] }),
    requestOf({ approvals: [], bypassed: ['unapproved use'] }),
    incidentOf(),
    incidentOf({ way: 'task', environments: [], stopped: false }),
    ...Array.from({ length: 13 }, (_, day) => requestOf({ at: `2026-11-${10 + day}T08:00:00Z`, rules: [`rule/${day}`] })),
    ...Array.from({ length: 201 }, () => requestOf({ state: 'denied', denial: { at, person, reason: 'no' }, ...unused })),
  ];
})();

/** Texts that try to leave the cell, line, span or element that they stand in. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('"', '""', ',', '\r\n', '\n', '\n\n# x\n', '\t', '=1+1', '+1', '-1', '@SUM(A1)', '`', '``', '```', '~~~', '\\', '\\`', '*', '_', '[x](command:x)', '![x](https://example.com/x)', '<script>x</script>', '</code>', '</style>', '-->', '<!--', '&lt;', '&', '|', '\u001b[2J', '\u202e', '\u2028', '\ufeff', ' ', '  \n', '    x', 'https://example.com', '"><img src=x>', "'", '- x', '> x', '$(flame)'),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const time = fc.integer({ min: 1_790_000_000, max: 1_791_000_000 }).map((seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'));
const texts = fc.array(hostileText, { maxLength: 2 });

const hostileRequest: fc.Arbitrary<LedgerEntry> = fc
  .record({
    at: time,
    title: hostileText,
    person: hostileText,
    script: hostileText,
    reason: hostileText,
    directory: hostileText,
    environments: texts,
    files: texts,
    rules: texts,
    gate: texts,
    problems: texts,
    needed: hostileText.map(verbatim),
    agent: maybe(fc.record({ name: hostileText, session: hostileText, model: maybe(hostileText) })),
    targets: fc.array(fc.record({ environment: hostileText, kind: hostileText, name: hostileText, evidence: hostileText }), { maxLength: 2 }),
    approvals: fc.array(fc.record({ person: hostileText, key: hostileText }), { maxLength: 2 }),
    denial: maybe(fc.record({ at: time, person: hostileText, reason: hostileText })),
    withdrawal: maybe(fc.record({ at: time, reason: hostileText })),
    glass: maybe(fc.record({ at: time, reason: hostileText, key: hostileText, review: maybe(fc.record({ at: time, person: hostileText, note: hostileText })) })),
    use: maybe(fc.record({ at: time, by: hostileText })),
    outcome: maybe(fc.record({ at: time, exitCode: maybe(fc.integer({ min: -5, max: 255 })) })),
    state: fc.constantFrom('waiting', 'approved', 'denied', 'expired', 'withdrawn', 'running', 'finished', 'invalid'),
    bypassed: fc.subarray(['broken glass', 'unconfirmed use', 'unapproved use'] as const),
  })
  .map(requestOf);

const hostileIncident: fc.Arbitrary<LedgerEntry> = fc
  .record({ at: time, title: hostileText, person: hostileText, name: hostileText, script: hostileText, environments: texts, gate: texts, stopped: fc.boolean(), way: fc.constantFrom('terminal', 'task', 'process') })
  .map(incidentOf);

// Copied, because fast-check's objects have no prototype.
export const hostileEntries = fc.array(fc.oneof(hostileRequest, hostileIncident), { maxLength: 4 }).map((entries) => structuredClone(entries));

/** What is not somebody's text: the product's own words. */
const OWN = new Set(['entry', 'state', 'bypassed', 'way', 'text']);

/** The same with a harmless text in place of each, as long as it does not say something by being what it is. */
export function tamed<T>(value: T, name = 'x'): T {
  if (typeof value === 'string') return (/^ *$|^\.$|^\d{4}-\d\d-\d\dT|^sha256:/.test(value) ? value : name) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => tamed(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const sameTitle = 'title' in value && 'script' in value && value.title === value.script;
  const isOwn = (key: string) => OWN.has(key) || (key === 'kind' && 'entry' in value);
  return Object.fromEntries(Object.entries(value).map(([key, part]: [string, unknown]) => [key, isOwn(key) ? part : tamed(part, key === 'title' && sameTitle ? 'script' : key)])) as T;
}
