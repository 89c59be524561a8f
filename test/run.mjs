// The one entry: node test/run.mjs start|test|suites|unit|properties|bench|package [arguments]
// Works on a fresh clone with nothing but Node and npm: every verb installs what is missing and builds first.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const windows = process.platform === 'win32';

/** Runs a command in the checkout with our terminal; true when it succeeded. */
function run(command, args, env = {}) {
  const viaShell = windows && command !== process.execPath;
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: viaShell, env: { ...process.env, ...env } });
  if (error) console.error(`${command}: ${error.message}`);
  return status === 0;
}

const node = (args, env) => run(process.execPath, args, env);

function demand(done, what) {
  if (done) return;
  console.error(`\n${what} failed.`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Countersign needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs the dependencies when there are none or the lock file is newer than they are. */
function install() {
  const installed = at('node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(at('package-lock.json')).mtimeMs) return true;
  console.log('Installing dependencies (npm ci)…');
  return run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
}

const build = (...flags) => node([at('esbuild.js'), ...flags]);

/** Runs a step that leaves its totals in a file; a step that leaves none, or fails without naming a failure, is one failure. */
function counted(what, step) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'test-totals-'));
  const file = path.join(folder, 'totals.json');
  try {
    const succeeded = step({ COUNTERSIGN_TOTALS_FILE: file });
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, failures: [`${what} ended without counting.`] };
    const totals = JSON.parse(readFileSync(file, 'utf8'));
    return succeeded || totals.failed > 0 ? totals : { ...totals, failed: 1, failures: [`${what} ended badly.`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const mocha = (what, args) =>
  counted(what, (env) =>
    node(['--enable-source-maps', at('node_modules', 'mocha', 'bin', 'mocha.js'), '--reporter', at('out', 'test', 'harness', 'totals-reporter.js'), ...args], env),
  );

const unit = (args) => mocha('The unit tests', args);

/**
 * Everything but the editor, with real git, ssh-keygen and processes. Files in which a test failed are run once more by
 * themselves, because a loaded machine can be too slow for real processes; what fails twice has failed.
 */
const integration = () => {
  const run = (...files) => mocha('The integration tests', ['--no-config', '--forbid-only', '--exit', '--timeout', '60000', ...files]);
  const first = run(path.join('out', 'test', 'integration', '**', '*.test.js'));
  if (first.failed === 0 || !first.failedFiles?.length) return first;
  console.log(`\n${first.failed} failed; these files once more:\n${first.failedFiles.join('\n')}`);
  const { failed, failures } = run(...first.failedFiles);
  if (failed === 0) console.log('\nUnsteady: failed once and passed once.');
  return { passed: first.passed + Math.max(0, first.failed - failed), failed, skipped: first.skipped, failures };
};

const suites = (names) => counted('The end-to-end tests', (env) => node(['--enable-source-maps', at('out', 'test', 'harness', 'run-suites.js'), ...names], env));

/** A check that is not a test counts only when it fails. */
function check(what, done) {
  if (!done) console.error(`\n${what} failed.`);
  return { passed: 0, failed: done ? 0 : 1, skipped: 0, failures: done ? [] : [`${what} failed.`] };
}

/** Prints what failed, which may stand thousands of lines above, and the sum as the last line; ends accordingly. */
function conclude(parts) {
  for (const failure of parts.flatMap((part) => part.failures)) console.log(`\nFailed: ${failure}`);
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
}

const verbs = {
  start(args) {
    demand(install() && build('--tests'), 'The build');
    process.exitCode = node(['--enable-source-maps', at('out', 'test', 'demo', 'start.js'), ...args]) ? 0 : 1;
  },
  test(args) {
    // What an older build left behind is not to be tested.
    rmSync(at('out'), { recursive: true, force: true });
    const ready = check('The build', install() && build('--tests'));
    if (ready.failed > 0) return conclude([ready]);
    console.log('Linting and checking types…');
    const lint = check('Linting', run('npm', ['run', '--silent', 'lint']));
    const types = check('Checking types', run('npm', ['run', '--silent', 'check-types']));
    node([at('out', 'test', 'harness', 'ensure-programs.js')]);
    return conclude([lint, types, unit([]), integration(), suites(args)]);
  },
  suites(args) {
    demand(install() && build('--tests'), 'The build');
    conclude([suites(args)]);
  },
  unit(args) {
    demand(install() && build('--tests'), 'The build');
    conclude([unit(args)]);
  },
  /** The unit tests with a million generated inputs in all, instead of the few thousand of every day. */
  properties(args) {
    demand(install() && build('--tests'), 'The build');
    process.env.COUNTERSIGN_PROPERTY_RUNS ??= '80000';
    conclude([unit(['--timeout', '0', ...args])]);
  },
  bench([name, ...args]) {
    demand(install() && build('--tests'), 'The build');
    const names = name === undefined ? ['assess', 'typing', 'guards', 'hook', 'trust', 'activation'] : [name];
    process.exitCode = names.every((each) => node(['--enable-source-maps', at('out', 'test', 'bench', `${each}.js`), ...args])) ? 0 : 1;
  },
  package(args) {
    demand(install(), 'Installing dependencies');
    // vsce runs the production build itself (vscode:prepublish).
    process.exitCode = run('npx', ['vsce', 'package', '--no-dependencies', '--allow-missing-repository', ...args]) ? 0 : 1;
  },
};

checkNode();
const [verb = '', ...args] = process.argv.slice(2);
if (Object.hasOwn(verbs, verb)) {
  verbs[verb](args);
} else {
  console.error(`Usage: node test/run.mjs ${Object.keys(verbs).join('|')} [arguments]`);
  process.exit(2);
}
