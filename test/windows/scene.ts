import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ensureServerEditor } from '../harness/editor-install.js';
import { repositoryRoot } from '../harness/paths.js';
import { startServer, type Server } from '../harness/server.js';
import type { Settings } from '../harness/settings.js';
import { waitFor } from '../harness/wait.js';
import { openWindow, type Window } from '../harness/window.js';
import { createTeam, deployments, environmentOf, type Person, type Team, type TeamOptions } from '../demo/team.js';

/** The task all of this is about, and the command line behind it. */
export const TASK = 'deploy: production';

/** The themes that people look at pictures in, with the mark by which the workbench tells their kind. */
export const THEMES: readonly (readonly [theme: string, mark: string])[] = [
  ['Light Modern', 'vs'],
  ['Dark Modern', 'vs-dark'],
  ['Dark High Contrast', 'hc-black'],
  ['Light High Contrast', 'hc-light'],
];

/** What a person has in front of them: their own server, with their own home, and one window. */
export interface Seat {
  readonly person: Person;
  readonly server: Server;
  readonly window: Window;
}

export interface SceneOptions extends TeamOptions {
  /** A packaged extension to install; otherwise the checkout is loaded as under development. */
  readonly vsix?: string;
  /** User settings of every seat. */
  readonly settings?: Settings;
  /** Further files beside the user settings of every seat: their text, by their names. */
  readonly userFiles?: Readonly<Record<string, string>>;
  /** Scripts that every seat finds before other programs of their names. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Added to the environment of every seat. */
  readonly env?: Readonly<Record<string, string>>;
  /** What happens to the team before anybody opens a window. */
  readonly prepare?: (team: Team) => void;
  /** The display language of every seat. */
  readonly language?: string;
  /** What every seat opens; the clone unless said otherwise. */
  readonly folder?: (person: Person) => string;
  /** Who sits at a window; both unless said otherwise. */
  readonly seats?: readonly ('ana' | 'ben')[];
}

/** A team with its windows open, on the Countersign view. */
export class Scene {
  private constructor(
    readonly team: Team,
    private readonly taken: ReadonlyMap<'ana' | 'ben', Seat>,
  ) {}

  static async open({ vsix, seats = ['ana', 'ben'], settings = {}, userFiles = {}, programs = {}, env = {}, prepare, language, folder = ({ clone }) => clone, ...options }: SceneOptions = {}): Promise<Scene> {
    const editor = await ensureServerEditor();
    const team = createTeam(options);
    const taken = new Map<'ana' | 'ben', Seat>();
    const servers: Server[] = [];
    try {
      prepare?.(team);
      const opened = seats.map(async (name) => {
        const person = team[name];
        const server = await startServer({ editor, home: person.home, settings: { 'window.title': `${person.name} – \${rootName}`, ...settings }, userFiles, env: { ...equip(person, programs), ...env } });
        servers.push(server);
        if (vsix !== undefined) await server.installExtension(vsix);
        const window = await openWindow(server, { folder: folder(person), ...(language !== undefined && { language }), ...(vsix === undefined && { extensionDevelopmentPath: repositoryRoot() }) });
        taken.set(name, { person, server, window });
        await window.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
        await window.openView('Countersign');
      });
      for (const result of await Promise.allSettled(opened)) if (result.status === 'rejected') throw result.reason;
      return new Scene(team, taken);
    } catch (error) {
      await Promise.all([...taken.values()].map(({ window }) => window.close()));
      await Promise.all(servers.map((server) => server.stop()));
      team.dispose();
      throw error;
    }
  }

  get ana(): Window {
    return this.at('ana');
  }

  get ben(): Window {
    return this.at('ben');
  }

  /** Takes an extension away from Ana, and opens her window anew. */
  async uninstall(id: string): Promise<void> {
    await this.taken.get('ana')?.server.uninstallExtension(id);
    await this.ana.reload();
  }

  private at(name: 'ana' | 'ben'): Window {
    const seat = this.taken.get(name);
    if (!seat) throw new Error(`Nobody opened a window for ${name}.`);
    return seat.window;
  }

  /** How often something was deployed from Ana's clone. */
  get deployed(): number {
    return deployments(this.team.ana).length;
  }

  async close(): Promise<void> {
    await Promise.all([...this.taken.values()].map(({ window }) => window.close()));
    await Promise.all([...this.taken.values()].map(({ server }) => server.stop()));
    this.team.dispose();
  }

