import { splitPieces } from './pieces.js';

/** What PowerShell's short names stand for. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  'ac add-content,asnp add-pssnapin,cat get-content,cd set-location,chdir set-location,clc clear-content,clear clear-host,clhy clear-history,cli clear-item,clp clear-itemproperty,cls clear-host,clv clear-variable,cnsn connect-pssession,compare compare-object,copy copy-item,cp copy-item,cpi copy-item,cpp copy-itemproperty,cvpa convert-path,dbp disable-psbreakpoint,del remove-item,diff compare-object,dir get-childitem,dnsn disconnect-pssession,ebp enable-psbreakpoint,echo write-output,epcsv export-csv,erase remove-item,etsn enter-pssession,exsn exit-pssession,fc format-custom,fl format-list,foreach foreach-object,% foreach-object,ft format-table,fw format-wide,gal get-alias,gc get-content,gci get-childitem,gcm get-command,gdr get-psdrive,ghy get-history,gi get-item,gin get-computerinfo,gjb get-job,gl get-location,gm get-member,gmo get-module,gp get-itemproperty,gps get-process,gpv get-itempropertyvalue,group group-object,gsv get-service,gtz get-timezone,gu get-unique,gv get-variable,gwmi get-wmiobject,h get-history,history get-history,icim invoke-cimmethod,icm invoke-command,iex invoke-expression,ihy invoke-history,ii invoke-item,ipal import-alias,ipcsv import-csv,ipmo import-module,irm invoke-restmethod,ise powershell_ise,iwmi invoke-wmimethod,iwr invoke-webrequest,kill stop-process,ls get-childitem,measure measure-object,mi move-item,mount new-psdrive,move move-item,mp move-itemproperty,mv move-item,nal new-alias,ndr new-psdrive,ni new-item,nmo new-module,nsn new-pssession,nv new-variable,ogv out-gridview,oh out-host,popd pop-location,ps get-process,pushd push-location,pwd get-location,r invoke-history,rbp remove-psbreakpoint,rcim remove-ciminstance,rcjb receive-job,rd remove-item,rdr remove-psdrive,ren rename-item,ri remove-item,rjb remove-job,rm remove-item,rmdir remove-item,rmo remove-module,rni rename-item,rnp rename-itemproperty,rp remove-itemproperty,rsn remove-pssession,rv remove-variable,rvpa resolve-path,rwmi remove-wmiobject,sajb start-job,sal set-alias,saps start-process,sasv start-service,sbp set-psbreakpoint,sc set-content,select select-object,set set-variable,shcm show-command,si set-item,sl set-location,sleep start-sleep,sls select-string,sort sort-object,sp set-itemproperty,spjb stop-job,spps stop-process,spsv stop-service,start start-process,stz set-timezone,sv set-variable,swmi set-wmiinstance,tee tee-object,trcm trace-command,type get-content,where where-object,? where-object,wjb wait-job,write write-output,curl invoke-webrequest,wget invoke-webrequest'
    .split(',')
    .map((pair) => pair.split(' ') as [string, string]),
);

/** Names that are programs where PowerShell runs on Linux and macOS. */
const ALSO_PROGRAMS = new Set('cat clear compare cp curl diff echo history kill ls mount mv ps pwd rm rmdir sleep sort tee type wget'.split(' '));

/** The verbs of cmdlets that only look, and of those that take something away. All others change something. */
const LOOKS = new Set('assert compare confirm convertfrom convertto debug find format get group join limit measure out ping read receive resolve search select show sort split test trace wait watch where write'.split(' '));
const DESTROYS = new Set('clear delete drop erase purge remove reset uninstall unregister wipe'.split(' '));
const STOPS = new Set('disable dismount revoke restart stop suspend unpublish undo'.split(' '));
const CHANGES = new Set('add approve backup block build checkpoint close complete compress connect convert copy deny deploy disconnect edit enable enter exit expand export foreach grant hide import initialize install invoke lock merge mount move new open optimize pop protect publish push redo register rename repair request resize restore resume save send set skip start step submit switch sync tee unblock unlock unprotect update use'.split(' '));

export type CmdletEffect = 'reads' | 'destroys' | 'stops' | 'changes';

/** What a cmdlet's verb says; undefined when the name is no cmdlet's. Every cmdlet is called Verb-Noun, from a list of verbs. */
export function cmdletEffect(name: string): CmdletEffect | undefined {
  const verb = /^([a-z]+)-[a-z]\w*$/i.exec(name)?.[1]?.toLowerCase();
  if (verb === undefined) return undefined;
  if (LOOKS.has(verb)) return 'reads';
  if (DESTROYS.has(verb)) return 'destroys';
  return STOPS.has(verb) ? 'stops' : CHANGES.has(verb) ? 'changes' : undefined;
}

