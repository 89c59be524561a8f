import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ShellName } from '../../../../src/core/assess/assessment.js';
import { assessIn, isAlarming } from '../assess/fake-world.js';
import { runs } from '../../../runs.js';

const flagged: readonly (readonly [ShellName, string])[] = [
  ['powershell', 'Remove-Item -Recurse -Force C:\\Users'], ['powershell', 'remove-item -r -fo ~'], ['powershell', 'rm -Recurse ..'], ['powershell', "ri '..' -rec"], ['powershell', 'Rem`ove-Item -Recurse ..'], ['powershell', "$d = '..'; Remove-Item $d -Recurse"], ['powershell', 'Remove-Item $unknown -Recurse'], ['powershell', 'Get-ChildItem | ForEach-Object { Remove-Item $_ -Recurse }'], ['powershell', "iex 'Remove-Item .. -Recurse'"], ['powershell', "& 'git' push --force"], ['powershell', 'if ($true) { terraform destroy }'], ['powershell', 'git push --force; ls'], ['powershell', 'powershell -enc UgBlAG0AbwB2AGUALQBJAHQAZQBtACAALgAuACAALQBSAGUAYwB1AHIAcwBlAA=='], ['powershell', 'cmd /c "rd /s /q .."'], ['powershell', 'wsl rm -rf /srv'], ['powershell', 'Stop-Computer'], ['powershell', 'Format-Volume -DriveLetter D'], ['powershell', 'Start-Process terraform destroy'],
  ['cmd', 'rd /s /q C:\\Users'], ['cmd', 'del /s /q ..'], ['cmd', 'echo a & rd /s /q ..'], ['cmd', 'r^d /s /q ..'], ['cmd', 'format d:'], ['cmd', 'git push --force'], ['cmd', 'powershell -c "Remove-Item .. -Recurse"'], ['cmd', 'vssadmin delete shadows /all'], ['cmd', 'call terraform destroy'],
];
const clear: readonly (readonly [ShellName, string])[] = [
  ['powershell', 'Get-ChildItem -Recurse'], ['powershell', 'Remove-Item a.txt'], ['powershell', 'Remove-Item -Recurse node_modules'], ['powershell', 'Remove-Item -Recurse .. -WhatIf'], ['powershell', "Write-Host 'Remove-Item -Recurse ..'"], ['powershell', '# Remove-Item -Recurse ..'], ['powershell', 'git status; npm test'], ['powershell', '$x = 1; $x'],
  ['cmd', 'dir /s'], ['cmd', 'del a.txt'], ['cmd', 'rd /s /q node_modules'], ['cmd', 'echo hello'], ['cmd', 'rem rd /s /q ..'],
];

describe('Windows shells', () => {
  for (const [shell, text] of flagged) it(`${shell} would: ${text}`, () => assert.ok(isAlarming(assessIn(text, { shell }))));
  for (const [shell, text] of clear) it(`${shell} would not: ${text}`, () => assert.ok(!isAlarming(assessIn(text, { shell }))));
  it('show the range of a command', () => {
    const text = 'ls; Remove-Item .. -Recurse';
    const [finding] = assessIn(text, { shell: 'powershell' }).findings;
    assert.equal(text.slice(finding?.span.start, finding?.span.end), 'Remove-Item .. -Recurse');
  });
  it('always give an answer', () => {
    const token = fc.constantFrom('Remove-Item', '-Recurse', '$x', '=', '{', '}', '(', ')', "'", '"', '`', ';', '|', '&', '#', '<#', '#>', '$(', '@', ' ', '\n', 'iex', 'cmd /c', '%X%', '^');
    fc.assert(fc.property(fc.array(token, { maxLength: 30 }), fc.constantFrom<ShellName>('powershell', 'cmd', 'fish', 'zsh'), (tokens, shell) => void assessIn(tokens.join(' '), { shell })), { numRuns: runs(800) });
  });
});
