import { readFileSync } from 'node:fs';
import path from 'node:path';
import createModule from 'libpg-query/wasm/libpg-query.js';
import type { PostgresModule } from 'libpg-query/wasm/libpg-query.js';
import type { SqlParser } from '../../core/languages/sql-acts.js';

/** A WebAssembly memory never shrinks, so one that a long text has blown up is given back. Characters. */
const LONG = 64 * 1024;

/** The scanner goes over a run of operator characters once for each of them: a hundred thousand take minutes. */
const LONG_RUN = /[-~!@#^&|`?+*/%<>=]{200}/;

/** PostgreSQL's own grammar, compiled to WebAssembly. Its answer to one text says nothing about the next. */
class PostgresParser implements SqlParser {
  readonly #compiled = new WebAssembly.Module(readFileSync(path.join(__dirname, 'libpg-query.wasm')));
  #module: PostgresModule | undefined;

  parse(text: string): unknown {
    return this.with(text, (module, pointer) => {
      const result = module._wasm_parse_query_raw(pointer);
      if (result === 0) return undefined;
      try {
        // PgQueryParseResult: the tree, what was written to stderr, the error.
        const [tree, error] = [module.getValue(result, 'i32'), module.getValue(result + 8, 'i32')];
        return error === 0 && tree !== 0 ? module.UTF8ToString(tree) : undefined;
      } finally {
        module._wasm_free_parse_result(result);
      }
    });
  }

  parseRoutine(text: string): unknown {
    return this.with(text, (module, pointer) => {
      const result = module._wasm_parse_plpgsql(pointer);
      if (result === 0) return undefined;
      const answer = module.UTF8ToString(result);
      module._wasm_free_string(result);
      // Anything else is the message of an error.
      return answer.startsWith('{') ? answer : undefined;
    });
  }

  private with(text: string, ask: (module: PostgresModule, pointer: number) => string | undefined): unknown {
    // A C string ends at its first zero, and what follows would go unread.
    if (text === '' || text.includes('\0') || LONG_RUN.test(text)) return undefined;
    try {
      const module = (this.#module ??= this.instantiate());
      const bytes = module.lengthBytesUTF8(text) + 1;
      const pointer = module._malloc(bytes);
      if (pointer === 0) throw new Error('No memory for the text.');
      module.stringToUTF8(text, pointer, bytes);
      const answer = ask(module, pointer);
      module._free(pointer);
      if (text.length > LONG) this.#module = undefined;
      return answer === undefined ? undefined : (JSON.parse(answer) as unknown);
    } catch {
      // The stack or the memory ran out, and what that left behind is not to be trusted.
      this.#module = undefined;
      return undefined;
    }
  }

  private instantiate(): PostgresModule {
    const silent = (): void => undefined;
    return createModule({ instantiateWasm: (imports) => new WebAssembly.Instance(this.#compiled, imports), print: silent, printErr: silent });
  }
}

export const parser: SqlParser = new PostgresParser();
