/** Numbers that only depend on a seed, so that a failing program can be made again. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Makes fish programs that may or may not come to run `rmx0` to `rmx9`. Names end in the program's number, so that none sees another's. */
export function fishProgram(seed: number): string {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const name = (): string => `${pick(['a', 'b', 'c'])}${seed}`;
  // A body only calls functions of lower levels, so that none calls itself.
  const func = (level: number): string => (level < 1 ? 'true' : `${pick(['f', 'g', 'h'])}${1 + random(level)}_${seed}`);
  const own = (level: number): string => `${pick(['f', 'g', 'h'])}${level}_${seed}`;
  let loops = 0;
  const separator = (): string => pick([';', '\n', ' ; ', '\n\n', ' # rmx\n']);
  const spelled = (): string => pick(['rmx', 'rmx', 'rmx', "'rmx'", '"rmx"', `r'm'x${random(10)}`, `r"m"x${random(10)}`, '\\x72mx', `rm\\170${random(8)}`.replace(/\d$/, `"$&"`), '\\u0072mx', 'r\\\nmx', `r{m,n}x${random(10)}`, '{rmx,y}']);
  const blank = (): string => pick([' ', ' ', '  ', '\t', ' \\\n']);
  const value = (depth: number): string => pick<() => string>([
    () => spelled(), () => 'echo', () => 'true', () => `rmx${blank()}z`, () => `'rmx z'`, () => `$${name()}`, () => `"$${name()}"`, () => `$${name()}[${pick(['1', '2', '-1', '1..2', '2..-1', '9'])}]`,
    () => `(echo ${spelled()})`, () => `(echo rmx; echo y)[${pick(['1', '2', '-1'])}]`, () => `(string join '' r mx)`, () => `$(echo rm)x`, () => `"$(echo rmx)"`, () => (depth > 0 ? `(${block(depth - 1)})` : 'x'), () => '', () => `$$${name()}`, () => name(), () => "''",
    () => `(printf '%s\\n' rmx y)`, () => `{$${name()},q}`, () => '*.none', () => `a{b,c}`,
  ])();
  const word = (depth: number): string => pick<() => string>([
    () => 'x', () => '-r', () => `$${name()}`, () => `(${depth > 0 ? list(depth - 1) : 'rmx'})`, () => `"${pick(['a', '$(rmx)', '(rmx)', '\\$(rmx)', '\\\\$(rmx)', 'b)'])}"`, () => `'${pick(['a', '$(rmx)', '; rmx', "\\'; rmx; \\'", '\\\\'])}'`, () => 'a#b', () => 'a&b', () => '{a,(rmx)}', () => 'x[1 2]', () => `$${name()}[(rmx; echo 1)]`, () => '\\(rmx\\)', () => '\\;', () => '~', () => '"a b"', () => '=', () => 'end', () => 'if',
  ])();
  const words = (depth: number): string => Array.from({ length: random(3) }, () => blank() + word(depth)).join('');
  const redirect = (): string => pick(['', '', '', '', ' >/dev/null', ' 2>/dev/null', ' &>/dev/null', ' </dev/null', ' 2>&1', ' >?/dev/null', '>/dev/null', ' >&2']);
  const flags = (): string => pick(['', '', '', '-l ', '-g ', '-f ', '-gx ', '-lx ', '-a ', '-p ', '--local ', '-l -x ', '--global --append ']);
  const setting = (depth: number): string => pick<() => string>([
    () => `set ${flags()}${name()} ${value(depth)}`, () => `set ${flags()}${name()} ${value(depth)}`, () => `set ${flags()}${name()} ${value(depth)} ${value(depth)}`, () => `set -e ${name()}`, () => `set ${name()}[1] ${value(depth)}`, () => `set -q ${name()}`, () => `set ${flags()}${name()}`,
    () => `echo ${value(depth)} | read ${pick(['', '-l ', '-g '])}${name()}`, () => `echo ${value(depth)} ${value(depth)} | read ${name()} ${name()}`, () => `set -z ${name()} echo`, () => `set ${flags()}$${name()} ${value(depth)}`, () => `for ${name()} in ${value(depth)} ${value(depth)}; end`, () => `false; and set ${name()} ${value(depth)}`, () => `set ${name()} ${value(depth)} &`,
  ])();
  const calling = (depth: number): string => pick<() => string>([
    () => `${spelled()}${words(depth)}`, () => `$${name()}${words(depth)}`, () => `$${name()}[${pick(['1', '2', '-1'])}]${words(depth)}`, () => `${func(depth)} ${value(depth)}`, () => func(depth), () => `echo${words(depth)}`, () => `eval ${value(depth)}`, () => `eval "$${name()} z"`, () => `eval '${pick(['rmx', `$${name()}`, 'rmx; echo', 'if true; rmx; end', `set ${name()} rmx`, `function ${own(9)}; rmx; end`])}'`, () => `echo ${value(depth)} | source`,
    () => `command ${value(depth)}`, () => `builtin eval ${value(depth)}`, () => `${name()}=rmx $${name()}`, () => `${name()}=rmx eval '$${name()}'`, () => `${name()}=${value(depth)} ${func(depth)}`, () => `emit e${seed}`, () => `rm"$${name()}"x`, () => `r$${name()}`, () => `"$${name()}"`, () => `true`, () => `false`, () => `echo 2>| ${spelled()}`, () => `echo &| ${spelled()}`, () => `echo -s r mx | source`, () => `test (rmx) = x`, () => `functions -e ${func(depth)}`, () => `functions -c rmx ${own(9)}; ${own(9)}`,
  ])();
  const defining = (depth: number): string => pick<() => string>([
    () => `function ${own(depth)}${pick(['', '', ` -a ${name()}`, ' -S', ` -V ${name()}`, ` --argument-names ${name()} ${name()}`, ` --on-event e${seed}`, ' -d rmx'])}${separator()}${list(depth - 1)}${separator()}end`,
    () => `alias ${own(depth)}=${spelled()}`, () => `alias ${own(depth)}='${pick(['rmx', 'rmx -r', `$${name()}`, 'echo', 'echo a; rmx'])}'`, () => `alias ${own(depth)} ${value(depth)}`, () => `function ${own(depth)}${separator()}$argv${words(depth)}${separator()}end`, () => `function ${own(depth)}; set ${flags()}${name()} ${value(depth)}; end`, () => `function ${own(depth)}; ${list(depth - 1)}; return; ${setting(depth - 1)}; end`,
  ])();
  const block = (depth: number): string => {
    if (depth <= 0) return calling(0);
    const inner = (): string => list(depth - 1);
    return pick<() => string>([
      () => `begin${pick([' ', separator()])}${inner()}${separator()}end`, () => `begin${separator()}${inner()}${separator()}end${redirect()}`,
      () => `if ${condition(depth)}${separator()}${inner()}${separator()}end`, () => `if ${condition(depth)}${separator()}${inner()}${separator()}else${separator()}${inner()}${separator()}end`, () => `if ${condition(depth)}${separator()}${inner()}${separator()}else if ${condition(depth)}${separator()}${inner()}${separator()}end`,
      () => `while ${condition(depth)}${separator()}${inner()}${separator()}break${separator()}end`, () => {
        const turn = `w${(loops += 1)}_${seed}`;
        return `while true; ${inner()}; set -q ${turn}; and break; set -g ${turn} 1; end`;
      }, () => `for ${name()} in ${value(depth)} ${value(depth)}${separator()}${inner()}${separator()}end`, () => `for ${name()} in 1 2; ${inner()}; ${pick(['break', 'continue', 'true'])}; ${inner()}; end`,
      () => `switch ${value(depth)}${separator()}case ${pick(['rmx', 'x', "'*'", `$${name()}`, '(rmx)'])}${separator()}${inner()}${separator()}case '*'${separator()}${inner()}${separator()}end`,
      () => `echo ${value(depth)} | while read -l ${name()}; ${inner()}; end`, () => `echo y | begin; ${inner()}; end`, () => `begin; ${inner()}; end | source`, () => `begin; ${inner()}; end | read ${name()}`,
    ])();
  };
  const condition = (depth: number): string => pick<() => string>([() => 'true', () => 'false', () => `not ${pick(['true', 'false'])}`, () => 'rmx', () => setting(depth - 1), () => `begin; ${list(depth - 1)}; end`, () => `true; and ${calling(0)}`, () => `false; or ${calling(0)}`, () => 'true && false', () => 'set -q x'])();
  const statement = (depth: number): string => {
    const prefix = pick(['', '', '', '', '', '', 'not ', '! ', 'time ', 'and ', 'or ']);
    const body = pick<() => string>([() => setting(depth), () => setting(depth), () => calling(depth), () => calling(depth), () => block(depth), () => block(depth), () => (depth > 0 ? defining(depth) : calling(0))])();
    return `${prefix}${body}${redirect()}${pick(['', '', '', '', '', '', ' &', ` | ${calling(0)}`, ` && ${calling(0)}`, ` || ${calling(0)}`])}`;
  };
  const list = (depth: number): string => {
    const count = depth <= 0 ? 1 : 1 + random(3);
    let text = statement(depth);
    for (let more = 1; more < count; more += 1) text += separator() + statement(depth);
    return text;
  };
  // Whatever was set or defined is used in the end, one after the other.
  const uses = [...['a', 'b', 'c'].flatMap((letter) => [`$${letter}${seed}`, `$${letter}${seed}[2]`]), ...['f', 'g', 'h'].flatMap((letter) => [`${letter}1_${seed} x`, `${letter}2_${seed}`])];
  const first = `set -g a${seed} true\nset -g b${seed} true\nset -g c${seed} true`;
  const text = [first, ...Array.from({ length: 2 + random(4) }, () => statement(1 + random(2))), ...uses.filter(() => random(2) === 0)].join(separator());
  // Each place has a name of its own, so that one that is missed cannot hide behind another.
  return text.replace(/mx(?![0-9"])/g, () => `mx${random(10)}`);
}
