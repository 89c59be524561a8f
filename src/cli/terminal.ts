import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Exit codes of the command line. They are part of its interface: the README lists them. */
export const EXIT = {
  ok: 0,
  /** Something went wrong; nothing was decided. */
  failed: 1,
  usage: 2,
  /** The operation needs other people's signatures. */
  needsApproval: 3,
  /** The operation, request or token is refused. */
  refused: 4,
  /** The person at the keyboard has to say yes. */
  needsConfirmation: 5,
} as const;

/** The command line itself cannot be understood: wrong usage. */
export class UsageError extends Error {}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Asks on the terminal without showing what is typed; undefined where there is no terminal or nothing was typed. */
export function askHidden(prompt: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(`${prompt} `);
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve) => {
    reader.question('', (answer) => {
      reader.close();
      process.stderr.write('\n');
      resolve(answer === '' ? undefined : answer);
    });
    reader.on('SIGINT', () => {
      reader.close();
      process.stderr.write('\n');
      resolve(undefined);
    });
  });
}

/** Everything that comes on standard input. */
export async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Whether a person can be asked: a terminal to read from and one to show things on. */
export function hasPerson(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks for a line; undefined where there is no terminal or it was given up. */
export function askLine(question: string): Promise<string | undefined> {
  if (!hasPerson()) return Promise.resolve(undefined);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    // Whichever comes first counts.
    reader.on('close', () => resolve(undefined));
    reader.on('SIGINT', () => reader.close());
    reader.question(`${question} `, (answer) => {
      resolve(answer);
      reader.close();
    });
  });
}

/** Asks for a typed `yes`; no terminal means no. */
export async function confirm(question: string): Promise<boolean> {
  return (await typed(`${question} Type “yes”:`)) === 'yes';
}

/** What was typed as the answer to a question; undefined where there is no terminal. */
export function typed(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    reader.question(`${question} `, (answer) => {
      reader.close();
      resolve(answer.trim());
    });
  });
}
