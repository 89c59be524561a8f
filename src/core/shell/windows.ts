import { dispatch } from './command.js';
import { HOLE } from './program.js';
import type { Word } from './program.js';
import type { Scope } from './scope.js';
import type { Frame, Walk } from './walk.js';

/** What PowerShell's short names stand for. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  'rm remove-item,del remove-item,erase remove-item,rd remove-item,ri remove-item,rmdir remove-item,rp remove-itemproperty,mv move-item,mi move-item,move move-item,cp copy-item,copy copy-item,cpi copy-item,kill stop-process,spps stop-process,ls get-childitem,dir get-childitem,gci get-childitem,cat get-content,gc get-content,type get-content,echo write-output,write write-output,sc set-content,ac add-content,clc clear-content,cli clear-item,iex invoke-expression,icm invoke-command,iwr invoke-webrequest,irm invoke-restmethod,saps start-process,start start-process,cd set-location,sl set-location,chdir set-location,pwd get-location,ps get-process,gps get-process,select select-object,where where-object,foreach foreach-object,% foreach-object,? where-object,sort sort-object,measure measure-object,ft format-table,fl format-list,gm get-member,sls select-string,sasv start-service,spsv stop-service,ni new-item,md mkdir,gsv get-service'
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
);
const KEYWORDS = /^(if|elseif|else|foreach|for|while|do|until|switch|try|catch|finally|function|filter|param|begin|process|end|return|throw|trap|in|break|continue|exit)$/i;
const MOST_DEPTH = 24;

interface Token {
  readonly kind: 'word' | 'end' | 'pipe' | 'block';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** Reads PowerShell: every command of every statement, script block and sub-expression; quotes, back-ticks and plain variables. */
export function readPowerShell(walk: Walk, text: string, scope: Scope, frame: Frame): void {
  if (frame.depth > MOST_DEPTH) {
    walk.fail('commands are nested too deep', frame.outer, frame);
    return;
  }
  let words: Token[] = [];
  const finish = (): void => {
    run(walk, words, scope, frame);
    words = [];
  };
  for (const token of powerShellTokens(text, scope)) {
    if (token.kind === 'word') words.push(token);
    else if (token.kind === 'block') readPowerShell(walk, token.text, scope, { ...frame, source: token.text, offset: frame.offset === undefined ? undefined : frame.offset + token.start, depth: frame.depth + 1 });
    else finish();
  }
  finish();
}

/** Reads cmd.exe: commands between `&`, `|` and new lines, with quotes and carets. */
export function readCmd(walk: Walk, text: string, scope: Scope, frame: Frame): void {
  for (const line of text.split(/\r?\n|&&?|\|\|?/)) {
    const start = text.indexOf(line);
    const words = [...line.matchAll(/(?:"[^"]*"?|\^.|[^\s"^])+/gs)].map((match): Token => ({
      kind: 'word', quoted: false, start: start + match.index, end: start + match.index + match[0].length,
      text: match[0].replace(/\^(.)/gs, '$1').replaceAll('"', '').replace(/%[^%\s]+%/g, HOLE).replace(/^[@(]+/, ''),
    }));
    while (/^(call|start|else|do|not|exist)$/i.test(words[0]?.text ?? '')) words.shift();
    const [name, second] = words;
    if (!name || name.text === '' || /^(rem|::.*|goto|setlocal|endlocal|exit|pause|set|title|:\w*)$/i.test(name.text)) continue;
    if (/^cmd(\.exe)?$/i.test(name.text) && /^\/[ck]$/i.test(second?.text ?? '')) {
      readCmd(walk, words.slice(2).map((word) => word.text).join(' '), scope, { ...frame, offset: undefined, depth: frame.depth + 1 });
      continue;
    }
    if (/^(for|if)$/i.test(name.text)) {
      const at = words.findIndex((word) => /^do$/i.test(word.text));
      words.splice(0, at >= 0 ? at + 1 : 1);
    }
    run(walk, words, scope, frame, true);
  }
}

