import { FishWordParser } from './fish-words-parser.js';
import type { FishBlock, FishCase, FishClause, FishJob, FishRedirect, FishScript, FishStage, FishWord } from './fish-syntax.js';
import { sentence } from '../say.js';

type Stop = 'end' | 'else' | 'case' | ')' | '';

const STOPS: ReadonlySet<string> = new Set(['end', 'else', 'case']);
const PIPE = /^(?:\d{0,4}>\||&\||\|(?!\|))/;
const BLOCKS: ReadonlySet<string> = new Set(['begin', 'if', 'while', 'for', 'switch', 'function']);

/**
 * Reads fish: jobs, blocks, words, all of it in one pass over the text. Written by hand because no kept fish parser exists
 * as a JavaScript package; the tests compare it with the real fish. Never throws: what fish would refuse is said in
 * `error`, and is read as well as it goes, since a person may still be typing.
 */
export function parseFish(text: string): FishScript {
  const parser = new FishParser(text);
  const jobs = parser.script();
  return { jobs, error: parser.error, tooDeep: parser.tooDeep };
}

class FishParser extends FishWordParser {
  #stop: Stop = '';

  script(): readonly FishJob[] {
    const jobs: FishJob[] = [];
    for (;;) {
      for (const job of this.list()) jobs.push(job);
      if (this.#stop === '') return jobs;
      this.fail(sentence('{0} stands alone', this.#stop));
      if (this.#stop === ')') this.pos += 1;
    }
  }

  protected substitution(): readonly FishJob[] {
    const all: FishJob[] = [];
    for (;;) {
      for (const job of this.list()) all.push(job);
      if (this.#stop === ')' || this.#stop === '') {
        this.#stop = '';
        return all;
      }
      this.fail(sentence('{0} stands alone', this.#stop));
    }
  }

  /** Jobs up to a word that closes a block, a closing bracket or the end; `#stop` says which. */
  private list(): readonly FishJob[] {
    const jobs: FishJob[] = [];
    let conditional = false;
    for (;;) {
      this.skip(true);
      this.#stop = '';
      if (this.pos >= this.text.length) return jobs;
      if (this.char() === ')') {
        this.#stop = ')';
        return jobs;
      }
      const { start, joint } = { start: this.pos, joint: this.joint() };
      if (joint !== '') {
        if (joint === '&') this.fail(sentence('a command is missing'));
        conditional = joint !== '&';
        continue;
      }
      const job = this.job(conditional);
      if (job) jobs.push(job);
      if (this.stopped()) return jobs;
      conditional = false;
      this.skip(false);
      const after = this.joint();
      if (after === '&&' || after === '||') conditional = true;
      else if (after === '&' && job) jobs[jobs.length - 1] = { ...job, background: true };
      // Nothing was taken: a character that no command begins with.
      if (this.pos === start) {
        this.fail(sentence('a command is missing'));
        this.pos += 1;
      }
    }
  }

  private stopped(): boolean {
    return this.#stop !== '';
  }

  private joint(): '&&' | '||' | '&' | '' {
    const two = this.text.slice(this.pos, this.pos + 2);
    if (two === '&&' || two === '||') {
      this.pos += 2;
      return two;
    }
    if (this.char() === '&' && two !== '&>' && two !== '&|' && !this.inWord()) {
      this.pos += 1;
      return '&';
    }
    return '';
  }

  /** Blanks, continued lines and, where a job may begin, separators and comments. */
  private skip(separators: boolean): void {
    for (;;) {
      const char = this.char();
      if (char === ' ' || char === '\t' || char === '\r') this.pos += 1;
      else if (char === '\\' && this.char(1) === '\n') this.pos += 2;
      else if (separators && (char === '\n' || char === ';')) this.pos += 1;
      else if (char === '#') {
        const end = this.text.indexOf('\n', this.pos);
        this.pos = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  private job(given: boolean): FishJob | undefined {
    const start = this.pos;
    const stages: FishStage[] = [];
    let conditional = given;
    for (;;) {
      const stage = this.stage((word) => {
        if (word === 'and' || word === 'or') conditional = true;
      });
      if (stage) stages.push(stage);
      if (this.#stop !== '') break;
      this.skip(false);
      if (!this.pipe()) break;
      this.skip(true);
    }
    return stages.length === 0 ? undefined : { stages, conditional, background: false, start, end: this.pos };
  }

  /** `|`, `2>|`, `>|`, `&|`. */
  private pipe(): boolean {
    const found = PIPE.exec(this.text.slice(this.pos, this.pos + 6))?.[0];
    if (found === undefined) return false;
    this.pos += found.length;
    return true;
  }

  private stage(prefixed: (word: string) => void): FishStage | undefined {
    const start = this.pos;
    const assignments: { name: string; value: FishWord }[] = [];
    const redirects: FishRedirect[] = [];
    for (;;) {
      this.skip(false);
      if (this.redirect(redirects)) continue;
      if (!this.inWord() || this.char() === ')') return this.finish({ kind: 'call', words: [], assignments, redirects, start, end: this.pos });
      const word = this.word();
      const keyword = staticText(word);
      if (keyword !== undefined && STOPS.has(keyword)) {
        this.#stop = keyword as Stop;
        return undefined;
      }
      const help = /^[ \t]{0,8}(-h|--help)\b/.test(this.text.slice(this.pos, this.pos + 16));
      if (keyword !== undefined && /^(and|or|not|!|time)$/.test(keyword) && !help) {
        prefixed(keyword);
        continue;
      }
      if (keyword !== undefined && BLOCKS.has(keyword) && !help) {
        const block = this.nested<FishBlock | undefined>(() => this.block(keyword), undefined);
        if (!block) return undefined;
        this.skip(false);
        while (this.redirect(redirects)) this.skip(false);
        return this.finish({ ...block, assignments, redirects, start, end: this.pos });
      }
      const assignment = assignmentOf(word);
      if (assignment) {
        assignments.push(assignment);
        continue;
      }
      const words = [word];
      this.arguments(words, redirects);
      return this.finish({ kind: 'call', words, assignments, redirects, start, end: this.pos });
    }
  }

  /** Without the blanks that were skipped behind it. */
  private finish(stage: FishStage): FishStage | undefined {
    let { end } = stage;
    while (end > stage.start && ' \t\r\n'.includes(this.text.charAt(end - 1))) end -= 1;
    const empty = stage.kind === 'call' && stage.words.length === 0 && stage.assignments.length === 0 && stage.redirects.length === 0;
    return empty ? undefined : { ...stage, end };
  }

  private arguments(words: FishWord[], redirects: FishRedirect[]): void {
    for (;;) {
      this.skip(false);
      if (this.redirect(redirects)) continue;
      if (!this.inWord() || this.char() === ')' || PIPE.test(this.text.slice(this.pos, this.pos + 6))) return;
      const before = this.pos;
      words.push(this.word());
      if (this.pos === before) return;
    }
  }

  private redirect(into: FishRedirect[]): boolean {
    const found = /^(?:(\d{0,4})(<&|>&|>>|>\?|<\?|<|>(?!\|))|(&>>?\??))/.exec(this.text.slice(this.pos, this.pos + 8));
    if (!found) return false;
    const [all, descriptor, plain, both] = found;
    this.pos += all.length;
    this.skip(false);
    if (!this.inWord() || this.char() === ')') {
      this.fail(sentence('a redirection has no target'));
      return true;
    }
    into.push({ operator: both ?? plain ?? '>', descriptor: descriptor === undefined || descriptor === '' ? undefined : Number(descriptor), target: this.word() });
    return true;
  }

  private block(keyword: string): FishBlock {
    switch (keyword) {
      case 'begin':
        return { kind: 'begin', body: this.body() };
      case 'while': {
        const condition = this.condition();
        return { kind: 'while', condition, body: this.#stop === '' ? this.body() : [] };
      }
      case 'if':
        return this.ifBlock();
      case 'for': {
        const [name, , ...items] = this.header();
        return { kind: 'for', name, items, body: this.body() };
      }
      case 'function':
        return { kind: 'function', header: this.header(), body: this.body() };
      default:
        return this.switchBlock();
    }
  }

  private header(): FishWord[] {
    const words: FishWord[] = [];
    this.arguments(words, []);
    return words;
  }

  /** Jobs up to `end`. */
  private body(): readonly FishJob[] {
    const jobs: FishJob[] = [];
    for (;;) {
      for (const job of this.list()) jobs.push(job);
      if (this.closed()) return jobs;
      this.fail(sentence('{0} stands alone', this.#stop));
    }
  }

  /** Takes an `end`, or gives up at the end of the text or the bracket around. */
  private closed(): boolean {
    const stop = this.#stop;
    if (stop === 'end') {
      this.#stop = '';
      return true;
    }
    if (stop !== '' && stop !== ')') return false;
    this.fail(sentence('a block has no end'));
    return true;
  }

  /** The first job of an `if` or `while`, with the jobs that `and`, `or`, `&&` and `||` add to it. */
  private condition(): readonly FishJob[] {
    const jobs: FishJob[] = [];
    let conditional = false;
    for (;;) {
      this.skip(true);
      this.#stop = '';
      const job = this.job(conditional);
      if (job) jobs.push(job);
      if (this.stopped()) return jobs;
      this.skip(false);
      const joint = this.joint();
      if (joint === '&&' || joint === '||') {
        conditional = true;
        continue;
      }
      this.skip(true);
      if (!/^(?:and|or)(?=[ \t])/.test(this.text.slice(this.pos, this.pos + 4))) return jobs;
      conditional = true;
    }
  }

  private ifBlock(): FishBlock {
    const clauses: FishClause[] = [];
    let otherwise: readonly FishJob[] | undefined;
    for (;;) {
      const condition = this.condition();
      const body = this.#stop === '' ? this.list() : [];
      clauses.push({ condition, body });
      if (this.closed()) break;
      if (this.#stop !== 'else') {
        this.fail(sentence('case stands alone'));
        continue;
      }
      this.skip(false);
      const at = this.pos;
      const next = this.inWord() && this.char() !== ')' ? staticText(this.word()) : undefined;
      if (next === 'if') continue;
      this.pos = at;
      otherwise = this.body();
      break;
    }
    return { kind: 'if', clauses, otherwise };
  }

  private switchBlock(): FishBlock {
    const [subject] = this.header();
    const cases: FishCase[] = [];
    let patterns: readonly FishWord[] = [];
    for (;;) {
      cases.push({ patterns, body: this.list() });
      if (this.closed()) break;
      if (this.#stop === 'case') patterns = this.header();
      else this.fail(sentence('else stands alone'));
    }
    return { kind: 'switch', subject, cases };
  }
}

/** The text of a word in which nothing is expanded: only such a word is a keyword, quoted or not. */
export function staticText(word: FishWord): string | undefined {
  let text = '';
  for (const part of word.parts) {
    if (part.kind !== 'text') return undefined;
    text += part.text;
  }
  return text;
}

function assignmentOf(word: FishWord): { readonly name: string; readonly value: FishWord } | undefined {
  const [first, ...rest] = word.parts;
  if (first?.kind !== 'text' || first.quoted) return undefined;
  const name = /^[A-Za-z_]\w*(?==)/.exec(first.text)?.[0];
  if (name === undefined) return undefined;
  return { name, value: { parts: [{ ...first, text: first.text.slice(name.length + 1) }, ...rest], start: word.start + name.length + 1, end: word.end } };
}
