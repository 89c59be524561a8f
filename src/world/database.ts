import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { plain } from '../core/approval/display.js';
import { CountersignError } from '../core/errors.js';
import type { PostgresPolicy } from '../core/policy/store-policy.js';
import { sectionOf } from '../core/targets/ini.js';

/** Where a database is, and who asks. Without a password the driver looks it up in ~/.pgpass. */
export interface DatabaseSettings {
  /** A host's name, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string | undefined;
  /** Undefined where nothing leaves this machine. */
  readonly tls: { readonly authorities: string | undefined } | undefined;
}

/** One open connection. */
export interface Database {
  isOpen(): boolean;
  query(text: string, values: readonly unknown[]): Promise<readonly Record<string, string>[]>;
  close(): Promise<void>;
}

/** What libpq knows a setting by (https://www.postgresql.org/docs/current/libpq-connect.html), as far as it is understood here. */
const KNOWN = new Set(['host', 'port', 'dbname', 'user', 'password', 'sslmode', 'sslrootcert', 'application_name', 'connect_timeout', 'target_session_attrs']);

/**
 * Where the policy's database is, from the service file or the environment variable that it names.
 *
 * @throws CountersignError `store` with the next step
 */
export function databaseSettings(policy: PostgresPolicy, env: NodeJS.ProcessEnv): DatabaseSettings {
  const source = sourceOf(policy);
  const values = 'service' in policy ? serviceValues(policy.service, env) : urlValues(policy.variable, env);
  const unknown = [...values.keys()].find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw problem(`${source} sets “${plain(unknown)}”, which is not supported: leave it out`);
  const host = values.get('host') ?? '/var/run/postgresql';
  const port = Number(values.get('port') ?? 5432);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw problem(`${source} names no port that exists`);
  const user = values.get('user') ?? env['PGUSER'] ?? userInfo().username;
  return { host, port, user, database: values.get('dbname') ?? user, password: values.get('password'), tls: tlsOf(host, values, source) };
}

/** Where the connection comes from, for people. */
export function sourceOf(policy: PostgresPolicy): string {
  return 'service' in policy ? `the service “${policy.service}”` : `the variable ${policy.variable}`;
}

function serviceValues(service: string, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const file = env['PGSERVICEFILE'] ?? path.join(env['HOME'] ?? homedir(), '.pg_service.conf');
  const values = sectionOf(readOr(file, `The policy keeps approvals in the database “${service}”, and ${file} cannot be read: ask for its entry`), service);
  if (values.size === 0) throw problem(`${file} has no section [${service}]: add it, as whoever set up the database tells you`);
  return values;
}

function urlValues(variable: string, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const text = env[variable];
  if (text === undefined || text === '') throw problem(`The policy keeps approvals in the database that ${variable} names, and ${variable} is not set: set it to postgresql://USER@HOST/DATABASE`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw problem(`${variable} is no URL: set it to postgresql://USER@HOST/DATABASE`);
  }
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw problem(`${variable} is no URL of a PostgreSQL database: set it to postgresql://USER@HOST/DATABASE`);
  const named = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port, dbname: url.pathname.slice(1), user: url.username, password: url.password };
  return new Map([...Object.entries(named).map(([key, value]): [string, string] => [key, decodeURIComponent(value)]), ...url.searchParams].filter(([, value]) => value !== ''));
}

/**
 * Everything that leaves this machine is encrypted, and the server proves by its certificate that it is the one that is
 * named: a weaker mode than `verify-full` would let whoever sits between say what they like.
 */
function tlsOf(host: string, values: ReadonlyMap<string, string>, source: string): DatabaseSettings['tls'] {
  const mode = values.get('sslmode');
  if (host.startsWith('/')) return undefined;
  if (mode === 'disable' && /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) return undefined;
  if (mode !== undefined && !['verify-full', 'verify-ca', 'require'].includes(mode)) throw problem(`${source} says sslmode=${plain(mode)}, and approvals do not travel unprotected: say sslmode=verify-full`);
  const authorities = values.get('sslrootcert');
  return { authorities: authorities === undefined || authorities === 'system' ? undefined : readOr(authorities, `${source} names the certificate ${authorities}, which cannot be read: put it there`) };
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw problem(plain(otherwise));
  }
}

function problem(text: string): CountersignError {
  return new CountersignError('store', `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}
