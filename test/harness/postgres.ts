import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import schema from '../../src/broker/postgres-schema.sql';
import { freePort } from './git-servers.js';
import { waitFor } from './wait.js';

/** A PostgreSQL server of its own: a fresh data directory, a private Unix socket and a loopback port with TLS. */
export interface PostgresServer {
  /** The directory of the Unix socket. */
  readonly socket: string;
  readonly port: number;
  /** The certificate that the server proves itself by, for `localhost`. */
  readonly certificate: string;
  /** Runs SQL as the owner and gives what psql prints, without decoration. */
  sql(text: string, database?: string): string;
  /** A database with the schema in it, and in it a login for each of these names. */
  create(database: string, ...logins: string[]): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** Where Debian's package puts the server, the newest version first; undefined where there is none. */
export function postgresBinaries(): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => `/usr/lib/postgresql/${version}/bin`).find((directory) => existsSync(path.join(directory, 'initdb')));
}

/** Starts a server. It refuses to run as root, so that root runs it as the user that the package made. */
export async function startPostgres(): Promise<PostgresServer> {
  const binaries = postgresBinaries();
  if (binaries === undefined) throw new Error('PostgreSQL is not installed here.');
  const directory = mkdtempSync(path.join(tmpdir(), 'countersign-postgres-'));
  const data = path.join(directory, 'data');
  const socket = path.join(directory, 'socket');
  const user = process.getuid?.() === 0 ? userIds('postgres') : undefined;
  const owner = user ? 'postgres' : (process.env['USER'] ?? 'postgres');
  for (const each of [data, socket]) mkdirSync(each);
  const certificate = path.join(directory, 'server.crt');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', path.join(directory, 'server.key'), '-out', certificate], { stdio: 'ignore' });
  chmodSync(path.join(directory, 'server.key'), 0o600);
  chmodSync(directory, 0o755);
  if (user) for (const file of [data, socket, path.join(directory, 'server.key')]) chownSync(file, user.uid, user.gid);
  const options = { ...(user ?? {}), cwd: directory, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } };
  execFileSync(path.join(binaries, 'initdb'), ['--pgdata', data, '--username', owner, '--auth-local', 'trust', '--auth-host', 'scram-sha-256', '--no-sync', '--encoding', 'UTF8'], { ...options, stdio: 'ignore' });
  const port = await freePort();
  const settings = [`port=${port}`, `unix_socket_directories=${socket}`, 'listen_addresses=localhost', 'fsync=off', 'ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${path.join(directory, 'server.key')}`];
  let server: ChildProcess | undefined;
  const sql = (text: string, database = 'postgres') =>
    execFileSync(path.join(binaries, 'psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', socket, '-p', String(port), '-U', owner, '-d', database], { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }).trim();
  const ended = async () => {
    const running = server;
    server = undefined;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const over = new Promise((resolve) => running.once('exit', resolve));
    // At once: what a client sees is a connection that is cut.
    running.kill('SIGQUIT');
    await over;
  };
  const start = async () => {
    server = spawn(path.join(binaries, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], { ...options, stdio: 'ignore' });
    process.once('exit', () => server?.kill('SIGKILL'));
    await waitFor(() => sql('select 1') === '1', { message: 'PostgreSQL to answer', timeout: 30_000 });
  };
  await start();
  return {
    socket,
    port,
    certificate: readFileSync(certificate, 'utf8'),
    sql,
    create: (database, ...logins) => {
      sql(`create database ${database}`);
      // Roles belong to the whole server; every other database finds them there.
      const known = sql("select 1 from pg_roles where rolname = 'countersign_client'") === '1';
      sql(known ? schema.replace('create role countersign_client nologin;', '') : schema, database);
      for (const login of logins) sql(`do $$ begin if not exists (select from pg_roles where rolname = '${login}') then create role ${login} login password 'secret of ${login}' in role countersign_client; end if; end $$`, database);
    },
    kill: ended,
    start,
    dispose: async () => {
      await ended();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function userIds(name: string): { readonly uid: number; readonly gid: number } {
  const [, , uid, gid] = execFileSync('getent', ['passwd', name], { encoding: 'utf8' }).split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
