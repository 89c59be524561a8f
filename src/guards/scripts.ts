import { GLANCE, LOOKS } from './glance.js';
import askBash from './shells/ask.bash';
import ask from './shells/ask.sh';
import guardBash from './shells/guard.bash';
import guardFish from './shells/guard.fish';
import guardPowerShell from './shells/guard.ps1';
import guardZsh from './shells/guard.zsh';
import oldBash from './shells/old.bash';
import hook from './shells/hook.bash';
import promptBash from './shells/prompt.bash';
import startBash from './shells/start.bash';
import promptFish from './shells/prompt.fish';
import promptZsh from './shells/prompt.zsh';
import zshenv from './shells/zshenv.zsh';
import { fishQuote, posixQuote, powershellQuote } from './quoting.js';

/** One file below `~/.countersign/gate`. */
export interface GuardScript {
  /** Relative to the gate's directory, with forward slashes. */
  readonly path: string;
  /** The text with its placeholders: `@NODE@ @GATE@ @CLI@ @SHELL@ @DIRECTORY@` and those of `values`. */
  readonly text: string;
  /** Writes a value as a word of the script's own language. */
  readonly quote: (value: string) => string;
  /** Further placeholders of this script, put in as they are. */
  readonly values?: Readonly<Record<string, string>>;
}

export const QUOTES = { posix: posixQuote, fish: fishQuote, powershell: powershellQuote } as const;

/** Every script that the extension puts on the user's machine. One line for each. */
export const SCRIPTS: readonly GuardScript[] = [
  { path: 'ask', text: ask, quote: QUOTES.posix },
  { path: 'guard.bash', text: guardBash, quote: QUOTES.posix, values: { GLANCE: GLANCE.join(' ') } },
  { path: 'old.bash', text: oldBash, quote: QUOTES.posix },
  { path: 'prompt.bash', text: promptBash, quote: QUOTES.posix },
  { path: 'start.bash', text: startBash, quote: QUOTES.posix },
  { path: 'guard.zsh', text: guardZsh, quote: QUOTES.posix, values: { GLANCE: GLANCE.join(' ') } },
  { path: 'prompt.zsh', text: promptZsh, quote: QUOTES.posix },
  // ZDOTDIR names this directory.
  { path: 'zdotdir/.zshenv', text: zshenv, quote: QUOTES.posix },
  { path: 'ask.bash', text: askBash, quote: QUOTES.posix },
  // XDG_DATA_DIRS begins with `share`; fish loads every file of this directory.
  { path: 'share/fish/vendor_conf.d/countersign.fish', text: guardFish, quote: QUOTES.fish, values: { GLANCE: GLANCE.join(' ') } },
  { path: 'prompt.fish', text: promptFish, quote: QUOTES.fish },
  // Assistants are told this path.
  { path: 'hook', text: hook, quote: QUOTES.posix, values: { GLANCE: GLANCE.join(' '), LOOKS: LOOKS.join(' ') } },
  { path: 'guard.ps1', text: guardPowerShell, quote: QUOTES.powershell, values: { GLANCE: GLANCE.join(' ') } },
];
