import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSocket, connect } from 'node:net';
import path from 'node:path';
import { waitFor } from './wait.js';

/** A server of bare repositories below one directory. */
export interface GitServer {
  /** The URL of a repository, by its path below the directory. */
  url(repository: string): string;
  /** Bytes that clients sent and were sent, as far as the server can tell. */
  readonly traffic: { sent: number; received: number };
  stop(): Promise<void>;
}

/** git's own CGI program behind a small HTTP server, as a team's host would have it. */
export async function serveHttp(directory: string): Promise<GitServer> {
  const backend = path.join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
  const traffic = { sent: 0, received: 0 };
  const server = createServer((request, response) => answer(backend, directory, request, response, traffic));
  const port = await listening(server);
  return {
    url: (repository) => `http://127.0.0.1:${port}/${repository}`,
    traffic,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(backend: string, directory: string, request: IncomingMessage, response: ServerResponse, traffic: GitServer['traffic']): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string) => (typeof request.headers[name] === 'string' ? request.headers[name] : '');
  const child = spawn(backend, [], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      // Who pushes has to have a name; whether they may is not what is tested here.
      REMOTE_USER: 'team',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: header('content-type'),
      CONTENT_LENGTH: header('content-length'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.on('data', (chunk: Buffer) => (traffic.received += chunk.length));
  request.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    traffic.sent += chunk.length;
    if (head === undefined) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    for (const line of head.subarray(0, end).toString('latin1').split('\r\n')) {
      const [name = '', ...value] = line.split(': ');
      if (name === 'Status') response.statusCode = Number(value[0]?.slice(0, 3));
      else response.setHeader(name, value.join(': '));
    }
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  child.on('close', () => response.end());
}

/** git's own daemon. */
export async function serveDaemon(directory: string): Promise<GitServer> {
  const port = await freePort();
  const child: ChildProcess = spawn('git', ['daemon', '--reuseaddr', '--export-all', '--enable=receive-pack', '--max-connections=0', `--base-path=${directory}`, '--listen=127.0.0.1', `--port=${port}`, directory], { stdio: 'ignore', detached: true });
  const end = () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', end);
  await waitFor(() => answers(port), { message: 'git daemon to listen' });
  return {
    url: (repository) => `git://127.0.0.1:${port}/${repository}`,
    traffic: { sent: 0, received: 0 },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        end();
      }),
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

export async function freePort(): Promise<number> {
  const server = createSocket();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listening(server: Server | ReturnType<typeof createSocket>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
