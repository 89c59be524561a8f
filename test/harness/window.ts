import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import type { Server, Target } from './server.js';
import { waitFor, type WaitOptions } from './wait.js';

export interface WindowOptions extends Target {
  readonly viewport?: { readonly width: number; readonly height: number };
  /** A folder in which the window's storage (layout, what extensions keep per workspace) outlives the window. */
  readonly profile?: string;
  /** The display language that extensions are told; the editor’s own words stay English without a language pack. */
  readonly language?: string;
  /** What the window logs while tests run inside it. */
  readonly onLog?: (level: string, text: string) => void;
}

const START_MS = 90_000;
const clean = (text: string): string => text.replace(/\u00a0/g, ' ').replace(/\s+/g, ' ').trim();

/** One editor window, driven with the means a person has: palette, lists, buttons and what can be read on screen. */
export class Window {
  /** The exit code of the tests that ran inside the window, if it was opened with `extensionTestsPath`. */
  readonly exited: Promise<number>;
  private exit: (code: number) => void = () => undefined;

  constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {
    this.exited = new Promise((resolve) => {
      this.exit = resolve;
    });
  }

  async open(address: string, onLog: WindowOptions['onLog']): Promise<void> {
    await this.page.exposeFunction('codeAutomationLog', (level: string, parts: unknown[]) => onLog?.(level, parts.map(String).join(' ')));
    await this.page.exposeFunction('codeAutomationExit', (code: number) => this.exit(code));
    await this.page.goto(address);
    await this.ready();
  }

  /** Loads the window anew; what it keeps per workspace survives. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  private async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: START_MS });
    await this.page.locator('.statusbar-item[id="status.host"]').first().waitFor({ timeout: START_MS });
  }

  waitFor<T>(probe: () => Promise<T> | T, options: WaitOptions): Promise<NonNullable<T>> {
    return waitFor(probe, options);
  }

  // Palette, quick input and lists.

  /** Runs a command by the exact title the palette shows ("Tasks: Run Task"). */
  async command(title: string): Promise<void> {
    await this.choose(`>${title}`, title);
  }

  /** Shows a view by its title, wherever it lives. */
  async openView(title: string): Promise<void> {
    await this.choose(`view ${title}`, title);
  }

  /** Opens a file of the workspace by its name, as Go to File does. */
  async openFile(name: string): Promise<void> {
    await this.choose(name, path.basename(name));
  }

  private async choose(typed: string, label: string): Promise<void> {
    let again = false;
    await waitFor(
      async () => {
        // Only after a miss: Escape also hides the notifications on screen.
        if (again) await this.page.keyboard.press('Escape');
        again = true;
        await this.page.keyboard.press('F1');
        await this.quickField.waitFor({ timeout: 2000 });
        await this.quickField.fill(typed);
        await this.quickRow(label).first().waitFor({ timeout: 3000 });
        await this.quickRow(label).first().click({ timeout: 2000 });
        return true;
      },
      { message: `"${label}" in the palette`, timeout: 30_000 },
    );
  }

