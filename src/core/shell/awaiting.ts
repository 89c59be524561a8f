import type { Invocation } from './program.js';

/** Options with which a program does one thing and ends, whatever it is. */
const ENDS = /^(-V|--version|--help|-\?)$/;

/** How a program is started so that it waits for somebody to type. */
interface Waiter {
  readonly names: readonly string[];
  /** With one of these it is told what to do. */
  readonly told: RegExp;
  /** As many arguments that are no options leave it waiting. */
  readonly operands: number;
  /** Its options take a host, a user and the like along. */
  readonly remote?: true;
}

const words = (text: string): readonly string[] => text.split(' ');
const WAITERS: readonly Waiter[] = [
  { names: words('bash sh zsh fish dash ksh rbash csh tcsh pwsh powershell cmd'), told: /^-\w*c$|^-(Command|File|EncodedCommand)$|^\/[ck]$/i, operands: 0 },
  { names: words('python python2 python3 pypy3 ipython node ruby php lua Rscript'), told: /^-(c|m|e|r|f|p|pe|v|l|-eval|-print|-check|-version|-test)/, operands: 0 },
  { names: words('irb pry ghci iex jshell R'), told: /^(-e|--eval)$/, operands: 0 },
  { names: words('psql pgcli vsql mysql mariadb mycli mongosh mongo cqlsh sqlcmd clickhouse-client influx cypher-shell'), told: /^(-c|-f|-e|-l|-Q|-q|-i|--(command|file|execute|list|eval|query|queries-file)\b)|\.js$/, operands: 2, remote: true },
  { names: words('sqlite3 duckdb'), told: /^-(c|cmd|init|readonly-cmd)$/, operands: 1 },
  { names: words('redis-cli valkey-cli keydb-cli'), told: /^(--(scan|bigkeys|stat|latency|pipe|rdb|eval|cluster))/, operands: 0, remote: true },
  { names: words('ssh autossh mosh telnet'), told: /^-\w*[NGQO]/, operands: 1, remote: true },
  { names: words('sftp ftp'), told: /^-b/, operands: 1, remote: true },
];
const BY_NAME = new Map(WAITERS.flatMap((waiter) => waiter.names.map((name) => [name, waiter] as const)));
/** Options of those whose operands are counted that take the next word along. */
const VALUED = /^-[bchiIJlLmopRSUuwWDEFHdUPTt]$|^--(host|port|username|user|dbname|database|socket|password)$/;

/**
 * The first of these calls that would wait for somebody to type: a bare shell, interpreter, database client or remote
 * login. What is typed into it later is seen by no gate.
 */
export function awaitsTyping(invocations: readonly Invocation[]): string | undefined {
  return invocations.find((invocation) => invocation.stdin === undefined && !invocation.fed && isWaiting(invocation))?.program;
}

function isWaiting({ program, args }: Invocation): boolean {
  const waiter = BY_NAME.get(program);
  if (!waiter) return false;
  const texts = args.map(({ text }) => text);
  if (texts.some((text) => ENDS.test(text) || waiter.told.test(text))) return false;
  let operands = 0;
  for (let at = 0; at < texts.length; at += 1) {
    const text = texts[at] ?? '';
    if (!/^[-+]./.test(text)) operands += 1;
    else if (waiter.remote && VALUED.test(text)) at += 1;
  }
  return operands <= waiter.operands;
}
