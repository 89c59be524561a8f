import assert from 'node:assert/strict';
import fc from 'fast-check';
import { carriedBy, CARRYING } from '../../../../src/core/assess/carried.js';
import { standingOf } from '../../../../src/core/assess/standing.js';
import type { Ground } from '../../../../src/core/assess/standing.js';
import { decide } from '../../../../src/core/policy/decide.js';
import { defaultPolicy } from '../../../../src/core/policy/policy.js';
import { assessIn, HOME, PROJECT } from './fake-world.js';
import { spoken } from '../../../../src/core/say.js';

const DELETE = 'kubectl delete ns payments --context prod';
/** PROMPT_COMMAND as a guarded bash hands it on. */
const GUARDED_PROMPT = 'eval "${__countersign_rest-[[ ! -r $COUNTERSIGN_GATE/guard.bash ]] || . \\"$COUNTERSIGN_GATE/guard.bash\\"}"';
const POLICY = defaultPolicy();
const GROUND: Ground = { cwd: PROJECT, home: HOME, root: PROJECT, own: `${HOME}/.countersign` };

interface Case {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly text?: string;
}

function actionOf({ env = {}, files = {}, text = 'make' }: Case): string {
  return decide(assessIn(text, { env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env }, files: { Makefile: 'all:\n\tls\n', ...files } }), 'person', POLICY).action;
}

