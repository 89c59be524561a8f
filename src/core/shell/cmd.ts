import { dispatch, emit, inside } from './command.js';
import type { Call } from './command.js';
import { parseCmd } from './cmd-parser.js';
import type { CmdItem, CmdNode, CmdRedirect, CmdWord } from './cmd-parser.js';
import { resolvePath } from './paths.js';
import { HOLE, isKnown, limited, wordOf } from './program.js';
import type { Redirect, Word } from './program.js';
import type { Scope } from './scope.js';
import type { Frame, Stream, Walk } from './walk.js';
import { sentence } from '../say.js';
import { UNREADABLE } from './unreadable.js';

const MOST_DEPTH = 24;
const MOST_ROUNDS = 16;
/** Commands that do nothing to anything but the interpreter. */
const QUIET = /^(goto|setlocal|endlocal|exit|pause|title|cls|prompt|color|verify|shift|ver|vol|path|date|time|break|rem|popd)$/;

/** Reads a cmd.exe text into the calls it would make, and returns what it would print. See {@link parseCmd}. */
export function readCmd(walk: Walk, text: string, scope: Scope, frame: Frame): string {
  return new CmdRun(walk, scope).text(text, frame);
}

/** `cmd /c …`, and what is piped into `cmd`. */
export function runCmdCall(walk: Walk, call: Call): string | undefined {
  const at = call.words.findIndex((word) => /^\/[a-z]*[ck]/i.test(word.text));
  if (at < 0) return call.stdin ? readCmd(walk, call.stdin.text, call.scope.process(call.env, [], false), inside(call, ['cmd'])) : undefined;
  const attached = (call.words[at]?.text ?? '').replace(/^(\/[a-z:]+?)*\/[ck]/i, '');
  const text = [...(attached === '' ? [] : [attached]), ...call.words.slice(at + 1).map((word) => word.text)].join(' ');
  return readCmd(walk, text, call.scope.process(call.env, [], false), inside(call, ['cmd /c']));
}

/** `forfiles /p x /c "cmd /c del @path"` runs a command for each file it finds. */
export function runForfilesCall(walk: Walk, call: Call): string | undefined {
  const after = (option: string): string | undefined => call.words[call.words.findIndex(({ text }) => text.toLowerCase() === option) + 1 || call.words.length]?.text;
  const line = after('/c');
  if (line === undefined) return undefined;
  const path = `${after('/p') ?? '.'}/${after('/m') ?? HOLE}`;
  return readCmd(walk, line.replace(/@(path|file|fname|relpath)/gi, () => path), call.scope.process(call.env, [], false), { ...inside(call, ['forfiles']), fed: true });
}

class CmdRun {
  #loops = new Map<string, string>();

  constructor(
    private readonly walk: Walk,
    private scope: Scope,
  ) {}

  text(text: string, frame: Frame): string {
    if (frame.depth > MOST_DEPTH) return this.walk.fail(UNREADABLE.tooDeep, frame.outer, frame);
    if (text.trim() === '') return '';
    if (text.replaceAll(HOLE, '').trim() === '') this.walk.computed(frame);
    const script = parseCmd(text);
    if (script.error) this.walk.note(sentence('Not valid cmd: {0}.', script.error.reason), this.walk.span(frame, { pos: script.error.at, end: script.error.at }), frame);
    if (script.tooDeep) this.walk.fail(UNREADABLE.tooNested, frame.outer, frame);
    return this.items(script.items, frame, undefined);
  }

  private items(items: readonly CmdItem[], frame: Frame, given: Stream | undefined): string {
    let output = '';
    let last = '';
    for (const [at, { node, joint }] of items.entries()) {
      const feeds = items[at + 1]?.joint === '|';
      const inner = feeds || joint === '|' ? { ...frame, piped: true, feeds } : frame;
      const stdin = joint === '|' ? { text: last, at: 0 } : given;
      const run = (): string => this.node(node, inner, stdin);
      last = joint === '&&' || joint === '||' ? this.maybe(run) : run();
      if (!feeds) output = limited(output + last);
    }
    return output;
  }

