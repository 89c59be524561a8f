import { readText } from '../languages/material.js';
import type { World } from '../world.js';

/** One section of an INI file (AWS, gcloud, Azure, PostgreSQL services, Ansible): its settings, the last of each. */
export function sectionOf(text: string, name: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of text.split('\n')) {
    const head = /^\s*\[([^\]]{1,200})\]/.exec(line)?.[1]?.trim();
    if (head !== undefined) inside = head === name;
    else if (inside && !/^\s*[#;]/.test(line)) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals).trim(), line.slice(equals + 1).trim());
    }
  }
  return values;
}

/** The text of a tool's own file, if there is one. */
export function textAt(path: string, world: World): string | undefined {
  const read = readText(path, world);
  return 'text' in read ? read.text : undefined;
}

/** The first line of a tool's own file. */
export function lineAt(path: string, world: World): string | undefined {
  const line = textAt(path, world)?.trim();
  return line === '' ? undefined : line;
}

/** A JSON file of a tool, or undefined when there is none that can be read. */
export function jsonAt(path: string, world: World): unknown {
  const text = textAt(path, world);
  // A failed parse costs more than all the rest of an assessment.
  if (text === undefined) return undefined;
  try {
    // Some tools write a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}

/** What a value that was read from JSON or YAML says at a path. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) at = typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
  return at;
}

export function stringAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = field(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** A path as people write it: `~/.kube/config`. */
export function shownPath(path: string, home: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