function run(walk: Walk, tokens: readonly Token[], scope: Scope, frame: Frame, cmd = false): void {
  let [name, ...rest] = tokens;
  while (name && (name.text === '&' || name.text === '.' || KEYWORDS.test(name.text)) && !name.quoted) [name, ...rest] = rest;
  if (!name || name.text === '') return;
  // A value or an assignment is no command; what an assignment's right side runs is read after it.
  const assigned = /^\$[\w:]+$/.exec(name.text) && rest[0]?.text === '=' ? name.text.slice(1).toLowerCase() : undefined;
  if (assigned !== undefined) {
    const [, value, ...more] = rest;
    if (value?.quoted && more.length === 0) scope.set(`ps ${assigned}`, value.text);
    else {
      scope.set(`ps ${assigned}`, HOLE);
      run(walk, rest.slice(1), scope, frame, cmd);
    }
    return;
  }
  if (name.quoted && rest.length === 0) return;
  const lower = name.text.toLowerCase().replace(/\.(exe|cmd|bat|ps1)$/, '');
  const program = cmd ? (lower === 'rmdir' ? 'rd' : lower) : (ALIASES.get(lower) ?? lower);
  const span = (token: Token) => walk.span(frame, { pos: token.start, end: token.end });
  const isCmdlet = /^[a-z]+-[a-z]+$/.test(program);
  const word = (token: Token): Word => ({ text: isCmdlet && token.text.startsWith('-') ? token.text.toLowerCase() : token.text, span: span(token), glob: !token.quoted && /[*?]/.test(token.text), quoted: token.quoted });
  const last = tokens.at(-1) ?? name;
  const whole = walk.span(frame, { pos: name.start, end: last.end });
  const inner: Frame = { ...frame, depth: frame.depth + 1, offset: undefined, source: '', outer: whole };
  const text = rest.map((token) => token.text).join(' ');
  const via = (label: string): Frame => ({ ...inner, via: [...frame.via, label] });
  const pass = (words: readonly Word[], where: Frame): string => dispatch(walk, { words, env: new Map(), redirects: [], stdin: undefined, span: whole, scope, frame: where });
  switch (program) {
    case 'invoke-expression':
      readPowerShell(walk, text.replace(/^-command\s+/i, ''), scope, via('Invoke-Expression'));
      return;
    case 'powershell':
    case 'pwsh':
      readShellCall(walk, rest, scope, via(program));
      return;
    case 'cmd':
      readCmd(walk, text.replace(/^.*?\/[ckCK]\s+/, ''), scope, via('cmd /c'));
      return;
    case 'wsl':
      pass(rest.map(word), via('wsl'));
      return;
    case 'start-process':
    case 'invoke-command':
      run(walk, rest.filter((token) => !/^-(filepath|argumentlist|args|scriptblock|wait|nonewwindow|verb|runas|passthru)$/i.test(token.text)), scope, inner);
      return;
  }
  if (program.includes(HOLE) || program.startsWith('$')) walk.note('the name of a program cannot be known', whole, frame);
  if (name.text.startsWith('[')) {
    walk.note('a .NET call is not read', whole, frame);
    return;
  }
  const first: Word = { text: program, span: span(name), glob: false, quoted: true };
  pass([first, ...rest.map(word)], { ...frame, depth: frame.depth + 1 });
}

/** `powershell -Command …` and `-EncodedCommand …`, from whichever shell. */
export function readShellCall(walk: Walk, rest: readonly { readonly text: string }[], scope: Scope, frame: Frame): void {
  for (let index = 0; index < rest.length; index += 1) {
    const option = rest[index]?.text.toLowerCase() ?? '';
    const after = (): string => rest.slice(index + 1).map(({ text }) => text).join(' ');
    if (/^[-/]e(nc?(odedc?ommand)?)?$|^[-/]enc\w*$/.test(option)) {
      readPowerShell(walk, Buffer.from(rest[index + 1]?.text ?? '', 'base64').toString('utf16le'), scope, frame);
      return;
    }
    if (/^[-/](f|file)$/.test(option)) {
      walk.note('a PowerShell script is not read', frame.outer, frame);
      return;
    }
    if (/^[-/]c(ommand)?$/.test(option)) {
      readPowerShell(walk, after(), scope, frame);
      return;
    }
    if (/^[-/](ex|executionpolicy|ep|w|windowstyle|version|psconsolefile|wd|workingdirectory)/.test(option)) index += 1;
    else if (!/^[-/]/.test(option)) {
      readPowerShell(walk, `${rest[index]?.text ?? ''} ${after()}`, scope, frame);
      return;
    }
  }
}

