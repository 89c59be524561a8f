import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Assistant, Scope } from '../../assistants/assistant.js';
import { assistantNamed, ASSISTANTS } from '../../assistants/assistants.js';
import { install, isPresent, remove, standingOf, type Ground, type HookState } from '../../assistants/install/install.js';
import { LONGEST_WAIT, settingsFile } from '../../assistants/settings.js';
import { plain } from '../../core/approval/display.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import { installGuards } from '../../guards/install.js';
import { FileWorld } from '../../world/file-world.js';
import type { Context } from '../context.js';
import { EXIT, print, printError } from '../terminal.js';

export interface AssistantsOptions {
  readonly scope: Scope;
  /** Seconds that hooks wait for a teammate, when it is to be changed. */
  readonly wait: number | undefined;
  readonly json: boolean;
}

const WORDS: Readonly<Record<HookState, string>> = { gated: 'waits for review', silenced: 'silenced', untrusted: 'waits for your trust', outdated: 'outdated', missing: 'not gated', none: 'no hook' };

/** `countersign assistants list|install|remove [NAME…]`: whose tool calls wait for review, and how to change that. */
export function assistants(context: Context, [verb = 'list', ...names]: readonly string[], options: AssistantsOptions): number {
  const ground: Ground = { home: context.home, project: new FileWorld(context.home, context.env).git(context.cwd)?.root, searchPath: context.env['PATH'] ?? '' };
  const chosen = names.length > 0 ? names.map(named) : ASSISTANTS.filter((assistant) => isPresent(assistant, ground));
  if (options.wait !== undefined) setWait(context.home, options.wait);
  switch (verb) {
    case 'list':
      return list(names.length > 0 ? chosen : ASSISTANTS, ground, options.json);
    case 'install':
      if (process.platform === 'win32') throw new CountersignError('refused', 'The hook needs bash, so there is none for Windows yet.');
      installHook(context.home);
      return change(chosen, options.scope, ground, install);
    case 'remove':
      return change(chosen, options.scope, ground, remove);
    default:
      throw new CountersignError('request', `“${plain(verb)}” is none of list, install and remove.`);
  }
}

function named(id: string): Assistant {
  const found = assistantNamed(id);
  if (!found) throw new CountersignError('request', `There is no assistant “${plain(id)}”. Known are: ${ASSISTANTS.map((assistant) => assistant.id).join(', ')}.`);
  return found;
}

function list(all: readonly Assistant[], ground: Ground, json: boolean): number {
  const rows = all.map((assistant) => ({ assistant, present: isPresent(assistant, ground), standings: (['user', 'project'] as const).map((scope) => standingOf(assistant, scope, ground)) }));
  if (json) {
    print(JSON.stringify(rows.map(({ assistant: { id, name }, present, standings }) => ({ id, name, present, ...Object.fromEntries(standings.map(({ scope, state, detail }) => [scope, { state, detail }])) })), undefined, 2));
    return EXIT.ok;
  }
  for (const { assistant, present, standings } of rows.sort((a, b) => Number(b.present) - Number(a.present))) {
    const best = standings.find(({ state }) => state === 'gated') ?? standings.find(({ state }) => state !== 'missing' && state !== 'none') ?? standings[0];
    print(`${assistant.id.padEnd(14)} ${present ? (best ? WORDS[best.state] : '') : 'not found here'}${best && present ? `. ${best.detail}` : ''}`);
  }
  return rows.some(({ present, standings }) => present && standings.every(({ state }) => state !== 'gated' && state !== 'none')) ? EXIT.failed : EXIT.ok;
}

function change(chosen: readonly Assistant[], scope: Scope, ground: Ground, work: typeof install): number {
  let failed = false;
  for (const assistant of chosen) {
    try {
      const files = work(assistant, scope, ground);
      for (const file of files) print(`${assistant.name}: wrote ${file}`);
      const { state, detail } = standingOf(assistant, scope, ground);
      print(`${assistant.name}: ${WORDS[state]}. ${detail}`);
    } catch (error) {
      failed = true;
      printError(`${assistant.name}: ${plain(messageOf(error))}`);
    }
  }
  if (chosen.length === 0) print('No assistant was found here. Name one to write its configuration all the same.');
  return failed ? EXIT.failed : EXIT.ok;
}

/** The command line can be there without the editor's extension, and the hook is needed then as well. */
function installHook(home: string): void {
  installGuards(home, { shell: '/bin/sh', node: process.execPath, gate: path.join(__dirname, 'gate.js') }, ['hook']);
}

function setWait(home: string, seconds: number): void {
  if (seconds > LONGEST_WAIT) throw new CountersignError('request', `No hook waits longer than ${LONGEST_WAIT} seconds.`);
  mkdirSync(path.dirname(settingsFile(home)), { recursive: true, mode: 0o700 });
  writeFileSync(settingsFile(home), `${JSON.stringify({ wait: seconds })}\n`, { mode: 0o600 });
}
