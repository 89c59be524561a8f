import { pathOf, readText } from './material.js';
import type { Follow, Piece } from './material.js';
import { commandEffects } from './sql-client-commands.js';
import { splitSql } from './sql.js';
import type { SqlDialect } from './sql.js';
import { readUse } from '../rules/use.js';
import { HOLE } from '../shell/program.js';
import type { Invocation } from '../shell/program.js';
import type { World } from '../world.js';
import { sentence, type Sentence } from '../say.js';

/** How a database client takes its statements. */
interface Client {
  readonly dialect: SqlDialect;
  readonly values: string;
  /** Options whose value is SQL. */
  readonly code: string;
  /** Options whose value is a file of SQL. */
  readonly files: string;
  /** The first operand that is SQL. */
  readonly operand?: number;
  /** The sub-command and the option without which nothing is asked. */
  readonly only?: { readonly path: string; readonly option: string };
  /** The sub-command after which operands are SQL. */
  readonly after?: string;
}

const POSTGRES: Client = { dialect: 'postgres', values: '-c --command -f --file -d --dbname -h --host -p --port -U --username -v --set --variable -o --output -F -P --pset -R -T -L --log-file -w-value', code: '-c --command', files: '-f --file' };
const MYSQL: Client = { dialect: 'mysql', values: '-e --execute -h --host -P --port -u --user -D --database -S --socket --defaults-file --defaults-extra-file --protocol --init-command', code: '-e --execute --init-command', files: '' };
const SQL_SERVER: Client = { dialect: 'tsql', values: '-S -U -P -d -Q -q -i -o -b-value -t -v', code: '-Q -q', files: '-i' };
// Engines whose own grammars are not PostgreSQL's, however near: snowsql, bq, duckdb, ClickHouse, Oracle, Cassandra and the others are
// judged by their words. A parser that reads their statements wrongly without saying so would be worse than none.
const CLIENTS: Readonly<Record<string, Client>> = {
  psql: POSTGRES, pgcli: POSTGRES, vsql: POSTGRES, usql: { ...POSTGRES, operand: 1 }, rsql: POSTGRES, ysqlsh: POSTGRES,
  mysql: MYSQL, mariadb: MYSQL, mycli: MYSQL, tidb: MYSQL,
  sqlite3: { dialect: 'sqlite', values: '-cmd -init -separator -nullvalue -newline -mmap -vfs -maxsize -lookaside', code: '-cmd', files: '-init', operand: 1 },
  sqlite: { dialect: 'sqlite', values: '', code: '', files: '', operand: 1 },
  litecli: { dialect: 'sqlite', values: '-e --execute', code: '-e --execute', files: '', operand: 1 },
  duckdb: { dialect: 'other', values: '-c -s -f -init -cmd', code: '-c -s -cmd', files: '-f -init', operand: 1 },
  sqlcmd: SQL_SERVER, 'mssql-cli': SQL_SERVER,
  cockroach: { dialect: 'postgres', values: '-e --execute --url --host --port -d --database -u --user --certs-dir -f --file', code: '-e --execute', files: '-f --file' },
  'clickhouse-client': { dialect: 'other', values: '-q --query --queries-file -h --host --port -u --user --password -d --database', code: '-q --query', files: '--queries-file' },
  clickhouse: { dialect: 'other', values: '-q --query --queries-file -h --host --port -u --user --password -d --database', code: '-q --query', files: '--queries-file' },
  cqlsh: { dialect: 'other', values: '-e --execute -f --file -u --username -p --password -k --keyspace', code: '-e --execute', files: '-f --file' },
  // Without --remote it asks a database of this machine.
  wrangler: { dialect: 'sqlite', values: '--command --file -c --config -e --env', code: '--command', files: '--file', only: { path: 'd1 execute', option: '--remote --preview' } },
  bq: { dialect: 'other', values: '--project_id --location --format --max_rows', code: '', files: '', after: 'query' },
  snowsql: { dialect: 'other', values: '-q --query -f --filename -a --accountname -u --username -d --dbname -c --connection', code: '-q --query', files: '-f --filename' },
  trino: { dialect: 'other', values: '--execute -f --file --server --catalog --schema --user', code: '--execute', files: '-f --file' },
  presto: { dialect: 'other', values: '--execute -f --file --server --catalog --schema --user', code: '--execute', files: '-f --file' },
  hive: { dialect: 'other', values: '-e -f -i -d --hiveconf --hivevar --database', code: '-e', files: '-f -i' },
  beeline: { dialect: 'other', values: '-e -f -u -n -p', code: '-e', files: '-f' },
  'impala-shell': { dialect: 'other', values: '-q --query -f --query_file -i', code: '-q --query', files: '-f --query_file' },
  'spark-sql': { dialect: 'other', values: '-e -f --master', code: '-e', files: '-f' },
  sqlplus: { dialect: 'other', values: '', code: '', files: '' },
  isql: { dialect: 'other', values: '', code: '', files: '' },
  tsql: { dialect: 'tsql', values: '-H -p -U -P -D', code: '', files: '' },
  osql: { dialect: 'tsql', values: '-Q -q -i -S -U -P -d', code: '-Q -q', files: '-i' },
  db2: { dialect: 'other', values: '-f', code: '', files: '-f', operand: 0 },
};

