/**
 * What to call repositories beside each other: each by the last part of its path, and by as many parts before that as it
 * takes to tell it from the others.
 *
 * @param roots different paths, with slashes as git writes them
 * @returns each path's name
 */
export function namesBeside(roots: readonly string[]): ReadonlyMap<string, string> {
  const paths = roots.map((root) => root.split('/').filter((part) => part !== ''));
  return new Map(roots.map((root, index) => [root, nameOf(paths[index] ?? [], paths)]));
}

function nameOf(own: readonly string[], all: readonly (readonly string[])[]): string {
  const tails = own.map((_, start) => own.slice(start).join('/')).reverse();
  const isAlone = (tail: string): boolean => all.filter((other) => `/${other.join('/')}`.endsWith(`/${tail}`)).length === 1;
  return tails.find(isAlone) ?? `/${own.join('/')}`;
}
