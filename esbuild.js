// Builds the extension, the command line and, with --tests, everything under test/.
// Usage: node esbuild.js [--production] [--tests] [--watch]
const esbuild = require('esbuild');
const { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { noticesOf } = require('./notices.js');

const has = (flag) => process.argv.includes(flag);
const production = has('--production');

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Without this, jsonc-parser resolves to its UMD build, which breaks when bundled.
  mainFields: ['module', 'main'],
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  // The licences travel in a file of their own.
  legalComments: 'none',
  metafile: production,
  // What is written to the user's machine travels inside the bundle.
  loader: { '.bash': 'text', '.zsh': 'text', '.fish': 'text', '.ps1': 'text', '.sh': 'text', '.c': 'text', '.sql': 'text', '.css': 'text', '.txt': 'text' },
  // Only an addition of pg's own that is not installed.
  external: ['pg-native'],
};

/** libpg-query's loader waits for its WebAssembly; an assessment cannot wait, so it is given an instance instead. */
const WAITING = [
  ['return async function(moduleArg={})', 'return function(moduleArg={})'],
  ['async function createWasm(){', 'function createWasm(){'],
  ['return new Promise(resolve=>{instantiateWasm(info,inst=>resolve(receiveInstance(inst)))})', 'return receiveInstance(instantiateWasm(info))'],
  ['var result=await instantiateAsync(wasmBinary,wasmBinaryFile,info);var exports=receiveInstantiationResult(result);return exports', 'throw new Error("There is no instance.")'],
  ['async function run(){preRun();if(runDependencies){await resolveRunDependencies()}', 'function run(){preRun();if(runDependencies){throw new Error("It is not ready.")}'],
  ['if(setStatus){setStatus("Running...");await new Promise(resolve=>setTimeout(resolve,1));setTimeout(setStatus,1,"")}', ''],
  ['wasmExports=await createWasm();await run();', 'wasmExports=createWasm();run();'],
];
const withoutWaiting = {
  name: 'without-waiting',
  setup(build) {
    build.onLoad({ filter: /libpg-query[\\/]wasm[\\/]libpg-query\.js$/ }, ({ path: file }) => {
      let contents = readFileSync(file, 'utf8');
      for (const [waiting, ready] of WAITING) {
        if (contents.split(waiting).length !== 2) throw new Error(`libpg-query's loader has changed: ${waiting}`);
        contents = contents.replace(waiting, () => ready);
      }
      return { contents, loader: 'js' };
    });
  },
};

/** Bundles of their own, beside the one that asks for them: the database driver and the encryption of sealed items, each read only where a team uses it. */
const readLate = {
  name: 'read-late',
  setup(build) {
    build.onResolve({ filter: /\/world\/(postgres|age)\.js$/ }, ({ path: file }) => ({ path: `./${path.basename(file)}`, external: true }));
  },
};

const product = [
  // Two bundles: VS Code waits for the first one, which loads the second when it is needed.
  { ...common, entryPoints: { extension: 'src/extension/extension.ts' }, outdir: 'out', external: ['vscode', './window.js'], supported: { 'dynamic-import': false } },
  { ...common, entryPoints: { window: 'src/extension/window.ts' }, outdir: 'out', external: ['vscode'], plugins: [readLate], supported: { 'dynamic-import': false } },
  // `vscode` is not external here: an import of it that reaches the command line cannot be bundled, and so fails the build.
  { ...common, entryPoints: { cli: 'src/cli/main.ts', gate: 'src/guards/gate.ts', uninstall: 'src/guards/uninstall.ts' }, outdir: 'out', external: ['./mcp.js'], banner: { js: '#!/usr/bin/env node' }, plugins: [readLate], supported: { 'dynamic-import': false } },
  { ...common, entryPoints: { postgres: 'src/world/postgres.ts', age: 'src/world/age.ts' }, outdir: 'out' },
  // Reads files beside the thread that the editor waits for.
  { ...common, entryPoints: { 'scan-worker': 'src/world/scan-worker.ts' }, outdir: 'out' },
  { ...common, entryPoints: { mcp: 'src/cli/mcp.ts' }, outdir: 'out', plugins: [readLate], supported: { 'dynamic-import': false } },
  // Each of them is read only when a statement of its dialect is seen.
  {
    ...common,
    entryPoints: { 'sql-postgres': 'src/world/sql/postgres.ts', 'sql-mysql': 'src/world/sql/mysql.ts', 'sql-sqlite': 'src/world/sql/sqlite.ts' },
    outdir: 'out',
    sourcemap: false,
    minify: true,
    plugins: [withoutWaiting],
  },
];

const tests = () => ({
  ...common,
  entryPoints: readdirSync('test', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => /\.test\.ts$|^test\/(harness|demo|bench)\/[^/]+\.ts$|\/(suite|world|stopwatch)\.ts$/.test(file)),
  outbase: '.',
  outdir: 'out',
  sourcemap: 'inline',
  // Each test file is a bundle of its own; with the packages in each of them, building took longer than the unit tests.
  packages: 'external',
});

async function main() {
  mkdirSync('out', { recursive: true });
  copyFileSync(require.resolve('libpg-query/wasm/libpg-query.wasm'), path.join('out', 'libpg-query.wasm'));
  const builds = has('--tests') ? [...product, tests()] : product;
  if (has('--watch')) {
    const contexts = await Promise.all(builds.map((options) => esbuild.context(options)));
    await Promise.all(contexts.map((context) => context.watch()));
  } else {
    const built = await Promise.all(builds.map((options) => esbuild.build(options)));
    if (production) writeFileSync(path.join('out', 'THIRD_PARTY_NOTICES.txt'), noticesOf(built.map(({ metafile }) => metafile), [path.join('node_modules', 'libpg-query')]));
  }
}

main().catch(() => process.exit(1));
