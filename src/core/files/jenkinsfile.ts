import type { ShellName } from '../assess/assessment.js';
import { quote } from '../shell/command.js';
import { HOLE } from '../shell/program.js';
import type { Gather } from './gather.js';
import { appendString, groovyTokens, stringPassage } from './groovy.js';
import type { GroovyToken } from './groovy.js';
import { PassageBuilder } from './passage.js';
import type { Passage } from './passage.js';

/** Steps that give a text to a shell. */
const STEPS: ReadonlyMap<string, ShellName> = new Map([['sh', 'bash'], ['bat', 'cmd'], ['powershell', 'powershell'], ['pwsh', 'powershell']]);

/** What stands further out says nothing any more. */
const MOST_LEVELS = 64;

/** One pair of curly brackets, and what it says about everything inside. */
interface Level {
  readonly owner: string;
  readonly stage?: string;
  readonly env: Map<string, string>;
  disposable: boolean;
}

/** A Jenkinsfile (declarative or scripted), a shared library, or a Gradle file: the commands of its steps. */
export function readGroovy(gather: Gather): void {
  new Reader(gather).read();
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly GroovyToken[];
  readonly #levels: Level[] = [{ owner: '', env: new Map(), disposable: false }];
  /** The name of a stage, and the variables of `withEnv`, that hold from the next curly bracket on. */
  #stage: string | undefined;
  #env = new Map<string, string>();
  #owner = '';

  constructor(private readonly gather: Gather) {
    this.#text = gather.file.text;
    this.#tokens = groovyTokens(this.#text);
  }

  read(): void {
    for (let index = 0; index < this.#tokens.length; index += 1) {
      const token = this.#tokens[index];
      if (!token) break;
      const word = token.kind === 'line' || token.kind === 'string' ? '' : this.textOf(token);
      if (token.kind === 'word') this.word(word, index);
      else if (token.kind === 'string' && this.is(index + 1, '.') && this.is(index + 2, 'execute')) this.run(stringPassage(this.#text, token), 'bash');
      else if (word === '{') this.open();
      else if (word === '}' && this.#levels.length > 1) this.#levels.pop();
    }
  }

  private word(word: string, index: number): void {
    const shell = STEPS.get(word);
    const level = this.#levels.at(-1);
    if (!level) return;
    // `def sh(…)` defines, and `sh = …` assigns.
    if (shell !== undefined && !this.is(index - 1, 'def') && !this.is(index + 1, '=')) {
      const passage = this.expression(this.scriptAt(index + 1));
      if (passage) this.run(passage, shell);
    } else if (word === 'stage') {
      this.#stage = this.plainAt(this.skip(index + 1, '('));
    } else if (word === 'withEnv') {
      this.#env = new Map(this.strings(index + 1).flatMap((text) => (/^\w+=/.test(text) ? [[text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const] : [])));
    } else if (level.owner === 'environment' && this.is(index + 1, '=')) {
      const value = this.plainAt(index + 2);
      // It holds for what stands around the block.
      if (value !== undefined) this.#levels.at(-2)?.env.set(word, value);
    } else if (level.owner === 'agent' && /^(docker|dockerfile|kubernetes)$/.test(word)) {
      const around = this.#levels.at(-2);
      if (around) around.disposable = true;
    } else if (word === 'commandLine' || word === 'executable') {
      const passage = this.list(index + 1);
      if (passage) this.run(passage, 'bash');
    }
    if (this.is(index + 1, '{')) this.#owner = word;
  }

  private open(): void {
    const above = this.#levels.at(-1);
    const stage = this.#stage;
    this.#levels.push({ owner: this.#owner, ...(stage !== undefined && { stage }), env: this.#env, disposable: above?.disposable ?? false });
    this.#stage = undefined;
    this.#env = new Map();
    this.#owner = '';
  }

  private run(passage: Passage, shell: ShellName): void {
    const stages = this.#levels.slice(-MOST_LEVELS).flatMap(({ stage }) => stage ?? []).slice(-8);
    const env = new Map(this.#levels.slice(-MOST_LEVELS).flatMap((level) => [...level.env]));
    this.gather.shell(passage, { shell, env, labels: stages, via: stages.map((stage) => `stage ${stage}`), elsewhere: true, disposable: this.#levels.at(-1)?.disposable ?? false });
  }

  /** Where the script of a step begins: behind a bracket, and behind `script:` among named arguments. */
  private scriptAt(from: number): number {
    const start = this.skip(from, '(');
    if (this.#tokens[start]?.kind !== 'word' || !this.is(start + 1, ':')) return start;
    for (let index = start; index < start + 64 && !this.is(index, ')'); index += 1) if (this.is(index, 'script') && this.is(index + 1, ':')) return index + 2;
    return start;
  }

  /** A string, or several joined by `+`; everything else in it is not known. */
  private expression(from: number): Passage | undefined {
    const builder = new PassageBuilder(this.#text);
    let found = false;
    for (let index = from; index < from + 64; index += 1) {
      const token = this.#tokens[index];
      if (token?.kind === 'string') {
        appendString(this.#text, token, builder);
        found = true;
      } else if (token?.kind === 'word' && (index === from || this.is(index - 1, '+'))) builder.put(HOLE, token.start, token.end);
      // `.stripIndent()` and the like change only blanks.
      else if (this.is(index, '.') && this.#tokens[index + 1]?.kind === 'word') index += this.is(index + 2, '(') && this.is(index + 3, ')') ? 3 : 1;
      else if (!this.is(index, '+') && !(token?.kind === 'line' && (this.is(index - 1, '+') || this.is(index + 1, '+') || index === from))) break;
    }
    return found ? builder.build() : undefined;
  }

  /** `commandLine 'rm', '-rf', dir` as one line. */
  private list(from: number): Passage | undefined {
    const builder = new PassageBuilder(this.#text);
    for (let index = from; index < from + 64; index += 1) {
      const token = this.#tokens[index];
      if (!token || token.kind === 'line' || this.is(index, ')') || this.is(index, '}')) break;
      if (token.kind === 'mark') continue;
      if (builder.length > 0) builder.put(' ', token.start, token.start);
      const passage = token.kind === 'string' ? stringPassage(this.#text, token) : undefined;
      if (passage && /^[\w./:@%+=,-]+$/.test(passage.text)) builder.append(passage);
      else builder.put(passage ? quote(passage.text) : HOLE, token.start, token.end);
    }
    return builder.length === 0 ? undefined : builder.build();
  }

  /** The strings up to the closing bracket. */
  private strings(from: number): readonly string[] {
    const found: string[] = [];
    for (let index = from; index < from + 256 && !this.is(index, ')') && !this.is(index, '{'); index += 1) {
      const token = this.#tokens[index];
      if (token?.kind === 'string') found.push(stringPassage(this.#text, token).text);
    }
    return found;
  }

  private plainAt(index: number): string | undefined {
    const token = this.#tokens[index];
    return token?.kind === 'string' ? stringPassage(this.#text, token).text : undefined;
  }

  private skip(index: number, text: string): number {
    return this.is(index, text) ? index + 1 : index;
  }

  private is(index: number, text: string): boolean {
    const token = this.#tokens[index];
    return token !== undefined && token.kind !== 'string' && token.end - token.start === text.length && this.#text.startsWith(text, token.start);
  }

  private textOf({ start, end }: GroovyToken): string {
    return this.#text.slice(start, end);
  }
}