/** Environments that run something the operation's text does not show. */
const HELD: readonly (readonly [string, Case])[] = [
  ['a start file for bash', { env: { BASH_ENV: `${PROJECT}/x` }, files: { x: DELETE } }],
  ['a start file in a temporary directory', { env: { BASH_ENV: '/tmp/x' }, files: { '/tmp/x': DELETE } }],
  ['a start file elsewhere', { env: { BASH_ENV: `${HOME}/x` }, files: { [`${HOME}/x`]: DELETE } }],
  ['a start file of the user that was turned', { env: { BASH_ENV: `${HOME}/.bashrc` }, files: { [`${HOME}/.bashrc`]: DELETE } }],
  ['a start file behind our own', { env: { BASH_ENV: `${HOME}/.countersign/gate/guard.bash`, COUNTERSIGN_BASH_ENV: './x' }, files: { x: DELETE } }],
  ['a substitution in the name of a start file', { env: { BASH_ENV: `$(${DELETE})` } }],
  ['a start file given in the text', { text: 'BASH_ENV=./x bash -c ls', files: { x: DELETE } }],
  ['a start file exported in the text', { text: 'export BASH_ENV=./x; make', files: { x: DELETE } }],
  ['a start file assigned to the inherited variable', { text: 'BASH_ENV=./x; make', env: { BASH_ENV: `${HOME}/.countersign/gate/guard.bash` }, files: { x: DELETE } }],
  ['a function in a start file that the text calls', { text: 'bash -c ls', env: { BASH_ENV: `${HOME}/.bashrc` }, files: { [`${HOME}/.bashrc`]: `ls() { ${DELETE}; }` } }],
  ['a start file given as an option', { text: 'bash --rcfile ./x -i', files: { x: DELETE } }],
  ['a start file for zsh', { env: { ZDOTDIR: `${PROJECT}/z` }, files: { 'z/.zshenv': DELETE } }],
  ['an exported function', { text: 'ls -la', env: { 'BASH_FUNC_ls%%': `() { ${DELETE}\n}` } }],
  ['an exported function for a builtin', { text: 'cd src', env: { 'BASH_FUNC_cd%%': `() { ${DELETE}\n}` } }],
  ['an exported function of Apple’s bash', { text: 'ls', env: { '__BASH_FUNC<ls>()': `() { ${DELETE}\n}` } }],
  ['an exported function below make', { env: { 'BASH_FUNC_ls%%': `() { ${DELETE}\n}` } }],
  ['an exported function that calls another one', { text: 'ls', env: { 'BASH_FUNC_ls%%': '() { f "$@"\n}', 'BASH_FUNC_f%%': `() { ${DELETE}\n}` } }],
  ['a function handed to env', { text: `env 'BASH_FUNC_ls%%=() { ${DELETE}; }' bash -c ls` }],
  ['a trace prompt', { env: { PS4: `$(${DELETE})`, SHELLOPTS: 'xtrace' } }],
  ['a prompt command', { env: { PROMPT_COMMAND: DELETE } }],
  ['another directory of guards', { env: { COUNTERSIGN_GATE: './g', PROMPT_COMMAND: '. "$COUNTERSIGN_GATE/guard.bash"' }, files: { 'g/guard.bash': DELETE } }],
  ['a prompt command behind our guard', { env: { COUNTERSIGN_GATE: `${HOME}/.countersign/gate`, PROMPT_COMMAND: `${GUARDED_PROMPT}\n${DELETE}` } }],
  ['another directory of guards in a guarded shell', { env: { COUNTERSIGN_GATE: './g', PROMPT_COMMAND: GUARDED_PROMPT }, files: { 'g/guard.bash': DELETE } }],
  ['a prompt command behind our loader', { env: { PROMPT_COMMAND: `. "$COUNTERSIGN_GATE/guard.bash"\n${DELETE}` } }],
  ['git’s ssh', { text: 'git fetch', env: { GIT_SSH_COMMAND: DELETE } }],
  ['git’s diff', { text: 'git diff', env: { GIT_EXTERNAL_DIFF: './d' }, files: { d: `#!/bin/sh\n${DELETE}\n` } }],
  ['git’s settings', { text: 'git p', env: { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'alias.p', GIT_CONFIG_VALUE_0: `!${DELETE}` } }],
  ['git’s settings exported in the text', { text: `export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=alias.p GIT_CONFIG_VALUE_0='!${DELETE}'; git p` }],
  ['a pager', { text: 'man ls', env: { PAGER: `sh -c '${DELETE}'` } }],
  ['an editor', { env: { EDITOR: './e' }, files: { e: `#!/bin/sh\n${DELETE}\n` } }],
  ['an input filter of less', { env: { LESSOPEN: `|${DELETE} %s` } }],
  ['a shell for npm scripts', { env: { npm_config_script_shell: './s' }, files: { s: `#!/bin/sh\n${DELETE}\n` } }],
  ['a module for node', { env: { NODE_OPTIONS: '--require ./x.js' }, files: { 'x.js': `require('child_process').execSync('${DELETE}')` } }],
  ['a module for node among ordinary options', { env: { NODE_OPTIONS: '--max-old-space-size=4096 "--import=./x.mjs" --no-warnings' }, files: { 'x.mjs': `execSync('${DELETE}')` } }],
  ['a module for node in a URL', { env: { NODE_OPTIONS: `--import data:text/javascript,execSync(%27${encodeURIComponent(DELETE)}%27)` } }],
  ['a module for node in base64', { env: { NODE_OPTIONS: `--import data:text/javascript;base64,${Buffer.from(`execSync('${DELETE}')`).toString('base64')}` } }],
  ['a module that only calls itself the debugger', { env: { NODE_OPTIONS: '--require ./extensions/ms-vscode.js-debug/src/bootloader.js' }, files: { 'extensions/ms-vscode.js-debug/src/bootloader.js': `execSync('${DELETE}')` } }],
  ['a module for node given in the text', { text: 'NODE_OPTIONS="-r ./x.js" npm test', files: { 'x.js': `execSync('${DELETE}')` } }],
  ['a start file for python', { env: { PYTHONSTARTUP: './x.py' }, files: { 'x.py': `import os; os.system('${DELETE}')` } }],
  ['a customisation of python', { env: { PYTHONPATH: '/usr/lib/x:.' }, files: { 'sitecustomize.py': `import os; os.system('${DELETE}')` } }],
  ['a library for ruby', { env: { RUBYOPT: '-W0 -r./x' }, files: { 'x.rb': `system('${DELETE}')` } }],
  ['code for lua', { env: { LUA_INIT: `os.execute('${DELETE}')` } }],
  ['a hook of Java', { env: { JAVA_TOOL_OPTIONS: `"-XX:OnOutOfMemoryError=${DELETE}" -Xmx1g` } }],
  ['arguments for terraform', { text: 'terraform -chdir=envs/prod apply', env: { TF_CLI_ARGS_apply: '-destroy -auto-approve' } }],
  ['a program in the repository', { text: 'kubectl get pods', env: { PATH: `${PROJECT}/bin:/usr/bin` }, files: { 'bin/kubectl': `#!/bin/sh\nexec /usr/bin/${DELETE}\n` } }],
  ['a program in the repository behind our shim', { text: 'kubectl get pods', env: { PATH: `${HOME}/.countersign/gate/shims:${PROJECT}/bin:/usr/bin` }, files: { [`${HOME}/.countersign/gate/shims/kubectl`]: '#!/bin/bash -p', 'bin/kubectl': `#!/bin/sh\nexec /usr/bin/${DELETE}\n` } }],
  ['a harmless name in the repository', { text: 'ls', env: { PATH: 'bin:/usr/bin' }, files: { 'bin/ls': `#!/bin/sh\n${DELETE}\n` } }],
  ['a program in an empty entry of the path', { text: 'ls', env: { PATH: ':/usr/bin' }, files: { ls: `#!/bin/sh\n${DELETE}\n` } }],
  ['a program in a temporary directory', { text: 'ls', env: { PATH: '/tmp/b:/usr/bin' }, files: { '/tmp/b/ls': `#!/usr/bin/env python3\nimport os; os.system("${DELETE}")\n` } }],
  ['a path given in the text', { text: 'PATH=./bin:$PATH; ls', files: { 'bin/ls': `#!/bin/sh\n${DELETE}\n` } }],
  ['a path given to one call', { text: 'PATH="$PWD/bin:$PATH" ls', files: { 'bin/ls': `#!/bin/sh\n${DELETE}\n` } }],
  ['a system program among a project’s own', { text: 'ls', env: { PATH: `${PROJECT}/node_modules/.bin:/usr/bin` }, files: { 'node_modules/.bin/ls': `#!/bin/sh\n${DELETE}\n` } }],
];

