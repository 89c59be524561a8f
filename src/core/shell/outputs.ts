import { trimEnd } from './paths.js';
import { HOLE, isKnown } from './program.js';
import type { Word } from './program.js';
import type { Scope } from './scope.js';

type Output = (args: readonly string[], stdin: string | undefined, scope: Scope) => string;

/** Programs whose output follows from their arguments alone, so that what they feed to a shell can be read. */
const OUTPUTS: ReadonlyMap<string, Output> = new Map<string, Output>([
  ['echo', echo],
  ['printf', printf],
  ['print', (args) => `${args.filter((arg) => !arg.startsWith('-')).join(' ')}\n`],
  ['cat', (args, stdin) => (args.every((arg) => arg === '-') ? (stdin ?? HOLE) : HOLE)],
  ['tee', (_args, stdin) => stdin ?? HOLE],
  ['base64', base64],
  ['xxd', (args, stdin) => (args.some((arg) => /^-\w*r/.test(arg)) ? decode(stdin, 'hex') : HOLE)],
  ['rev', (_args, stdin) => mapLines(stdin, (line) => Array.from(line).reverse().join(''))],
  ['tr', tr],
  ['true', () => ''],
  [':', () => ''],
  ['false', () => ''],
  ['pwd', (_args, _stdin, scope) => `${scope.cwd}\n`],
  ['mktemp', (args) => (args.some((arg) => /^(-p|--tmpdir)/.test(arg)) ? HOLE : `/tmp/tmp.${HOLE}\n`)],
  ['which', named],
  ['type', named],
  ['basename', basename],
  ['dirname', dirname],
  ['find', (args) => `${args[0] === undefined || args[0].startsWith('-') ? '.' : args[0].replace(/\/$/, '')}/${HOLE}\n`],
  ['seq', () => HOLE],
  // What these print sets up a shell (`eval "$(ssh-agent -s)"`) and runs nothing.
  ...'ssh-agent gpg-agent keychain direnv starship zoxide dircolors fnm thefuck opam luarocks lesspipe resize tset mcfly atuin vivid'.split(' ').map((name): [string, Output] => [name, nothing]),
  ...'brew rbenv pyenv nodenv jenv goenv plenv mise asdf rustup conda micromamba minikube docker-machine podman-machine pip npm yarn pnpm kubectl helm gh glab op register-python-argcomplete'.split(' ').map((name): [string, Output] => [name, setUp]),
]);

function nothing(): string {
  return '';
}

/** `brew shellenv`, `pyenv init -`, `kubectl completion bash`: a sub-command that prints settings. */
function setUp(args: readonly string[]): string {
  return args.some((text) => /^(shellenv|init|hook|activate|env|docker-env|podman-env|completions?|signin|shell|shell\.(bash|zsh|posix|fish)\w*|hook-env)$/.test(text)) ? '' : HOLE;
}

/** What a program prints that is given the words from an index on, with {@link HOLE} where that cannot be known. */
export function outputOf(program: string, words: readonly Word[], from: number, stdin: string | undefined, scope: Scope): string {
  const output = OUTPUTS.get(program);
  return output ? output(words.slice(from).map((word) => word.text), stdin, scope) : HOLE;
}

function echo(args: readonly string[]): string {
  let flags = '';
  let start = 0;
  while (start < args.length && /^-[neE]+$/.test(args[start] ?? '')) flags += args[start++] ?? '';
  const text = args.slice(start).join(' ');
  return (flags.includes('e') ? unescape(text) : text) + (flags.includes('n') ? '' : '\n');
}

function printf(args: readonly string[]): string {
  const [format = '', ...rest] = args[0] === '--' ? args.slice(1) : args;
  if (format === '-v') return '';
  if (rest.length > 256) return HOLE;
  let output = '';
  const values = [...rest];
  do {
    const before = values.length;
    output += unescape(format).replace(/%(?:[-+ #0]*\d*(?:\.\d+)?)([sbdqcixX%])/g, (_all, kind: string) => {
      if (kind === '%') return '%';
      const value = values.shift() ?? '';
      return kind === 'b' ? unescape(value) : kind === 'c' ? value.slice(0, 1) : value;
    });
    if (values.length === before) break;
  } while (values.length > 0);
  return output;
}

/** Backslash escapes as `printf` and `echo -e` read them. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|0?([0-7]{1,3})|(.))/gs, (_all, hex?: string, unicode?: string, octal?: string, char?: string) => {
    if (hex !== undefined || unicode !== undefined) return String.fromCharCode(parseInt(hex ?? unicode ?? '', 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
    return ESCAPES[char ?? ''] ?? char ?? '';
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', c: '' };

function base64(args: readonly string[], stdin: string | undefined): string {
  const decoding = args.some((arg) => /^(-[a-zA-Z]*[dD]|--d\w*)$/.test(arg));
  if (!decoding || args.some((arg) => !arg.startsWith('-'))) return HOLE;
  return decode(stdin, 'base64');
}

function decode(text: string | undefined, encoding: 'base64' | 'hex'): string {
  if (text === undefined || !isKnown(text)) return HOLE;
  return Buffer.from(text.replace(/\s+/g, ''), encoding).toString('utf8');
}

function mapLines(text: string | undefined, change: (line: string) => string): string {
  if (text === undefined || !isKnown(text)) return HOLE;
  return text.split('\n').map(change).join('\n');
}

function tr(args: readonly string[], stdin: string | undefined): string {
  if (stdin === undefined || !isKnown(stdin)) return HOLE;
  if (args[0] === '-d') {
    const drop = setOf(args[1] ?? '');
    return drop === undefined ? HOLE : Array.from(stdin).filter((char) => !drop.includes(char)).join('');
  }
  const from = setOf(args[0] ?? '');
  const to = setOf(args[1] ?? '');
  if (from === undefined || to === undefined || to === '') return HOLE;
  return Array.from(stdin).map((char) => (from.includes(char) ? to[Math.min(from.indexOf(char), to.length - 1)] : char)).join('');
}

/** The characters of a `tr` set: literals and simple ranges. */
function setOf(text: string): string | undefined {
  if (text.includes('[') || text.startsWith('-')) return undefined;
  return unescape(text).replace(/(.)-(.)/gs, (_all, from: string, to: string) => {
    const first = from.charCodeAt(0);
    const count = Math.max(0, Math.min(to.charCodeAt(0) - first + 1, 256));
    return Array.from({ length: count }, (_, i) => String.fromCharCode(first + i)).join('');
  });
}

function named(args: readonly string[]): string {
  const [name] = args.filter((arg) => !arg.startsWith('-'));
  return name === undefined ? HOLE : `${name}\n`;
}

function basename([path = HOLE, suffix = '']: readonly string[]): string {
  const clean = trimEnd(path, '/');
  const name = clean.slice(clean.lastIndexOf('/') + 1);
  return `${suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`;
}

function dirname([path = HOLE]: readonly string[]): string {
  const slash = trimEnd(path, '/').lastIndexOf('/');
  return `${slash < 0 ? (path.includes(HOLE) ? HOLE : '.') : path.slice(0, slash) || '/'}\n`;
}
