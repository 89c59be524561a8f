import { parse } from 'yaml';
import { Minimatch } from 'minimatch';
import { isTooDeep } from '../files/depth.js';
import { isKnown } from '../shell/program.js';
import { resolvePath } from '../shell/paths.js';
import type { World } from '../world.js';
import { listAt, sectionOf, shownPath, stringAt, textAt } from './ini.js';
import type { Clue, Source, Surrounding } from './place.js';
import { fileOf, fromEnv } from './sources.js';
import { sentence } from '../say.js';

const INVENTORY_VARIABLES = fromEnv('ANSIBLE_INVENTORY', 'inventory');

/** Programs whose first word is a host, whatever it looks like. */
const HOST_FIRST: ReadonlySet<string> = new Set(['ssh', 'autossh', 'mosh', 'sftp', 'ftp', 'lftp']);

/** Hosts that a call talks to, behind their aliases in ~/.ssh/config. */
export const host: Source = ({ use, world }) => {
  const clues: Clue[] = [];
  const isFirst = HOST_FIRST.has(use.invocation.program);
  for (const text of use.rest(0)) {
    const url = /^[a-z][a-z\d+.-]*:\/\/(?:[^@/\s]*@)?([^/:?\s]+)(?:[^/\s]*)(\/[^?\s]*)?/i.exec(text);
    const name = url?.[1] ?? (/^(?:[^@\s/]+@)?([\w.-]+)(?::.*)?$/s.exec(text)?.[1] || undefined);
    if (name === undefined || !isKnown(name) || (url === null && !text.includes(':') && !isFirst)) continue;
    clues.push({ kind: 'host', name, evidence: sentence('talks to {0}', name) });
    if (!url) clues.push(...sshClues(name, world));
    if (isFirst) break;
  }
  return clues;
};

interface HostSettings {
  readonly hostname: string | undefined;
  readonly jump: string | undefined;
}

const MOST_FILES = 16;

/** What an alias of ~/.ssh/config stands for, and through which hosts the way leads. */
export function sshClues(alias: string, world: World): readonly Clue[] {
  const { hostname, jump } = settingsOf(alias, `${world.home}/.ssh/config`, world, { left: MOST_FILES });
  const clues: Clue[] = [];
  if (hostname !== undefined) clues.push({ kind: 'host', name: hostname.replaceAll('%h', alias), evidence: sentence('{0} is {1} in ~/.ssh/config', alias, hostname.replaceAll('%h', alias)) });
  if (jump !== undefined && jump !== 'none') for (const name of jump.split(',')) clues.push({ kind: 'host', name, evidence: sentence('{0} is reached through {1} in ~/.ssh/config', alias, name) });
  return clues;
}

/** The first value of each setting counts, as in ssh itself. */
function settingsOf(alias: string, path: string, world: World, files: { left: number }): HostSettings {
  let hostname: string | undefined;
  let jump: string | undefined;
  let inside = true;
  files.left -= 1;
  for (const line of (textAt(path, world) ?? '').split('\n')) {
    const [key = '', ...values] = line.trim().split(/[\s=]+/);
    switch (key.toLowerCase()) {
      case 'host':
        inside = covers(values, alias);
        break;
      case 'match':
        // What a condition says cannot be known here, but for the one that always holds.
        inside = /^all$/i.test(values[0] ?? '');
        break;
      case 'hostname':
        if (inside) hostname ??= values[0];
        break;
      case 'proxyjump':
        if (inside) jump ??= values[0];
        break;
      case 'include':
        for (const file of inside ? values : []) {
          if (files.left <= 0 || /[*?]/.test(file)) continue;
          const found = settingsOf(alias, resolvePath(`${world.home}/.ssh`, file.replace(/^~(?=\/)/, world.home)), world, files);
          hostname ??= found.hostname;
          jump ??= found.jump;
        }
    }
  }
  return { hostname, jump };
}

