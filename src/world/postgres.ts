// A bundle of its own: read only where the policy names a database.
import { Client } from 'pg';
import type { Database, DatabaseSettings } from './database.js';

/** Milliseconds. */
const CONNECT_TIMEOUT = 10_000;
const QUERY_TIMEOUT = 20_000;

/**
 * Opens one connection.
 *
 * @param onNotice called with the payload of every notification on the channel
 * @throws the driver's error when the server cannot be reached or refuses
 */
export async function connect(settings: DatabaseSettings, channel: string, onNotice: (payload: string) => void): Promise<Database> {
  const { host, port, user, database, password, tls } = settings;
  const client = new Client({
    host,
    port,
    user,
    database,
    ...(password === undefined ? {} : { password }),
    // The certificate has to be good and to name this host; pg says so to Node in these words.
    ssl: tls === undefined ? false : { rejectUnauthorized: true, ...(tls.authorities === undefined ? {} : { ca: tls.authorities }) },
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
    keepAlive: true,
    application_name: 'countersign',
  });
  let open = true;
  const ended = () => (open = false);
  client.on('error', ended);
  client.on('end', ended);
  client.on('notification', ({ payload }) => onNotice(payload ?? ''));
  try {
    await client.connect();
    await client.query(`listen ${channel}`);
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
  return {
    isOpen: () => open,
    query: async (text, values) => (await client.query<Record<string, string>>(text, [...values])).rows,
    close: () => client.end(),
  };
}
