/** What a database client's own command does on this machine. */
export interface CommandEffects {
  /** Command lines for a shell. */
  readonly shell: readonly string[];
  /** Another file of statements. */
  readonly include: string | undefined;
}

const SHELL = /^(?:\\!|!{1,2}|\.(?:shell|system)\b|(?:system|host)\b)\s*([\s\S]+)$/i;
/** psql: `\g |cmd`, `\o |cmd`, `\w |cmd`, `\copy … program 'cmd'`, and whatever stands in back quotes. */
const PIPE = /^\\(?:g|gx|o|out|w|write|p)\b[^|\n]{0,200}\|\s*(.+)$/;
const COPY = /^\\copy\b.*\b(?:from|to)\s+program\s+'((?:[^']|''){1,4000})'/i;
const BACK_QUOTED = /`([^`\n]{1,4000})`/g;
const INCLUDE = /^(?:(?:\\ir?|\\include(?:_relative)?|\.read|source|:r)\s+|@{1,2})(\S+)/i;

/** `\! rm -rf x` and `.shell rm` run a shell, `\i file` and `source file` read another file. */
export function commandEffects(line: string): CommandEffects {
  const command = line.trim();
  const direct = SHELL.exec(command)?.[1];
  const shell = direct !== undefined ? [direct] : [PIPE.exec(command)?.[1], COPY.exec(command)?.[1]?.replaceAll("''", "'"), ...(command.startsWith('\\') ? [...command.matchAll(BACK_QUOTED)].map((match) => match[1]) : [])].filter((text) => text !== undefined);
  return { shell, include: INCLUDE.exec(command)?.[1]?.replace(/^['"]|['"]$/g, '') };
}