const LOOK = 'kubectl get pods --context prod';

/** What cannot be read holds whatever goes near production, and nothing else. */
const CLOUDED: readonly (readonly [string, Case])[] = [
  ['a library for every program', { env: { LD_PRELOAD: '/tmp/x.so' } }],
  ['a library of the user’s own', { env: { LD_PRELOAD: `libc_malloc.so ${HOME}/x.so` } }],
  ['an audit library', { env: { LD_AUDIT: './x.so' } }],
  ['a library on macOS', { env: { DYLD_INSERT_LIBRARIES: `${PROJECT}/x.dylib` } }],
  ['libraries looked for in the work tree', { env: { LD_LIBRARY_PATH: `${PROJECT}/lib` } }],
  ['an agent for Java', { env: { JAVA_TOOL_OPTIONS: '-javaagent:./x.jar' } }],
  ['code for perl', { env: { PERL5OPT: '-Mstrict;print(1)' } }],
  ['make rules', { env: { MAKEFLAGS: '--eval=$(shell_x)' } }],
  ['other separators', { env: { IFS: '/' } }],
  ['a start file that cannot be read', { env: { BASH_ENV: './x' }, files: { x: 'a\0b' } }],
  ['a module that cannot be read', { env: { NODE_OPTIONS: '-r ./x.node' }, files: { 'x.node': 'a\0b' } }],
  ['a program of the repository that is not text', { env: { PATH: `${PROJECT}/bin:/usr/bin` }, files: { 'bin/kubectl': '\0ELF' } }],
  ['a library given in the text', { text: `LD_PRELOAD=./x.so ${LOOK}` }],
  ['a path that is computed', { text: `PATH="$(./where):$PATH" ${LOOK}`, files: { '/usr/bin/kubectl': '' } }],
];

