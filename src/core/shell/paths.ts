import { HOLE } from './program.js';

/** Joins and normalises an absolute POSIX path without looking at any disk; a relative one hangs below `base`. */
export function resolvePath(base: string, path: string): string {
  if (path.startsWith(HOLE)) return path;
  const joined = path.startsWith('/') ? path : `${base}/${path}`;
  if (!joined.includes('/.') && !joined.includes('//') && !joined.endsWith('/')) return joined;
  const parts: string[] = [];
  for (const part of joined.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const absolute = joined.startsWith('/') ? '/' : '';
  return absolute + parts.join('/');
}

/** Whether `path` is `directory` or lies below it. Both are normalised absolute paths. */
export function isInside(directory: string, path: string): boolean {
  if (directory === '/') return true;
  return path === directory || (path.startsWith(directory) && path[directory.length] === '/');
}

/** A text without the given character at its end; a pattern would take quadratic time over a long run of it. */
export function trimEnd(text: string, char: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === char) end -= 1;
  return text.slice(0, end);
}

/** The directory part of a normalised absolute path. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}
