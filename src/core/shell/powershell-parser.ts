import type { PsPart, PsRedirect, PsScript, PsStage, PsStatement, PsWord } from './powershell-syntax.js';
import { DASH, parametersOf, PsWordParser } from './powershell-words-parser.js';
import { sentence } from '../say.js';

const CONTROL = /^(if|elseif|else|foreach|for|while|do|until|switch|try|catch|finally|trap|param|begin|process|end|clean|dynamicparam|class|enum|using)$/i;
const LEAVES = /^(return|throw|exit|break|continue)$/i;

/**
 * Reads PowerShell: statements, pipelines, words, in one pass over the text. Written by hand, since the tree-sitter grammar
 * is 1.2 MB of WebAssembly, loads asynchronously and cuts words off at `=`. What is odd is unknown, not guessed: `error`
 * says what PowerShell would not accept either.
 */
export function parsePowerShell(text: string): PsScript {
  const parser = new PsParser(text);
  const statements = parser.script();
  return { statements, error: parser.error, tooDeep: parser.tooDeep };
}

class PsParser extends PsWordParser {
  script(): readonly PsStatement[] {
    return this.statements('');
  }

  protected statements(close: ')' | '}' | ''): readonly PsStatement[] {
    const list: PsStatement[] = [];
    let conditional = false;
    for (;;) {
      this.separators();
      const char = this.char();
      if (char === '') {
        if (close !== '') this.fail(sentence('a bracket is not closed'));
        return list;
      }
      if (char === ')' || char === '}') {
        if (char !== close) this.fail(sentence('a bracket is closed that was never opened'));
        // The other bracket closes what is open, since nobody knows which one is missing.
        this.pos += 1;
        if (close !== '') return list;
        continue;
      }
      const before = this.pos;
      const statement = this.statement(conditional);
      if (statement) list.push(statement);
      conditional = false;
      this.skip(false);
      const two = this.text.slice(this.pos, this.pos + 2);
      if (two === '&&' || two === '||') {
        this.pos += 2;
        conditional = true;
      } else if (this.pos === before) this.pos += 1;
    }
  }

  private separators(): void {
    for (;;) {
      this.skip(true);
      if (this.char() !== ';' && this.char() !== ',') return;
      this.pos += 1;
    }
  }

  private statement(conditional: boolean): PsStatement | undefined {
    const start = this.pos;
    const label = /^:\w{1,64}/.exec(this.text.slice(this.pos, this.pos + 65))?.[0];
    if (label !== undefined) {
      this.pos += label.length;
      this.skip(true);
    }
    const keyword = /^[A-Za-z]{2,12}(?![\w-])/.exec(this.text.slice(this.pos, this.pos + 14))?.[0];
    if (keyword !== undefined && CONTROL.test(keyword)) return this.control(keyword.toLowerCase(), start);
    if (keyword !== undefined && /^(function|filter|workflow)$/i.test(keyword)) return this.definition(keyword, start);
    if (keyword !== undefined && LEAVES.test(keyword)) {
      this.pos += keyword.length;
      this.skip(false);
      return this.atEnd() && !'({'.includes(this.char()) ? { kind: 'pipeline', stages: [], conditional, start, end: this.pos } : this.statement(conditional);
    }
    return this.pipeline(start, conditional);
  }

  /** A keyword with what belongs to it: words, one pair of round brackets, one of braces. */
  private control(keyword: string, start: number): PsStatement {
    this.pos += keyword.length;
    const head: PsStatement[] = [];
    for (;;) {
      const before = this.pos;
      this.skip(keyword !== 'using');
      const char = this.char();
      if (char === '(') {
        this.pos += 1;
        for (const statement of this.nested(() => this.statements(')'), [])) head.push(statement);
        if (keyword === 'param') return { kind: 'control', keyword, head, body: [], start, end: this.pos };
      } else if (char === '{') {
        this.pos += 1;
        const body = this.nested(() => this.statements('}'), []);
        return { kind: 'control', keyword, head, body, start, end: this.pos };
      } else if (char !== '' && !';|&)}'.includes(char) && /^(switch|catch|trap|class|enum|using|foreach|param)$/.test(keyword)) {
        if (char === ',') this.pos += 1;
        else this.nested(() => this.word(true), undefined);
        if (this.pos === before) this.pos += 1;
      } else {
        if (keyword !== 'using' && keyword !== 'until' && keyword !== 'while') this.fail(sentence('a block is missing'));
        return { kind: 'control', keyword, head, body: [], start, end: this.pos };
      }
    }
  }

