import { dispatch, emit, inside } from './command.js';
import type { Call } from './command.js';
import { HOLE, wordOf } from './program.js';
import type { Word } from './program.js';
import type { Walk } from './walk.js';
import { runCmdCall, runForfilesCall } from './cmd.js';
import { runPowerShellCall } from './powershell.js';
import { runWslCall } from './wsl.js';
import { runBuiltFile, runEmulate, runLater, runZargs } from './zsh.js';

/** What a program with a grammar of its own does with a call; undefined when it runs nothing else. */
export type Grammar = (walk: Walk, call: Call, program: string) => string | undefined;

/** Programs that are about something else, and have an option or a setting that runs a command. */
export const SIDE_DOORS: readonly (readonly [string, Grammar])[] = [
  ['git', gitAlias],
  ['ssh', sshOptions],
  ['tar', tarActions],
  ['java', jar],
  ['powershell', runPowerShellCall],
  ['pwsh', runPowerShellCall],
  ['powershell_ise', runPowerShellCall],
  ['pwsh-preview', runPowerShellCall],
  ['cmd', runCmdCall],
  ['wsl', runWslCall],
  ['forfiles', runForfilesCall],
  ['emulate', runEmulate],
  ['zargs', runZargs],
  ['sched', runLater],
  ['add-zsh-hook', runLater],
  ...['zf_rm', 'zf_rmdir', 'zf_mv', 'zf_ln', 'zf_chmod', 'zf_chown'].map((name): [string, Grammar] => [name, runBuiltFile]),
  ['scp', sshOptions],
  ['sftp', sshOptions],
  ['socat', socat],
  ['aws', awsSend],
  ['ansible', ansible],
  ['salt', salt],
  ['salt-ssh', salt],
  ['terraform', terraformArguments],
  ['tofu', terraformArguments],
];

const GIT_PROGRAMS = /^(?:core\.(?:sshcommand|pager|editor|fsmonitor|hookspath|gitproxy|askpass)|sequence\.editor|diff\.external|credential\.helper|(?:pager|difftool|mergetool)\.[^=]*|gpg\.program)=!?([\s\S]+)$/i;

/** `git -c alias.x='!…' x` runs a shell text under any name, and other settings name programs. */
function gitAlias(walk: Walk, call: Call): string | undefined {
  const aliases = new Map<string, string>();
  for (const setting of settingsOf(call)) takeSetting(walk, call, setting, aliases);
  for (let index = 1; index < call.words.length; index += 1) {
    const word = call.words[index];
    const text = word?.text ?? '';
    if (!text.startsWith('-')) {
      const alias = aliases.get(text);
      if (alias === undefined || !word || alias.startsWith('!')) return undefined;
      const words = alias.split(/\s+/).filter((part) => part !== '').map((part) => ({ ...word, text: part }));
      return dispatch(walk, { ...call, words: [...call.words.slice(0, 1), ...words, ...call.words.slice(index + 1)] });
    }
    if (text === '-C' || text === '--git-dir' || text === '--work-tree') index += 1;
    const setting = text === '-c' ? call.words[(index += 1)]?.text : /^-c(.+)$/s.exec(text)?.[1];
    if (setting === undefined) continue;
    takeSetting(walk, call, setting, aliases);
  }
  return undefined;
}

/** Remembers an alias, and runs the command that a setting names. */
function takeSetting(walk: Walk, call: Call, setting: string, aliases: Map<string, string>): void {
  const alias = /^alias\.([^=]+)=([\s\S]*)$/i.exec(setting);
  if (alias) aliases.set(alias[1] ?? '', alias[2] ?? '');
  const command = alias?.[2]?.startsWith('!') ? alias[2].slice(1) : GIT_PROGRAMS.exec(setting)?.[1];
  if (command !== undefined) walk.text(command, call.scope.process(call.env, [], false), inside(call, ['git -c']));
}

const MOST_SETTINGS = 64;

/** Settings that git takes from its environment: `GIT_CONFIG_KEY_0` with its value, `GIT_CONFIG_PARAMETERS`. */
function settingsOf({ env, scope }: Call): readonly string[] {
  const get = (name: string): string | undefined => {
    const value = env.get(name) ?? scope.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const settings: string[] = [];
  const count = Number(get('GIT_CONFIG_COUNT') ?? 0);
  for (let at = 0; at < Math.min(Number.isInteger(count) ? count : MOST_SETTINGS, MOST_SETTINGS); at += 1) {
    const key = get(`GIT_CONFIG_KEY_${at}`);
    if (key !== undefined) settings.push(`${key}=${get(`GIT_CONFIG_VALUE_${at}`) ?? HOLE}`);
  }
  for (const [, one = '', key = '', given = ''] of (get('GIT_CONFIG_PARAMETERS') ?? '').matchAll(/'([^']*)'(?:='([^']*)')?|([^\s']+=[^\s']+)/g)) settings.push(given !== '' ? given : key === '' ? one : `${one}=${key}`);
  return settings;
}

/** `java -jar tool.jar …` is a call of the tool. */
function jar(walk: Walk, call: Call): string | undefined {
  const at = call.words.findIndex((word) => word.text === '-jar');
  const file = call.words[at + 1];
  if (at < 0 || !file) return undefined;
  const name = file.text.slice(file.text.lastIndexOf('/') + 1).replace(/(-\d[\w.]*)?\.jar$/, '');
  emit(walk, call, 'java');
  return dispatch(walk, { ...call, words: [{ ...file, text: name }, ...call.words.slice(at + 2)] });
}

