import type { Language } from '../languages/inline.js';
import { HOLE, isKnown } from '../shell/program.js';
import { resolvePath } from '../shell/paths.js';
import { standingOf } from './standing.js';
import type { Ground } from './standing.js';
import { sentence, type Sentence } from '../say.js';

/** Something that a variable makes programs run, load or obey before they do what they were told. */
export type Carried =
  /** A file that shells read. */
  | { readonly kind: 'shell file'; readonly path: string }
  /** A text that a shell gets. */
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string; readonly language: Language }
  | { readonly kind: 'code file'; readonly path: string; readonly language: Language; /** It runs only if it is there. */ readonly optional?: true }
  /** What it does cannot be read. */
  | { readonly kind: 'opaque'; readonly reason: Sentence };

type Reader = (value: string, ground: Ground, name: string) => readonly Carried[];

const NOTHING: readonly Carried[] = [];

/** Everything about one family of variables in one row: their names, and what a value of theirs carries. */
const FAMILIES: readonly (readonly [names: string, read: Reader])[] = [
  ['BASH_ENV COUNTERSIGN_BASH_ENV', shellFile],
  ['ZDOTDIR COUNTERSIGN_ZDOTDIR', (value, ground) => shellFile(`${value}/.zshenv`, ground)],
  ['ENV', (value, ground) => (value.includes('/') ? shellFile(value, ground) : NOTHING)],
  ['COUNTERSIGN_GATE', (value, ground) => shellFile(`${value}/guard.bash`, ground)],
  ['PS4', (value) => (/\$\(|`/.test(value) ? [{ kind: 'command', text: `: "${value.replaceAll('"', '\\"')}"` }] : NOTHING)],
  ['PROMPT_COMMAND', promptCommand],
  ['GIT_SSH_COMMAND GIT_EDITOR GIT_PAGER GIT_SEQUENCE_EDITOR GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND PAGER MANPAGER EDITOR VISUAL SUDO_EDITOR KUBE_EDITOR KUBECTL_EXTERNAL_DIFF PSQL_EDITOR PSQL_PAGER RSYNC_RSH CVS_RSH SVN_SSH LESSOPEN LESSCLOSE SYSTEMD_PAGER AWS_PAGER', command],
  ['GIT_SSH GIT_ASKPASS SSH_ASKPASS SUDO_ASKPASS BROWSER npm_config_script_shell', program],
  ['LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES CORECLR_PROFILER_PATH DOTNET_STARTUP_HOOKS', libraries],
  ['LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FRAMEWORK_PATH DYLD_FALLBACK_LIBRARY_PATH GCONV_PATH OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES GIT_EXEC_PATH GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM PSQLRC PYTHONHOME PHPRC MAKEFILES', searched],
  ['NODE_OPTIONS npm_config_node_options BUN_OPTIONS', nodeOptions],
  ['PYTHONSTARTUP', (value, ground) => codeFile(value, 'python', ground)],
  ['PYTHONPATH', pythonPath],
  ['RUBYOPT', rubyOptions],
  ['PERL5OPT', perlOptions],
  ['PERL5DB', (text) => [{ kind: 'code', text, language: 'perl' }]],
  ['LUA_INIT', (value, ground) => (value.startsWith('@') ? codeFile(value.slice(1), 'lua', ground) : [{ kind: 'code', text: value, language: 'lua' }])],
  ['JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS MAVEN_OPTS GRADLE_OPTS SBT_OPTS', javaOptions],
  ['MAKEFLAGS GNUMAKEFLAGS', (value, _ground, name) => (/(?:^|\s)(?:--eval|-\w*E|-\w*f|--file|--makefile|-\w*I|--include-dir)/.test(value) ? [{ kind: 'opaque', reason: sentence('{0} gives make rules of its own.', name) }] : NOTHING)],
  ['IFS', (value) => (value === ' \t\n' ? NOTHING : [{ kind: 'opaque', reason: sentence('IFS is not the usual one, so that words end in other places.') }])],
];

const READERS: ReadonlyMap<string, Reader> = new Map(FAMILIES.flatMap(([names, read]) => names.split(' ').map((name) => [name, read] as const)));

/** Variables that can carry code into programs which were told nothing about it. */
export const CARRYING: readonly string[] = [...READERS.keys()];

/** What a variable carries; nothing for an ordinary value. Never throws. */
export function carriedBy(name: string, value: string, ground: Ground): readonly Carried[] {
  return value === '' ? NOTHING : (READERS.get(name)?.(value, ground, name) ?? NOTHING);
}

function shellFile(value: string, ground: Ground): readonly Carried[] {
  // The shell expands the value, and runs what is substituted in it.
  if (/[$`]/.test(value)) return [{ kind: 'command', text: `. "${value.replaceAll('"', '\\"')}"` }];
  const path = pathOf(value, ground);
  return standingOf(path, ground) === 'own' || path.startsWith('/etc/') ? NOTHING : [{ kind: 'shell file', path }];
}

/** What the editor puts in front, and what a guarded bash makes of it for the shells that are started from it. */
export const PROMPT_LOADERS: readonly string[] = ['. "$COUNTERSIGN_GATE/guard.bash"', 'eval "${__countersign_rest-[[ ! -r $COUNTERSIGN_GATE/guard.bash ]] || . \\"$COUNTERSIGN_GATE/guard.bash\\"}"'];

/** Our own loader stands in front; where it looks is judged by itself. */
function promptCommand(value: string): readonly Carried[] {
  const loader = PROMPT_LOADERS.find((candidate) => value === candidate || value.startsWith(`${candidate}\n`));
  const text = value.slice(loader?.length ?? 0);
  return text.trim() === '' ? NOTHING : [{ kind: 'command', text }];
}

/** Programs that people show and edit texts with. */
const VIEWERS = new Set('less more most cat bat batcat delta col vi vim nvim nano emacs emacsclient code code-insiders codium cursor windsurf subl micro hx helix kak pico joe gedit kate ssh lesspipe lesspipe.sh lessfile open xdg-open gh true'.split(' '));

function command(text: string): readonly Carried[] {
  const [word = '', ...rest] = text.replace(/^[|\s-]+/, '').split(/\s+/);
  const name = word.slice(word.lastIndexOf('/') + 1);
  const plain = /^(?:\/(?:usr|bin|opt)\/[\w./+-]*|[\w.+-]+)$/.test(word) && !word.includes('..') && rest.every((part) => /^[\w./:=,%+-]*$/.test(part));
  return plain && VIEWERS.has(name) && !rest.some((part) => /command|^-o|^[-+]c|^-S/i.test(part)) ? NOTHING : [{ kind: 'command', text: text.replace(/^[|\s-]+/, '') }];
}

/** One path of a program, which no shell reads. */
function program(value: string, ground: Ground): readonly Carried[] {
  const path = value.includes('/') ? pathOf(value, ground) : value;
  if (path.startsWith('/') && standingOf(path, ground) === 'system') return NOTHING;
  return [{ kind: 'command', text: `'${path.replaceAll("'", "'\\''")}'` }];
}

/** Machine code that the loader puts into every program. A bare name is looked up among the system's libraries. */
function libraries(value: string, ground: Ground, name: string): readonly Carried[] {
  return value.split(/[\s:;]+/).flatMap((path): readonly Carried[] => {
    if (path === '' || (!path.includes('/') && isKnown(path))) return [];
    const standing = standingOf(pathOf(path, ground), ground);
    return standing === 'system' || standing === 'own' ? [] : [{ kind: 'opaque', reason: sentence('{0} loads {1} into every program, and what that does cannot be read.', name, path) }];
  });
}

function searched(value: string, ground: Ground, name: string): readonly Carried[] {
  const foreign = value.split(/[\s:;]+/).find((path) => path !== '' && path !== '/dev/null' && standingOf(path, ground) === 'foreign');
  return foreign === undefined ? NOTHING : [{ kind: 'opaque', reason: sentence('{0} makes programs obey what lies in {1}, which the operation could have put there.', name, foreign) }];
}

function codeFile(value: string, language: Language, ground: Ground, optional?: true): readonly Carried[] {
  const path = pathOf(value, ground);
  const standing = standingOf(path, ground);
  return standing === 'system' || standing === 'own' ? NOTHING : [{ kind: 'code file', path, language, ...(optional ? { optional } : {}) }];
}

const NODE_LOADS = /^(?:-r|--require|--import|--loader|--experimental-loader|--preload)(?:=([\s\S]*))?$/;
/** The debugger of VS Code, in whichever directory the editor keeps its extensions. */
const DEBUGGER = /\/extensions\/ms-vscode\.js-debug[^/]*\/src\/bootloader\.js$/;

function nodeOptions(value: string, ground: Ground): readonly Carried[] {
  const words = wordsOf(value);
  return words.flatMap((word, at): readonly Carried[] => {
    const option = NODE_LOADS.exec(word);
    if (!option) return [];
    const module = option[1] ?? words[at + 1] ?? '';
    const data = /^data:[\w/+.-]*(;base64)?,([\s\S]*)$/.exec(module);
    if (data) return [{ kind: 'code', text: data[1] === undefined ? decoded(data[2] ?? '') : fromBase64(data[2] ?? ''), language: 'javascript' }];
    const path = module.replace(/^file:\/\//, '');
    // A bare name is a package that the project depends on.
    if (isKnown(path) && !path.startsWith('.') && !path.startsWith('/')) return [];
    const file = pathOf(path, ground);
    return DEBUGGER.test(file) && standingOf(file, ground) !== 'foreign' ? [] : codeFile(file, 'javascript', ground);
  });
}

/** Node's own rules: blanks separate, double quotes hold together, a backslash in them escapes. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g)].map(([word]) => word.replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => inner.replace(/\\(.)/gs, '$1')));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return HOLE;
  }
}

function fromBase64(text: string): string {
  return Buffer.from(decoded(text), 'base64').toString('utf8');
}

/** Python runs these two by themselves, wherever it finds them first. */
function pythonPath(value: string, ground: Ground): readonly Carried[] {
  return value.split(':').flatMap((entry) => ['sitecustomize.py', 'usercustomize.py'].flatMap((name) => codeFile(entry === '' ? name : `${entry}/${name}`, 'python', ground, true)));
}

function rubyOptions(value: string, ground: Ground): readonly Carried[] {
  const words = value.split(/\s+/);
  return words.flatMap((word, at): readonly Carried[] => {
    const given = /^-?r(.*)$/.exec(word)?.[1];
    const name = given === '' ? (words[at + 1] ?? '') : given;
    if (name === undefined || (isKnown(name) && !/^[./]/.test(name))) return [];
    return codeFile(name.endsWith('.rb') ? name : `${name}.rb`, 'ruby', ground);
  });
}

/** Modules by name are ordinary; what follows a name is Perl. */
function perlOptions(value: string): readonly Carried[] {
  const words = value.split(/\s+/).filter((word) => word !== '');
  if (words.every((word) => /^-(?:[wWtTUDCd][\w:=,]*|I[\w./-]*|[mM]-?[\w:]+(?:=[\w:,./-]+)?)$/.test(word) || /^[\w./-]+$/.test(word))) return NOTHING;
  return [{ kind: 'opaque', reason: sentence('PERL5OPT gives every Perl program code of its own.') }, { kind: 'code', text: value.replace(/-[mM]/g, '\nuse '), language: 'perl' }];
}

function javaOptions(value: string, ground: Ground, name: string): readonly Carried[] {
  return wordsOf(value).flatMap((word): readonly Carried[] => {
    const hook = /^-XX:On(?:Error|OutOfMemoryError)=([\s\S]+)$/.exec(word)?.[1];
    if (hook !== undefined) return [{ kind: 'command', text: hook }];
    const loaded = /^(?:-javaagent:|-agentpath:|-Xbootclasspath[^:]*:|@)([^=]+)/.exec(word)?.[1];
    if (loaded === undefined || ['system', 'own'].includes(standingOf(pathOf(loaded, ground), ground))) return [];
    return [{ kind: 'opaque', reason: sentence('{0} loads {1} into every Java program, and what that does cannot be read.', name, loaded) }];
  });
}

function pathOf(value: string, { cwd, home }: Ground): string {
  if (!isKnown(value)) return value;
  return resolvePath(cwd, value.startsWith('~/') ? home + value.slice(1) : value);
}

