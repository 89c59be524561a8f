import type { Invocation } from './program.js';

/** Commands of `countersign` by which a person says something to the others in their own name. */
const PERSONAL: readonly (readonly string[])[] = [['approve'], ['deny'], ['reviewed'], ['break-glass'], ['rules', 'accept']];

/** Whether the words behind `countersign` are one of these. */
export function isPersonal(words: readonly string[]): boolean {
  return PERSONAL.some((personal) => personal.every((word, at) => words[at] === word));
}

/**
 * The first of these calls that would speak in a person's name: one of `countersign`'s own, or a signature by stock tools
 * in a namespace of ours. It is for people alone, whoever's session an assistant runs in.
 */
export function speaksForPerson(invocations: readonly Invocation[]): string | undefined {
  return invocations.find(({ program, args }) => {
    const words = args.map(({ text }) => text);
    if (program === 'ssh-keygen') return words.some((word) => /^(?:-Y)?sign$/.test(word)) && words.some((word) => /^(?:-n)?countersign-/.test(word));
    // The command line comes with the extension, and Node runs it by its path.
    const script = words.findIndex((word) => word.endsWith('/cli.js') && word.includes('countersign'));
    return (program === 'countersign' && mayBePersonal(words)) || (script >= 0 && mayBePersonal(words.slice(script + 1)));
  })?.program;
}

/** An option before the command may have the next word for its value, or not: in doubt it is one of these. */
function mayBePersonal(words: readonly string[]): boolean {
  for (let at = 0; at < words.length; at += 1) {
    if (isPersonal(words.slice(at).filter((word) => !word.startsWith('-')))) return true;
    if (!words[at]?.startsWith('-') && !words[at - 1]?.startsWith('-')) return false;
  }
  return false;
}
