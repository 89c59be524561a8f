import type { Log, ReportingDescriptor, Result } from 'sarif';
import { HOMEPAGE, rulePage } from '../rules/document.js';
import type { Severity } from '../assess/assessment.js';
import { circumstances, LEVELS, type PlacedFinding } from './report.js';
import { spoken } from '../say.js';

/** A finding in a file, by the file's path from the top of what was scanned, with forward slashes. */
export interface SarifFinding {
  readonly path: string;
  readonly finding: PlacedFinding;
}

/** What GitHub sorts findings by: https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
const SECURITY: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.0', low: '3.0' };
const MOST_SEVERE: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** The findings as a log in SARIF 2.1.0 (OASIS), with those that are silenced marked as such. Plain JSON. */
export function sarifLog(findings: readonly SarifFinding[]): Log {
  const ids = [...new Set(findings.map(({ finding }) => finding.rule))].sort();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Countersign', informationUri: HOMEPAGE, rules: ids.map((id) => ruleOf(id, findings)) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The top of what was scanned.' } } },
        results: findings.map((one) => resultOf(one, ids)),
      },
    ],
  };
}

function ruleOf(id: string, findings: readonly SarifFinding[]): ReportingDescriptor {
  const own = findings.filter(({ finding }) => finding.rule === id).map(({ finding }) => finding.severity);
  const severity = MOST_SEVERE.find((one) => own.includes(one)) ?? 'low';
  return { id, helpUri: rulePage(id), defaultConfiguration: { level: LEVELS[severity] }, properties: { 'security-severity': SECURITY[severity], tags: ['security'] } };
}

function resultOf({ path, finding }: SarifFinding, ids: readonly string[]): Result {
  const { rule, severity, message, safer, line, column, endLine, endColumn, suppressed } = finding;
  const text = [...[message, ...circumstances(finding).map((one) => one.sentence)].map((one) => spoken(one)), ...(safer === undefined ? [] : [`Safer: ${safer}`])].join(' ');
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: LEVELS[severity],
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' }, region: { startLine: line, startColumn: column, endLine, endColumn } } }],
    ...(suppressed !== undefined && { suppressions: [{ kind: 'inSource', justification: suppressed }] }),
  };
}
