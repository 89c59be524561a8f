import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Duplex, Readable, Writable } from 'node:stream';

/**
 * Runs a program in a pseudo-terminal of its own and passes bytes both ways. Descriptor 3 takes the program's
 * environment, tells its pid and takes sizes. The master is never written to while it is full, so that a program which only writes cannot block us;
 * when our standard input ends, so does the program.
 */
const BRIDGE = `
import errno, fcntl, json, os, pty, select, signal, struct, sys, termios
def resize(columns, rows):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
environment = b''
while not environment.endswith(b'\\n'): environment += os.read(3, 65536)
pid, master = pty.fork()
if pid == 0:
    os.close(3)
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', int(sys.argv[2]), int(sys.argv[1]), 0, 0))
    try:
        os.execvpe(sys.argv[3], sys.argv[3:], json.loads(environment))
    except OSError as error:
        os.write(2, str(error).encode())
        os._exit(127)
os.write(3, b'%d\\n' % pid)
os.set_blocking(master, False)
pending, orders, status, sources = b'', b'', None, [0, 3, master]
while True:
    ready, room, _ = select.select(sources, [master] if pending else [], [], 0.05 if status is None else 0)
    if master in ready:
        try:
            output = os.read(master, 65536)
        except OSError as error:
            output = None if error.errno == errno.EAGAIN else b''
        if output:
            view = memoryview(output)
            while view: view = view[os.write(1, view):]
        elif output == b'':
            break
    elif status is not None:
        break
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            pending += typed
        else:
            os.kill(pid, signal.SIGHUP)
            os.close(master)
            break
    if 3 in ready:
        words = os.read(3, 4096)
        if not words: sources.remove(3)
        *whole, orders = (orders + words).split(b'\\n')
        for order in whole: resize(*map(int, order.split()))
    if room:
        try:
            pending = pending[os.write(master, pending):]
        except OSError as error:
            if error.errno != errno.EAGAIN: pending = b''
    if status is None:
        ended, code = os.waitpid(pid, os.WNOHANG)
        if ended: status = code
if status is None: status = os.waitpid(pid, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
`;

export interface TerminalOptions {
  readonly cwd: string;
  /** The whole environment; nothing is added to it but TERM where it is absent. */
  readonly env: NodeJS.ProcessEnv;
  readonly columns?: number;
  readonly rows?: number;
  /** Answers the questions a program asks its terminal (status, cursor position, attributes), as every real one does. */
  readonly answers?: boolean;
}

/** A program in a pseudo-terminal, for tests that must type like a person. */
export class Terminal {
  /** Everything shown so far, escape sequences included. */
  output = '';
  /** The program's exit code, or 128 and its signal. */
  readonly exited: Promise<number>;
  private seen = 0;
  private answered = 0;
  private readonly changed = new Set<() => void>();
  private ended = false;

  private constructor(
    private readonly bridge: ChildProcessByStdio<Writable, Readable, null>,
    private readonly control: Duplex,
    /** The program's process id. */
    readonly pid: number,
    private readonly answers: boolean,
  ) {
    this.exited = new Promise((resolve) => bridge.on('close', (code, signal) => {
      this.ended = true;
      this.notify();
      resolve(code ?? (signal ? 128 : -1));
    }));
    bridge.stdout.setEncoding('utf8');
    bridge.stdout.on('data', (text: string) => {
      this.output += text;
      if (this.answers) this.answerQuestions();
      this.notify();
    });
    // The program may be gone before it has read everything.
    bridge.stdin.on('error', () => undefined);
    control.on('error', () => undefined);
  }

  /** Starts `shell` with `args`; resolves when it has its terminal. */
  static async start(shell: string, args: readonly string[], options: TerminalOptions): Promise<Terminal> {
    const size = [String(options.columns ?? 200), String(options.rows ?? 50)];
    const bridge = spawn('python3', ['-c', BRIDGE, ...size, shell, ...args], {
      cwd: options.cwd,
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    }) as ChildProcessByStdio<Writable, Readable, null>;
    const control = bridge.stdio[3] as Duplex;
    // Not as python's own: what the program is to be guarded with would guard the bridge.
    control.write(`${JSON.stringify({ TERM: 'xterm-256color', ...options.env })}\n`);
    const pid = await new Promise<number>((resolve, reject) => {
      bridge.once('error', reject);
      bridge.once('close', () => reject(new Error(`${shell} could not be started.`)));
      control.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    return new Terminal(bridge, control, pid, options.answers ?? true);
  }

  /** Types `text` exactly; Enter is `\r`. */
  write(text: string): void {
    this.bridge.stdin.write(text);
  }

  /** Pastes `text` as terminals do when the program asked for bracketed paste. */
  paste(text: string): void {
    this.write(`\u001b[200~${text.replaceAll('\n', '\r')}\u001b[201~`);
  }

  /**
   * Waits until `pattern` is shown after the last match, and gives that match.
   *
   * @param timeout milliseconds
   * @throws Error with what was shown instead, when the time is over or the program has ended
   */
  async waitFor(pattern: RegExp | string, timeout = 15_000): Promise<RegExpMatchArray> {
    const expression = typeof pattern === 'string' ? new RegExp(escapeExpression(pattern)) : pattern;
    const deadline = Date.now() + timeout;
    for (;;) {
      const match = expression.exec(this.output.slice(this.seen));
      if (match) {
        this.seen += match.index + match[0].length;
        return match;
      }
      const left = deadline - Date.now();
      if (this.ended || left <= 0) {
        throw new Error(`${this.ended ? 'The program ended' : 'The time was over'} before ${String(pattern)} was shown. Since the last match: ${JSON.stringify(this.output.slice(this.seen).slice(-4000))}`);
      }
      await this.nextChange(left);
    }
  }

  /** What was shown after the last match of `waitFor`. */
  get rest(): string {
    return this.output.slice(this.seen);
  }

  resize(columns: number, rows: number): void {
    this.control.write(`${columns} ${rows}\n`);
  }

  /** Hangs up, as a terminal does that is closed, and waits for the end; kills what does not go. */
  async kill(): Promise<void> {
    if (this.ended) return;
    this.bridge.stdin.end();
    const timer = setTimeout(() => {
      // The bridge waits for it, so the number still is this program's.
      process.kill(this.pid, 'SIGKILL');
    }, 3000);
    await this.exited;
    clearTimeout(timer);
  }

  private answerQuestions(): void {
    const questions = /\u001b\[([56]n|0?c)/g;
    questions.lastIndex = this.answered;
    for (let question = questions.exec(this.output); question; question = questions.exec(this.output)) {
      this.answered = questions.lastIndex;
      this.write(question[1] === '5n' ? '\u001b[0n' : question[1] === '6n' ? '\u001b[1;1R' : '\u001b[?1;2c');
    }
  }

  private notify(): void {
    for (const wake of [...this.changed]) wake();
  }

  private nextChange(patience: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.changed.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, patience);
      this.changed.add(wake);
    });
  }
}

function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
