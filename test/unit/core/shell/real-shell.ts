import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HOLE } from '../../../../src/core/shell/program.js';
import { parseShell } from '../../../../src/core/shell/shell.js';
import type { ShellName } from '../../../../src/core/assess/assessment.js';

/** By the program's number, which of `rmx0` … `rmx9` it really ran in a shell whose PATH is empty. */
export type Ran = ReadonlyMap<number, ReadonlySet<string>>;

/** How to run many programs in one process of a real shell, with functions `rmx0` … `rmx9` that tell that they were called. */
export interface Driver {
  readonly shell: 'fish' | 'zsh';
  readonly options: readonly string[];
  /** The text that runs `0.txt`, `1.txt` … of a folder by these numbers. */
  readonly text: (numbers: readonly number[], folder: string, log: string) => string;
}

/** A program may bring its shell down, and must not take many others with it. */
const TOGETHER = 20;

/** Where the shell is installed; undefined when it is not. */
export function shellPath(shell: Driver['shell']): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, shell);
    if (spawnSync(file, ['-c', 'true']).status === 0) return file;
  }
  return undefined;
}

/** Runs programs in the real shell. */
export function ranIn(file: string, driver: Driver, programs: readonly string[]): Ran {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-shell-'));
  try {
    programs.forEach((text, at) => writeFileSync(path.join(folder, `${at}.txt`), text));
    const log = path.join(folder, 'log');
    writeFileSync(log, '');
    for (let first = 0; first < programs.length; first += TOGETHER) {
      const numbers = programs.slice(first, first + TOGETHER).map((_, at) => first + at);
      writeFileSync(path.join(folder, 'driver'), driver.text(numbers, folder, log));
      spawnSync(file, [...driver.options, path.join(folder, 'driver')], { cwd: folder, env: { HOME: folder, PATH: '/nonexistent', LC_ALL: 'C.UTF-8' }, input: '', timeout: 3_000, killSignal: 'SIGKILL' });
    }
    const ran = new Map<number, Set<string>>();
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      const [number, name] = line.split(' ');
      if (name !== undefined) ran.set(Number(number), (ran.get(Number(number)) ?? new Set()).add(name));
    }
    return ran;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How the reader answers for a program that ran these: it saw them, it said often enough that it could not know, or neither. */
export function seen(text: string, shell: ShellName, names: Iterable<string>): 'seen' | 'unknown' | 'missed' {
  const { invocations } = parseShell(text, shell, { cwd: '/work', home: '/home/ada', env: () => undefined });
  const programs = new Set(invocations.map(({ program }) => program));
  const missing = [...names].filter((name) => !programs.has(name));
  if (missing.length === 0) return 'seen';
  const open = invocations.filter(({ program, name }) => program === '' || program.endsWith('-text') || name.text.includes(HOLE));
  return missing.length <= new Set(open.map(({ span }) => span.start)).size ? 'unknown' : 'missed';
}

export const FISH: Driver = {
  shell: 'fish',
  options: ['--no-config'],
  text: (numbers, folder, log) => `for each in rmx0 rmx1 rmx2 rmx3 rmx4 rmx5 rmx6 rmx7 rmx8 rmx9
  function $each -V each; builtin echo $number $each >>${log}; end
end
for each in ${numbers.join(' ')}
  set -g number $each
  source ${folder}/$each.txt >/dev/null 2>/dev/null </dev/null
end
`,
};

export const ZSH: Driver = {
  shell: 'zsh',
  options: ['-f'],
  text: (numbers, folder, log) => `for each in rmx{0..9}; do functions[$each]="builtin print -r -- \\$number $each >>${log}"; done
for each in ${numbers.join(' ')}; do
  number=$each
  builtin source ${folder}/$each.txt >/dev/null 2>/dev/null </dev/null
done
`,
};
