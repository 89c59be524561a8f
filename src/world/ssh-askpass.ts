import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface AskpassOptions {
  /** Asks the person; undefined means they gave up. */
  readonly askPassphrase: (prompt: string) => Promise<string | undefined>;
  /** Called once when the person gave up or could not be asked. */
  readonly onGiveUp: (error: unknown) => void;
}

export interface Askpass {
  /** What to add to the environment of an OpenSSH program. */
  readonly env: NodeJS.ProcessEnv;
  /** A directory that only this user can enter and that ends with `close`. */
  readonly directory: string;
  close(): Promise<void>;
}

const MAX_QUESTION = 16 * 1024; // bytes
const WINDOWS = process.platform === 'win32';

/**
 * Stands in for the ssh-askpass program (ssh(1), SSH_ASKPASS), so that a passphrase or PIN goes from the person to
 * OpenSSH through a socket and a pipe: never over a disk, an argument list or an environment.
 *
 * The socket lies in a directory of mode 0700. A secret kept in that directory must be shown as well, because
 * the named pipes of Windows have no directory.
 */
export async function openAskpass(options: AskpassOptions): Promise<Askpass> {
  const directory = await mkdtemp(join(shortTemporaryDirectory(), 'countersign-askpass-'));
  const secret = randomBytes(16).toString('hex');
  const address = WINDOWS ? `\\\\.\\pipe\\countersign-${randomBytes(16).toString('hex')}` : join(directory, 'socket');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    listen(socket, secret, options);
  });
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await writeFile(join(directory, 'askpass.cjs'), clientScript(address, secret), { mode: 0o600 });
    const program = join(directory, WINDOWS ? 'askpass.cmd' : 'askpass');
    await writeFile(program, starter(join(directory, 'askpass.cjs')), { mode: 0o700 });
    await listening(server, address);
    return { env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' }, directory, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Unix socket addresses end at about a hundred bytes. */
function shortTemporaryDirectory(): string {
  return !WINDOWS && tmpdir().length > 70 ? '/tmp' : tmpdir();
}

function listening(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
}

/** ELECTRON_RUN_AS_NODE: inside desktop VS Code the executable is Electron. */
function starter(script: string): string {
  if (WINDOWS) {
    // Without the arguments: cmd would interpret them.
    return `@set ELECTRON_RUN_AS_NODE=1\r\n@set NODE_OPTIONS=\r\n@"${process.execPath}" "${script}"\r\n`;
  }
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return `#!/bin/sh\nNODE_OPTIONS= ELECTRON_RUN_AS_NODE=1 exec ${quote(process.execPath)} ${quote(script)} "$@"\n`;
}

/** Prints the answer, or fails. An answer starts with "+", so that an empty one differs from none. */
function clientScript(address: string, secret: string): string {
  return `'use strict';
const socket = require('node:net').connect(${JSON.stringify(address)});
const chunks = [];
socket.on('error', () => process.exit(1));
socket.on('data', (chunk) => chunks.push(chunk));
socket.on('end', () => {
  const answer = Buffer.concat(chunks).toString('utf8');
  if (!answer.startsWith('+')) process.exit(1);
  process.stdout.write(answer.slice(1) + '\\n', () => process.exit(0));
});
socket.write(JSON.stringify({
  secret: ${JSON.stringify(secret)},
  kind: process.env.SSH_ASKPASS_PROMPT || '',
  prompt: process.argv.slice(2).join(' '),
}) + '\\n');
`;
}

function listen(socket: Socket, secret: string, options: AskpassOptions): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (text.length > MAX_QUESTION) socket.destroy();
    else if (text.endsWith('\n')) {
      socket.removeAllListeners('data');
      void reply(socket, text, secret, options);
    }
  });
}

async function reply(socket: Socket, text: string, secret: string, options: AskpassOptions): Promise<void> {
  try {
    const question = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (question['secret'] !== secret) return void socket.destroy();
    const prompt = typeof question['prompt'] === 'string' ? question['prompt'].trim() : '';
    // "none" only announces and must not hold anything up; "confirm" wants a yes that nothing we sign with needs.
    if (question['kind'] !== '') return void socket.end(question['kind'] === 'none' ? '+' : '');
    const answer = await options.askPassphrase(prompt || 'Enter the passphrase of your SSH key:');
    if (answer === undefined) options.onGiveUp(undefined);
    socket.end(answer === undefined ? '' : `+${answer}`);
  } catch (error) {
    options.onGiveUp(error);
    socket.destroy();
  }
}