function* powerShellTokens(text: string, scope: Scope): Generator<Token> {
  let index = 0;
  const now: { word: string; start: number; quoted: boolean; open: boolean } = { word: '', start: 0, quoted: false, open: false };
  const take = (): Token => {
    const token: Token = { kind: 'word', text: now.word, start: now.start, end: index, quoted: now.quoted };
    now.word = '';
    now.quoted = false;
    now.open = false;
    return token;
  };
  const begin = (): void => {
    if (!now.open) now.start = index;
    now.open = true;
  };
  while (index < text.length) {
    const char = text.charAt(index);
    if (char === '`') {
      begin();
      if (text[index + 1] !== '\n') now.word += text.charAt(index + 1);
      index += 2;
    } else if (char === "'" || char === '"') {
      begin();
      now.quoted = now.word === '';
      const end = closing(text, index, char);
      const raw = text.slice(index + 1, end).replaceAll(char + char, char);
      now.word += char === "'" ? raw : substitute(raw.replace(/`(.)/gs, '$1'), scope);
      index = end + 1;
    } else if (char === '#' && !now.open) {
      const end = text.indexOf('\n', index);
      index = end < 0 ? text.length : end;
    } else if (text.startsWith('<#', index)) {
      const end = text.indexOf('#>', index + 2);
      index = end < 0 ? text.length : end + 2;
    } else if (char === '{' || char === '(') {
      if (now.open && !/[$@]$/.test(now.word)) yield take();
      else if (now.open) now.word = HOLE;
      const end = bracket(text, index);
      yield { kind: 'block', text: text.slice(index + 1, end), start: index + 1, end, quoted: false };
      if (char === '(') {
        begin();
        now.word = HOLE;
      }
      index = end + 1;
    } else if (/[;\n|&)}]/.test(char)) {
      if (now.open) yield take();
      // A single `&` in front calls what follows.
      if (char !== '&' || text[index + 1] === '&') yield { kind: char === '|' ? 'pipe' : 'end', text: char, start: index, end: index + 1, quoted: false };
      index += char === '&' && text[index + 1] === '&' ? 2 : 1;
    } else if (/\s|,/.test(char)) {
      if (now.open) yield take();
      index += 1;
    } else {
      begin();
      const variable = char === '$' ? /^\$(?:\{[^}]{1,64}\}|[\w:]{1,64})/.exec(text.slice(index, index + 70))?.[0] : undefined;
      const assigns = variable !== undefined && now.word === '' && /^\s{0,8}=/.test(text.slice(index + variable.length, index + variable.length + 10));
      now.word += variable === undefined ? char : assigns ? variable : substitute(variable, scope);
      index += variable?.length ?? 1;
      if (assigns) yield take();
    }
  }
  if (now.open) yield take();
}

function substitute(text: string, scope: Scope): string {
  return text.replace(/\$\([^)]*\)|\$\{?([\w:]+)\}?/g, (_all, name?: string) => {
    const key = name?.toLowerCase() ?? '';
    if (/^(home|env:userprofile|env:home|env:homepath)$/.test(key)) return scope.home;
    if (/^env:(temp|tmp)$/.test(key)) return '/tmp';
    if (/^(true|false|null|_)$/.test(key)) return key === '_' ? HOLE : `$${key}`;
    const value = scope.get(`ps ${key}`);
    return typeof value === 'string' ? value : HOLE;
  });
}

function closing(text: string, from: number, quote: string): number {
  for (let index = from + 1; index < text.length; index += 1) {
    if (quote === '"' && text[index] === '`') index += 1;
    else if (text[index] === quote) {
      if (text[index + 1] === quote) index += 1;
      else return index;
    }
  }
  return text.length;
}

function bracket(text: string, from: number): number {
  let depth = 0;
  for (let index = from; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === "'" || char === '"') index = closing(text, index, char);
    else if (char === '{' || char === '(') depth += 1;
    else if (char === '}' || char === ')') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return text.length;
}
