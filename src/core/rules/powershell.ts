import { sentence } from '../say.js';
import { cmdletEffect } from '../shell/powershell-names.js';
import { defineRule, defineTool } from './rule.js';
import type { Override, Rule, Tool } from './rule.js';
import type { Use } from './use.js';
import { judgeRemoval, windowsGround } from './windows-paths.js';

const GRAMMAR = {
  values: '-path -literalpath -filter -include -exclude -credential -erroraction -warningaction -errorvariable -outvariable -informationaction -computername -name -id -value -driveletter -number -argumentlist -filepath -command -destination -itemtype -target -encoding -property -membername -inputobject -session -verb -workingdirectory -diskid -query -classname -stream -resourcegroupname -scope -executionpolicy',
  singleDash: true,
} as const;

/** `-Confirm` asks at the keyboard first: one person's word, so what it is worth is less, not nothing. */
function asking(use: Use, judged: Override | boolean): Override | boolean {
  if (judged === false || !use.has('-confirm')) return judged;
  const override = judged === true ? {} : judged;
  return override.severity === 'low' ? override : { ...override, severity: 'medium', ...(override.message === undefined ? {} : { message: sentence('{0} It asks first.', override.message) }) };
}

/** Drives of PowerShell that hold no files, and whether losing something there matters. */
function driveOf(path: string): { readonly name: string; readonly session: boolean } | undefined {
  const name = /^(?:microsoft\.powershell\.\w+(?:\.\w+)*\\)?([a-z]\w+)::?(?!$)/i.exec(path)?.[1]?.toLowerCase();
  if (name === undefined || name === 'filesystem') return undefined;
  return { name, session: /^(env|variable|alias|function|temp|testdrive)$/.test(name) };
}

const REMOVE_ITEM: Rule = defineRule({
  id: 'windows/remove-item',
  title: 'Deletes a directory tree, a registry key or a certificate',
  when: (use, context) => {
    const splat = use.operands.some(({ text }) => text.startsWith('@\uFFFC'));
    const recursive = use.has('-recurse') || splat;
    const paths = [...use.values('-path -literalpath'), ...use.rest(0)].filter((path) => path !== '').map((path) => (path.startsWith('@\uFFFC') ? '\uFFFC' : path));
    const drives = paths.map(driveOf);
    const drive = drives.find((found) => found && !found.session);
    if (drive) return asking(use, { severity: 'high', message: sentence('Deletes {0}, which is no file.', paths.join(', ')) });
    const files = paths.filter((_path, at) => drives[at] === undefined);
    return asking(use, judgeRemoval(use, paths.length > 0 ? files : recursive || use.invocation.fed ? ['\uFFFC'] : [], recursive, context));
  },
  severity: 'high', reversible: 'no', message: 'Deletes a directory and everything below it.', safer: 'Remove-Item -WhatIf …',
  examples: {
    flagged: ['powershell -Command "Remove-Item -Recurse -Force C:\\\\Windows"', 'pwsh -c "rm -r -fo ~"', 'powershell "Remove-Item .. -Recurse"', 'pwsh -c "gci .. | ri -Rec -fo"', "pwsh -c 'Remove-Item -Path HKLM:\\Software\\Acme -Recurse'", "pwsh -c '[IO.Directory]::Delete(\"../shop\", $true)'", "pwsh -c '(Get-Item ..).Delete($true)'", "pwsh -c '$p = @{ Path = \"..\"; Recurse = $true }; Remove-Item @p'", 'Remove-Item -Recurse -Force C:\\data', 'Get-ChildItem | Remove-Item -Recurse -Force', "pwsh -c 'Remove-Item @everything'", "pwsh -c 'Remove-Item Cert:\\LocalMachine\\My\\AB12'", 'pwsh -c "Remove-Item .. –Recurse"'],
    clear: ['powershell -Command "Get-ChildItem"', 'pwsh -c "Remove-Item -Recurse -Force node_modules"', 'pwsh -c "Remove-Item -Recurse -WhatIf C:\\\\Windows"', "pwsh -c 'Remove-Item Env:TOKEN'", 'pwsh -c "Remove-Item a.txt"', "pwsh -c 'Remove-Item -Recurse:$false a.txt'", 'pwsh -c "Write-Host Remove-Item -Recurse .."', "pwsh -c 'gci -Filter *.tmp | ri'"],
  },
});

