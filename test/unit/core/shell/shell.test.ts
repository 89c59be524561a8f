import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HOLE } from '../../../../src/core/shell/program.js';
import type { Invocation, Program } from '../../../../src/core/shell/program.js';
import { parseShell } from '../../../../src/core/shell/shell.js';
import { runs } from '../../../runs.js';
import { spoken } from '../../../../src/core/say.js';

const surroundings = { cwd: '/work', home: '/home/ada', env: (name: string) => ({ STAGE: 'prod' })[name] };
const parse = (text: string): Program => parseShell(text, 'bash', surroundings);
const shown = ({ program, args }: Invocation): string => [program, ...args.map((word) => word.text.replaceAll(HOLE, '?'))].join(' ');
const calls = (text: string): readonly string[] => parse(text).invocations.map(shown);

function table(title: string, cases: readonly (readonly [string, readonly string[]])[]): void {
  describe(title, () => {
    for (const [text, expected] of cases) it(text, () => assert.deepEqual(calls(text), expected));
  });
}

table('folding', [
  ['r""m -rf x', ['rm -rf x']],
  ["$'\\x72m' x", ['rm x']],
  ['\\rm x', ['rm x']],
  ['/usr/bin/rm x', ['rm x']],
  ['X=rm; $X a', ['rm a']],
  ['X="rm -r"; $X a', ['rm -r a']],
  ['X="rm -r"; "$X" a', ['rm -r a']],
  ['X=(rm -r); X+=(a); "${X[@]}"', ['rm -r a']],
  ['X=a; X+=b; echo $X', ['echo ab']],
  ['echo ${X:-def} "${STAGE}"', ['echo def prod']],
  ['X=abcdef; echo ${X:1:3} ${X#ab} ${X%ef} ${X/cd/-} ${X^^}', ['echo bcd cdef abcd ab-ef ABCDEF']],
  ['X=/a/b/c.txt; echo ${X##*/} ${X%/*} ${X%%.*}', ['echo c.txt /a/b /a/b/c']],
  ['echo {a,b}{1,2} {3..1}', ['echo a1 a2 b1 b2 3 2 1']],
  ['echo "{a,b}" \'$X\'', ['echo {a,b} $X']],
  ['echo ~ ~/x "~"', ['echo /home/ada /home/ada/x ~']],
  ['echo $(echo a b)', ['echo a b', 'echo a b']],
  ['echo "$(printf %s-%s a b)"', ['printf %s-%s a b', 'echo a-b']],
  ['echo $(date)', ['date ', 'echo ?'].map((text) => text.trim())],
  ['echo $UNSET/x', ['echo ?/x']],
  ['if a; then X=1; else X=2; fi; echo $X', ['a', 'echo ?']],
  ['X=1; true && X=2; echo $X', ['true', 'echo ?']],
  ['(X=1); echo $X', ['echo ?']],
  ['X=1; { X=2; }; echo $X', ['echo 2']],
  ['for i in a b; do echo $i; done', ['echo a', 'echo b']],
  ['f() { echo "$1" "$@"; }; f x y', ['echo x x y']],
  ['set -- a b; shift; echo $1', ['echo b']],
  ['read a b <<< "1 2 3"; echo $b', ['echo 2 3']],
  ['D=$(mktemp -d); ls "$D"', ['mktemp -d', 'ls /tmp/tmp.?']],
]);

