import type { EnvironmentPattern, Finding, Severity } from '../assess/assessment.js';
import type { World } from '../world.js';
import type { SourceFile } from './gather.js';
import type { Memory } from './memory.js';
import { scanFile } from './scan.js';
import { sortOut, suppressionsIn } from './suppressions.js';
import { sentence, type Sentence } from '../say.js';

/** Where a finding begins and ends, as people count: lines and UTF-16 columns from one. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A finding with its place. */
export interface PlacedFinding extends Finding, Place {
  /** Why somebody silenced it, when somebody did. */
  readonly suppressed?: string;
}

/** What a file comes to, for people to read: its findings in order, those that are silenced with the reason. */
export function reportOf(file: SourceFile, environments: readonly EnvironmentPattern[], world: World, memory?: Memory): readonly PlacedFinding[] {
  const findings = scanFile(file, environments, world, memory);
  if (findings.length === 0) return [];
  const { open, suppressed } = sortOut(findings, suppressionsIn(file.path, file.text));
  const place = placesIn(file.text);
  return [...open.map((finding) => ({ ...finding, ...place(finding) })), ...suppressed.map(({ finding, reason }) => ({ ...finding, ...place(finding), suppressed: reason }))].sort((a, b) => a.span.start - b.span.start);
}

/** Finds places by the text's lines, which are looked up once. */
export function placesIn(text: string): (finding: Pick<Finding, 'span'>) => Place {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0 && end + 1 < text.length; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  const at = (offset: number): readonly [line: number, column: number] => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - (starts[low] ?? 0) + 1];
  };
  return ({ span }) => {
    const [line, column] = at(span.start);
    const [endLine, endColumn] = at(span.end);
    return { line, column, endLine, endColumn };
  };
}

/** How loudly a finding is shown, in the words that editors and SARIF have for it. */
export type Level = 'error' | 'warning' | 'note';

export const LEVELS: Readonly<Record<Severity, Level>> = { critical: 'error', high: 'warning', medium: 'note', low: 'note' };

/** One thing that is known about a finding. */
export interface Circumstance {
  readonly sentence: Sentence;
  /** The file (absolute) that it is known from, where it is not the finding's own. */
  readonly file: string | undefined;
}

/** What is known about where it lands and how it is reached. */
export function circumstances({ targets, via }: Finding): readonly Circumstance[] {
  return [
    ...(targets ?? []).map(({ environment, evidence, file }) => ({ sentence: sentence('Lands in {0}: {1}.', environment, evidence), file })),
    ...(via.length > 0 ? [{ sentence: sentence('Reached through {0}.', via.join(' → ')), file: undefined }] : []),
  ];
}