function covers(patterns: readonly string[], alias: string): boolean {
  const matches = (pattern: string): boolean => (/[*?]/.test(pattern) ? new Minimatch(pattern, { nobrace: true, noext: true, nonegate: true, nocomment: true }).match(alias) : pattern === alias);
  return patterns.some(matches) && !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)));
}

/** The inventory and the hosts of Ansible and its relatives. */
export const inventory: Source = (around) => {
  const { use } = around;
  const { cwd } = use.invocation;
  const texts = use.invocation.args.map((word) => word.text);
  // Only the tools that have rules have a grammar that knows these options.
  const inventories = texts.flatMap((text, at) => (/^(-i|--inventory|--inventory-file)$/.test(text) ? (texts[at + 1] ?? []) : /^--inventory(?:-file)?=(.+)$/.exec(text)?.[1] ?? []));
  const clues: Clue[] = [...inventories.map((name) => ({ kind: 'inventory', name, evidence: sentence('inventory given on the command line'), ...fileOf(name, cwd) })), ...INVENTORY_VARIABLES(around)];
  for (const operand of use.rest(0).slice(0, 3)) clues.push({ kind: 'hosts or playbook', name: operand, evidence: sentence('names {0}', operand), ...fileOf(operand, cwd) });
  return use.invocation.program.startsWith('ansible') && isKnown(cwd) ? [...clues, ...ansibleClues(around, clues)] : clues;
};

/** The inventory of ansible.cfg, and the groups of it that a play names. */
function ansibleClues({ use, env, world }: Surrounding, given: readonly Clue[]): readonly Clue[] {
  const { cwd } = use.invocation;
  const clues: Clue[] = [];
  let file = given.find(({ kind }) => kind === 'inventory')?.name;
  if (file === undefined) {
    const config = [env('ANSIBLE_CONFIG'), `${cwd}/ansible.cfg`, `${world.home}/.ansible.cfg`].flatMap((path) => (path === undefined || textAt(path, world) === undefined ? [] : [path]))[0];
    file = config === undefined ? undefined : sectionOf(textAt(config, world) ?? '', 'defaults').get('inventory');
    if (file !== undefined && config !== undefined) clues.push({ kind: 'inventory', name: file, evidence: sentence('inventory in {0}', shownPath(config, world.home)), file: config });
  }
  const limit = use.value('-l --limit');
  const hosts = limit !== undefined ? limit.split(/[,:]/) : use.rest(0).flatMap((name) => hostsOf(resolvePath(cwd, name), world));
  for (const name of limit === undefined ? hosts : []) clues.push({ kind: 'hosts', name, evidence: sentence('a play is for the hosts {0}', name) });
  if (file === undefined || !isKnown(file) || (hosts.length > 0 && !hosts.includes('all'))) return clues;
  for (const group of groupsOf(textAt(resolvePath(cwd, file), world) ?? '')) clues.push({ kind: 'group of hosts', name: group, evidence: sentence('{0} in {1}', group, file), file: resolvePath(cwd, file) });
  return clues;
}

/** For which hosts the plays of a playbook are. */
function hostsOf(path: string, world: World): readonly string[] {
  const text = /\.ya?ml$/.test(path) ? textAt(path, world) : undefined;
  return parsed(text).flatMap((play) => stringAt(play, 'hosts')?.split(/[,:]/) ?? listAt(play, 'hosts').filter((name) => typeof name === 'string'));
}

/** The groups and hosts of an inventory in either form. */
function groupsOf(text: string): readonly string[] {
  const heads = text.split('\n').flatMap((line) => /^\[([\w.-]{1,100})(?::\w+)?\]/.exec(line)?.[1] ?? (/^\s{0,12}([\w.-]{1,100}):\s*$/.exec(line)?.[1] ?? []));
  return [...new Set(heads)].filter((name) => !/^(all|hosts|children|vars|ungrouped)$/.test(name)).slice(0, 64);
}

function parsed(text: string | undefined): readonly unknown[] {
  try {
    const document: unknown = text === undefined || isTooDeep(text) ? undefined : parse(text);
    return Array.isArray(document) ? (document as readonly unknown[]) : [];
  } catch {
    return [];
  }
}