/** Environments as they are. */
const ORDINARY: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['nothing', {}],
  ['our own guards', { BASH_ENV: `${HOME}/.countersign/gate/guard.bash`, ZDOTDIR: `${HOME}/.countersign/gate/zdotdir`, COUNTERSIGN_GATE: `${HOME}/.countersign/gate`, PROMPT_COMMAND: '. "$COUNTERSIGN_GATE/guard.bash"\nhistory -a', PATH: `${HOME}/.countersign/gate/shims:/usr/bin`, LD_PRELOAD: `${HOME}/.countersign/gate/strict/ab.so` }],
  ['the debugger', { NODE_OPTIONS: ' --require "/home/ada/.vscode/extensions/ms-vscode.js-debug-1.100.0/src/bootloader.js"  --inspect-publish-uid=http' }],
  ['the debugger that comes with the editor', { NODE_OPTIONS: '--require /usr/share/code/resources/app/extensions/ms-vscode.js-debug/src/bootloader.js' }],
  ['the debugger of an editor in another place', { NODE_OPTIONS: '--require "/srv/editors/my editor/extensions/ms-vscode.js-debug/src/bootloader.js" --max-old-space-size=8192' }],
  ['memory for node', { NODE_OPTIONS: '--max-old-space-size=4096 --enable-source-maps -r dotenv/config --import tsx' }],
  ['helpers of the editor', { GIT_ASKPASS: `${HOME}/.vscode-server/bin/abc/extensions/git/dist/askpass.sh`, BROWSER: `${HOME}/.vscode-server/bin/abc/bin/helpers/browser.sh`, EDITOR: 'code --wait', VISUAL: 'vim', PYTHONSTARTUP: `${HOME}/.vscode-server/data/pythonrc.py` }],
  ['pagers', { PAGER: 'less -FRX', MANPAGER: "sh -c 'col -bx | bat -l man -p'", GIT_PAGER: 'delta', LESSOPEN: '| /usr/bin/lesspipe %s', LESSCLOSE: '/usr/bin/lesspipe %s %s', AWS_PAGER: '' }],
  ['an ssh with a key', { GIT_SSH_COMMAND: 'ssh -i ~/.ssh/id_work -o IdentitiesOnly=yes' }],
  ['our guard in a shell that it guards', { COUNTERSIGN_GATE: `${HOME}/.countersign/gate`, PROMPT_COMMAND: GUARDED_PROMPT }],
  ['prompts', { PROMPT_COMMAND: '__vsc_prompt_cmd_original', PS4: '+${BASH_SOURCE}:${LINENO}: ' }],
  ['a virtual environment', { VIRTUAL_ENV: `${PROJECT}/.venv`, PATH: `${PROJECT}/.venv/bin:${PROJECT}/node_modules/.bin:/usr/bin` }],
  ['sources for python', { PYTHONPATH: `.:src:${PROJECT}/lib` }],
  ['options for other languages', { RUBYOPT: '-W0 -rbundler/setup', PERL5OPT: '-Mutf8 -MDevel::Cover=-silent,1', JAVA_TOOL_OPTIONS: '-Xmx2g -Dfile.encoding=UTF-8', MAKEFLAGS: '-j8 --no-print-directory' }],
  ['another allocator', { LD_PRELOAD: '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2 libgtk3-nocsd.so.0', LD_LIBRARY_PATH: '/usr/local/cuda/lib64:/opt/ros/lib' }],
  ['a start file of the user', { BASH_ENV: `${HOME}/.bashrc`, ENV: 'development' }],
  ['functions of Fedora', { 'BASH_FUNC_which%%': '() {  ( alias; eval ${which_declare} ) | /usr/bin/which --tty-only --read-alias "$@"\n}', which_declare: 'declare -f' }],
];
const RC = `export NVM_DIR="$HOME/.nvm"\n[ -s "$NVM_DIR/nvm.sh" ] && . "$NVM_DIR/nvm.sh"\neval "$(pyenv init -)"\nsource <(kubectl completion bash)\nclean() { rm -rf /srv/cache; }\nunknown-tool activate\n`;