  /** With COUNTERSIGN_PICTURES=folder, saves what every window shows. */
  async picture(name: string): Promise<void> {
    const folder = process.env['COUNTERSIGN_PICTURES'];
    if (folder === undefined) return;
    await Promise.all([...this.taken].map(([who, { window }]) => window.screenshot(path.join(folder, `${name}-${who}.png`))));
  }

  /** The same in each theme, one after the other; the last one stays. */
  async pictureInThemes(name: string): Promise<void> {
    for (const [theme, mark] of THEMES) {
      for (const { window } of this.taken.values()) await useTheme(window, theme, mark);
      await this.picture(`${name}-${theme.replaceAll(' ', '-')}`);
    }
  }
}

/** Gives a person programs of their own, and the environment in which they come first: in login shells too, which set PATH anew. */
function equip(person: Person, programs: Readonly<Record<string, string>>): Record<string, string> {
  const env = environmentOf(person);
  if (Object.keys(programs).length === 0) return env;
  const folder = path.join(person.home, 'bin');
  mkdirSync(folder);
  for (const [name, script] of Object.entries(programs)) writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  writeFileSync(path.join(person.home, '.profile'), 'PATH="$HOME/bin:$PATH"\n');
  return { ...env, PATH: `${folder}:${env['PATH'] ?? ''}` };
}

/** Opens a scene before the suite's tests and closes it after them; a failed test leaves its pictures. */
export function withScene(suite: string, open: () => Promise<Scene>): () => Scene {
  let scene: Scene | undefined;
  before(async function () {
    this.timeout(180_000);
    scene = await open();
  });
  afterEach(async function () {
    const { currentTest } = this;
    const failed = currentTest?.state === 'failed' ? '-failed' : '';
    await scene?.picture(`${suite}-${(currentTest?.title ?? 'test').replace(/\W+/g, '-')}${failed}`);
  });
  after(async function () {
    this.timeout(60_000);
    await scene?.close();
  });
  return () => {
    if (!scene) throw new Error('The scene is not open.');
    return scene;
  };
}

/** Runs the production task the way people do, from the palette. */
export async function runTask(window: Window): Promise<void> {
  await window.commandAndPick('Tasks: Run Task', TASK);
}

/** Waits until the terminal says that a request is waiting that is none of the given ones; gives the request's short name. */
export async function heldRequest(window: Window, known: readonly string[] = []): Promise<string> {
  return waitFor(
    async () => {
      const name = /(?:Request|Anfrage) ([0-9a-f]{8})/.exec(await terminalWords(window))?.[1];
      return name !== undefined && !known.includes(name) ? name : undefined;
    },
    { message: 'the task to be held', timeout: 30_000 },
  );
}

/** The terminal's text in one line, without the bar at its side. */
export async function terminalWords(window: Window): Promise<string> {
  return inOneLine(await window.terminalText(), ' ');
}

function inOneLine(text: string, between: string): string {
  return text.replace(/┃/g, ' ').replaceAll('\n', between).replace(/\s+/g, ' ');
}

/** Waits for the terminal to say something, wherever the terminal breaks the line. */
export async function terminalSays(window: Window, text: string | RegExp, timeout = 20_000): Promise<void> {
  const says = (words: string) => (typeof text === 'string' ? words.includes(text) : text.test(words));
  const probe = async () => {
    const shown = await window.terminalText();
    return says(inOneLine(shown, ' ')) || says(inOneLine(shown, ''));
  };
  await waitFor(probe, { message: `the terminal to say ${String(text)}`, timeout }).catch(async (error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nIt says: ${await terminalWords(window)}`);
  });
}

export async function useTheme(window: Window, theme: string, mark: string): Promise<void> {
  await window.command('Preferences: Color Theme');
  await window.quickInput(theme);
  await window.page.locator(`.monaco-workbench.${mark}`).first().waitFor({ timeout: 20_000 });
}

/** Waits for a notification and gives its text. */
export async function told(window: Window, text: string | RegExp, timeout = 20_000): Promise<string> {
  const fits = (message: string) => (typeof text === 'string' ? message.includes(text) : text.test(message));
  return waitFor(async () => (await window.notifications()).find(fits), { message: `a notification ${String(text)}`, timeout }).catch(async (error: unknown) => {
    // It leaves the screen after ten seconds, and may have done so before anybody looked.
    await window.command('Notifications: Show Notifications');
    const behindTheBell = await window.notifications();
    await window.command('Notifications: Hide Notifications');
    const found = behindTheBell.find(fits);
    if (found !== undefined) return found;
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nBehind the bell: ${behindTheBell.join(' | ') || 'none'}`);
  });
}

