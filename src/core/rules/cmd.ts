import { sentence } from '../say.js';
import { defineRule, defineTool } from './rule.js';
import type { Override, Rule, Tool } from './rule.js';
import type { Use } from './use.js';
import { judgeRemoval, windowsGround } from './windows-paths.js';

const textsOf = (use: Use): readonly string[] => use.invocation.args.map((word) => word.text);
const isSwitch = (text: string): boolean => /^[/-][a-z]+(:.*)?$/i.test(text);

const DEL: Rule = defineRule({
  id: 'windows/del',
  title: 'Deletes files with cmd',
  when: (use, context) => {
    const words = textsOf(use);
    return judgeRemoval(use, words.filter((word) => !/^\/[a-z](:.*)?$/i.test(word)), words.some((word) => /^\/s$/i.test(word)) || use.invocation.program === 'deltree', context);
  },
  severity: 'high', reversible: 'no', message: 'Deletes files and directories.', safer: 'dir /s',
  examples: {
    flagged: ['cmd /c "rd /s /q C:\\\\Users"', 'cmd /c "del /s /q C:\\\\"', 'cmd.exe /c "rmdir /s /q .."', 'cmd /c "for /d %i in (*) do rd /s /q %i"', 'cmd /c "set x=rd& %x% /s /q .."', 'cmd /c "if exist .. (rd/s/q ..)"', 'cmd /c "r^d /s ..\\\\shop"', 'cmd /c "del /q *.*"'],
    clear: ['cmd /c dir', 'cmd /c "del a.txt"', 'cmd /c "rd /s /q node_modules"', 'cmd /c "echo rd /s /q .."', 'cmd /c "del /q *.obj"'],
  },
});

const OVERWRITE: Rule = defineRule({
  id: 'windows/overwrite',
  title: 'Mirrors, moves or copies over what is there',
  when: (use, context) => {
    const { program } = use.invocation;
    const words = textsOf(use);
    const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
    const paths = words.filter((word) => !isSwitch(word));
    if (program === 'robocopy') {
      if (has(/^\/l$/i)) return false;
      const target = paths[1] ?? '\uFFFC';
      if (has(/^\/(mir|purge)$/i)) return judgeRemoval(use, [target], true, context) && { severity: 'high', message: sentence('Deletes everything in {0} that is not in {1}.', target, paths[0] ?? sentence('the source')) };
      return has(/^\/mov(e)?$/i) && judgeRemoval(use, [paths[0] ?? '\uFFFC'], true, context);
    }
    const target = paths.at(-1) ?? '';
    if (/^nul:?$/i.test(paths[0] ?? '') && paths.length > 1) return { severity: 'medium', message: sentence('Empties {0}.', target) };
    if (program === 'move' && paths[0] !== undefined && /^(system|home)$/.test(windowsGround(paths[0], use, context))) return { severity: 'high', message: sentence('Moves {0} away.', paths[0]) };
    return windowsGround(target, use, context) === 'system' && paths.length > 1 ? { severity: 'high', message: sentence('Writes over {0}.', target) } : false;
  },
  severity: 'medium', reversible: 'no', message: 'Writes over what is there.', safer: 'robocopy a b /l',
  examples: {
    flagged: ['cmd /c "robocopy empty .. /mir"', 'cmd /c "copy /y nul data.db"', 'cmd /c "move C:\\\\Windows C:\\\\old"', 'cmd /c "copy /y x C:\\\\Windows\\\\System32\\\\drivers\\\\etc\\\\hosts"'],
    clear: ['cmd /c "robocopy src dist /e"', 'cmd /c "copy /y a.txt b.txt"', 'cmd /c "move a.txt b.txt"', 'cmd /c "robocopy a .. /mir /l"'],
  },
});