  /** Runs something that may not happen. */
  private maybe(run: () => string): string {
    const around = this.scope;
    this.scope = around.child();
    const output = run();
    around.merge(this.scope);
    this.scope = around;
    return output === '' ? '' : HOLE + output + HOLE;
  }

  private node(node: CmdNode, frame: Frame, stdin: Stream | undefined): string {
    if (this.walk.exhausted(frame)) return HOLE;
    switch (node.kind) {
      case 'call':
        return this.call(node, frame, stdin);
      case 'block': {
        const output = this.items(node.body, frame, stdin);
        if (node.redirects.length === 0) return output;
        return this.written(this.redirects(node.redirects, frame), output, frame, this.walk.span(frame, { pos: node.start, end: node.end }));
      }
      case 'if':
        return [node.then, node.otherwise].map((branch) => (branch ? this.maybe(() => this.node(branch, frame, stdin)) : '')).join('');
      case 'for':
        return this.loop(node, frame);
    }
  }

  private loop({ flags, variable, items, body }: Extract<CmdNode, { kind: 'for' }>, frame: Frame): string {
    if (!body) return '';
    const file = flags.includes('/f');
    // `for /f %i in ('command')` runs the command.
    const source = items.map((word) => word.text).join(' ');
    const inner = /^['`]([^]*)['`]$/.exec(source.trim())?.[1];
    if (file && inner !== undefined) this.text(this.expand(inner), { ...frame, offset: undefined, depth: frame.depth + 1 });
    const texts = items.flatMap((word) => this.texts(word));
    const known = !file && !/\/[lr]/.test(flags) && texts.length <= MOST_ROUNDS && texts.every(isKnown);
    const before = this.#loops;
    const output = this.maybe(() => {
      let all = '';
      for (const text of known ? texts : [HOLE, HOLE]) {
        this.#loops = new Map([...before, [variable, text]]);
        all = limited(all + (known ? this.node(body, frame, undefined) : this.maybe(() => this.node(body, frame, undefined))));
      }
      return all;
    });
    this.#loops = before;
    return output;
  }

  private call(node: Extract<CmdNode, { kind: 'call' }>, frame: Frame, stdin: Stream | undefined): string {
    const span = this.walk.span(frame, { pos: node.start, end: node.end });
    const redirects = this.redirects(node.redirects, frame);
    const words: Word[] = [];
    for (const word of node.words) {
      const at = this.walk.span(frame, { pos: word.start, end: word.end });
      for (const text of this.texts(word)) words.push({ text, span: at, glob: !word.quoted && /[*?]/.test(text), quoted: word.quoted });
    }
    // A value that brings its own separators is read as the line that it makes.
    const made = node.words.some((word, at) => at === 0 && !word.quoted && /[%!]/.test(word.text)) && words.some(({ text }) => /^(&&?|\|\|?)$/.test(text));
    if (made) return this.text(words.map(({ text }) => text).join(' '), { ...frame, outer: span, offset: undefined, depth: frame.depth + 1 });
    const call: Call = { words, env: new Map(), redirects, stdin, span, scope: this.scope, frame: { ...frame, outer: span } };
    return this.written(redirects, this.command(call), frame, span, true);
  }

  private written(redirects: readonly Redirect[], output: string, frame: Frame, span: Word['span'], told = false): string {
    if (redirects.length === 0) return output;
    if (!told) emit(this.walk, { words: [wordOf('echo', span)], env: new Map(), redirects, stdin: undefined, span, scope: this.scope, frame }, 'echo');
    this.walk.write(redirects, output, this.scope);
    return redirects.some(({ operator, descriptor }) => operator.includes('>') && (descriptor ?? 1) === 1) ? '' : output;
  }

  private redirects(list: readonly CmdRedirect[], frame: Frame): readonly Redirect[] {
    return list.flatMap(({ operator, descriptor, target }) => {
      const text = this.expand(target.text);
      if (/^nul:?$/i.test(text)) return [];
      return [{ operator, descriptor, target: { text: text.replaceAll('\\', '/'), span: this.walk.span(frame, { pos: target.start, end: target.end }), glob: false, quoted: target.quoted } }];
    });
  }

  /** Runs one command, after the words that only lead to it. */
  private command(call: Call): string {
    const [first, ...rest] = call.words;
    if (!first) {
      if (call.redirects.length > 0) emit(this.walk, { ...call, words: [wordOf(':', call.span)] }, ':');
      return '';
    }
    const name = first.text.toLowerCase().replace(/\.(exe|cmd|bat|com)$/, '');
    const words = (list: readonly Word[]): Call => ({ ...call, words: list });
    if (name === 'call') return rest[0]?.text.startsWith(':') ? '' : this.command(words(rest));
    if (name === 'start') return this.command(words(started(rest)));
    if (name === 'runas') return this.text(rest.filter(({ text }) => !text.startsWith('/')).map(({ text }) => text).join(' '), inside(call, ['runas']));
    if (name === 'psexec' || name === 'psexec64') return this.remote(call, rest);
    if (name === 'else' || name === 'do' || name === 'not') return this.command(words(rest));
    if (name === 'set') return this.assign(rest);
    if (/^(cd|chdir|pushd)$/.test(name)) return this.directory(rest);
    if (name === 'echo') {
      emit(this.walk, call, 'echo');
      return `${rest.map(({ text }) => text).join(' ')}\n`;
    }
    // Nothing, written into a file, empties it.
    const empties = QUIET.test(name) || (name === 'type' && /^nul:?$/i.test(rest[0]?.text ?? ''));
    if (empties) {
      if (call.redirects.length > 0) emit(this.walk, words([wordOf(':', call.span)]), ':');
      return '';
    }
    if (name === 'wmic' && /\bcall\s+create\b/i.test(rest.map(({ text }) => text).join(' '))) this.text(rest.at(-1)?.text ?? HOLE, inside(call, ['wmic process call create']));
    const flags = /^(rd|rmdir|del|erase|copy|move|xcopy|format|attrib|deltree)$/.test(name) ? rest.flatMap(splitFlags) : rest;
    const program = name === 'rmdir' ? 'rd' : name;
    // A path, and a batch file of the directory, are followed by their whole name.
    const whole = /[\\/]|\.(cmd|bat)$/i.test(first.text) || program.includes(HOLE);
    return dispatch(this.walk, words([whole ? first : { ...first, text: program }, ...flags]));
  }

  private remote(call: Call, rest: readonly Word[]): string {
    const host = rest.find(({ text }) => text.startsWith('\\\\'))?.text.slice(2) ?? HOLE;
    let at = 0;
    for (; at < rest.length; at += 1) {
      const text = rest[at]?.text ?? '';
      if (/^[-/](u|p|n|r|a|w|i)$/i.test(text)) at += 1;
      else if (!/^([-/]\w|\\\\)/.test(text)) break;
    }
    const frame: Frame = { ...inside(call, [`psexec ${host}`]), place: { kind: 'host', name: host } };
    return this.command({ ...call, words: rest.slice(at), frame });
  }

  private assign(rest: readonly Word[]): string {
    const text = rest.map((word) => word.text).join(' ').replace(/^\/[ap]\s*/i, '');
    const computed = /^\/[ap]/i.test(rest[0]?.text ?? '');
    const equals = text.indexOf('=');
    if (equals < 1) return '';
    const name = text.slice(0, equals).replaceAll('"', '').trim();
    const value = computed ? HOLE : text.slice(equals + 1);
    this.scope.set(`cmd ${name.toLowerCase()}`, value);
    if (!/^\w+$/.test(name)) return '';
    this.scope.set(name.toUpperCase(), value);
    this.scope.export(name.toUpperCase());
    return '';
  }

  private directory(rest: readonly Word[]): string {
    const path = rest.find(({ text }) => !/^\/d$/i.test(text))?.text.replaceAll('\\', '/').replace(/^([A-Za-z]):(?=\/|$)/, (_all, drive: string) => `/${drive.toLowerCase()}`);
    if (path !== undefined) this.scope.cwd = isKnown(path) ? resolvePath(this.scope.cwd, path) : HOLE;
    return '';
  }

  /** What one word becomes: a value outside quotes is cut at its blanks. */
  private texts(word: CmdWord): readonly string[] {
    const text = this.expand(word.text);
    if (word.quoted || text === word.text) return [text];
    return text.split(/\s+/).filter((part) => part !== '');
  }

  /** `%x%`, `!x!`, `%~1`, `%%i`. */
  private expand(text: string): string {
    if (!/[%!]/.test(text)) return text;
    return limited(
      text.replace(/%%?(?:~[a-z$:]{0,16})?([A-Za-z])(?![\w%:])|%([^%\s]{1,64})%|!([^!\s]{1,64})!|%~?[a-z]{0,8}[\d*]/gi, (all: string, loop?: string, name?: string, delayed?: string) => {
        if (loop !== undefined) return this.#loops.get(loop) ?? HOLE;
        const key = (name ?? delayed)?.toLowerCase();
        return key === undefined || all.startsWith('%~') ? HOLE : this.variable(key);
      }),
    );
  }

  private variable(given: string): string {
    const [key = '', change] = given.split(/:(.*)/s);
    const own = this.scope.get(`cmd ${key}`) ?? WELL_KNOWN[key] ?? (/^(userprofile|homepath|home)$/.test(key) ? this.scope.home : key === 'cd' ? this.scope.cwd : this.scope.get(key.toUpperCase()));
    const value = typeof own === 'string' ? own : HOLE;
    if (change === undefined || !isKnown(value)) return change === undefined ? value : HOLE;
    const part = /^~(-?\d{1,4})(?:,(-?\d{1,4}))?$/.exec(change);
    if (part) {
      const from = Number(part[1]) < 0 ? Math.max(value.length + Number(part[1]), 0) : Number(part[1]);
      const count = part[2] === undefined ? value.length : Number(part[2]);
      return count < 0 ? value.slice(from, count) : value.slice(from, from + count);
    }
    const equals = change.indexOf('=');
    if (equals < 1 || change.startsWith('*')) return HOLE;
    const [from, to] = [change.slice(0, equals).toLowerCase(), change.slice(equals + 1)];
    let rest = value;
    let done = '';
    for (let at = rest.toLowerCase().indexOf(from); at >= 0; at = rest.toLowerCase().indexOf(from)) {
      done += rest.slice(0, at) + to;
      rest = rest.slice(at + from.length);
      if (done.length > 1024) return HOLE;
    }
    return done + rest;
  }
}

const WELL_KNOWN: Readonly<Record<string, string>> = { homedrive: '', temp: '/tmp', tmp: '/tmp', systemroot: 'C:/Windows', windir: 'C:/Windows', systemdrive: 'C:', programfiles: 'C:/Program Files', programdata: 'C:/ProgramData', comspec: 'cmd' };

/** What `start` starts: after a title in quotes and its own options. */
function started(words: readonly Word[]): readonly Word[] {
  let at = words[0]?.quoted === true ? 1 : 0;
  for (; at < words.length; at += 1) {
    const text = words[at]?.text ?? '';
    if (!text.startsWith('/')) break;
    if (/^\/(d|node|affinity|machine)$/i.test(text)) at += 1;
  }
  return words.slice(at);
}

/** `/s/q` are two options. */
function splitFlags(word: Word): readonly Word[] {
  return /^(\/[a-z](:\w*)?){2,}$/i.test(word.text) ? [...word.text.matchAll(/\/[^/]+/g)].map(([text]) => ({ ...word, text })) : [word];
}