const CONTENT: Rule = defineRule({
  id: 'windows/overwrite-content',
  title: 'Empties a file, or writes over one of the system',
  when: (use, context) => {
    const { program } = use.invocation;
    for (const path of [...use.values('-path -literalpath -filepath'), ...use.rest(0).slice(0, 1)]) {
      const ground = windowsGround(path, use, context);
      if (ground === 'system') return asking(use, { severity: 'high', message: sentence('Writes over {0}.', path) });
      if (program === 'clear-content' && ground !== 'temporary' && ground !== 'output' && !/\.log$/i.test(path)) return asking(use, { severity: 'medium', message: sentence('Empties {0}.', path.replaceAll('\uFFFC', '…')) });
    }
    return false;
  },
  severity: 'medium', reversible: 'no', message: 'Empties a file.', safer: 'Copy-Item data.db data.bak',
  examples: {
    flagged: ['pwsh -c "Clear-Content data.db"', "pwsh -c 'Set-Content C:\\Windows\\System32\\drivers\\etc\\hosts x'", "pwsh -c '\"x\" | Out-File -FilePath C:\\Windows\\win.ini'", "pwsh -c 'Add-Content -Path C:\\Windows\\System32\\drivers\\etc\\hosts -Value x'"],
    clear: ['pwsh -c "Set-Content notes.txt x"', 'pwsh -c "Clear-Content build.log"', 'pwsh -c "Get-Content data.db"', 'pwsh -c "Add-Content notes.txt x"'],
  },
});

const ADMINISTER: Rule = defineRule({
  id: 'windows/administer',
  title: 'Formats, stops or removes a part of Windows',
  when: (use) => {
    const { program } = use.invocation;
    if (/^(stop-computer|restart-computer)$/.test(program)) return asking(use, { severity: 'high', reversible: 'with-effort' });
    if (program === 'set-executionpolicy') return use.value('-scope')?.toLowerCase() === 'process' ? false : { severity: 'medium', reversible: 'with-effort' };
    return asking(use, program === 'clear-recyclebin' ? { severity: 'medium' } : true);
  },
  severity: 'critical', reversible: 'no', message: (use) => sentence('Runs {0}.', [use.invocation.name.text, ...use.rest(0)].join(' ').trimEnd()), safer: 'Run it with -WhatIf first.',
  examples: {
    flagged: ['powershell -c "Format-Volume -DriveLetter D"', 'pwsh -c "Stop-Computer -Force"', 'pwsh -c "Clear-Disk -Number 1 -RemoveData"', 'pwsh -c "Initialize-Disk 1"', 'pwsh -c "Remove-Partition -DiskNumber 1"', 'pwsh -c "Set-ExecutionPolicy Unrestricted"', "pwsh -c 'Invoke-Command -ComputerName web1 { Restart-Computer -Force }'"],
    clear: ['pwsh -c "Get-Volume"', 'pwsh -c "Format-Volume -DriveLetter D -WhatIf"', 'pwsh -c "Get-Process | Format-Table"', 'pwsh -c "Set-ExecutionPolicy Bypass -Scope Process"'],
  },
});

/** Cmdlets whose verb sounds worse than what they do: the session's own things. */
const OF_THE_SESSION = /^(remove|clear|stop|disable|reset|unregister)-(variable|alias|job|module|pssession|psdrive|psbreakpoint|typedata|event|eventsubscriber|host|history|transcript|mock|pssnapin|cimsession|fileshareset|progress|formatdata)$/;
/** What it is worst to lose. */
const WEIGHTY = /(database|cluster|bucket|vault|key|subscription|group|account|tenant|domain|user|vm|virtualmachine|instance|volume|disk|snapshot|storage|server|zone|stack|table|namespace|secret|certificate|backup|repository|project|organi[sz]ation|policy|role|network|stream|queue|topic|object|computer|mailbox|team|site|k8s|pool|share|partition|replica|fsx|efs|image|app)/;

