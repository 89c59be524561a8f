import assert from 'node:assert/strict';
import { HOLE } from '../../../../src/core/shell/program.js';
import { parseShell } from '../../../../src/core/shell/shell.js';
import { plainZsh } from '../../../../src/core/shell/zsh-scan.js';
import { assessIn, isAlarming } from '../assess/fake-world.js';
import { alwaysAnswers } from './answers.js';

const surroundings = { cwd: '/work', home: '/home/ada', env: () => undefined };

describe('zsh', () => {
  const forms = [
    '=rm -rf ..', 'noglob rm -rf ..', 'nocorrect rm -rf ..', 'repeat 3 rm -rf ..', 'repeat 3 { rm -rf .. }', '- rm -rf ..', 'rm -rf .. &!', 'rm -rf .. &|', 'for f (a b) rm -rf ..', 'for f (a b) { rm -rf .. }', 'foreach f (a b); rm -rf ..; end', 'for ((i=0; i<1; i++)) rm -rf ..', 'if [[ -d x ]] { rm -rf .. }', 'if true { echo } else { rm -rf .. }', 'while true { rm -rf ..; break }', '() { rm -rf .. } a', '{ echo } always { rm -rf .. }', 'echo =(rm -rf ..)',
    "echo *(e:'rm -rf ..':)", 'echo *(Ne{rm -rf ..})', 'echo ${$(rm -rf ..):-a}', 'echo ${(f)"$(rm -rf ..)"}', 'echo ${x:-$(rm -rf ..)}', 'emulate sh -c "rm -rf .."', 'exec -a x rm -rf ..', 'zargs -- .. -- rm -rf', 'zf_rm -rf ..', 'sched +1 rm -rf ..', 'x="rm -rf .."; ${=x}', 'x="rm -rf .."; $=x', 'x="rm -rf .."; eval $x', 'rm -rf .. >! /dev/null', 'function { rm -rf .. }', 'f() rm -rf ..; f', 'case x { x) rm -rf .. ;; }', 'TRAPEXIT() { rm -rf .. }', 'add-zsh-hook precmd "rm -rf .."', "zsh -c 'for f (a) rm -rf ..'",
  ];
  for (const text of forms) it(`is stopped at ${text}`, () => assert.ok(isAlarming(assessIn(text, { shell: 'zsh' })), JSON.stringify(parseShell(text, 'zsh', surroundings))));
  for (const text of ['ls *(D)', 'echo ${(L)x} ${x:t} ${(j:,:)x}', 'for f (*.ts) wc -l $f', 'if [[ -d x ]] { ls }', 'repeat 3 echo x', 'noglob git show HEAD^', 'setopt extendedglob', 'autoload -Uz compinit && compinit', 'print -P "%n"', "echo '=(rm -rf ..)'", 'ls **/*(.om[1])', 'alias -g L="| less"', 'sleep 1 &!', '# for f (a) rm -rf ..', '() { echo $1 } a']) {
    it(`lets be ${text}`, () => assert.ok(!isAlarming(assessIn(text, { shell: 'zsh' })), JSON.stringify(assessIn(text, { shell: 'zsh' }).findings)));
  }
  for (const text of ['${(e)x}', 'x=(rm y); $x[1] z', 'x=(a rm); ${x[2]} z', 'a | while read l; do x=rm; done; $x z', 'functions[f]=$x; f', '${${:-r}m} x', 'x=a; ${(U)x}']) it(`says that it cannot know ${text}`, () => assert.ok(parseShell(text, 'zsh', surroundings).opaque.length > 0));
  for (const [text, plain] of [['a &!', 'a & '], ['a &| b', 'a &  b'], ['$=x a', ' $x a'], ['${~x} a', ' ${x} a'], ['a >! b', 'a >| b'], ['a >>! b', 'a >>  b'], ["'a &!' \"$=x\"", "'a &!' \"$=x\""], ['a && !b', 'a && !b'], ['r${=x}', 'r${=x}'], ['$ab[1]', '$?0[1]'], ['${x[-1]} "$x[2]"', '${x[??]} "$?[2]"'], ['${x[@]}', '${x[@]}']] as const) {
    it(`means ${plain} by ${text}`, () => assert.equal(plainZsh(text), plain));
  }
  alwaysAnswers('zsh', ['rm', '$x', '${x', '${(e)', '${$(', '}', '$(', ')', '(', '{', "'", '"', '`', '\\', '*(e:', ':)', '(+f)', 'for f (a)', 'if [[ a ]] {', 'repeat 2', '() {', 'always', '=(', '&!', '&|', '>!', '$=x', '${~x}', ';', '\n', '|', '&&', '#', 'functions[f]=', 'alias -g', HOLE]);
});
