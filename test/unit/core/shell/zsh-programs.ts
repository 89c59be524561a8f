import { randomOf } from './fish-programs.js';

/** Makes zsh programs, of the forms that only zsh has, that may or may not come to run `rmx0` to `rmx9`. */
export function zshProgram(seed: number): string {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const name = (): string => `${pick(['a', 'b', 'c'])}${seed}`;
  const func = (): string => `${pick(['f', 'g'])}${seed}`;
  const spelled = (): string => pick(['rmx', 'rmx', 'rmx', "'rmx'", '"rmx"', `r'm'x${random(10)}`, `\\r"m"x${random(10)}`, '$\'\\x72mx\'', `r\\mx${random(10)}`]);
  const value = (): string => pick<() => string>([
    () => spelled(), () => "'rmx z'", () => 'echo', () => `$${name()}`, () => `"$${name()}"`, () => `\${${name()}}`, () => '$(echo rmx)', () => '`echo rmx`', () => '${:-rmx}', () => `\${${name()}:-rmx}`, () => `\${(L)${name()}}`, () => `\${${name()}:t}`, () => `\${(j: :)${name()}}`, () => "'$(rmx)'", () => '${$(echo rmx)}', () => `\${\${${name()}}}`, () => '"${(@f)$(echo rmx)}"', () => `\${${name()}[1]}`, () => "''", () => '(rmx z)', () => '(echo rmx)',
  ])();
  const word = (): string => pick<() => string>([() => 'x', () => `$${name()}`, () => '$(rmx)', () => '`rmx`', () => '"$(rmx)"', () => "'$(rmx)'", () => '=(rmx)', () => '<(rmx)', () => '/(e:rmx:)', () => "/*(Ne:'rmx y':)", () => "/(oN+rmx)", () => '/(N)', () => '${$(rmx):-x}', () => '${(f)"$(rmx)"}', () => `\${(e)${name()}}`, () => `$=${name()}`, () => `\${~${name()}}`, () => '{a,b}', () => '$((1+1))', () => '${x:-$(rmx)}', () => '\\;', () => '";"', () => '#', () => '$(<file)', () => `\${${name()}::=$(rmx)}`])();
  const words = (): string => Array.from({ length: random(3) }, () => ` ${word()}`).join('');
  const calling = (): string => pick<() => string>([
    () => `${spelled()}${words()}`, () => `${spelled()}${words()}`, () => `$${name()}${words()}`, () => `$=${name()}`, () => `\${=${name()}} y`, () => `\${~${name()}}`, () => `\${(e)${name()}}`, () => `eval ${value()}`, () => `eval "$${name()}"`, () => `echo${words()}`, () => func(), () => `noglob ${spelled()}${words()}`, () => `nocorrect ${spelled()}`, () => `- ${spelled()}`, () => `repeat 1 ${spelled()}${words()}`, () => `command ${spelled()}`, () => `builtin eval ${value()}`, () => `emulate zsh -c ${value()}`, () => `emulate sh -c '${pick(['rmx', `$${name()}`])}'`,
    () => `\${:-rmx}`, () => `"\${${name()}[1]}"`, () => `$${name()}[1]`, () => `[[ -n $(rmx) ]]`, () => `(( $(rmx) ))`, () => `r\${:-m}x`, () => `${name()}=rmx eval '$${name()}'`, () => 'true', () => 'false', () => `functions[${func()}]=${value()}; ${func()}`,
  ])();
  const block = (depth: number): string => {
    const inner = (): string => (depth > 0 ? statement(depth - 1) : calling());
    return pick<() => string>([
      () => `for ${name()} (${value()} x) ${calling()}`, () => `for ${name()} (${value()}) { ${inner()} }`, () => `for ${name()} in ${value()} x; { ${inner()} }`, () => `foreach ${name()} (${value()}); ${inner()}; end`, () => `for ${name()} in x ${value()}; do ${inner()}; done`, () => `for ((i=0; i<1; i++)) ${calling()}`, () => `for ((i=0; i<1; i++)) { ${inner()} }`,
      () => `if [[ 1 = 1 ]] { ${inner()} }`, () => `if [[ 1 = 1 ]] ${calling()}`, () => `if (( 1 )) { ${inner()} } else { ${inner()} }`, () => `if { ${calling()} } { ${inner()} } elif { true } { ${inner()} }`, () => `if ${calling()}; then ${inner()}; fi`, () => `while { true } { ${inner()}; break }`, () => `until { false } { ${inner()}; break }`, () => `repeat 1 { ${inner()} }`, () => `repeat 1; do ${inner()}; done`,
      () => `() { ${inner()} } ${value()}`, () => `() { $1 y } ${value()}`, () => `function { ${inner()} }`, () => `{ ${inner()} } always { ${inner()} }`, () => `{ ${inner()} }`, () => `( ${inner()} )`, () => `case x { x) ${inner()} ;; }`, () => `case $${name()} in (*) ${inner()} ;; esac`, () => `select ${name()} (x) { ${inner()}; break } <<< 1`,
      () => `function ${func()} { ${inner()} }`, () => `${func()}() ${calling()}`, () => `${func()} () { ${inner()} }`, () => `echo ${value()} | while read ${name()}; do ${inner()}; done`, () => `alias ${func()}=${value()}`,
    ])();
  };
  const statement = (depth: number): string => {
    const body = pick<() => string>([() => `${name()}=${value()}`, () => `${name()}=${value()}`, () => `typeset -g ${name()}=${value()}`, () => calling(), () => calling(), () => block(depth), () => block(depth)])();
    // zsh does not time an assignment, and does not carry it out either.
    return `${pick(['', '', '', '', '', '! ', ...(/^(\w+=|typeset)/.test(body) ? [] : ['time '])])}${body}${pick(['', '', '', '', '', ' &', ' &!', ' &|', ` && ${calling()}`, ` || ${calling()}`, ' >/dev/null', ' >! /dev/null', ` | ${calling()}`])}`;
  };
  const uses = [...['a', 'b', 'c'].flatMap((letter) => [`$${letter}${seed}`, `eval $${letter}${seed}`]), ...['f', 'g'].map((letter) => `${letter}${seed} x`)];
  const text = [`a${seed}=true b${seed}=true c${seed}=true`, ...Array.from({ length: 2 + random(3) }, () => statement(1 + random(2))), ...uses.filter(() => random(3) === 0)].join(pick(['\n', '; ', '\n']));
  return text.replace(/mx(?![0-9"])/g, () => `mx${random(10)}`);
}
