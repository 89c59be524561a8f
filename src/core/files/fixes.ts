import type { Finding, Span } from '../assess/assessment.js';
import { sentence, type Sentence } from '../say.js';

/** A change of a file that leaves out the danger and nothing else. */
export interface Fix {
  /** What a person is offered, such as “Use --force-with-lease”. */
  readonly title: Sentence;
  readonly span: Span;
  readonly text: string;
}

interface Rewrite {
  readonly rule: RegExp;
  /** What is to go, with the letters before it in a first group. */
  readonly from: RegExp;
  readonly to: string;
  readonly title: Sentence;
}

/** Only what is exact: what stands there afterwards does the same, but for the loss. */
const REWRITES: readonly Rewrite[] = [
  { rule: /^git\/force-push$/, from: /(\s)(?:--force|-f)(?=\s|$|["'])/, to: '--force-with-lease', title: sentence('Use --force-with-lease, which stops when somebody else has pushed') },
  { rule: /^terraform\/apply/, from: /(\s)-auto-approve(?:=true)?(?=\s|$|["'])/, to: '', title: sentence('Leave out -auto-approve, so that the plan is shown first') },
  { rule: /^filesystem\/remove-recursive$/, from: /(\$\{\w{1,64})(?=\}\/)/, to: ':?', title: sentence('Stop when the variable is empty') },
  { rule: /^filesystem\/remove-recursive$/, from: /(\$)(\w{1,64})(?=["']?\/)/, to: '{$2:?}', title: sentence('Stop when the variable is empty') },
  { rule: /^(?:cloudformation-file\/(?:deletion|replace)-policy-delete|kubernetes-file\/(?:reclaim-delete|claims-deleted))$/, from: /(:\s{0,8}["']?)Delete(?=["']?$)/, to: 'Retain', title: sentence('Keep the data: Retain') },
  { rule: /^(?:terraform-file\/(?:prevent-destroy-off|deletion-protection-off|backups-off)|cloudformation-file\/deletion-protection-off)$/, from: /([=:]\s{0,32}["']?)false(?=["']?$)/, to: 'true', title: sentence('Leave the protection on') },
  { rule: /^terraform-file\/(?:force-destroy|no-final-snapshot)$/, from: /([=:]\s{0,32}["']?)true(?=["']?$)/, to: 'false', title: sentence('Leave the protection on') },
];

/** The safer form of what a finding is about, where there is an exact one. */
export function fixFor(finding: Finding, text: string): Fix | undefined {
  const { start, end } = finding.span;
  const place = text.slice(start, end);
  for (const { rule, from, to, title } of REWRITES) {
    const match = rule.test(finding.rule) ? from.exec(place) : null;
    if (!match) continue;
    const [all, before = '', second = ''] = match;
    const at = start + match.index;
    // An option that goes takes the blank before it along.
    if (to === '') return { title, span: { start: at, end: at + all.length }, text: '' };
    return { title, span: { start: at + before.length, end: at + all.length }, text: to.replace('$2', second) };
  }
  return undefined;
}
