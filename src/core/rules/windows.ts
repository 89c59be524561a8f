import { groundOf } from './filesystem/paths.js';
import { defineTool } from './rule.js';
import type { Context, Override, Rule, Tool } from './rule.js';
import type { Use } from './use.js';

/** A Windows path as the path rules read it: `C:\x` is `/c/x`. */
function unixPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^([A-Za-z]):(?=\/|$)/, (_all, drive: string) => `/${drive.toLowerCase()}`);
}

function judgeRemoval(use: Use, paths: readonly string[], recursive: boolean, context: Context): Override | false {
  for (const path of paths) {
    const span = use.invocation.span;
    const unix = unixPath(path);
    const ground = /^\/[a-z]\/?$|^\/[a-z]\/(windows|users|program files[^/]*|programdata)(\/[^/]*)?\/?$/i.test(unix) ? 'system' : /^\/[a-z]\/(.*\/)?te?mp\/./i.test(unix) ? 'temporary' : groundOf({ text: unix, span, glob: true, quoted: false }, use.invocation.cwd, context);
    if (ground === 'temporary' || ground === 'output') continue;
    if (!recursive && ground !== 'system' && ground !== 'home' && ground !== 'everything here') continue;
    if (ground === 'project') return { severity: 'low', effect: 'write', reversible: 'with-effort', message: `Deletes ${path} and everything below it.` };
    return { severity: ground === 'system' || ground === 'home' ? 'critical' : ground === 'source' ? 'medium' : 'high', message: `Deletes ${path.replaceAll('\uFFFC', '…')} and everything below it.` };
  }
  return false;
}

const REMOVE_ITEM: Rule = {
  id: 'windows/remove-item',
  title: 'Deletes a directory tree',
  when: (use, context) => {
    const recursive = use.options.some(({ name }) => /^-r(e|ec|ecu|ecur|ecurs|ecurse)?$/.test(name));
    const paths = [...use.values('-path -literalpath'), ...use.rest(0)];
    return judgeRemoval(use, paths.length > 0 ? paths : recursive || use.invocation.fed ? ['\uFFFC'] : [], recursive, context);
  },
  severity: 'high', reversible: 'no', message: 'Deletes a directory and everything below it.', safer: 'Remove-Item -WhatIf …',
  examples: {
    flagged: ['powershell -Command "Remove-Item -Recurse -Force C:\\\\Windows"', 'pwsh -c "rm -r -fo ~"', 'powershell "Remove-Item .. -Recurse"'],
    clear: ['powershell -Command "Get-ChildItem"', 'pwsh -c "Remove-Item -Recurse -Force node_modules"', 'pwsh -c "Remove-Item -Recurse -WhatIf C:\\\\Windows"'],
  },
};

const DEL: Rule = {
  id: 'windows/del',
  title: 'Deletes files with cmd',
  when: (use, context) => {
    const words = use.invocation.args.map((word) => word.text);
    return judgeRemoval(use, words.filter((word) => !/^\/[a-z](:.*)?$/i.test(word)), words.some((word) => /^\/s$/i.test(word)), context);
  },
  severity: 'high', reversible: 'no', message: 'Deletes files and directories.', safer: 'dir /s',
  examples: {
    flagged: ['cmd /c "rd /s /q C:\\\\Users"', 'cmd /c "del /s /q C:\\\\"', 'cmd.exe /c "rmdir /s /q .."'],
    clear: ['cmd /c dir', 'cmd /c "del a.txt"', 'cmd /c "rd /s /q node_modules"'],
  },
};

