import { setTimeout as pause } from 'node:timers/promises';
import { askBroker, BrokerGone } from '../broker/client.js';
import { findWindow, whyNoWindow } from '../broker/find-window.js';
import type { GuardAsk, Say, WindowEntry } from '../broker/protocol.js';

/** How long a held operation waits for its window to come back, and how often it looks. Milliseconds. */
const RETURN = 10 * 60_000;
const LOOK = 300;

/** What was held has lost its window for good. */
export class WindowLost extends Error {}

/**
 * Asks the window whose this is. A window that goes away while something is held, because it was reloaded or has
 * crashed, leaves the request open; the question is put again to the one that comes back, which takes it up.
 *
 * @param named the window that the environment names
 * @throws BrokerGone when no window could be asked; nothing was held then
 * @throws WindowLost when the one that held it did not come back
 */
export async function askWindows(home: string, named: string | undefined, ask: GuardAsk, say: Say, signal: AbortSignal): Promise<boolean> {
  const find = () => findWindow(home, ask.cwd, named);
  let window = find();
  if (!window) throw new BrokerGone(whyNoWindow(home));
  const asked = { question: ask, isHeld: false };
  const hear: Say = (lines, held) => {
    if (held !== undefined) asked.isHeld = true;
    if (held) asked.question = { ...ask, names: held };
    say(lines);
  };
  for (;;) {
    try {
      return await askBroker(window, asked.question, hear, signal);
    } catch (error) {
      if (!asked.isHeld || signal.aborted || !(error instanceof BrokerGone)) throw error;
      window = await back(find, window, say, signal);
    }
  }
}

async function back(find: () => WindowEntry | undefined, before: WindowEntry, say: Say, signal: AbortSignal): Promise<WindowEntry> {
  say(['Countersign: The editor window went away while this was held. Nothing has run, and the request stays open. Waiting for the window to come back; Ctrl+C cancels.']);
  for (const end = Date.now() + RETURN; Date.now() < end; ) {
    await pause(LOOK, undefined, { signal });
    const window = find();
    if (window && window.socket !== before.socket) return window;
  }
  throw new WindowLost('The editor window did not come back, so nothing was run. The request stays open: open the folder and run this again to take it up.');
}
