import type { Language } from './inline.js';
import type { Span } from '../assess/assessment.js';
import type { Piece } from './material.js';
import { splitTop } from './brackets.js';
import { mask, type Masked } from './mask.js';
import { HOLE } from '../shell/program.js';
import { sentence, type Sentence } from '../say.js';

/** What a known call of a language does with its arguments. */
export type Meaning =
  /** The first argument is a shell text, or a list of arguments, or the program before its arguments. */
  | 'runs'
  /** A program and, in the second argument or the further ones, its arguments. */
  | 'spawns'
  | 'removes tree'
  | 'removes file'
  | 'queries'
  | 'evaluates';

interface Pattern {
  readonly languages: readonly Language[];
  /** The call up to its opening bracket. */
  readonly call: RegExp;
  readonly meaning: Meaning;
  /** What the call can be named; `*` stands for more letters. */
  readonly names?: readonly string[];
}

/** Calls by their names alone, right before the bracket. */
function named(languages: readonly Language[], meaning: Meaning, names: readonly string[], before = '\\b'): Pattern {
  const any = names.map((name) => name.replace(/[.$]/g, '\\$&').replace('*', '\\w*')).join('|');
  return { languages, meaning, names, call: new RegExp(`${before}(?:${any})\\s*\\(`, 'g') };
}

