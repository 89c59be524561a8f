import { blastOf, groundHere } from '../../broker/blast.js';
import { subjectOf, worldOf } from '../../broker/assessing.js';
import type { Ask, Judged } from '../../broker/assessing.js';
import { ruleOn } from '../../broker/rules.js';
import { plain, plainly } from '../../core/approval/display.js';
import { explain } from '../../core/assess/explain.js';
import type { Explained } from '../../core/assess/explain.js';
import { extentLines, recordedExtent } from '../../core/blast/extent.js';
import type { Extent } from '../../core/blast/extent.js';
import { looksOf } from '../../core/blast/looks.js';
import type { Action } from '../../core/policy/decide.js';
import { ACTION_WORDS, verdictLines } from '../../core/policy/words.js';
import { askFor, desksAround, type Context } from '../context.js';
import { EXIT, print, printError } from '../terminal.js';
import { recorded, recordedStep, recordedTarget } from '../../core/assess/findings.js';
import { spoken } from '../../core/say.js';

const CODES: Record<Action, number> = { allow: EXIT.ok, warn: EXIT.ok, confirm: EXIT.needsConfirmation, approve: EXIT.needsApproval, deny: EXIT.refused };

export interface CheckOptions {
  readonly json: boolean;
  readonly explain: boolean;
  readonly agent: boolean;
  readonly shell: string | undefined;
}

/** `countersign check -- COMMAND…`: what this would do and what the gate would say. Runs nothing. */
export async function check(context: Context, words: readonly string[], options: CheckOptions): Promise<number> {
  const ask = { ...askFor(context, words, options.shell), ...(options.agent && { actor: 'agent' as const }) };
  const { judged, problem } = await ruleOn(ask, () => desksAround(context), context.home);
  if (problem) printError(problem.message);
  const steps = options.explain ? stepsOf(ask, judged, context.home) : [];
  const reach = options.explain ? await reachFrom(ask, judged, context.home) : [];
  print(options.json ? json(judged, steps, reach) : human(judged, steps, reach));
  return CODES[judged.verdict.action];
}

function stepsOf(ask: Ask, { assessment, verdict }: Judged, home: string): readonly Explained[] {
  return explain(subjectOf(ask), assessment, verdictLines(verdict), worldOf(ask, home));
}

/** Counted where it would happen: on this machine, as it is now. */
function reachFrom(ask: Ask, { policies: [{ environments }] }: Judged, home: string): Promise<readonly Extent[]> {
  return blastOf(looksOf(subjectOf(ask), environments, worldOf(ask, home)), groundHere());
}

function json({ assessment, verdict }: Judged, explained: readonly Explained[], reach: readonly Extent[]): string {
  return JSON.stringify({ verdict: { ...verdict, reasons: verdict.reasons.map((reason) => spoken(reason)) }, ...assessment, findings: assessment.findings.map(recorded), targets: assessment.targets.map(recordedTarget), steps: assessment.steps.map(recordedStep), ...(explained.length > 0 && { explained: explained.map(recordedStep), reach: reach.map(recordedExtent) }) });
}

function human({ assessment, verdict }: Judged, explained: readonly Explained[], reach: readonly Extent[]): string {
  const lines = [spoken(ACTION_WORDS[verdict.action])];
  for (const reason of verdict.reasons) lines.push(`  ${plainly(reason)}`);
  for (const finding of assessment.findings) {
    lines.push(`  ${finding.severity}: ${plainly(finding.message)} (${finding.rule})`);
    if (finding.safer !== undefined) lines.push(`    safer: ${plain(finding.safer)}`);
  }
  for (const target of assessment.targets) lines.push(`  target: ${plain(target.environment)}, ${plainly(target.evidence)}`);
  const summary = [...new Set(lines)];
  const reaches = extentLines(reach, (name, text) => (name === '' ? `    ${text}` : `  reach: ${name}: ${text}`));
  return [...summary, ...explained.map(({ stage, text }) => `  ${stage}: ${plainly(text)}`), ...reaches].join('\n');
}