/** Presses a notification's button; one that has left the screen is still behind the bell. */
export async function press(window: Window, button: string, within: string): Promise<void> {
  const onScreen = (await window.notifications()).some((text) => text.includes(within));
  if (onScreen && (await window.notificationButton(button, within, 3_000).then(() => true, () => false))) return;
  await window.command('Notifications: Show Notifications');
  await window.notificationButton(button, within);
}

/** Waits until a view has as many rows as given. */
export async function rows(window: Window, view: string, count: number, timeout = 30_000): Promise<string[]> {
  let listed: string[] = [];
  const fits = async () => ((listed = await window.treeItems(view)), listed.length === count);
  await waitFor(fits, { message: `${count} rows under ${view}`, timeout }).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nIt lists: ${listed.join(' | ') || 'nothing'}`);
  });
  return listed;
}

/**
 * Types into the terminal until it stays. VS Code starts an untouched one anew when an extension, its own ones too,
 * changes the environment; of what is typed meanwhile nothing arrives.
 */
export async function settledTerminal(window: Window): Promise<void> {
  const isSaid = async () => (await window.terminalText()).includes('settled-42');
  const answers = () => waitFor(isSaid, { message: 'an answer', timeout: 2_000 }).then(() => true, () => false);
  await waitFor(async () => (await window.typeInTerminal('echo settled-$((40+2))'), (await answers()) && (await delay(2_000), await isSaid())), { message: 'a terminal that stays', timeout: 60_000 });
}

/** Folds every other view, so that the rows of this one are on the screen. */
export async function showOnly(window: Window, view: string): Promise<void> {
  await window.openView(view);
  const others = window.page.locator(`.part.sidebar .pane-header[aria-expanded="true"]:not([aria-label^="${view}"])`);
  while ((await others.count()) > 0) await others.first().click();
}

/** The number on the Countersign icon in the activity bar, or undefined. */
export async function badge(window: Window): Promise<string | undefined> {
  const icon = window.page.locator('.part.activitybar .action-item').filter({ has: window.page.locator('[aria-label^="Countersign"]') });
  const content = icon.locator('.badge-content:visible');
  return (await content.count()) === 0 ? undefined : (await content.first().innerText()).trim();
}

/** The question of the open input box, once there is one; `about` is a part of it. */
export async function asked(window: Window, about: string): Promise<string> {
  return waitFor(
    async () => {
      const text = await window.quickText();
      return text.includes(about) ? text : undefined;
    },
    { message: `the input box to ask about ${about}` },
  );
}

/** What the window's clipboard holds, once it is what the copying command promised. */
export async function copied(window: Window, beginning: string): Promise<string> {
  return waitFor(
    async () => {
      const text = await window.page.evaluate<string>('navigator.clipboard.readText()');
      return text.startsWith(beginning) ? text : undefined;
    },
    { message: `the clipboard to begin with ${beginning}` },
  );
}

/** Unfolds one row of the ledger and gives the lines below it; the other views make room first. */
export async function ledgerOf(window: Window, request: string): Promise<string> {
  await showOnly(window, 'Ledger');
  const before = await rows(window, 'Ledger', (await window.treeItems('Ledger')).length);
  const row = window.treeItem('Ledger', request);
  await row.locator('.monaco-tl-twistie').click();
  await waitFor(async () => (await window.treeItems('Ledger')).length > before.length, { message: `what the ledger says about ${request}` });
  const lines = (await window.treeItems('Ledger')).slice(before.findIndex((text) => text.includes(request)) + 1);
  await row.locator('.monaco-tl-twistie').click();
  return lines.join('\n');
}

/** Runs the command line as a person, in a terminal of theirs, and gives what it printed. */
export async function countersign(person: Person, cwd: string, ...args: string[]): Promise<string> {
  const cli = path.join(repositoryRoot(), 'out', 'cli.js');
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { cwd, env: environmentOf(person), timeout: 30_000 });
  return stdout.trim();
}