describe('the environment of an operation', () => {
  for (const [name, given] of HELD) it(`holds ${name}`, () => assert.equal(actionOf(given), 'approve'));
  for (const [name, given] of CLOUDED) {
    it(`holds a look at production with ${name}`, () => assert.equal(actionOf({ text: LOOK, ...given }), 'approve'));
    if (given.text === undefined) it(`lets other work go on with ${name}`, () => assert.equal(actionOf({ ...given, text: 'ls' }), 'allow'));
  }
  for (const [name, env] of ORDINARY) {
    const files = { [`${HOME}/.bashrc`]: RC, '.venv/bin/python': '\0ELF', 'node_modules/.bin/kubectx': '#!/usr/bin/env node\nx()', '.venv/bin/aws': '#!/x/.venv/bin/python\nimport awscli\n' };
    for (const text of [LOOK, 'ls', 'python -m http.server', 'which ls', 'aws s3 ls --profile prod']) it(`is silent about ${name}: ${text}`, () => assert.equal(actionOf({ env, files, text }), 'allow'));
  }
  it('says in a step what a variable would do', () => {
    const { steps, inputs } = assessIn('make', { env: { LD_PRELOAD: '/tmp/x.so', BASH_ENV: './x' }, files: { Makefile: 'all:\n\tls\n', x: 'ls' } });
    const texts = steps.map(({ text }) => spoken(text));
    assert.ok(texts.some((text) => /^LD_PRELOAD loads \/tmp\/x\.so into every program/.test(text)), texts.join('\n'));
    assert.ok(texts.includes(`BASH_ENV runs ${PROJECT}/x.`), texts.join('\n'));
    assert.ok(inputs.some(({ path }) => path === `${PROJECT}/x`));
  });
  it('binds a start file that is not there yet', () => {
    assert.deepEqual(assessIn('ls', { env: { BASH_ENV: './later' } }).inputs, [{ path: `${PROJECT}/later`, sha256: undefined }]);
  });
  it('never fails on a value', () => {
    fc.assert(fc.property(fc.constantFrom(...CARRYING), fc.oneof(fc.string(), fc.constantFrom('-r', '"', '-M;', '@', 'data:,%', '$(', '`', '.', ':', '-XX:OnError=')).chain((piece) => fc.array(fc.constantFrom(piece, ' ', './x', '\uFFFC', 'data:;base64,x'), { maxLength: 6 })), (name, pieces) => {
      const value = pieces.join('');
      carriedBy(name, value, GROUND);
      assert.ok(assessIn('ls', { env: { [name]: value } }).targets.length > 0);
    }), { numRuns: 2000 });
  }).timeout(20_000);
});

describe('where a file stands', () => {
  const table: readonly (readonly [string, string, Partial<Ground>?])[] = [
    ['/usr/bin/x', 'system'], ['/opt/x/y', 'system'], [`${HOME}/.vscode-server/x`, 'system'], [`${HOME}/.vscode-server-insiders/x`, 'system'], [`${HOME}/.countersign/gate/x`, 'own'],
    [`${HOME}/x`, 'user'], ['/srv/x', 'user'], [`${PROJECT}/x`, 'foreign'], ['/tmp/x', 'foreign'], ['x', 'foreign'], [`${HOME}/.countersign/../shop/x`, 'foreign'], [`/usr/bin/../..${PROJECT}/x`, 'foreign'], ['/usr/../tmp/x', 'foreign'],
    ['/opt/repo/x', 'foreign', { cwd: '/opt/repo', root: '/opt/repo' }], ['/opt/other/x', 'system', { cwd: '/opt/repo', root: '/opt/repo' }],
    [`${HOME}/bin/x`, 'user', { root: HOME }], [`${HOME}/bin/x`, 'user', { cwd: HOME, root: HOME }], ['/srv/a/x', 'foreign', { cwd: '/srv/a', root: undefined }], ['/srv/x', 'user', { cwd: '/', root: undefined }],
  ];
  for (const [path, standing, ground] of table) it(`${path} is ${standing}${ground ? ` from ${JSON.stringify(ground)}` : ''}`, () => assert.equal(standingOf(path, { ...GROUND, ...ground }), standing));
});
