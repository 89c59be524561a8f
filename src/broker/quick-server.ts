import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inert } from '../core/approval/display.js';
import { MAX_ROUNDS, QUICK_VERSION, RecordReader, type QuickAsk, type QuickCall, type QuickRecord } from './quick-protocol.js';

/** What a guard is told at once: `run`, or anything else, which means "ask the slow way". */
export interface QuickVerdict {
  readonly run: boolean;
  /** One line for the person at the prompt, shown before it runs. */
  readonly say?: string | undefined;
  /** What an assistant's hook prints so that its silence is no failure. */
  readonly print?: string | undefined;
}

/** Asks the shell for the definitions of more names; undefined when it has none to give, or may not be asked again. */
export type Define = (names: readonly string[]) => Promise<string | undefined>;

/** Judges without waiting for anybody. */
export interface QuickHandler {
  ask(ask: QuickAsk, define: Define): QuickVerdict | Promise<QuickVerdict>;
  /** A tool call of an assistant. */
  call(call: QuickCall): QuickVerdict | Promise<QuickVerdict>;
  /** The approved line of this shell has ended. */
  prompted(pid: number): void;
  /** An interactive shell is guarded. */
  greeted(shell: string, pid: number): void;
}

/** As many shells as may be connected; one more asks the slow way. */
const MAX_CONNECTIONS = 512;
/** How long a connection may take to say who it is, and a record to arrive once it began, in milliseconds. */
const PATIENCE = 1_000;
/** A client waits one second; an answer that is about to be later than that is not given. Milliseconds. */
const TOO_LATE = 900;
/** Answers that nobody reads, in bytes. */
const MAX_UNREAD = 64 * 1024;

/** The quick ear of the broker: a TCP socket on the loopback interface, which shells reach without starting a program. */
export class QuickServer {
  readonly token = randomBytes(32).toString('hex');
  private readonly expected = digest(this.token);
  private readonly server: Server;
  private readonly connections = new Set<Socket>();

  constructor(private readonly handler: QuickHandler) {
    this.server = createServer({ noDelay: true }, (socket) => this.serve(socket));
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** Listens, and gives the port. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  dispose(): void {
    this.server.close();
    for (const socket of this.connections) socket.destroy();
  }

  private serve(socket: Socket): void {
    this.connections.add(socket);
    new Conversation(socket, this.handler, (token) => timingSafeEqual(digest(token), this.expected));
    socket.on('close', () => this.connections.delete(socket));
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** One shell's connection: records are taken one after the other. */
class Conversation {
  private readonly reader = new RecordReader();
  private readonly waiting: QuickRecord[] = [];
  private known = false;
  private busy = false;
  private deadline: NodeJS.Timeout | undefined;
  private told: ((text: string | undefined) => void) | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly handler: QuickHandler,
    private readonly isToken: (token: string) => boolean,
  ) {
    socket.on('data', (bytes: Buffer) => this.take(bytes));
    // The other end may go away at any time; there is nobody to tell.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(this.deadline);
      this.told?.(undefined);
    });
    this.limit();
  }

  private take(bytes: Buffer): void {
    const records = this.reader.push(bytes);
    this.waiting.push(...records);
    if (this.reader.broken || this.waiting.length > MAX_ROUNDS) return void this.socket.destroy();
    if (records.length > 0) this.unlimit();
    if (this.reader.isHalfway) this.limit();
    if (this.busy) this.hear();
    else void this.work();
  }

  /** Who is slow is cut off: a record that has begun has to end. */
  private limit(): void {
    this.deadline ??= setTimeout(() => this.socket.destroy(), PATIENCE);
  }

  private unlimit(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  /** While an ask is judged, only the definitions that it waits for are heard. */
  private hear(): void {
    const next = this.told && this.waiting.shift();
    if (!next) return;
    if (next.type === 'definitions') this.told?.(next.text);
    else if (next.type === 'unclear') this.told?.(undefined);
    else this.socket.destroy();
  }

  private async work(): Promise<void> {
    this.busy = true;
    for (let record = this.waiting.shift(); record && !this.socket.destroyed; record = this.waiting.shift()) {
      if (!this.known) this.greet(record);
      else if (record.type === 'ask') await this.answer((define) => this.handler.ask(record.ask, define));
      else if (record.type === 'call') await this.answer(() => this.handler.call(record.call));
      else if (record.type === 'prompt') this.handler.prompted(record.pid);
      else if (record.type === 'hello') this.handler.greeted(record.shell, record.pid);
      else if (record.type === 'unclear') this.write('ask\n');
      else this.socket.destroy();
    }
    this.busy = false;
  }

  private greet(record: QuickRecord): void {
    this.known = record.type === 'greeting' && record.version === QUICK_VERSION && this.isToken(record.token);
    if (!this.known) this.socket.destroy();
  }

  private async answer(judge: (define: Define) => QuickVerdict | Promise<QuickVerdict>): Promise<void> {
    const started = performance.now();
    const late = setTimeout(() => this.socket.destroy(), TOO_LATE);
    let rounds = 0;
    const define: Define = (names) => {
      rounds += 1;
      if (rounds > MAX_ROUNDS || this.socket.destroyed) return Promise.resolve(undefined);
      const heard = new Promise<string | undefined>((resolve) => {
        this.told = (text) => {
          this.told = undefined;
          resolve(text);
        };
      });
      this.write(`define ${names.join(' ')}\n`);
      this.hear();
      return heard;
    };
    try {
      const judged = judge(define);
      const verdict = judged instanceof Promise ? await judged : judged;
      if (performance.now() - started > TOO_LATE) return void this.socket.destroy();
      const said = verdict.run && verdict.say !== undefined ? `say ${inert(verdict.say)}\n` : '';
      const printed = verdict.print === undefined ? '' : `print ${verdict.print}\n`;
      this.write(verdict.run ? `${said}${printed}run\n` : 'ask\n');
    } catch {
      // The slow way tells what is wrong.
      this.write('ask\n');
    } finally {
      clearTimeout(late);
    }
    // Many shells share one thread: none keeps it for itself.
    if (this.waiting.length > 0) await nextTurn();
  }

  private write(text: string): void {
    if (this.socket.destroyed) return;
    this.socket.write(text);
    if (this.socket.writableLength > MAX_UNREAD) this.socket.destroy();
  }
}
