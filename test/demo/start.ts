// npm start: the demo in a real editor. Usage: start.js [--desktop] [--screenshots DIR] [--packaged]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureServerEditor } from '../harness/editor-install.js';
import { repositoryRoot, which } from '../harness/paths.js';
import { startServer, type Server } from '../harness/server.js';
import { quietSettings } from '../harness/settings.js';
import { play } from './play.js';
import { createTeam, environmentOf, type Person, type Team } from './team.js';

const SCRIPT = `What to try
  1. In Ana's window run the task "deploy: production" (Terminal > Run Task…). It waits; nothing has run.
  2. In Ben's window a notification appears: press Review… and read what would run, and where.
  3. In Ben's window run "Countersign: Approve…" from the palette. Ana's task runs by itself, once.
  4. Run the task again and deny it in Ben's window: Ana's terminal says why.
  5. Open the Countersign view in the activity bar: Held, Awaiting my approval, Ledger.`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { desktop: { type: 'boolean' }, screenshots: { type: 'string' } } });
  const team = createTeam();
  if (values.desktop) {
    desktop(team);
    return;
  }
  const editor = await ensureServerEditor();
  const servers: Server[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    team.dispose();
  };
  try {
    for (const person of [team.ana, team.ben]) servers.push(await startServer({ editor, home: person.home, settings: settingsOf(person), env: environmentOf(person) }));
    const [ana, ben] = servers as [Server, Server];
    if (values.screenshots !== undefined) {
      await play({ team, ana, ben, directory: path.resolve(values.screenshots) });
      return;
    }
    const address = (server: Server, person: Person) => server.address(person.clone, { extensionDevelopmentPath: repositoryRoot() });
    const addresses = [address(ana, team.ana), address(ben, team.ben)];
    for (const one of addresses) showInBrowser(one);
    console.log(`\nAna, who deploys:   ${addresses[0] ?? ''}\nBen, who approves:  ${addresses[1] ?? ''}\n\n${SCRIPT}\n\nCtrl+C ends the demo and removes it.`);
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
  } finally {
    await stop();
  }
}

/** Opens an address where there is a screen to show it on; the printed address serves everybody else. */
function showInBrowser(address: string): void {
  const opener = process.platform === 'darwin' ? 'open' : process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ? which('xdg-open') : undefined;
  if (opener !== undefined) spawn(opener, [address], { stdio: 'ignore', detached: true }).on('error', () => undefined).unref();
}

/** One colour theme each, so that people see at a glance whose window they are in. */
function settingsOf(person: Person): Record<string, unknown> {
  return { 'window.title': `${person.name} – \${rootName}`, 'workbench.colorTheme': person.name === 'Ana' ? 'Dark 2026' : 'Light 2026' };
}

/** Two windows of the desktop editor on the PATH. They stay open when this ends; the demo's folder stays with them. */
function desktop(team: Team): void {
  const code = which('code');
  if (code === undefined) throw new Error('There is no “code” on the PATH. Install VS Code’s command line (“Shell Command: Install \'code\' command in PATH”), or run npm start without --desktop.');
  for (const person of [team.ana, team.ben]) {
    const data = path.join(path.dirname(person.clone), 'editor');
    mkdirSync(path.join(data, 'User'), { recursive: true });
    const settings = path.join(data, 'User', 'settings.json');
    if (!existsSync(settings)) writeFileSync(settings, JSON.stringify({ ...quietSettings, ...settingsOf(person) }, null, 2));
    const args = [`--user-data-dir=${data}`, `--extensions-dir=${path.join(data, 'extensions')}`, `--extensionDevelopmentPath=${repositoryRoot()}`, '--new-window', person.clone];
    spawn(code, args, { env: { ...process.env, HOME: person.home }, stdio: 'ignore', detached: true }).unref();
  }
  console.log(`\nTwo windows are opening: Ana deploys, Ben approves. The demo lies in ${team.directory}: delete it when you are done.\n\n${SCRIPT}`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