const CMDLET: Rule = defineRule({
  id: 'powershell/destructive-verb',
  title: 'A cmdlet deletes, stops or disables something',
  when: (use) => {
    const name = use.invocation.program.toLowerCase();
    if (OF_THE_SESSION.test(name)) return false;
    const effect = cmdletEffect(name);
    if (effect !== 'destroys' && effect !== 'stops') return false;
    const said = sentence('Runs {0}.', [use.invocation.name.text, ...use.values('-name -id -path -resourcegroupname'), ...use.rest(0)].join(' ').replaceAll('\uFFFC', '…'));
    if (effect === 'stops') return asking(use, { severity: 'medium', reversible: 'with-effort', message: said });
    return asking(use, { severity: WEIGHTY.test(name.slice(name.indexOf('-'))) ? 'high' : 'medium', message: said });
  },
  severity: 'high', reversible: 'no', message: 'Deletes something.', safer: 'Run it with -WhatIf first.',
  examples: {
    flagged: ['pwsh -c "Remove-AzResourceGroup -Name shop -Force"', 'pwsh -c "Remove-S3Bucket -BucketName logs"', 'pwsh -c "Stop-Service spooler"', 'pwsh -c "Disable-ADAccount ada"', 'pwsh -c "Uninstall-WindowsFeature Web-Server"', 'pwsh -c "Unregister-ScheduledTask nightly"', 'pwsh -c "Revoke-SmbShareAccess x"', 'pwsh -c "Reset-AzVMPassword"', 'Remove-LocalUser ada', 'pwsh -c "Stop-Process -Name sql"', 'pwsh -c "Clear-EventLog System"'],
    clear: ['pwsh -c "Get-AzResourceGroup"', 'pwsh -c "Remove-AzResourceGroup -Name shop -WhatIf"', 'pwsh -c "Remove-Variable x"', 'pwsh -c "New-AzVM -Name x"', 'remove-shell /bin/zsh', 'pwsh -c "Clear-Host"', 'update-alternatives --remove java x'],
  },
});

const cmdlets = (names: string, rules: readonly Rule[]): Tool => defineTool({ names: names === '' ? [] : names.split(' '), grammar: GRAMMAR, harmless: '-whatif', otherwise: 'write', rules });
const LOOKS: Tool = defineTool({ names: ['get-childitem'], grammar: GRAMMAR, otherwise: 'read', rules: [] });
const CHANGES: Tool = cmdlets('', []);
const DESTROYS: Tool = cmdlets('', [CMDLET]);

export const POWERSHELL_TOOLS: readonly Tool[] = [
  cmdlets('remove-item', [REMOVE_ITEM]),
  cmdlets('clear-content set-content add-content out-file', [CONTENT]),
  cmdlets('format-volume clear-disk initialize-disk remove-partition remove-computer remove-physicaldisk reset-computermachinepassword clear-recyclebin stop-computer restart-computer set-executionpolicy', [ADMINISTER]),
  LOOKS,
  CHANGES,
  DESTROYS,
];

/** The tool for a cmdlet that no rule names, by its verb; undefined for what is no cmdlet. */
export function cmdletTools(program: string, written: string): readonly Tool[] | undefined {
  // Programs of other systems are called `update-alternatives`; the PowerShell reader writes cmdlets with capitals.
  if (!/^[A-Z]\w*-[A-Z]/.test(written)) return undefined;
  // Another shell's reader saw it: the same text was read as PowerShell as well, and that has the say.
  if (program !== program.toLowerCase()) return [LOOKS];
  switch (cmdletEffect(program)) {
    case 'reads':
      return [LOOKS];
    case 'changes':
      return [CHANGES];
    case 'destroys':
    case 'stops':
      return [DESTROYS];
    case undefined:
      return undefined;
  }
}
