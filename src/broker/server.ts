import { randomBytes, timingSafeEqual, createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inert } from '../core/approval/display.js';
import { messageOf } from '../core/errors.js';
import { sentence, spoken, type Say as InLanguage } from '../core/say.js';
import { ASK_PATH, PASS_PATH, PROTOCOL_VERSION, type Answer, type GuardAsk, type Pass, type Say } from './protocol.js';
import { QuickServer, type QuickHandler } from './quick-server.js';
import { WindowClosing } from './window-closing.js';
import { announceQuick, announceWindow, forgetWindow } from './windows.js';

/** No command line is longer than this, in bytes. */
const MAX_BODY = 1024 * 1024;

/** How often a waiting guard is told that the window is still there, in milliseconds. */
const PULSE = 1_000;

/**
 * Decides on one ask. The signal fires when nobody waits any more, and with a {@link WindowClosing} when the window
 * goes and whoever waits still does.
 */
export type AskHandler = (ask: GuardAsk, say: Say, signal: AbortSignal) => Promise<boolean>;

/** Takes note of what an assistant's hook let go. */
export type PassHandler = (pass: Pass) => Promise<void>;

/** The broker's ear: HTTP over a Unix socket in a private directory, one secret per window. */
export class BrokerServer {
  /** The value of COUNTERSIGN_WINDOW in this window's terminals. */
  readonly windowName = `${process.pid}-${randomBytes(4).toString('hex')}`;
  private readonly secret = randomBytes(32).toString('hex');
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'countersign-'));
  private readonly server: Server;
  private readonly quick: QuickServer | undefined;
  private isClosing = false;

  /**
   * @param quick answers at once what need not wait; without it shells ask the slow way only
   * @param inLanguage the editor's; without it English
   * @param pass hears of what assistants' hooks let go; without it guards ask about that again
   */
  constructor(
    private readonly home: string,
    private readonly handler: AskHandler,
    quick?: QuickHandler,
    private readonly pass?: PassHandler,
    private readonly inLanguage?: InLanguage,
  ) {
    this.quick = quick && new QuickServer(quick);
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    });
    // A held operation may wait for hours.
    this.server.requestTimeout = 0;
  }

  async start(folders: readonly string[]): Promise<void> {
    const socket = path.join(this.directory, 's');
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(socket, resolve);
    });
    const port = await this.quick?.start();
    this.announce(folders);
    if (this.quick && port !== undefined) announceQuick(this.home, this.windowName, port, this.quick.token);
  }

  /** Makes the window known under its present folders. */
  announce(folders: readonly string[]): void {
    const entry = { v: PROTOCOL_VERSION, pid: process.pid, socket: path.join(this.directory, 's'), secret: this.secret, folders } as const;
    announceWindow(this.home, entry, this.windowName);
  }

  dispose(): void {
    this.isClosing = true;
    forgetWindow(this.home, this.windowName);
    this.quick?.dispose();
    this.server.close();
    this.server.closeAllConnections();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [status, text] = (await this.serve(request, response)) ?? [];
    if (status !== undefined) response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(`${text ?? ''}\n`);
  }

  /** Answers, or gives the status and the words of a refusal. */
  private async serve(request: IncomingMessage, response: ServerResponse): Promise<readonly [number, string] | undefined> {
    if (!this.knows(request.headers.authorization)) return [401, 'The secret is wrong.'];
    const path = request.method === 'POST' ? request.url : undefined;
    if (path !== ASK_PATH && path !== PASS_PATH) return [404, 'There is nothing here.'];
    const body = await readBody(request);
    // Read with the first question: a window that opens waits for this file, and schemas take a while to build.
    const { readAsk, readPass } = await import('./protocol-schemas.js');
    const ask = path === ASK_PATH ? readAsk(body) : undefined;
    const pass = path === PASS_PATH && this.pass ? readPass(body) : undefined;
    if (ask) await this.hold(ask, response);
    else if (!pass) return [400, 'The question could not be understood.'];
    else {
      await this.pass?.(pass);
      response.writeHead(204).end();
    }
    return undefined;
  }

  private async hold(ask: GuardAsk, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort(this.isClosing ? new WindowClosing() : undefined));
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    const write = (answer: Answer) => void response.write(`${JSON.stringify(answer)}\n`);
    const pulse = setInterval(() => write({ type: 'alive' }), PULSE);
    let run = false;
    try {
      run = await this.handler(ask, (lines, held) => write({ type: 'say', lines: [...lines], ...(held !== undefined && { held }) }), gone.signal);
    } catch (error) {
      write({ type: 'say', lines: [spoken(sentence('Countersign: {0} Nothing was run.', inert(messageOf(error, this.inLanguage))), this.inLanguage)] });
    } finally {
      clearInterval(pulse);
    }
    write({ type: 'verdict', run });
    response.end();
  }

  private knows(header: string | undefined): boolean {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${this.secret}`));
  }
}

/** The whole body, or undefined when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