  private definition(keyword: string, start: number): PsStatement {
    this.pos += keyword.length;
    this.skip(true);
    const name = /^[^\s({;|&]{1,128}/.exec(this.text.slice(this.pos, this.pos + 130))?.[0] ?? '';
    this.pos += name.length;
    this.skip(true);
    let parameters: readonly string[] = [];
    if (this.char() === '(') {
      parameters = parametersOf(this.text.slice(this.pos, this.pos + 2048));
      this.pos += 1;
      this.nested(() => this.statements(')'), []);
      this.skip(true);
    }
    if (this.char() !== '{') {
      this.fail(sentence('a block is missing'));
      return { kind: 'function', name, parameters, body: [], start, end: this.pos };
    }
    this.pos += 1;
    const inner = this.pos;
    const body = this.nested(() => this.statements('}'), []);
    if (parameters.length === 0) parameters = parametersOf(this.text.slice(inner, Math.min(inner + 2048, this.pos)));
    return { kind: 'function', name: name.replace(/^(global|script|local|private):/i, '').toLowerCase(), parameters, body, start, end: this.pos };
  }

  private pipeline(start: number, conditional: boolean): PsStatement {
    const stages: PsStage[] = [];
    for (;;) {
      const stage = this.stage(stages.length === 0);
      if (stage.kind === 'expression' && stages.length === 0) {
        const assignment = this.assignment(stage, start);
        if (assignment) return assignment;
      }
      stages.push(stage);
      this.skip(false);
      // The next line may begin with the pipe.
      const piped = this.char() === '|' && this.char(1) !== '|';
      if (!piped) break;
      this.pos += 1;
      this.skip(true);
    }
    if (this.char() === '&' && this.char(1) !== '&') this.pos += 1;
    return { kind: 'pipeline', stages, conditional, start, end: this.end(start) };
  }

  private end(start: number): number {
    let end = this.pos;
    while (end > start && /\s/.test(this.text.charAt(end - 1))) end -= 1;
    return end;
  }

  private assignment(target: PsStage, start: number): PsStatement | undefined {
    this.skip(false);
    const operator = /^(?:\?\?|[-+*/%])?=(?!=)/.exec(this.text.slice(this.pos, this.pos + 4))?.[0];
    if (operator === undefined || target.kind !== 'expression') return undefined;
    this.pos += operator.length;
    this.skip(true);
    const value = this.nested(() => this.statement(false), undefined);
    const last = target.words.at(-1);
    const [only] = last?.parts ?? [];
    const plain = last?.parts.length === 1 && only?.kind === 'variable' && only.chain.length === 0 && target.words.every((word) => word === last || word.parts[0]?.kind === 'type');
    const key = target.words.length === 1 && last?.parts.length === 1 && only?.kind === 'text' && only.chain.length === 0 ? only.text.toLowerCase() : undefined;
    return { kind: 'assignment', name: plain ? only.name : key === undefined ? undefined : `key ${key}`, operator, target, value, start, end: this.pos };
  }

  private stage(first: boolean): PsStage {
    const start = this.pos;
    const char = this.char();
    const next = this.char(1);
    if (char === '&' || (char === '.' && /[\s'"$({\u2018-\u201e]/.test(next))) {
      this.pos += 1;
      this.skip(false);
      return this.command(start, char, false);
    }
    const signed = DASH.test(char) || char === '+' || char === '!' || char === '[' || char === '$' || char === '@' || char === '(' || char === '{' || /['"\u2018-\u201e=*/%]/.test(char);
    const number = /^\d[\d.]*(?:[kmgtp]b|[ldu])?(?![\w.\\/-])/i.test(this.text.slice(this.pos, this.pos + 32));
    // A bare name in front of `=` is a key of a table.
    const key = /^[\w-]{1,64}[ \t]{0,16}=(?!=)/.test(this.text.slice(this.pos, this.pos + 84));
    return (signed && first) || (first && (number || key)) || /['"$@([\u2018-\u201e]/.test(char) ? this.expression(start) : this.command(start, '', true);
  }

  private command(start: number, operator: '&' | '.' | '', bare: boolean): PsStage {
    const words: PsWord[] = [];
    const redirects: PsRedirect[] = [];
    let joined = false;
    let raw = false;
    for (;;) {
      this.skip(false);
      const char = this.char();
      if (char === ',') {
        this.pos += 1;
        this.skip(true);
        joined = true;
        continue;
      }
      if (this.redirect(redirects)) continue;
      if (char === '' || '\n;|&)}'.includes(char)) break;
      const before = this.pos;
      const word = raw ? this.rawWord() : this.nested(() => this.word(false), undefined);
      if (!word || this.pos === before) {
        this.pos = Math.max(this.pos, before + 1);
        continue;
      }
      // After `--%` nothing is read but `%NAME%`.
      if (this.text.slice(word.start, word.end) === '--%') raw = true;
      else words.push({ ...word, joined: joined && words.length > 0 });
      joined = false;
      if (words.length === 1 && bare && word.parts.length === 0) break;
    }
    return { kind: 'command', operator, words, redirects, start, end: this.end(start) };
  }

  private rawWord(): PsWord {
    const start = this.pos;
    let text = '';
    while (!/[\s|]/.test(this.char()) && this.char() !== '') {
      text += this.char();
      this.pos += 1;
    }
    const part: PsPart = { kind: 'text', text: text.replaceAll('"', ''), quoted: true, chain: [] };
    return { parts: [part], start, end: this.pos, joined: false };
  }

  private redirect(into: PsRedirect[]): boolean {
    const found = /^([1-6*])?(>>|>)(?:&[12])?/.exec(this.text.slice(this.pos, this.pos + 6));
    if (!found) return false;
    const [all, stream] = found;
    this.pos += all.length;
    if (all.includes('&')) return true;
    this.skip(false);
    const target = this.nested(() => this.word(false), undefined);
    if (target) into.push({ operator: found[2] ?? '>', descriptor: stream === undefined || stream === '*' ? undefined : Number(stream), target });
    return true;
  }

  private expression(start: number): PsStage {
    const words: PsWord[] = [];
    const operators: string[] = [];
    const redirects: PsRedirect[] = [];
    let operator = '';
    for (;;) {
      this.skip(operator !== '' && operator !== 'in');
      const char = this.char();
      if (char === '' || '\n;)}'.includes(char) || (char === '|') || (char === '&')) break;
      if (words.length > 0 && this.redirect(redirects)) continue;
      if (/^(?:\?\?|[-+*/%])?=(?!=)/.test(this.text.slice(this.pos, this.pos + 4))) break;
      const sign = operatorAt(this.text.slice(this.pos, this.pos + 16));
      if (sign !== undefined) {
        operator = sign.trim().toLowerCase();
        this.pos += sign.length;
        // `foreach ($x in …)`: what follows may be a command.
        if (operator === 'in') break;
        continue;
      }
      const before = this.pos;
      const word = this.nested(() => this.word(true), undefined);
      if (!word || this.pos === before) {
        this.pos = Math.max(this.pos, before + 1);
        continue;
      }
      words.push(word);
      operators.push(operator);
      operator = '';
    }
    return { kind: 'expression', words, operators, redirects, start, end: this.end(start) };
  }
}

function operatorAt(text: string): string | undefined {
  return /^(?:[-\u2013-\u2015][A-Za-z]{1,12}(?![\w-])|\+\+|--|\.\.|[-+*/%!,\u2013-\u2015]|in(?=[\s(]))/i.exec(text)?.[0];
}
