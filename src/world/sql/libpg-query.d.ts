/** What of WebAssembly is used; the DOM's types, which have all of it, are not for Node. */
declare namespace WebAssembly {
  type Imports = Readonly<Record<string, unknown>>;
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Module: new (bytes: Uint8Array) => Module;
  const Instance: new (module: Module, imports: Imports) => Instance;
}

/** The functions of libpg-query's WebAssembly that we call; the rest of its loader is Emscripten's. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface PostgresModule {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
    _wasm_parse_plpgsql(text: number): number;
    _wasm_free_string(text: number): void;
    getValue(pointer: number, type: 'i32'): number;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytes: number): void;
    UTF8ToString(pointer: number): string;
  }
  /** With the change that esbuild.js makes to it, the loader takes an instance and does not wait. */
  export default function createModule(options: {
    instantiateWasm(imports: WebAssembly.Imports): WebAssembly.Instance;
    print(text: string): void;
    printErr(text: string): void;
  }): PostgresModule;
}