/** `socat … EXEC:'…'` and `SYSTEM:'…'`. */
function socat(walk: Walk, call: Call): string | undefined {
  for (const word of call.words) {
    const text = /^(?:EXEC|SYSTEM|SHELL):([\s\S]+?)(?:,(?:pty|stderr|setsid|nofork|fork)\b.*)?$/i.exec(word.text)?.[1];
    if (text !== undefined) walk.text(text.replace(/\\(.)/gs, '$1'), call.scope.process(call.env, [], false), inside(call, ['socat']));
  }
  return undefined;
}

/** `aws ssm send-command --parameters 'commands=["…"]'` runs a shell text on other machines. */
function awsSend(walk: Walk, call: Call): string | undefined {
  const words = call.words.map((word) => word.text);
  const at = words.indexOf('ssm');
  if (at < 0 || words[at + 1] !== 'send-command') return undefined;
  const option = words.findIndex((text) => text === '--parameters' || text.startsWith('--parameters='));
  const given = words[option]?.startsWith('--parameters=') === true ? words[option].slice(13) : (words[option + 1] ?? '');
  if (option < 0) return undefined;
  const list = /commands"?\s*[=:]\s*\[?([\s\S]*?)\]?\}?$/.exec(given)?.[1] ?? HOLE;
  const texts = [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(.)/gs, '$1'));
  const frame = { ...inside(call, ['aws ssm send-command']), place: { kind: 'host' as const, name: words[words.indexOf('--instance-ids') + 1] ?? HOLE } };
  walk.text(texts.length > 0 ? texts.join('\n') : list, call.scope.process(call.env, [], true), frame);
  return undefined;
}

/** Modules of Ansible that run their arguments as a command; the first one is what it does when it is told none. */
const COMMAND_MODULES = /^(?:ansible\.(?:builtin|windows)\.)?(?:command|shell|raw|win_command|win_shell)$/;

/** `ansible web -b -m shell -a 'rm -rf /x'` runs a shell text on other machines. */
function ansible(walk: Walk, call: Call): undefined {
  const after = (short: string, long: string): string | undefined => {
    const at = call.words.findIndex(({ text }) => text === short || text === long);
    return at < 0 ? call.words.find(({ text }) => text.startsWith(`${long}=`))?.text.slice(long.length + 1) : call.words[at + 1]?.text;
  };
  const text = after('-a', '--args');
  if (text === undefined || !COMMAND_MODULES.test(after('-m', '--module-name') ?? 'command')) return undefined;
  elsewhere(walk, call, 'ansible', call.words[1]?.text ?? HOLE, text.replace(/^(?:(?:chdir|creates|removes|executable|stdin)=\S+\s+)+/, '').replace(/^cmd=(["']?)([^]*)\1$/, '$2'));
}

/** `salt '*' cmd.run 'rm -rf /x'`. */
function salt(walk: Walk, call: Call): undefined {
  const at = call.words.findIndex(({ text }) => /^cmd\.(run|run_all|shell|run_bg|run_stdout|exec_code)$/.test(text));
  const text = at < 0 ? undefined : call.words[at + 1]?.text;
  if (text !== undefined) elsewhere(walk, call, 'salt', call.words[at - 1]?.text ?? HOLE, text);
}

function elsewhere(walk: Walk, call: Call, via: string, name: string, text: string): void {
  walk.text(text, call.scope.process(call.env, [], true), { ...inside(call, [`${via} ${name}`]), place: { kind: 'host', name } });
}

/** Terraform takes further arguments from `TF_CLI_ARGS`, and from `TF_CLI_ARGS_apply` for one sub-command, right behind it. */
function terraformArguments(walk: Walk, call: Call, program: string): string | undefined {
  const at = call.words.findIndex((word, index) => index > 0 && !word.text.startsWith('-'));
  const [sub] = at < 0 ? [] : call.words.slice(at);
  if (!sub) return undefined;
  const more = ['TF_CLI_ARGS', `TF_CLI_ARGS_${sub.text}`].flatMap((name) => {
    const value = call.env.get(name) ?? call.scope.get(name);
    return typeof value === 'string' ? value.split(/\s+/).filter((text) => text !== '') : [];
  });
  if (more.length === 0) return undefined;
  emit(walk, { ...call, words: [...call.words.slice(0, at + 1), ...more.map((text) => wordOf(text.replace(/^["']|["']$/g, ''), sub.span)), ...call.words.slice(at + 1)] }, program);
  return HOLE;
}

/** `ssh -o ProxyCommand=…` runs on this side. */
function sshOptions(walk: Walk, call: Call): string | undefined {
  call.words.forEach((word, index) => {
    const value = /^(?:-[a-zA-Z]*o)?(?:ProxyCommand|LocalCommand|KnownHostsCommand)\s*[= ]\s*([\s\S]+)$/i.exec(word.text)?.[1];
    const isOption = word.text.startsWith('-') || /^-[a-zA-Z]*o$/.test(call.words[index - 1]?.text ?? '');
    if (value !== undefined && isOption) walk.text(value, call.scope.process(call.env, [], false), inside(call, ['ssh -o']));
  });
  return undefined;
}

function tarActions(walk: Walk, call: Call): string | undefined {
  call.words.forEach((word: Word, index) => {
    const value = /^--(?:to-command|checkpoint-action=exec|use-compress-program|rmt-command|info-script|new-volume-script)=([\s\S]+)$/.exec(word.text)?.[1];
    const after = /^(?:--to-command|-I|--use-compress-program|-F)$/.test(call.words[index - 1]?.text ?? '') ? word.text : undefined;
    const text = value ?? after;
    if (text !== undefined) walk.text(text, call.scope.process(call.env, [], false), inside(call, ['tar']));
  });
  return undefined;
}