const ADMINISTER: Rule = {
  id: 'windows/administer',
  title: 'Formats, stops or removes a part of Windows',
  when: (use) => {
    const { program } = use.invocation;
    const words = use.invocation.args.map((word) => word.text.toLowerCase());
    const has = (...wanted: readonly string[]): boolean => wanted.some((word) => words.includes(word));
    if (/^(format-volume|clear-disk|initialize-disk|remove-partition|remove-computer|reset-computermachinepassword|clear-recyclebin|remove-vm|remove-database|remove-physicaldisk)$/.test(program)) return program === 'clear-recyclebin' ? { severity: 'medium' } : {};
    if (/^(stop-computer|restart-computer)$/.test(program)) return { severity: 'high', reversible: 'with-effort' };
    if (/^(stop-service|stop-process|disable-\w+|uninstall-\w+|set-executionpolicy|clear-eventlog|remove-eventlog|remove-localuser|remove-aduser|remove-item?property|clear-content|remove-service|stop-vm|remove-az\w+|remove-mg\w+|stop-az\w+|remove-s3\w+|remove-ec2\w+|remove-rds\w+)$/.test(program)) return /^remove-(az|ec2|rds|s3|ad)/.test(program) ? { severity: 'high' } : { severity: 'medium', reversible: 'with-effort' };
    if (program === 'format') return words.some((word) => /^[a-z]:$/.test(word));
    if (program === 'diskpart' || program === 'cipher') return program === 'diskpart' || words.some((word) => word.startsWith('/w'));
    if (program === 'vssadmin' || program === 'wbadmin' || program === 'wmic' || program === 'schtasks' || program === 'sc' || program === 'net' || program === 'reg' || program === 'bcdedit' || program === 'netsh' || program === 'fsutil' || program === 'wevtutil') return has('delete', '/delete', 'cl', 'clear-log', 'stop', 'reset', '/deletevalue', 'deletevalue', 'shadowcopy') || (program === 'bcdedit' && has('/set')) ? { severity: program === 'sc' || program === 'net' ? 'medium' : 'high' } : false;
    if (program === 'reagentc') return has('/disable');
    if (program === 'taskkill') return has('/f') ? { severity: 'medium', reversible: 'with-effort' } : false;
    if (program === 'takeown' || program === 'mountvol') return { severity: 'medium' };
    return false;
  },
  severity: 'critical', reversible: 'no', message: (use) => `Runs ${use.invocation.program} ${use.rest(0).join(' ')}.`, safer: 'Run it with -WhatIf first.',
  examples: {
    flagged: ['powershell -c "Format-Volume -DriveLetter D"', 'pwsh -c "Stop-Computer -Force"', 'vssadmin delete shadows /all', 'reg delete HKLM\\\\Software\\\\X /f', 'pwsh -c "Clear-Disk -Number 1 -RemoveData"'],
    clear: ['pwsh -c "Get-Volume"', 'pwsh -c "Format-Volume -DriveLetter D -WhatIf"', 'vssadmin list shadows', 'reg query HKLM', 'pwsh -c "Get-Process | Format-Table"'],
  },
};

const names = (text: string): readonly string[] => text.split(' ');

export const WINDOWS_TOOLS: readonly Tool[] = [
  defineTool({ names: ['remove-item'], grammar: { values: '-path -literalpath -filter -include -exclude', singleDash: true }, harmless: '-whatif', otherwise: 'write', rules: [REMOVE_ITEM] }),
  defineTool({ names: ['del', 'erase', 'rd', 'deltree'], grammar: {}, otherwise: 'write', rules: [DEL] }),
  defineTool({ names: names('format-volume clear-disk initialize-disk remove-partition remove-computer clear-recyclebin remove-vm stop-vm stop-computer restart-computer stop-service stop-process set-executionpolicy clear-eventlog remove-eventlog remove-localuser remove-aduser remove-itemproperty clear-content remove-service disable-localuser uninstall-package uninstall-module uninstall-windowsfeature remove-azresourcegroup remove-azvm remove-azresource stop-azvm remove-s3bucket remove-ec2instance remove-rdsdbinstance'), grammar: { values: '-name -id -path -driveletter -number -computername -confirm', singleDash: true }, harmless: '-whatif', otherwise: 'write', rules: [ADMINISTER] }),
  defineTool({ names: names('format diskpart cipher vssadmin wbadmin wmic schtasks sc net reg bcdedit netsh fsutil wevtutil reagentc taskkill takeown mountvol'), grammar: {}, reads: ['list|query|show|get|view|user|start|/query|/list', 'process|os|cpu get|list', '* query|show|list'], otherwise: 'write', rules: [ADMINISTER] }),
  defineTool({ names: names('get-childitem get-content get-process get-service get-location get-item get-member get-command get-help get-date get-volume get-disk get-variable get-history test-path test-connection resolve-path select-object select-string where-object sort-object measure-object group-object format-table format-list out-string out-null out-host write-output write-host write-verbose write-warning write-error compare-object convertto-json convertfrom-json convertto-csv convertfrom-csv foreach-object join-path split-path start-sleep set-location push-location pop-location dir type ver vol tree findstr where systeminfo tasklist ipconfig'), grammar: { singleDash: true }, otherwise: 'read', rules: [] }),
  defineTool({ names: names('set-content add-content out-file new-item copy-item move-item rename-item set-item set-itemproperty new-itemproperty start-service restart-service start-job invoke-webrequest invoke-restmethod import-module install-module install-package expand-archive compress-archive set-variable new-variable new-object md copy move ren xcopy robocopy'), grammar: { singleDash: true }, otherwise: 'write', rules: [] }),
];
