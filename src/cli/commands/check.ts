import type { Judged } from '../../broker/assessing.js';
import { ruleOn } from '../../broker/rules.js';
import { plain } from '../../core/approval/display.js';
import type { Action } from '../../core/policy/decide.js';
import { askFor, desksAround, type Context } from '../context.js';
import { EXIT, print, printError } from '../terminal.js';

const WORDS: Record<Action, string> = {
  allow: 'Allowed.',
  warn: 'Allowed, with a warning.',
  confirm: 'Would ask you first.',
  approve: 'Would be held for approval.',
  deny: 'Denied by the policy.',
};
const CODES: Record<Action, number> = { allow: EXIT.ok, warn: EXIT.ok, confirm: EXIT.needsConfirmation, approve: EXIT.needsApproval, deny: EXIT.refused };

export interface CheckOptions {
  readonly json: boolean;
  readonly explain: boolean;
  readonly agent: boolean;
  readonly shell: string | undefined;
}

/** `countersign check -- COMMAND…`: what this would do and what the gate would say. Runs nothing. */
export async function check(context: Context, words: readonly string[], options: CheckOptions): Promise<number> {
  const ask = { ...askFor(context, words, options.shell), actor: options.agent ? ('agent' as const) : ('person' as const) };
  const { judged, problem } = await ruleOn(ask, () => desksAround(context), context.home);
  if (problem) printError(problem.message);
  print(options.json ? json(judged) : human(judged, options.explain));
  return CODES[judged.verdict.action];
}

function json({ assessment, verdict }: Judged): string {
  return JSON.stringify({ verdict, ...assessment });
}

function human({ assessment, verdict }: Judged, explain: boolean): string {
  const lines = [WORDS[verdict.action]];
  for (const reason of verdict.reasons) lines.push(`  ${plain(reason)}`);
  for (const finding of assessment.findings) {
    lines.push(`  ${finding.severity}: ${plain(finding.message)} (${finding.rule})`);
    if (finding.safer !== undefined) lines.push(`    safer: ${plain(finding.safer)}`);
  }
  for (const target of assessment.targets) lines.push(`  target: ${plain(target.environment)}, ${plain(target.evidence)}`);
  if (explain) for (const step of assessment.steps) lines.push(`  ${step.stage}: ${plain(step.text)}`);
  return [...new Set(lines)].join('\n');
}