table('every command', [
  ['a | b && c || d; e & f', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['if a; then b; elif c; then d; else e; fi', ['a', 'c', 'b', 'd', 'e']],
  ['while a; do b; done; until c; do d; done', ['a', 'b', 'c', 'd']],
  ['x=a; while b; do $x c; x=rm; done', ['b', 'a c', 'rm c']],
  ['x=a y=b; x=a; y=b; until c; do $x; x=$y; y=rm; done', ['c', 'a', 'b', '']],
  ['while a; do b; x=c; done', ['a', 'b', 'b']],
  ['case x in x) a;; y) b;; esac', ['a']],
  ['case $U in x) a;; y) b;; esac', ['a', 'b']],
  ['(a; b); { c; }', ['a', 'b', 'c']],
  ['echo "$(a "$(b)")" `c`', ['b', 'a ?', 'c', 'echo ? ?']],
  ['a <(b) >(c)', ['b', 'c', 'a /dev/fd/? /dev/fd/?']],
  ['[[ -n $(a) ]]', ['a']],
  ['echo $((1 + $(a)))', ['a', 'echo ?']],
  ['echo ${X:-$(a)}', ['a', 'echo ?']],
  ['cat <<EOF\n$(a)\nEOF', ['a', 'cat']],
  ["cat <<'EOF'\n$(a)\nEOF", ['cat']],
  ['g() { a; }', ['a']],
  ['trap "a; b" EXIT', ['a', 'b']],
  ['coproc a', ['a']],
  ['time a; ! b', ['a', 'b']],
]);

table('unwrapping', [
  ['sudo -u root -n a b', ['a b']],
  ['sudo X=1 a', ['a']],
  ['doas a', ['a']],
  ['env -i -u X A=b a', ['a']],
  ['env -S "a b" c', ['a b', 'c']],
  ['nohup a', ['a']],
  ['nice -n 5 a', ['a']],
  ['timeout -k 5 10 a -k', ['a -k']],
  ['stdbuf -oL a', ['a']],
  ['setsid a', ['a']],
  ['flock /tmp/l a b', ['a b']],
  ['flock -n /tmp/l -c "a; b"', ['a', 'b']],
  ['chroot /mnt a', ['a']],
  ['xargs -n 1 a b', ['a b ?']],
  ['echo "x y" | xargs a', ['echo x y', 'a x y']],
  ['echo x | xargs -I{} a {}/b', ['echo x', 'a x/b']],
  ['find /x -name y -exec a {} \\; -exec b {} +', ['find /x -name y -exec a {} ; -exec b {} +', 'a /x/?/y', 'b /x/?/y']],
  ['find /x -type f -exec a {} \\;', ['find /x -type f -exec a {} ;', 'a /x/?']],
  ['find /x -exec a {} \\;', ['find /x -exec a {} ;', 'a /x']],
  ['bash -c "a \\"\\$1\\"" name x', ['a x']],
  ['bash -lc a', ['a']],
  ['sh -c "sh -c \'a b\'"', ['a b']],
  ['echo "a b" | sh', ['echo a b', 'a b']],
  ['bash <<< "a"', ['a']],
  ['eval "a" "b"', ['a b']],
  ['command a', ['a']],
  ['exec -a x b', ['b']],
  ['busybox a b', ['a b']],
  ['npx -y a b', ['a b']],
  ['watch -n 1 "a | b"', ['a', 'b']],
  ['su - bob -c "a b"', ['a b']],
  ['parallel a {} ::: 1 2', ['a 1', 'a 2']],
  ['ssh -p 22 me@web a b', ['ssh -p 22 me@web a b', 'a b']],
  ['docker exec -it -u 0 web a b', ['docker exec -it -u 0 web a b', 'a b']],
  ['docker compose -f x.yml run --rm web a', ['docker compose -f x.yml run --rm web a', 'a']],
  ['kubectl -n x exec -it web -c app -- a b', ['kubectl -n x exec -it web -c app -- a b', 'a b']],
  ['aws-vault exec prod -- a', ['a']],
  ['git -c alias.z="!a b" z', ['a b', 'git -c alias.z=!a b z']],
  ['alias k=a; k b', ['a', 'a b']],
]);

describe('a program’s surroundings', () => {
  it('follow cd', () => {
    const { invocations } = parse('cd /srv && ls; cd "$X"; pwd');
    assert.deepEqual(invocations.map(({ cwd }) => cwd), ['/srv', HOLE]);
  });
  it('have the place they run in', () => {
    const [, inner] = parse('ssh me@web "docker exec db a"').invocations;
    assert.equal(inner?.place?.name, 'me@web');
  });
  it('have the assignments in front of them and what was exported', () => {
    const [call] = parse('export A=1; B=2 a').invocations;
    assert.deepEqual([...(call?.env ?? [])], [['A', '1'], ['B', '2']]);
  });
  it('keep the range in the text through quoted scripts', () => {
    const text = "bash -c 'a; b c'";
    const ranges = parse(text).invocations.map(({ span }) => text.slice(span.start, span.end));
    assert.deepEqual(ranges, ['a', 'b c']);
  });
  it('say how they were reached', () => {
    assert.deepEqual(parse('sudo bash -c "nohup a"').invocations[0]?.via, ['sudo', 'bash -c', 'nohup']);
  });
});

describe('what is opaque', () => {
  const opaque: readonly string[] = ['$X a', '"$(cat y)" a', "a '", 'eval "$X"', 'bash -c "a $X"', `${'('.repeat(100)}a`, 'a'.repeat(70_000), 'if a; then'];
  for (const text of opaque) it(text.slice(0, 40), () => assert.ok(parse(text).opaque.length > 0));
  for (const text of ['a $X', 'echo "$X"', 'a | b', 'X=$Y']) it(`not ${text}`, () => assert.deepEqual(parse(text).opaque, []));
});

describe('any text', () => {
  const token = fc.constantFrom('rm', '-rf', '/', '$X', '${X', '}', '$(', ')', '`', "'", '"', '|', '&&', ';', '<<EOF\n', '\nEOF\n', '<(', '{a,b}', 'if', 'then', 'fi', 'for i in', 'do', 'done', 'case', 'esac', 'f() {', '[[', ']]', '$((', '))', '>', '<<<', 'sudo', 'xargs', 'bash -c', 'eval', 'find . -exec', '{}', '\\;', 'X=', '\\', '\n', ' ', '#', '!', '~', '*', 'ssh h', HOLE);
  it('gives an answer without throwing', () => {
    fc.assert(fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
      const { invocations, opaque } = parse(tokens.join(' '));
      assert.ok(Array.isArray(invocations) && Array.isArray(opaque));
    }), { numRuns: runs(1500) });
  });
  it('gives an answer for any string', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void parse(text)), { numRuns: runs(1000) });
  });
  it('has ranges that lie in it', () => {
    fc.assert(fc.property(fc.array(token, { maxLength: 20 }), (tokens) => {
      const text = tokens.join(' ');
      for (const { span } of parse(text).invocations) assert.ok(span.start >= 0 && span.end <= text.length && span.start <= span.end);
    }), { numRuns: runs(500) });
  });
  it('ends where it ends, whatever the parser counts', () => {
    for (const { span } of parse('$((`\\').invocations) assert.ok(span.end <= 5);
  });
  it('is read in bounded time when functions call each other', () => {
    const text = Array.from({ length: 12 }, (_, i) => `f${i}() { ${`f${i - 1}; `.repeat(6)} }`).join('; ').replaceAll('f-1', 'ls');
    assert.ok(parse(`${text}; f11`).opaque.some(({ reason }) => spoken(reason).includes('too many')));
  });
});