/** Those of JavaScript are names, every one, so that code without any of them need not be read. */
export const PATTERNS: readonly Pattern[] = [
  { languages: ['python'], meaning: 'runs', call: /\b(?:system|popen|getoutput|getstatusoutput|subprocess\.\w+|check_call|check_output|Popen|call|run|spawn[lv]p?e?|exec[lv]p?e?|create_subprocess_shell|create_subprocess_exec)\s*\(/g },
  { languages: ['python'], meaning: 'removes tree', call: /\b(?:rmtree|removedirs|remove_tree)\s*\(/g },
  { languages: ['python'], meaning: 'removes file', call: /\bos\.(?:remove|unlink|rmdir|truncate)\s*\(/g },
  named(['javascript'], 'runs', ['exec', 'execSync', 'execAsync', 'execaCommand', 'execaCommandSync']),
  named(['javascript'], 'spawns', ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'execa', 'execaSync', 'fork', 'Command']),
  named(['javascript'], 'removes tree', ['rmSync', 'rm', 'rimraf', 'rimrafSync', 'removeSync', 'emptyDirSync', 'emptyDir', 'rmdirSync', 'rmdir', 'deleteAsync', 'deleteSync', 'trash', 'Deno.remove', 'Deno.removeSync']),
  named(['javascript'], 'removes file', ['unlinkSync', 'unlink', 'truncateSync']),
  { languages: ['ruby'], meaning: 'runs', call: /\b(?:system|exec|spawn|popen|popen3|capture2e?|capture3|pipeline|__command__|sh)\s*(?:\(|(?=\uE000))/g },
  { languages: ['ruby'], meaning: 'removes tree', call: /\b(?:rm_rf|rm_r|remove_dir|remove_entry|remove_entry_secure|rmtree|rm_f|safe_unlink)\s*(?:\(|(?=[\uE000[A-Z]))/g },
  { languages: ['ruby'], meaning: 'removes file', call: /\b(?:File|Dir|IO)\.(?:delete|unlink|rmdir|truncate)\s*(?:\(|(?=\uE000))/g },
  { languages: ['perl'], meaning: 'runs', call: /\b(?:system|exec|popen|__command__|readpipe)\s*(?:\(|(?=[\uE000$@]))/g },
  { languages: ['perl'], meaning: 'removes tree', call: /\b(?:rmtree|remove_tree)\s*(?:\(|(?=[\uE000$@]))/g },
  { languages: ['perl'], meaning: 'removes file', call: /\b(?:unlink|rmdir|truncate)\s*(?:glob\s*)?(?:\(|(?=[\uE000$@<]))/g },
  { languages: ['php'], meaning: 'runs', call: /\b(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|__command__)\s*\(/g },
  { languages: ['php'], meaning: 'removes file', call: /\b(?:unlink|rmdir|ftruncate)\s*\(/g },
  { languages: ['awk'], meaning: 'runs', call: /\bsystem\s*\(/g },
  { languages: ['lua'], meaning: 'runs', call: /\b(?:os\.execute|io\.popen)\s*\(/g },
  { languages: ['lua'], meaning: 'removes file', call: /\bos\.remove\s*\(/g },
  { languages: ['applescript'], meaning: 'runs', call: /\bdo shell script\s+(?=\uE000)/g },
  named(['python', 'javascript', 'ruby', 'php', 'perl'], 'queries', ['execute', 'executemany', 'executescript', 'query', 'raw', 'exec', 'unsafe', '$executeRaw*', '$queryRaw*', 'exec_query', 'do', 'prepare'], '[.>]'),
  named(['python', 'javascript', 'ruby', 'php', 'perl'], 'evaluates', ['eval', 'exec', 'Function', 'instance_eval', 'class_eval'], '(?<![.\\w])'),
];

/** Methods of clients whose names say it all: `terminate_instances`, `deleteBucket`, `dropDatabase`. */
const CLIENT_METHOD = '(?:batch_?)?(?:delete|terminate|purge|destroy|drop|wipe|deregister|flush|clear|truncate|remove|cancel|revoke)(?:_[a-z]\\w*|[A-Z]\\w*|all|db)';
const CLIENT_CALL = new RegExp(`\\.(${CLIENT_METHOD})\\s*\\(`, 'g');
export const IS_CLIENT_METHOD = new RegExp(`^${CLIENT_METHOD}$`);
/** What object-relational mappers call the deletion of every row that was chosen. */
const ORM_CALLS: Readonly<Partial<Record<Language, RegExp>>> = {
  python: /\.(?:all|filter|exclude|filter_by|where|query)\([^()]{0,200}\)\s*\.(?:_raw_)?delete\(\s*(?:synchronize_session\s*=\s*\w+\s*)?\)/g,
  ruby: /\.(?:delete|destroy|truncate)_all\b(?!\s*[(?])/g,
  php: /::truncate\(\s*\)|->truncate\(\s*\)/g,
};
/** Look like the above, and only touch memory. */
const HARMLESS = /^(deletedAt|clearTimeout|clearInterval|clearImmediate|clearMocks?|clearAllMocks|clearCache|flushPromises|flushHeaders|flushSync|removeEventListener|removeListener|removeAllListeners|removeChild|removeItem|removeAttribute|removeClass|removeprefix|removesuffix|remove_prefix|remove_suffix|deleteProperty|dropWhile|dropRight|drop_duplicates|dropna|drop_while|truncate_text|clear_output|clear_session|clearRect|clearColor|cancelAnimationFrame|deleteRow|deleteCell|removeCallback|clearLine|clearScreenDown|removeSync)$/;

interface CodeScan {
  readonly pieces: readonly Piece[];
  readonly unknown: readonly Sentence[];
}

/** The well-known ways in which code of a language runs commands or deletes things, found among literal calls only. */
export function scanCode(source: string, language: Language, file: string | undefined): CodeScan {
  return scanMasked(mask(source, language), language, file);
}

/** What can be called: by one of the names, as a method of a client, or as a command in a template of zx. */
export type CallKind = Meaning | 'client method' | 'template';

/**
 * The same for code that is masked already.
 *
 * @param kinds what it could hold; without it anything
 */
export function scanMasked(masked: Masked, language: Language, file: string | undefined, kinds?: ReadonlySet<CallKind>, depth = 0): CodeScan {
  const pieces: Piece[] = [];
  const unknown: Sentence[] = [];
  const value = (expression: string): string => masked.value(expression.replace(/^\w+\s*=\s*(?=\uE000)/, ''));
  /** Only a file has places to show; inline code stands in the middle of a command. */
  const place = (start: number, end: number): { at: Span } | undefined => (file === undefined || depth > 0 ? undefined : { at: { start: masked.sourceAt(receiverStart(masked.code, start)), end: masked.sourceAt(end) } });
  const mayHold = (kind: CallKind): boolean => kinds?.has(kind) ?? true;
  for (const { languages, call, meaning } of PATTERNS) {
    if (!languages.includes(language) || !mayHold(meaning)) continue;
    for (const match of masked.code.matchAll(call)) {
      const name = match[0].replace(/\s*\($/, '').trim();
      const after = match.index + match[0].length;
      const bracket = match[0].endsWith('(');
      const inside = bracket ? masked.brackets.inside(after) : (/^[^;\n}]*/.exec(masked.code.slice(after, after + 512))?.[0] ?? '').replace(/\s+(or|and|if|unless)\s[\s\S]*$/, '');
      const args = splitTop(inside);
      const [first = ''] = args;
      const at = place(match.index, Math.min(bracket ? masked.brackets.endOf(after) + 1 : after + inside.length, masked.code.length));
      const add = (argv: readonly string[], via: string): void => void pieces.push({ kind: 'call', argv, file, via, ...at });
      if (/\b(def|function|sub)\s+$/.test(masked.code.slice(Math.max(0, match.index - 12), match.index))) continue;
      switch (meaning) {
        case 'runs':
        case 'spawns':
          runs(args, meaning, language, name, value, (piece) => void pieces.push({ ...piece, ...at }), file);
          break;
        case 'removes tree': {
          if (language === 'javascript' && /^(rmdir|rmdirSync|rm|rmSync)$/.test(name) && !/recursive\s*:\s*(true|1)/.test(inside)) {
            if (/^(rm|rmSync)$/.test(name)) add(['rm', value(first)], name);
            break;
          }
          for (const item of first.startsWith('[') ? splitTop(first.slice(1, -1)) : [first]) if (item !== '') add(['rm', '-rf', value(item)], name);
          break;
        }
        case 'removes file':
          for (const item of args) add([name.endsWith('rmdir') ? 'rmdir' : 'rm', value(item)], name.replace(/\s+glob$/, ''));
          break;
        case 'queries': {
          const text = value(first.replace(/^(?:text|sql\.raw|sql)\(\s*([\s\S]*)\)$/, '$1'));
          if (/^\s*(\/\*|--|drop|delete|truncate|update|alter|insert|create|grant|revoke|with|begin|merge|exec)/i.test(text)) pieces.push({ kind: 'sql', text, dialect: 'other', file, ...at });
          break;
        }
        case 'evaluates': {
          const text = value(first);
          if (text.includes(HOLE)) unknown.push(sentence('The {0} code is computed before it runs.', language));
          else if (depth < 4 && text !== '') {
            const inner = scanMasked(mask(text, language), language, file, undefined, depth + 1);
            pieces.push(...inner.pieces.map((piece) => ({ ...piece, ...at })));
            unknown.push(...inner.unknown);
          }
        }
      }
    }
  }
  for (const match of mayHold('client method') ? masked.code.matchAll(CLIENT_CALL) : []) {
    const [all, method = ''] = match;
    if (HARMLESS.test(method)) continue;
    const open = match.index + all.length;
    pieces.push({ kind: 'call', argv: ['api-client', method.replace(/([a-z])([A-Z])/g, '$1-$2').replaceAll('_', '-').toLowerCase()], file, via: `${language} code`, ...place(match.index, Math.min(masked.brackets.endOf(open) + 1, masked.code.length)) });
  }
  for (const match of ORM_CALLS[language] === undefined ? [] : masked.code.matchAll(ORM_CALLS[language])) pieces.push({ kind: 'call', argv: ['api-client', 'delete-all'], file, via: `${language} code`, ...place(match.index, match.index + match[0].length) });
  if (language === 'python') for (const match of masked.code.matchAll(/Path\(\s*([^()]*)\)\s*\.\s*(unlink|rmdir)\s*\(/g)) pieces.push({ kind: 'call', argv: ['rm', value(match[1] ?? '')], file, via: 'Path.unlink', ...place(match.index, match.index + match[0].length) });
  if (language === 'javascript' && mayHold('template')) for (const match of masked.code.matchAll(/(?<![\w$])\$\s*(\uE000\d+\uE001)/g)) pieces.push({ kind: 'shell', text: value(match[1] ?? ''), args: [], file, via: '$`…`', ...place(match.index, match.index + match[0].length) });
  if (language === 'awk') for (const match of masked.code.matchAll(/(?:\|\s*|^|[;{]\s*)(\uE000\d+\uE001)\s*(?:\|\s*getline|(?=[;}\n]|$))/g)) pieces.push({ kind: 'shell', text: value(match[1] ?? ''), args: [], file, via: 'awk pipe', ...place(match.index, match.index + match[0].length) });
  return { pieces, unknown };
}

/** Where the name that a call begins with starts: `os` of `os.system(…)`, when the call was found at `system`. */
export function receiverStart(code: string, from: number): number {
  let start = from;
  while (start > 0 && from - start < 128 && /[\w.$:>-]/.test(code.charAt(start - 1))) start -= 1;
  while (start < from && !/[\w$]/.test(code.charAt(start))) start += 1;
  return start;
}

function runs(args: readonly string[], meaning: 'runs' | 'spawns', language: Language, name: string, value: (expression: string) => string, add: (piece: Piece) => void, file: string | undefined): void {
  const [first = '', second = '', ...rest] = args;
  const via = `${language} ${name}`;
  const list = (text: string): readonly string[] => splitTop(text.trim().slice(1, -1)).map(value);
  if (first.startsWith('[') || first.startsWith('(')) {
    add({ kind: 'call', argv: list(first), file, via });
    return;
  }
  const program = value(first);
  if (first === '') return;
  if (meaning === 'spawns' || (language !== 'javascript' && language !== 'awk' && second !== '' && /^[[\uE000]/.test(second) && !/^\w+\s*[=:]/.test(second))) {
    const more = second.startsWith('[') ? list(second) : [second, ...rest].filter((text) => text.startsWith('\uE000')).map(value);
    // `exec*` of Python name the program twice.
    const argv = language === 'python' && /^(?:os\.)?(?:exec|spawn)/.test(name) ? more : [program, ...more];
    if (more.length === 0 && /\s/.test(program)) add({ kind: 'shell', text: program, args: [], file, via });
    else add({ kind: 'call', argv: argv.length === 0 ? [program] : argv, file, via });
    return;
  }
  if (language === 'python' && !/^\uE000/.test(first) && program === HOLE && /^(run|call|exec\w*|spawn\w*)$/.test(name)) return;
  if (language === 'javascript' && name === 'exec' && program === HOLE) return;
  add({ kind: 'shell', text: program, args: [], file, via });
}
