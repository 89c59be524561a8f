// Builds the extension, the command line and, with --tests, everything under test/.
// Usage: node esbuild.js [--production] [--tests] [--watch]
const esbuild = require('esbuild');
const { readdirSync } = require('node:fs');
const path = require('node:path');

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
  legalComments: 'none',
};

const product = [
  { ...common, entryPoints: { extension: 'src/extension/extension.ts' }, outdir: 'out', external: ['vscode'] },
  // No external here: a `vscode` import that reaches the command line cannot be bundled, and so fails the build.
  { ...common, entryPoints: { cli: 'src/cli/main.ts', gate: 'src/guards/gate.ts' }, outdir: 'out', banner: { js: '#!/usr/bin/env node' } },
];

const tests = () => ({
  ...common,
  entryPoints: readdirSync('test', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => /\.test\.ts$|^test\/(harness|demo|bench)\/[^/]+\.ts$|\/(suite|world)\.ts$/.test(file)),
  outbase: '.',
  outdir: 'out',
  sourcemap: 'inline',
  external: ['vscode', 'mocha', 'esbuild', 'playwright-core', '@vscode/test-electron'],
});

async function main() {
  const builds = has('--tests') ? [...product, tests()] : product;
  if (has('--watch')) {
    const contexts = await Promise.all(builds.map((options) => esbuild.context(options)));
    await Promise.all(contexts.map((context) => context.watch()));
  } else {
    await Promise.all(builds.map((options) => esbuild.build(options)));
  }
}

main().catch(() => process.exit(1));
