import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HOLE } from '../../../../src/core/shell/program.js';
import { looksLikePowerShell, parameterName } from '../../../../src/core/shell/powershell-names.js';
import { parseShell } from '../../../../src/core/shell/shell.js';
import { assessIn, isAlarming } from '../assess/fake-world.js';
import { alwaysAnswers, callsIn } from './answers.js';

const calls = callsIn('powershell');
const encoded = Buffer.from('Remove-Item .. -Recurse', 'utf16le').toString('base64');

function table(title: string, cases: readonly (readonly [string, readonly string[]])[]): void {
  describe(`PowerShell: ${title}`, () => {
    for (const [text, expected] of cases) it(text, () => assert.deepEqual(calls(text), expected));
  });
}

table('every command', [
  ['a; b\nc && d || e & f', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['if (a) { b } elseif (c) { d } else { e }', ['a', 'b', 'c', 'd', 'e']],
  ['try { a } catch [X] { b } finally { c }', ['a', 'b', 'c']],
  ['foreach ($x in 1,2) { a $x }', ['a 1', 'a 2']],
  ['switch ($x) { 1 { a } default { b } }', ['a', 'b']],
  ['$x = a; $y = (b); $z = @(c)', ['a', 'b', 'c']],
  ['a "$(b) `$(c)"', ['b', 'a ? $(c)']],
  ['a (b) { c } @{ k = d }', ['b', 'd', 'c', 'a ? ? ?']],
  ['<# a #> b # c', ['b']],
  ['a `\n b', ['a b']],
  ['& { a } ; . { b }', ['a', 'b']],
  ['function f { a }', ['a']],
  ['return a', ['a']],
  ['a --% b "c" | d', ['a b c', 'd']],
  ['@"\na $(b)\n"@ | c', ['b', 'c']],
]);

table('words', [
  ["a 'b''c' \"d`\"e\" \"f\"\"g\" h`ti", ["a b'c d\"e f\"g h\ti"]],
  ['a $true $null', ['a $true ']],
  ['$x = "b"; a $x "$x-c" ${x} $X', ['a b b-c b b']],
  ['$x = "a"; $x += "b"; c $x', ['c ab']],
  ["$x = 'a' + 'b'; c $x", ['c ab']],
  ['$x = "a","b"; c $x', ['c a b']],
  ['if ($c) { $x = 1 } else { $x = 2 }; a $x', ['a ?']],
  ['$x = 1; foreach ($i in $y) { $x = 2 }; a $x', ['a ?']],
  ['Rem`ove-Item x', ['remove-item x']],
  ['Microsoft.PowerShell.Management\\Remove-Item x', ['remove-item x']],
  ['git commit -m "a b" -- c,d', ['git commit -m a b -- c d']],
]);

table('parameters', [
  ['ri x -rec -fo', ['remove-item x -recurse -force']],
  ['Remove-Item -Recurse:$true -Force:$false x', ['remove-item -recurse x']],
  ['Remove-Item -Path a,b -Exclude c,d', ['remove-item -path a b -exclude c,d']],
  ['Remove-Item \u2013Recurse \u201cx\u201d', ['remove-item -recurse x']],
  ["$p = @{ Path = 'x'; Recurse = $true }; Remove-Item @p", ['remove-item -path x -recurse']],
  ['Remove-Item @p', ['remove-item @?']],
  ['rm -rf x', ['rm -rf x']],
  ['sc.exe delete x', ['sc delete x']],
]);

table('what runs texts and others', [
  ["iex 'a; b'", ['a', 'b']],
  ["'a' | iex", ['a']],
  ["& ('a' + 'b') c", ['ab c']],
  ["Invoke-Command -ScriptBlock { a }", ['a']],
  ["Start-Process git -ArgumentList 'push','--force' -Wait", ['git push --force']],
  ["Start-Process -FilePath git -ArgumentList 'push --force'", ['git push --force']],
  [`pwsh -e ${encoded}`, ['remove-item .. -recurse']],
  [`powershell -NoP -EncodedC ${encoded}`, ['remove-item .. -recurse']],
  ["pwsh -c 'a; b'", ['a', 'b']],
  ['cmd /c "a & b"', ['a', 'b']],
  ["bash -c 'X=rm; $X a'", ['rm a']],
  ['wsl rm a', ['rm a']],
  ['gci a -Recurse -Filter *.x | ri', ['get-childitem a -recurse -filter *.x', 'remove-item -recurse a/*.x']],
  ['gci a | % { ri $_.FullName }', ['get-childitem a', 'remove-item a/?']],
  ["'a','b' | % { c $_ }", ['c a', 'c b']],
  ["[IO.File]::Delete('a')", ['remove-item a']],
  ["[System.IO.Directory]::Delete('a', $true)", ['remove-item -recurse a']],
  ['(Get-Item a).Delete()', ['get-item a', 'remove-item a']],
  ["[Diagnostics.Process]::Start('git', 'push --force')", ['git push --force']],
  ["[ScriptBlock]::Create('a').Invoke()", ['a']],
  ["Set-Alias x git; x push", ['set-alias x git', 'git push']],
  ["Set-Content a.ps1 'b c'; ./a.ps1", ['set-content a.ps1 b c', 'b c']],
  ['function f($p) { a $p }; f b; f -p c', ['a b', 'a c']],
  ['Invoke-RestMethod -Method Delete -Uri https://x/y', ['invoke-restmethod -method Delete -uri https://x/y', 'curl -X DELETE https://x/y']],
]);

describe('PowerShell parameters', () => {
  for (const [given, name] of [['Rec', 'recurse'], ['r', 'recurse'], ['fo', 'force'], ['f', 'force'], ['wh', 'whatif'], ['wi', 'whatif'], ['cf', 'confirm'], ['LP', 'literalpath'], ['ea', 'erroraction'], ['W', 'w'], ['Unheard', 'unheard']] as const) {
    it(`-${given} is -${name}`, () => assert.equal(parameterName(given).name, name));
  }
});

describe('a text for another shell', () => {
  for (const text of ['Remove-Item x', 'cd x; Remove-Item y', 'Get-ChildItem | Remove-Item', 'iex "x"', '[IO.File]::Delete("x")', '$x = 1', "& 'git' push", 'remove-item -recurse x']) it(`is PowerShell: ${text}`, () => assert.ok(looksLikePowerShell(text)));
  for (const text of ['rm -rf x', 'echo "Remove-Item x"', 'update-alternatives x', 'git commit -m "Get-Rid of x"', 'X=1 y', 'Some-Script x', 'iexplore', 'a && b']) it(`is not: ${text}`, () => assert.ok(!looksLikePowerShell(text)));
});

describe('PowerShell', () => {
  it('goes to the machine that is named', () => {
    const [call] = parseShell('Invoke-Command -ComputerName web1 -ScriptBlock { a }', 'powershell', { cwd: '/work', home: '/home/ada', env: () => undefined }).invocations;
    assert.equal(call?.place?.name, 'web1');
  });
  it('asks with -Confirm, which is worth less', () => {
    assert.deepEqual(assessIn('Remove-Item .. -Recurse -Confirm', { shell: 'powershell' }).findings.map(({ severity }) => severity), ['medium']);
    assert.deepEqual(assessIn('Remove-Item .. -Recurse -Confirm:$false', { shell: 'powershell' }).findings.map(({ severity }) => severity), ['critical']);
  });
  for (const text of ['& $c x', "a 'b", 'a (b', '[Some.Type]::Method()', 'iwr https://x/y | iex', `${'('.repeat(80)}a`]) {
    it(`says that it cannot know all of ${text.slice(0, 30)}`, () => assert.notEqual(assessIn(text, { shell: 'powershell' }).effect, 'read', text));
  }
  it('is stopped handed over to any shell', () => {
    for (const shell of ['bash', 'sh', 'zsh', 'fish'] as const) if (shell !== 'fish') assert.ok(isAlarming(assessIn('Get-ChildItem .. | Remove-Item -Recurse -Force', { shell })), shell);
  });
  alwaysAnswers('powershell', ['Remove-Item', '-Recurse', '$x', '=', '{', '}', '(', ')', "'", '"', '`', ';', '|', '&', '#', '<#', '#>', '$(', '@', '@{', '@"\n', '\n"@', '\n', 'iex', 'cmd /c', '[a]', '.b', '::c(', 'if', 'foreach', 'in', 'function f', 'switch', 'try', 'catch', 'param(', '-a:', '--%', '[', ']', '>', '2>&1', ',', '&&', '||', HOLE]);
  it('is read in bounded time', () => {
    fc.assert(fc.property(fc.constantFrom('(', '$(', '@{', '@(', '{', '"$(', '$a.b(', '$a[', "iex '", '1..9 | % {', 'a|', 'function f{f;f};', '$x+=$x;', '@"\n', 'try{a}catch{'), (piece) => void calls(piece.repeat(8000).slice(0, 60_000))), { numRuns: 15 });
  }).timeout(60_000);
});