/** Words that change things, by program: the first that matches says how bad it is. */
const ACTS: Readonly<Record<string, readonly (readonly [pattern: RegExp, severity: Override['severity']])[]>> = {
  format: [[/^([/-].*\s)?[a-z]:/i, 'critical']],
  diskpart: [[/(^|\s)\/s\b|^$/i, 'critical']],
  diskshadow: [[/./, 'high']],
  cipher: [[/\/w/i, 'critical']],
  vssadmin: [[/\b(delete|resize)\b/i, 'critical']],
  wbadmin: [[/\b(delete|disable)\b/i, 'critical']],
  wmic: [[/\bshadowcopy\b.*\bdelete\b/i, 'critical'], [/\bdelete\b|\bcall\s+(terminate|uninstall|disable|reboot|shutdown|win32shutdown|stopservice)\b/i, 'high']],
  schtasks: [[/\/delete\b/i, 'medium'], [/\/change\b.*\/disable\b|\/end\b/i, 'medium']],
  sc: [[/\bdelete\b/i, 'high'], [/\b(stop|pause)\b|\bconfig\b.*\bdisabled\b/i, 'medium']],
  net: [[/\b(user|group|localgroup|share|computer|accounts)\b.*\/(delete|del)\b/i, 'high'], [/\bstop\b/i, 'medium'], [/\buse\b.*\/delete\b/i, 'low']],
  net1: [[/\/(delete|del)\b/i, 'high'], [/\bstop\b/i, 'medium']],
  reg: [[/^delete\b/i, 'high'], [/^(import|restore|unload)\b/i, 'medium']],
  regedit: [[/\/s\b|\.reg\b/i, 'medium']],
  bcdedit: [[/[/-](delete|deletevalue|set|import|default|bootsequence|store)\b/i, 'critical']],
  bootrec: [[/\/fix|\/rebuild/i, 'high']],
  netsh: [[/\b(reset|delete)\b|\bstate\s+off\b|\bopmode\b.*\bdisable\b/i, 'high']],
  fsutil: [[/\b(setzerodata|deletejournal|formatvolume|delete|setvaliddata|setzerooffset)\b|\bdirty\s+set\b/i, 'high']],
  wevtutil: [[/^(cl|clear-log|um|uninstall-manifest)\b|^sl\b.*\/e:false/i, 'high']],
  reagentc: [[/\/disable\b/i, 'high']],
  taskkill: [[/./, 'medium']],
  takeown: [[/\/f\b/i, 'medium']],
  icacls: [[/\/(reset|remove|deny|setowner|inheritance:[dr])|\/grant\S*\s+"?(everyone|\*s-1-1-0|users)\b/i, 'medium']],
  cacls: [[/\/[pdr]\b/i, 'medium']],
  mountvol: [[/\/[dpr]\b/i, 'high']],
  attrib: [[/(^|\s)[-+][rsh]\b.*\/s\b/i, 'medium']],
  logoff: [[/^(?!.*\/\?)/, 'medium']],
  'manage-bde': [[/-(off|forcerecovery|delete\w*|changekey)/i, 'high']],
  sdelete: [[/./, 'high']],
  auditpol: [[/\/(clear|remove)\b|\/set\b.*:disable/i, 'high']],
  certutil: [[/-del(store|reg|key|hellocontainer)\b/i, 'medium']],
  pnputil: [[/\/(delete-driver|remove-device|disable-device)|(^|\s)-d\b/i, 'medium']],
  dism: [[/\/(remove-|disable-feature|unmount-\w+.*\/discard|cleanup-mountpoints)/i, 'medium']],
  wsl: [[/--unregister\b/i, 'high'], [/--(shutdown|terminate)\b|(^|\s)-t\b/i, 'low']],
  chkdsk: [[/\/[frx]\b/i, 'low']],
  dsrm: [[/./, 'critical']],
  rundll32: [[/exitwindows|lockworkstation|clearmytracks/i, 'medium']],
};

const ADMINISTER: Rule = defineRule({
  id: 'windows/command',
  title: 'Formats, stops or removes a part of Windows with a command',
  when: (use) => {
    const acts = ACTS[use.invocation.program] ?? [];
    const line = textsOf(use).join(' ');
    if (/(^|\s)\/\?(\s|$)/.test(line)) return false;
    const found = acts.find(([pattern]) => pattern.test(line));
    return found ? { severity: found[1] ?? 'high', reversible: found[1] === 'critical' ? 'no' : 'with-effort' } : false;
  },
  severity: 'high', reversible: 'no', message: (use) => sentence('Runs {0}.', [use.invocation.program, ...textsOf(use)].join(' ').replaceAll('\uFFFC', '…')), safer: 'Look at what it lists first.',
  examples: {
    flagged: ['vssadmin delete shadows /all', 'reg delete HKLM\\\\Software\\\\X /f', 'cmd /c "format d: /q"', 'cmd /c "diskpart /s clean.txt"', 'cmd /c "bcdedit /set {default} recoveryenabled no"', 'cmd /c "wbadmin delete catalog"', 'cmd /c "cipher /w:C:"', 'schtasks /delete /tn nightly /f', 'net user ada /delete', 'sc delete spooler', 'taskkill /f /im sqlservr.exe', 'wmic shadowcopy delete', 'fsutil usn deletejournal /d C:', 'icacls C:\\\\data /reset /t', 'takeown /f C:\\\\Windows /r', 'wevtutil cl System', 'wsl --unregister Ubuntu', 'netsh advfirewall reset'],
    clear: ['vssadmin list shadows', 'reg query HKLM', 'schtasks /query', 'net user', 'sc query spooler', 'net start', 'wmic os get version', 'fsutil fsinfo drives', 'icacls C:\\\\data', 'taskkill /?', 'diskpart /?', 'bcdedit /enum', 'wsl --list'],
  },
});

const words = (text: string): readonly string[] => text.split(' ');

export const CMD_TOOLS: readonly Tool[] = [
  defineTool({ names: words('del erase rd deltree'), grammar: {}, otherwise: 'write', rules: [DEL] }),
  defineTool({ names: words('robocopy copy move xcopy'), grammar: {}, otherwise: 'write', rules: [OVERWRITE] }),
  defineTool({ names: Object.keys(ACTS), grammar: {}, reads: ['list|query|show|get|view|user|start|/query|/list|/enum|/?|--list|-l|--status|--version', 'process|os|cpu get|list', '* query|show|list|get', '** /?'], otherwise: 'write', rules: [ADMINISTER] }),
  defineTool({ names: words('dir type ver vol tree findstr where systeminfo tasklist ipconfig more fc comp assoc ftype help driverquery getmac hostname nbtstat qprocess quser query whoami'), grammar: {}, otherwise: 'read', rules: [] }),
  defineTool({ names: words('md ren rename expand makecab label subst'), grammar: {}, otherwise: 'write', rules: [] }),
];

/** What a redirection in cmd or PowerShell writes over. */
export const WINDOWS_REDIRECT: Rule = defineRule({
  id: 'windows/redirect',
  title: 'Writes over a file of Windows',
  when: (use, context) => {
    const target = use.invocation.redirects.find(({ operator, target: { text } }) => operator.includes('>') && (/^[\\/]{2}\.[\\/]/.test(text) || (/^[a-z]:[\\/]/i.test(text) && windowsGround(text, use, context) === 'system')));
    return target !== undefined && { message: sentence('Writes over {0}.', target.target.text) };
  },
  severity: 'high', reversible: 'no', message: 'Writes over a file of Windows.', safer: 'copy file file.bak',
  examples: {
    flagged: ['cmd /c "echo x > C:\\Windows\\System32\\drivers\\etc\\hosts"', 'cmd /c "type x > \\\\\\\\.\\\\PhysicalDrive0"', "pwsh -c 'echo x > C:\\Windows\\win.ini'"],
    clear: ['cmd /c "echo x > notes.txt"', 'cmd /c "dir > C:\\Temp\\list.txt"', 'cmd /c "dir > nul"'],
  },
});