  private get quickField(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  private quickRow(label: string): Locator {
    const exact = new RegExp(`^\\s*${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ /g, '\\s')}\\s*$`);
    const name = this.page.locator('.label-name', { hasText: exact });
    return this.page.locator('.quick-input-widget:visible .monaco-list-row').filter({ has: name });
  }

  /** The entries of the open quick pick, as far as they are on screen. */
  async quickPicks(): Promise<string[]> {
    return (await this.page.locator('.quick-input-widget:visible .monaco-list-row .label-name').allInnerTexts()).map(clean);
  }

  /** Question, hint and error of the open quick input. */
  async quickText(): Promise<string> {
    return clean((await this.page.locator('.quick-input-widget:visible').allInnerTexts()).join(' '));
  }

  /** Types into the open quick input and accepts it. */
  async quickInput(text: string): Promise<void> {
    await this.quickField.waitFor();
    await this.quickField.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /**
   * Runs a command that asks with a quick pick, and clicks the entry with this label. A view that takes the focus late,
   * while the window is still loading, closes the pick; it is opened again then.
   */
  async commandAndPick(title: string, label: string): Promise<void> {
    await waitFor(
      async () => {
        await this.command(title);
        await this.quickRow(label).first().waitFor({ timeout: 5000 });
        return true;
      },
      { message: `"${label}" among the entries of "${title}"`, timeout: 30_000 },
    );
    await this.pick(label);
  }

  /** Clicks the entry with this label in the open quick pick. */
  async pick(label: string): Promise<void> {
    await this.quickRow(label).first().click({ timeout: 15_000 });
  }

  // Notifications and dialogs.

  /** The texts of the notifications on screen. */
  async notifications(): Promise<string[]> {
    return (await this.page.locator('.notification-list-item:visible .notification-list-item-message').allInnerTexts()).map(clean);
  }

  /** Presses a button of the notification on screen; `within` says which one by a part of its text. */
  async notificationButton(text: string, within = '', timeout = 15_000): Promise<void> {
    const item = this.page.locator('.notification-list-item:visible', { hasText: within });
    await item.getByRole('button', { name: text, exact: true }).first().click({ timeout });
  }

  async dismissNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
  }

  /** Title, detail and buttons of the modal dialog on screen, or undefined. */
  async dialogText(): Promise<string | undefined> {
    const dialog = this.page.locator('.monaco-dialog-box');
    return (await dialog.count()) === 0 ? undefined : clean(await dialog.first().innerText());
  }

  async dialogButton(text: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: text, exact: true }).click({ timeout: 15_000 });
  }

  // What is on screen.

  /** The rows of a tree view, top to bottom, each as label and description read together. */
  async treeItems(view: string): Promise<string[]> {
    // All in one look, for the list may be drawn anew the next moment.
    const words = await this.tree(view).locator('.monaco-list-row').evaluateAll((rows: readonly PageElement[]) => rows.map((row) => [...row.querySelectorAll('.label-name, .label-description')].map(({ innerText }) => innerText)));
    return words.map((texts) => clean(texts.join(' ')));
  }

  /** The row of a tree view whose text contains `text`. */
  treeItem(view: string, text: string): Locator {
    return this.tree(view).locator('.monaco-list-row', { hasText: text }).first();
  }

  /** Presses an inline action of a row, named by its tooltip. */
  async treeAction(view: string, text: string, action: string): Promise<void> {
    const row = this.treeItem(view, text);
    // What is told about another row may lie over this one.
    await this.page.mouse.move(1, 1);
    await this.page.locator('.context-view .hover-contents:visible').waitFor({ state: 'hidden' });
    await row.hover();
    await row.locator('.actions').getByRole('button', { name: action, exact: true }).or(row.locator(`.actions [aria-label="${action}"]`)).first().click();
  }

  /** The text shown by a view that has nothing to list. */
  async viewText(view: string): Promise<string> {
    return clean(await this.pane(view).innerText());
  }

  private pane(view: string): Locator {
    const header = this.page.locator(`.pane-header[aria-label^="${view} "], .pane-header[aria-label="${view}"]`);
    return this.page.locator('.pane').filter({ has: header }).first();
  }

  private tree(view: string): Locator {
    return this.pane(view).locator('.pane-body');
  }

  async statusBarText(): Promise<string> {
    return (await this.page.locator('.part.statusbar .statusbar-item:visible').allInnerTexts()).map(clean).filter(Boolean).join(' | ');
  }

  /** Clicks the status bar entry that contains `text`. */
  async statusBarItem(text: string): Promise<void> {
    await this.page.locator('.part.statusbar .statusbar-item:visible', { hasText: text }).first().locator('a').first().click();
  }

  /** The visible rows of the terminal on screen, one line each. */
  async terminalText(): Promise<string> {
    const rows = await this.page.locator('.terminal-wrapper.active .xterm-rows > div').allInnerTexts();
    return rows.map((row) => row.replace(/\u00a0/g, ' ').trimEnd()).join('\n').trimEnd();
  }

  /** Types a line into the terminal on screen, as a person does. */
  async typeInTerminal(line: string): Promise<void> {
    await this.page.locator('.terminal-wrapper.active .xterm-screen').first().click();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** The visible lines of the editor in front. */
  async editorText(): Promise<string> {
    // All in one look, for the editor may have fewer of them the next moment.
    const placed = await this.page.locator('.editor-group-container.active .view-lines > .view-line').evaluateAll((lines: readonly PageElement[]) => lines.map((line) => ({ top: line.getBoundingClientRect().top, text: line.innerText })));
    return placed.sort((a, b) => a.top - b.top).map(({ text }) => text.replace(/\u00a0/g, ' ').trimEnd()).join('\n');
  }

  async screenshot(file: string): Promise<void> {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled' });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** What is read of an element in the page, whose types are not those of these tests. */
interface PageElement {
  readonly innerText: string;
  getBoundingClientRect(): { readonly top: number };
  querySelectorAll(selector: string): Iterable<PageElement>;
}

const BROWSER_FLAGS = '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** Opens a window of a running server in a browser of its own. */
export async function openWindow(server: Server, options: WindowOptions): Promise<Window> {
  const folder = mkdtempSync(path.join(server.dataDir, 'window-'));
  const context = await chromium.launchPersistentContext(options.profile ?? path.join(folder, 'profile'), {
    executablePath: server.editor.browser,
    args: BROWSER_FLAGS.split(' '),
    artifactsDir: path.join(folder, 'artifacts'),
    viewport: options.viewport ?? { width: 1440, height: 900 },
    // Ending is the caller's business; a browser whose process is gone goes too.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  try {
    if (options.language !== undefined) await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(options.language)};`);
    const window = new Window(context.pages()[0] ?? (await context.newPage()), context);
    await window.open(server.address(options.folder, options), options.onLog);
    return window;
  } catch (error) {
    await context.close();
    throw error;
  }
}
