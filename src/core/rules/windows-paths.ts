import { sentence } from '../say.js';
import { groundOf } from './filesystem/paths.js';
import type { Ground } from './filesystem/paths.js';
import type { Context, Override } from './rule.js';
import type { Use } from './use.js';

/** A Windows path as the path rules read it: `C:\x` is `/c/x`. A shell in between may have eaten the backslash. */
export function unixPath(path: string): string {
  const plain = path.replace(/^(microsoft\.powershell\.core\\)?filesystem::/i, '').replace(/^\\\\[?.]\\/, '');
  return plain.replaceAll('\\', '/').replace(/^([A-Za-z]):(?:\/|(?=[\w.*]|$))/, (_all, drive: string) => `/${drive.toLowerCase()}/`);
}

/** On what ground a Windows path stands. */
export function windowsGround(path: string, use: Use, context: Context): Ground {
  const unix = unixPath(path);
  if (/^\/[a-z]\/?[*?]*(\.\*)?$|^\/[a-z]\/(windows|users|program files[^/]*|programdata|system volume information|boot|recovery)(\/[^/]*)?\/?$|^\/[a-z]\/windows\//i.test(unix)) return 'system';
  if (/^\/[a-z]\/(.*\/)?te?mp\/./i.test(unix)) return 'temporary';
  return groundOf({ text: unix, span: use.invocation.span, glob: true, quoted: false }, use.invocation.cwd, context);
}

/** What removing paths means: the worst of them decides. */
export function judgeRemoval(use: Use, paths: readonly string[], recursive: boolean, context: Context): Override | false {
  let worst: Override | false = false;
  for (const path of paths) {
    const judged = judgeOne(windowsGround(path, use, context), path, recursive);
    if (judged && (!worst || rank(judged) > rank(worst))) worst = judged;
  }
  return worst;
}

function judgeOne(ground: Ground, path: string, recursive: boolean): Override | false {
  const shown = path.replaceAll('\uFFFC', '…');
  const message = recursive ? sentence('Deletes {0} and everything below it.', shown) : sentence('Deletes {0}.', shown);
  switch (ground) {
    case 'temporary':
    case 'output':
      return false;
    case 'system':
    case 'home':
      return { severity: recursive ? 'critical' : 'high', message };
    case 'everything here':
      return { severity: recursive ? 'high' : 'medium', message };
    case 'unknown':
    case 'outside':
      return recursive && { severity: 'high', message };
    case 'source':
      return recursive && { severity: 'medium', message };
    case 'project':
      return recursive && { severity: 'low', effect: 'write', reversible: 'with-effort', message };
  }
}

function rank({ severity }: Override): number {
  return ['low', 'medium', 'high', 'critical'].indexOf(severity ?? 'high');
}
