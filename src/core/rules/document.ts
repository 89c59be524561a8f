import { RULES } from './index.js';
import type { Rule } from './rule.js';

/** Where the project lives; package.json says the same. */
export const HOMEPAGE = 'https://github.com/countersign/countersign';
const PAGE = 'docs/rules.md';
/** Where rules are explained that only speak about files. */
const FILES = 'what-files-say';
const MOST_EXAMPLES = 3;

const KNOWN: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));

/** The page that explains a rule. */
export function rulePage(id: string): string {
  return `${HOMEPAGE}/blob/main/${PAGE}#${KNOWN.has(id) ? anchorOf(id) : FILES}`;
}

/** A heading's anchor: letters, digits and hyphens are left. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^a-z0-9 _-]/g, '').replaceAll(' ', '-');
}

/** The page of all rules over commands and statements, as Markdown. */
export function rulesDocument(): string {
  const byId = new Map<string, Rule[]>();
  for (const rule of RULES) byId.set(rule.id, [...(byId.get(rule.id) ?? []), rule]);
  const sections = [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, rules]) => [`### ${id}`, ...rules.map(sectionOf)].join('\n\n'));
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}

function sectionOf({ title, severity, reversible, safer, examples }: Rule): string {
  const undone = { yes: 'can be undone', 'with-effort': 'can be undone with effort', no: 'cannot be undone' }[reversible];
  const shown = examples.flagged.filter((example) => !example.includes('\n')).slice(0, MOST_EXAMPLES);
  return [`${title}. Severity: ${severity}; ${undone}.${safer === undefined ? '' : ` Safer: ${safer.replace(/\.$/, '')}.`}`, ...(shown.length > 0 ? [['```', ...shown, '```'].join('\n')] : [])].join('\n\n');
}

const HEAD = `# Rules

What Countersign warns of in files, and weighs when it holds commands. This page is made from the rules themselves. Severity and words of a finding may differ where the place decides: \`rm -rf build\` is not \`rm -rf /\`.

To silence a warning where it stands, put a comment above it that names the rule and the reason, in the file's own syntax:

\`\`\`sh
# countersign-ignore filesystem/remove-recursive: the cache is made anew every night
\`\`\`

Without a reason it silences nothing. It only changes what is shown: what is about to run is held as before. An assistant's edit that adds such a comment is reported as a weakened protection.

## What files say

Terraform, Kubernetes, CloudFormation, migrations and infrastructure in code speak for themselves: a protection that is switched off, data that goes with its owner, a table or column that is dropped. Their rules are named after the kind of file (\`terraform-file/…\`, \`kubernetes-file/…\`, \`cloudformation-file/…\`, \`migration/…\`, \`file/…\`), and each message says what would happen.

## What commands and statements do`;
