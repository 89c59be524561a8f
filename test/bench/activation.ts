// What a window pays for the extension: the time of its own code in the extension host until the window has settled, beside
// the editor's own git extension; and how long a terminal takes to open with it and without. node out/test/bench/activation.js
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import os from 'node:os';
import path from 'node:path';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { ensureServerEditor, type ServerEditor } from '../harness/editor-install.js';
import { packageExtension } from '../harness/package-extension.js';
import { repositoryRoot } from '../harness/paths.js';
import { sleep } from '../harness/processes.js';
import { PROFILES } from '../harness/profile-extension-host.js';
import { startServer, type Server } from '../harness/server.js';
import type { Settings } from '../harness/settings.js';
import { waitFor } from '../harness/wait.js';
import { openWindow, type Window } from '../harness/window.js';
import { median, timed } from './support/times.js';

const WINDOWS = 5;
const TERMINALS = 11;
/** After this nothing is left that a start has to do; one look at the remote is always within. In milliseconds. */
const SETTLED = 10_000;

const EXTENSION = /\/countersign\.countersign-[^/]*\/out\//;
const JUDGING = /\/countersign\.countersign-[^/]*\/out\/window\.js$/;
const GIT = /\/extensions\/git\/dist\//;

/** Milliseconds of the extension host's one thread. */
interface Cost {
  /** In what has to stand before anything can start. */
  readonly gates: number;
  readonly whole: number;
  /** In the editor's own git extension. */
  readonly git: number;
}

/** The milliseconds spent in calls of one owner's code and in what they call; without those in which other code runs as well. */
function timeBelow({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, owner: RegExp, without?: RegExp): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const times = new Map<number, number>();
  samples.forEach((id, index) => times.set(id, (times.get(id) ?? 0) + (timeDeltas[index] ?? 0) / 1000));
  const below = (node: Profiler.ProfileNode): Profiler.ProfileNode[] => [node, ...(node.children ?? []).flatMap((id) => below(byId.get(id) ?? node))];
  const outermost = (node: Profiler.ProfileNode): Profiler.ProfileNode[] => (owner.test(node.callFrame.url) ? [node] : (node.children ?? []).flatMap((id) => outermost(byId.get(id) ?? node)));
  return outermost(nodes[0]!)
    .map(below)
    .filter((calls) => without === undefined || !calls.some(({ callFrame }) => without.test(callFrame.url)))
    .reduce((sum, calls) => sum + calls.reduce((time, { id }) => time + (times.get(id) ?? 0), 0), 0);
}

/** Opens a window with a profiled extension host, and gives what each owner's code took until it had settled. */
async function settle(editor: ServerEditor, team: Team, vsix: string, extensionsDir: string): Promise<Cost> {
  const profiles = mkdtempSync(path.join(os.tmpdir(), 'activation-profiles-'));
  const profiler = path.join(repositoryRoot(), 'out', 'test', 'harness', 'profile-extension-host.js');
  const server = await startServer({ editor, home: team.ana.home, extensionsDir, nodeOptions: ['--require', profiler], env: { ...environmentOf(team.ana), [PROFILES]: profiles } });
  try {
    await server.installExtension(vsix);
    const window = await openWindow(server, { folder: team.ana.clone });
    const started = await waitFor(() => readdirSync(profiles).find((name) => name.endsWith('.started')), { message: 'an extension host', timeout: 60_000 });
    await sleep(SETTLED);
    const pid = path.basename(started, '.started');
    process.kill(Number(pid), 'SIGUSR2');
    const file = path.join(profiles, `${pid}.json`);
    await waitFor(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('}'), { message: 'the profile', timeout: 60_000 });
    await window.close();
    const profile = JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile;
    return { gates: timeBelow(profile, EXTENSION, JUDGING), whole: timeBelow(profile, EXTENSION), git: timeBelow(profile, GIT) };
  } finally {
    await server.stop();
    rmSync(profiles, { recursive: true, force: true });
  }
}

/** How long a new terminal takes until it shows its prompt, in milliseconds. */
async function terminal(window: Window): Promise<number> {
  const taken = await timed(async () => {
    await window.page.keyboard.press('Control+Shift+Backquote');
    // Looked for with every frame; a locator looks again only after half a second. The text is for the page, which has a document.
    await window.page.waitForFunction(`/[$#]\\s*$/.test(document.querySelector('.terminal-wrapper.active .xterm-rows')?.textContent ?? '')`);
  });
  await window.command('Terminal: Kill the Active Terminal Instance');
  await window.page.locator('.terminal-wrapper').first().waitFor({ state: 'detached' });
  return taken;
}

/**
 * Terminals of three windows in turns, so that whatever else the machine does falls on all of them. The third has no
 * extension but a shell for tasks: VS Code builds its profiles and menus anew with every terminal where one is set
 * (TerminalProfileService compares the profile as written with the one that it has resolved in place).
 */
async function terminals(editor: ServerEditor, vsix: string): Promise<Readonly<Record<'extension' | 'bare' | 'taskShell', number>>> {
  const teams = [createTeam(), createTeam(), createTeam()] as const;
  const servers: Server[] = [];
  const open = async (team: Team, { extension, settings = {} }: { readonly extension?: string; readonly settings?: Settings }): Promise<Window> => {
    const server = await startServer({ editor, home: team.ana.home, settings, env: environmentOf(team.ana) });
    servers.push(server);
    if (extension !== undefined) await server.installExtension(extension);
    return openWindow(server, { folder: team.ana.clone });
  };
  try {
    const windows = {
      extension: await open(teams[0], { extension: vsix }),
      bare: await open(teams[1], {}),
      taskShell: await open(teams[2], { settings: { 'terminal.integrated.automationProfile.linux': { path: '/bin/bash' } } }),
    };
    await sleep(SETTLED);
    const times = { extension: [] as number[], bare: [] as number[], taskShell: [] as number[] };
    for (let round = 0; round < TERMINALS; round += 1) {
      for (const name of ['extension', 'bare', 'taskShell'] as const) times[name].push(await terminal(windows[name]));
    }
    await Promise.all(Object.values(windows).map((window) => window.close()));
    return { extension: median(times.extension), bare: median(times.bare), taskShell: median(times.taskShell) };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    for (const team of teams) team.dispose();
  }
}

async function main(): Promise<void> {
  const editor = await ensureServerEditor();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'activation-'));
  const team = createTeam();
  try {
    const vsix = await packageExtension(path.join(folder, 'countersign.vsix'));
    const costs: Cost[] = [];
    const extensionsDir = path.join(folder, 'extensions');
    // The first window of all puts the guards on the machine; what is paid again and again begins with the second.
    await settle(editor, team, vsix, extensionsDir);
    for (let round = 0; round < WINDOWS; round += 1) costs.push(await settle(editor, team, vsix, extensionsDir));
    const of = (owner: keyof Cost): number => median(costs.map((cost) => cost[owner]));
    console.log(`until the gates stand      ${of('gates').toFixed(0)} ms`);
    console.log(`the first ${SETTLED / 1000} seconds       ${of('whole').toFixed(0)} ms, ${(of('whole') / of('git')).toFixed(2)} of the editor's own git extension`);
    const opened = await terminals(editor, vsix);
    console.log(`a new terminal             ${opened.extension.toFixed(0)} ms, ${(opened.extension / opened.bare).toFixed(2)} of one without the extension, ${(opened.extension / opened.taskShell).toFixed(2)} of one without it where a shell for tasks is set`);
  } finally {
    team.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
