import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HOLE } from '../../../../src/core/shell/program.js';
import { parseShell } from '../../../../src/core/shell/shell.js';
import { alwaysAnswers, callsIn } from './answers.js';

const calls = callsIn('cmd');

function table(title: string, cases: readonly (readonly [string, readonly string[]])[]): void {
  describe(`cmd: ${title}`, () => {
    for (const [text, expected] of cases) it(text, () => assert.deepEqual(calls(text), expected));
  });
}

table('every command', [
  ['a & b && c || d | e\nf', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['@a & (b & c) & d', ['a', 'b', 'c', 'd']],
  ['if exist x (a) else (b)', ['a', 'b']],
  ['if not "%1"=="" a', ['a']],
  ['if /i %X% EQU 1 a', ['a']],
  ['if x == y a', ['a']],
  ['if errorlevel 1 a', ['a']],
  ['for %i in (x y) do a %i', ['a x', 'a y']],
  ['for /d %%i in (*) do a %%i', ['a *']],
  ["for /f %i in ('b c') do a %i", ['b c', 'a ?', 'a ?']],
  ['for /l %i in (1,1,3) do a %i', ['a ?', 'a ?']],
  ['rem a\n:: b\n:c\nd', ['d']],
  ['call a & call :b & start "" /b c & start d', ['a', 'c', 'd']],
  ['a ^\n b', ['a b']],
]);

table('words', [
  ['r^d /s x', ['rd /s x']],
  ['rd/s/q x', ['rd /s /q x']],
  ['rmdir x', ['rd x']],
  ['del/f/s x', ['del /f /s x']],
  ['"C:\\Program Files\\Git\\bin\\git.exe" push', ['git push']],
  ['a "b & c" d', ['a b & c d']],
  ['echo.x', ['echo x']],
  ['cd..', []],
]);

table('variables', [
  ['set x=rd\n%x% /s y', ['rd /s y']],
  ['set "x=rd /s"\n%x% y', ['rd /s y']],
  ['set x=rd\n!x! y', ['rd y']],
  ['set X=a\necho %x% %X:~0,1% %x:a=b%', ['echo a a b']],
  ['a %unset% %1 %~dp0', ['a ? ? ?']],
  ['set x=1\nif y==z set x=2\na %x%', ['a ?']],
  ['set x=a ^& b\n%x%', ['a', 'b']],
  ['%comspec% /c a', ['a']],
  ['set /a x=1+1\na %x%', ['a ?']],
]);

table('what runs texts', [
  ['cmd /c "a & b"', ['a', 'b']],
  ['cmd /s /c "a"', ['a']],
  ['echo a| cmd', ['echo a', 'a']],
  ['powershell -Command "Remove-Item x"', ['remove-item x']],
  ['wsl rm x', ['rm x']],
  ['wsl -d Ubuntu -- rm x', ['rm x']],
  ['forfiles /p x /m *.log /c "cmd /c del @path"', ['del x/*.log']],
  ['psexec \\\\web1 -u x a b', ['a b']],
  ['runas /user:x "a b"', ['a b']],
  ['bash -c "a; b"', ['a', 'b']],
  ['wmic process call create "a b"', ['a b', 'wmic process call create a b']],
]);

describe('cmd ranges', () => {
  it('are right for lines that say the same', () => {
    const text = 'a x\nb\na x';
    const { invocations } = parseShell(text, 'cmd', { cwd: '/work', home: '/home/ada', env: () => undefined });
    assert.deepEqual(invocations.map(({ span }) => [span.start, text.slice(span.start, span.end)]), [[0, 'a x'], [4, 'b'], [6, 'a x']]);
  });
  it('of what a file is written with', () => {
    const redirects = (text: string): readonly string[] => parseShell(text, 'cmd', { cwd: '/work', home: '/home/ada', env: () => undefined }).invocations.flatMap((call) => [call.program, ...call.redirects.map(({ operator, target }) => operator + target.text)]);
    assert.deepEqual(redirects('type nul > x'), [':', '>x']);
    assert.deepEqual(redirects('a > nul 2>&1'), ['a']);
    assert.deepEqual(redirects('(a) >> C:\\x'), ['a', 'echo', '>>C:/x']);
    assert.deepEqual(redirects('> x a'), ['a', '>x']);
  });
});

describe('cmd', () => {
  for (const text of ['%x% a', '!x! a', '(a', 'a "b', `${'('.repeat(80)}a`]) it(`says that it cannot know all of ${text.slice(0, 20)}`, () => assert.ok(parseShell(text, 'cmd', { cwd: '/work', home: '/home/ada', env: () => undefined }).opaque.length > 0));
  alwaysAnswers('cmd', ['rd', '/s', '%x%', '!x!', '%', '%%i', '^', '"', '(', ')', '&', '&&', '|', '||', '>', '2>&1', '<', '\n', 'if', 'else', 'not', 'exist', '==', 'for', 'in', 'do', '/f', 'set', 'set x=', 'call', ':x', 'rem', 'start', 'cmd /c', '@', ',', ';', HOLE]);
  it('is read in bounded time', () => {
    fc.assert(fc.property(fc.constantFrom('(', 'if 1==1 ', 'for %i in (a b) do ', '%x%', '!x!', '^', 'set x=%x%%x%\n', 'cmd /c "', 'a|', 'a&'), (piece) => void calls(piece.repeat(8000).slice(0, 60_000))), { numRuns: 10 });
  }).timeout(60_000);
});
