import { homedir } from 'node:os';
import path from 'node:path';
import { agentIn } from '../assistants/agent-in.js';
import { openDesk, requireDesk, type DeskOptions } from '../broker/desk.js';
import { Messenger } from '../broker/messenger.js';
import type { Approvals } from '../broker/approvals.js';
import type { Ask } from '../broker/assessing.js';
import { CountersignError } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import { hexOf } from '../core/approval/canonical.js';
import { clock } from '../world/clock.js';
import { askHidden, printError } from './terminal.js';

/** What every command needs of the machine it runs on. */
export interface Context {
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly messenger: Messenger;
}

export function contextOf(): Context {
  // A copy: every look at process.env itself is a call into the system.
  const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return { home: homedir(), cwd: process.cwd(), env, now: clock, messenger: new Messenger({ env, editor: 'vscode', warn: printError }) };
}

function deskOptions(context: Context): DeskOptions {
  return { home: context.home, env: context.env, configuredKey: () => context.env['COUNTERSIGN_KEY'], askPassphrase: askHidden, messenger: context.messenger };
}

/** The desk of the repository around the working directory, with what the others said fetched first. */
export async function syncedDesk(context: Context): Promise<{ readonly desk: Approvals; readonly problem: string | undefined }> {
  const desk = await requireDesk(context.cwd, deskOptions(context), context.now);
  const { problem } = await desk.sync();
  return { desk, problem };
}

/** The desks of the repositories around the working directory, the innermost first, as they are without the network. */
export async function desksAround(context: Context): Promise<readonly Approvals[]> {
  const desks: Approvals[] = [];
  for (let at: string | undefined = context.cwd; at !== undefined; ) {
    const desk: Approvals | undefined = await openDesk(at, deskOptions(context), context.now);
    if (!desk) break;
    desks.push(desk);
    const above = path.dirname(desk.repository.root);
    at = above === desk.repository.root ? undefined : above;
  }
  return desks;
}

/** A command typed behind `--`: one argument is a shell line, several are an argument list. */
export function askFor(context: Context, words: readonly string[], shell: string | undefined): Ask {
  const text = words.length === 1 ? (words[0] ?? '') : words.map(shellWord).join(' ');
  return { kind: 'command', text, shell: shell ?? '/bin/sh', cwd: context.cwd, env: context.env, label: undefined, labels: [], actor: agentIn(context.env) ? 'agent' : 'person' };
}

function shellWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The one request whose digest begins with these digits.
 *
 * @throws CountersignError `request` when there is none, or more than one
 */
export async function requestByPrefix(desk: Approvals, prefix: string): Promise<RequestView> {
  const digits = prefix.replace(/^sha256:/, '').toLowerCase();
  const matches = (await desk.requests()).filter((view) => digits.length >= 4 && hexOf(view.digest).startsWith(digits));
  const [match] = matches;
  if (!match) throw new CountersignError('request', `There is no request “${prefix}” here. “countersign pending” lists them.`);
  if (matches.length > 1) throw new CountersignError('request', `More than one request begins with “${prefix}”. Give more digits.`);
  return match;
}
