import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { readExports } from '../../../src/broker/exports.js';
import { which } from '../../harness/paths.js';

/** What each shell runs to list what it exports. */
const LISTINGS: Readonly<Record<string, readonly string[]>> = {
  bash: ['--norc', '-c', 'export -p'],
  zsh: ['-f', '-c', 'export -p'],
  dash: ['-c', 'export -p'],
  fish: ['--no-config', '-c', 'for name in (set --names --export); echo "export $name="(string escape -- "$$name"); end'],
};

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('"', "'", '\\', '$', '`', '!', '\n', '\t', ' ', '$(id)', '\u0001', '\u007f', 'é', '😀', '=', '~', '#', ';', 'x')).map((parts) => parts.join('')),
).map((text) => Buffer.from(text.replaceAll('\0', ''), 'utf8').toString('utf8'));

describe('the environment that a shell prints', () => {
  for (const [shell, args] of Object.entries(LISTINGS)) {
    const program = which(shell);
    (program === undefined ? it.skip : it)(`is read back as ${shell} means it`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), (values) => {
          const env = Object.fromEntries(values.map((text, index) => [`V${index}_`, text]));
          const listing = execFileSync(program ?? '', args, { env: { ...env, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }, encoding: 'utf8' });
          const read = readExports(listing, program ?? '');
          assert.ok(read, listing);
          // fish keeps lists and takes the empty ones for unset.
          for (const [name, text] of Object.entries(env)) assert.equal(read[name] ?? '', text, name);
        }),
        { numRuns: 25 },
      );
    });
  }

  const table: readonly (readonly [string, string, Record<string, string> | undefined])[] = [
    ['bash', '', {}],
    ['bash', 'declare -x A="b c"\ndeclare -rx R="1"\ndeclare -ix N="5"\n', { A: 'b c', R: '1', N: '5' }],
    ['bash', 'declare -x UNSET\n', {}],
    ['bash', 'declare -x A="\\"\\$\\`\\\\"\n', { A: '"$`\\' }],
    ['bash', "declare -x A=$'a\\nb\\t\\001\\377'\n", { A: 'a\nb\t\u0001\ufffd' }],
    ['bash', 'export A="posix"\n', { A: 'posix' }],
    ['zsh', "export A='it'\\''s'\nexport B=plain:/x\nexport E=''\n", { A: "it's", B: 'plain:/x', E: '' }],
    ['zsh', "export -T MYP myp=( a b 'c d' )\nexport -i N=5\n", { MYP: 'a:b:c d', N: '5' }],
    ['zsh', "export A=$'\\C-A\\C-?\\M-x'\n", { A: '\u0001\u007f\ufffd' }],
    ['fish', "export A='it\\'s \\\\ \\n'\nexport B=a\\nb\\u00e9\\x41\\cA\n", { A: "it's \\ \\n", B: 'a\nb\u00e9A\u0001' }],
    ['bash', 'declare -x __proto__="x"\n', JSON.parse('{"__proto__":"x"}') as Record<string, string>],
    // Not what `export -p` prints: nothing is guessed.
    ['bash', 'declare -x A="$(id)"\n', undefined],
    ['bash', 'declare -x A="`id`"\n', undefined],
    ['bash', 'declare -x A="\\\\$B"\n', undefined],
    ['bash', 'declare -x A=$B\n', undefined],
    ['bash', 'declare -x A=b; rm -rf /\n', undefined],
    ['bash', 'declare -- A="not exported"\n', undefined],
    ['bash', 'declare -ax A=([0]="x")\n', undefined],
    ['bash', 'declare -fx f\n', undefined],
    ['bash', 'A="b"\n', undefined],
    ['bash', 'declare -x A="open\n', undefined],
    ['bash', "declare -x A=$'\\q'\n", undefined],
    ['zsh', 'export -T MYP myp=( a b ) ,\n', undefined],
    ['zsh', "export A='it''s'\n", undefined],
    ['bash', 'bash: export: -p: invalid option\n', undefined],
  ];
  for (const [shell, text, expected] of table) it(`${shell}: ${JSON.stringify(text)}`, () => assert.deepEqual(readExports(text, shell), expected));

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('bash', 'zsh', 'fish'), (text, shell) => void readExports(text, shell)));
    for (const piece of ['"', "'", "$'", '\\', '=(', '( a ', "'\\''"]) readExports(`export A=${piece.repeat(50_000)}`, 'zsh');
  });
});