/** The cmdlet or program that a name stands for, in lower case. */
export function commandName(name: string, args: readonly string[]): string {
  const lower = name.toLowerCase().replace(/^microsoft\.powershell\.\w+\\/, '');
  // `sc.exe` is the program, `sc` is Set-Content.
  if (/\.(exe|cmd|bat)$/.test(lower)) return lower.slice(0, -4);
  // `rm -rf x` has an option that no cmdlet knows, so it is the program.
  if (ALSO_PROGRAMS.has(lower) && args.some((text) => /^(-[a-z]*[A-Z]|--\w|-(rf|fr|rfv|la|al|lah|[0-9]|9|sS\w*|fsSL)$)/.test(text) && !/^-[A-Z][a-z]+/.test(text))) return lower;
  return ALIASES.get(lower) ?? lower;
}

/** Parameters in full, with the fewest letters that mean them, and whether they take a value. */
const PARAMETERS: readonly (readonly [name: string, least: string, value: boolean])[] = [
  ['recurse', 'r', false], ['force', 'f', false], ['path', 'p', true], ['literalpath', 'l', true], ['filter', 'fil', true], ['include', 'i', true], ['exclude', 'ex', true], ['whatif', 'wh', false], ['confirm', 'conf', false],
  ['credential', 'cr', true], ['erroraction', 'errora', true], ['warningaction', 'warninga', true], ['errorvariable', 'errorv', true], ['outvariable', 'outv', true], ['informationaction', 'informationa', true], ['computername', 'comp', true], ['name', 'n', true], ['id', 'id', true],
  ['value', 'va', true], ['driveletter', 'dr', true], ['number', 'nu', true], ['scriptblock', 'sc', false], ['argumentlist', 'ar', true], ['filepath', 'filep', true], ['command', 'com', true], ['destination', 'de', true], ['itemtype', 'it', true], ['target', 'ta', true], ['encoding', 'en', true],
  ['property', 'prop', true], ['membername', 'mem', true], ['method', 'met', true], ['uri', 'u', true], ['body', 'bo', true], ['headers', 'he', true], ['outfile', 'outf', true], ['serverinstance', 'serveri', true], ['database', 'dat', true], ['inputfile', 'inputf', true], ['inputobject', 'inp', true], ['session', 'ses', true], ['verb', 'ver', true], ['workingdirectory', 'wo', true], ['diskid', 'diski', true], ['query', 'q', true], ['classname', 'cl', true], ['stream', 'st', true], ['resourcegroupname', 'resourcegroupn', true],
];
const SHORT: Readonly<Record<string, string>> = { wi: 'whatif', cf: 'confirm', ea: 'erroraction', wa: 'warningaction', ev: 'errorvariable', ov: 'outvariable', infa: 'informationaction', cn: 'computername', pspath: 'literalpath', lp: 'literalpath', s: 'recurse', args: 'argumentlist' };

/** A parameter as written, in full: `-Rec` is `recurse`. What is not known stays as it is, in lower case. */
export function parameterName(given: string): { readonly name: string; readonly value: boolean } {
  const lower = given.toLowerCase();
  const name = SHORT[lower] ?? lower;
  const found = PARAMETERS.find(([full]) => full === name) ?? PARAMETERS.find(([full, least]) => full.startsWith(name) && name.startsWith(least));
  return found ? { name: found[0], value: found[2] } : { name, value: false };
}

/** Whether a text for another shell is PowerShell: some command in it is called Verb-Noun, or uses what only PowerShell has. */
export function looksLikePowerShell(text: string): boolean {
  const first = FIRST_WORD.exec(text)?.[1] ?? '';
  // An alias that no other system has, a cmdlet in any letters, a type, a variable that is set.
  if (first === '' ? /^\s{0,64}(\[[A-Za-z][\w.]{1,64}\]::\w|\$[A-Za-z]\w{0,64}[ \t]{1,8}=[ \t]|&[ \t]{1,8}['"{$])/.test(text) : OWN_ALIASES.has(first.toLowerCase()) || (first.includes('-') && KNOWN_CMDLETS.test(first))) return true;
  if (!/[A-Z][a-z]+-[A-Z]/.test(text)) return false;
  return splitPieces(text).some(({ start }) => {
    const name = /^[\s({]{0,16}([A-Z][a-z]+-[A-Z][A-Za-z0-9]+)(?=[\s;|)}&]|$)/.exec(text.slice(start, start + 96))?.[1];
    return name !== undefined && cmdletEffect(name) !== undefined;
  });
}

const FIRST_WORD = /^\s{0,64}([A-Za-z]{1,32}(?:-[A-Za-z]{1,32})?)(?=[\s;|(]|$)/;
const OWN_ALIASES = new Set(['iex', 'iwr', 'irm', 'gci', 'ri', 'saps', 'icm', 'spps', 'spsv', 'rni']);
const KNOWN_CMDLETS = /^((remove|clear|set|get|new|copy|move|rename)-(item|itemproperty|content|childitem|eventlog|disk|partition|localuser|service|process|executionpolicy)|(stop|restart)-(computer|service|process)|format-volume|initialize-disk|invoke-(expression|command|webrequest|restmethod)|start-process|clear-disk)$/i;
