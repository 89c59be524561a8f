import type { Assessment } from '../../../src/core/assess/assessment.js';
import type { Row } from './rows.js';

/** Why we and a label differ: the first predicate that holds gives the reason. */
interface Reason {
  readonly text: string;
  readonly holds: (row: Row, assessment: Assessment) => boolean;
}

const says = (pattern: RegExp) => (row: Row): boolean => pattern.test(row.command);

/** Labelled destructive, and not flagged by us. */
const MISSED: readonly Reason[] = [
  { text: 'label wrong: a listing or printing option, nothing is changed', holds: says(/^\s*(sudo\s+)?\S*(fdisk|parted|gdisk|diskutil)\s+.*(\s-[lsdg]\b|\s(print|--help|list)\b)|^\s*(sudo\s+)?(blockdev|cryptsetup|mdadm)\s+(--get\w+|--report|luksDump|isLuks|status|--detail|--examine)\b|^\s*(sudo\s+)?\S*(fdisk|gdisk)\s+-[lsdg]\b/) },
  { text: 'label wrong: a rehearsal, or help', holds: says(/\s(-\w*n\w*f|--dry-run|--help|-h)\b/) },
  { text: 'label wrong: the words are data here (a comment, a name to look up, code of another language)', holds: says(/^\s*command\s+-\w*[vV]|-c\s+["']\s*--|^\s*(node|python[\d.]*|ruby)\s+(-e|-c|--eval)[= ]["']?rm /) },
  { text: 'label wrong: there is no such command', holds: says(/^\s*(G[Ii][Tt]\s+P|\d\w*=|git\s+push\s+(master|main)\s*$)/) },
  { text: 'policy differs: writes a file of the project, which git can bring back', holds: says(/^\s*(echo|cat)\s[^|;&]*>\s*[\w.-]+\s*$/) },
  { text: 'policy differs: looks, also where looking tells much', holds: (row, { effect }) => effect === 'read' && /^\s*(dig|host|nslookup|find|cat|ls)\b/.test(row.command) },
  { text: 'policy differs: only temporary files', holds: says(/\/tmp\/|\$\{?TMPDIR/) },
  { text: 'policy differs: a sub-directory of the project, which git or a build can bring back', holds: says(/\brm\s+(-\S+\s+)+["']?(\.\/)?[\w.-]+\/?["']?(\s|$|;|&|\})/) },
  { text: 'policy differs: unstages, and loses nothing', holds: says(/^\s*git\s+(reset\s*$|restore\s+(--staged|-S)\b)/) },
  { text: 'policy differs: adds commits to a branch and overwrites none', holds: says(/^\s*git\s+push\s+(?!.*(-f|--force|--mirror|--delete|\s[+:]))/) },
  { text: 'policy differs: what is piped in is written here, and is harmless', holds: says(/^\s*(echo|printf)\s.*\|\s*(xargs|parallel)\b|alias\.\w+=!echo/) },
  { text: 'policy differs: changes, and destroys nothing', holds: (_row, { effect, findings }) => effect === 'write' && findings.some(({ severity }) => severity === 'low') },
];

/** Labelled safe, and flagged by us. */
const ALARMED: readonly Reason[] = [
  { text: 'policy differs: a function that is defined may be called by a later line', holds: says(/\w+\(\)\s*\{/) },
  { text: 'label wrong: says only that one pattern of the peer does not match; the command destroys all the same', holds: (row) => /^negative|should not match|\(even trivial/i.test(row.note ?? '') },
  { text: 'policy differs: a condition that is always true is no condition', holds: says(/where\s+(1\s*=\s*1|true)/i) },
  { text: 'policy differs: a directory of the project that no build makes again, so that an agent is warned', holds: says(/\brm\s+-\w*[rR]/) },
  { text: 'policy differs: moves a branch over what it was', holds: says(/\s-C\w/) },
  { text: 'policy differs: turns something off that others rely on', holds: says(/\b(disable|stop|pause|archive)\b/) },
];

/** One line that says why we differ from a label. */
export function reasonFor(row: Row, assessment: Assessment): string {
  const reasons = row.expected === 'destructive' ? MISSED : ALARMED;
  return reasons.find(({ holds }) => holds(row, assessment))?.text ?? (row.expected === 'destructive' ? 'our miss' : 'our false alarm');
}