/** The programs that take statements. */
export const SQL_CLIENTS: readonly string[] = Object.keys(CLIENTS);

/** `psql -c …`, `mysql < file.sql`, `sqlite3 app.db "…"`: the statements decide. */
export const followSql: Follow = (invocation, world) => {
  const client = CLIENTS[invocation.program];
  if (!client) return undefined;
  const use = readUse(invocation, { values: client.values, ...(client.dialect === 'sqlite' && !client.only ? { singleDash: true } : {}) });
  if (client.only && (use.rest(0).slice(0, 2).join(' ') !== client.only.path || !use.has(client.only.option))) return undefined;
  const pieces: Piece[] = [];
  const files: string[] = [];
  const unknown: Sentence[] = [];
  const add = (text: string, file: string | undefined): void => {
    if (text.includes(HOLE) && text.replaceAll(HOLE, '').trim() === '') unknown.push(sentence('The statements cannot be known before it runs.'));
    pieces.push({ kind: 'sql', text, dialect: client.dialect, file });
    for (const command of splitSql(text, client.dialect).commands) {
      const { shell, include } = commandEffects(command);
      for (const line of shell) pieces.push({ kind: 'shell', text: line, args: [], file, via: 'the database client’s shell command' });
      if (include !== undefined) follow(include);
    }
  };
  const follow = (name: string): void => {
    const path = pathOf(invocation, name);
    if (path === undefined || files.includes(path) || files.length > 8) return;
    files.push(path);
    const read = readText(path, world);
    if ('text' in read) add(read.text, path);
    else unknown.push(read.reason);
  };
  if (client.code !== '') for (const code of use.values(client.code)) add(code, undefined);
  if (client.files !== '') for (const file of use.values(client.files)) if (file !== '-') follow(file);
  if (client.operand !== undefined) for (const code of use.rest(client.operand)) add(code, undefined);
  if (client.after !== undefined && use.operand(0) === client.after) for (const code of use.rest(1)) add(code, undefined);
  if (pieces.length === 0 && files.length === 0) fromInput(invocation, world, add, follow, unknown);
  return pieces.length === 0 && files.length === 0 && unknown.length === 0 ? undefined : { pieces, files, unknown, complete: true };
};

function fromInput(invocation: Invocation, _world: World, add: (text: string, file: undefined) => void, follow: (name: string) => void, unknown: Sentence[]): void {
  const { stdin } = invocation;
  if (stdin === undefined) return;
  const file = invocation.redirects.find((redirect) => redirect.operator === '<')?.target.text;
  if (stdin === HOLE && file !== undefined) follow(file);
  else if (stdin.replaceAll(HOLE, '').trim() === '') unknown.push(sentence('The statements come from a program whose output is not known.'));
  else add(stdin, undefined);
}
