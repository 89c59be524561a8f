// A team at work on one remote, with a clone, a key and a git process of their own for everybody: node out/test/bench/team.js
// COUNTERSIGN_TEAM_SIZE people for COUNTERSIGN_TEAM_SECONDS; COUNTERSIGN_TEAM_STORE=postgres keeps what they say in a database.
import { fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createTeam, DEMO_POLICY, type Person } from '../demo/team.js';
import { serveDaemon } from '../harness/git-servers.js';
import { startPostgres } from '../harness/postgres.js';
import { Member, type Seen, type Servers } from './support/member.js';
import { median, share } from './support/times.js';

const SIZE = Number(process.env['COUNTERSIGN_TEAM_SIZE'] ?? 50);
const SECONDS = Number(process.env['COUNTERSIGN_TEAM_SECONDS'] ?? 300);
/** How long the team goes on afterwards until everything that was asked for is over, in milliseconds. */
const PATIENCE = 120_000;
/** People in one process: starting git takes the longer, the more memory whoever starts it has. */
const TOGETHER = 25;

/** What a process is told about the people in it. */
interface Shift {
  readonly members: readonly { readonly person: Person; readonly neighbour: string; /** Milliseconds after the beginning. */ readonly asksAt: number }[];
  readonly servers: Servers;
}

async function main(): Promise<void> {
  const postgres = process.env['COUNTERSIGN_TEAM_STORE'] === 'postgres' ? await startPostgres() : undefined;
  postgres?.create('team', 'member');
  const team = createTeam({ others: SIZE - 2, policy: `${DEMO_POLICY}${postgres ? 'store: { postgres: { repository: payments, service: approvals } }\n' : ''}` });
  const daemon = await serveDaemon(team.directory);
  try {
    const people = [team.ana, team.ben, ...team.others];
    const servers: Servers = { git: Number(new URL(daemon.url('')).port), postgres: postgres && { socket: postgres.socket, port: postgres.port, database: 'team' } };
    const members = people.map((person, index) => ({ person, neighbour: people.at(index - 1)?.email ?? '', asksAt: (index * SECONDS * 1000) / SIZE }));
    const shifts = Array.from({ length: Math.ceil(SIZE / TOGETHER) }, (_, index): Shift => ({ members: members.slice(index * TOGETHER, (index + 1) * TOGETHER), servers }));
    report(await run(shifts));
  } finally {
    await daemon.stop();
    await postgres?.dispose();
    team.dispose();
  }
}

/** Runs every shift in a process of its own. They begin together, when everybody is at their window, and end together. */
async function run(shifts: readonly Shift[]): Promise<readonly Seen[]> {
  const processes = shifts.map(() => fork(__filename, ['shift']));
  const tell = (...messages: readonly Serializable[]) =>
    Promise.all(
      processes.map(async (child, index) => {
        const answer = Promise.race([once(child, 'message'), once(child, 'exit').then(() => Promise.reject(new Error('A part of the team went away.')))]);
        child.send(messages[index % messages.length] ?? '');
        const [said] = (await answer) as [unknown];
        return said;
      }),
    );
  await tell(...shifts);
  const over = tell('begin');
  await Promise.race([Promise.all([over, pause(SECONDS * 1000)]), pause(SECONDS * 1000 + PATIENCE)]);
  return ((await tell('end')) as (readonly Seen[])[]).flat();
}

/** What one of these processes does. */
async function work(): Promise<void> {
  const [{ members, servers }] = (await once(process, 'message')) as [Shift];
  const ready = await Promise.all(members.map(async ({ person, neighbour, asksAt }) => ({ member: await Member.of(person, neighbour, servers), asksAt })));
  const begin = once(process, 'message');
  process.send?.('ready');
  await begin;
  const end = new AbortController();
  const looking = ready.map(({ member }) => member.look(end.signal));
  const ending = once(process, 'message');
  void Promise.all(ready.map(({ member, asksAt }) => member.ask(asksAt))).then(() => process.send?.('over'));
  await ending;
  end.abort();
  await Promise.all(looking);
  await new Promise((resolve) => process.send?.(ready.map(({ member }) => member.seen), resolve));
}

function report(all: readonly Seen[]): void {
  const polls = all.flatMap((seen) => seen.polls);
  const fetches = all.flatMap((seen) => seen.fetches);
  const waits = all.flatMap((seen) => seen.waits);
  const failures = all.flatMap((seen) => seen.failures);
  const runs = all.reduce((sum, seen) => sum + seen.runs, 0);
  const both = (values: readonly number[], digits: number, unit: string) => `median ${median(values).toFixed(digits)} ${unit}, p95 ${share(values, 0.95).toFixed(digits)} ${unit}`;
  const times = polls.map(({ time }) => time);
  const bare = median(fetches);
  line('a team', `${SIZE} people, ${SECONDS} s, ${polls.length} polls (${(polls.length / SECONDS).toFixed(1)} a second)`);
  line('runs', `${runs} of ${SIZE}, ${failures.length} failures`, '0 failures');
  line('bytes of a poll', both(polls.map(({ bytes }) => bytes / 1024), 2, 'KiB'));
  line('a poll', `${both(times, 0, 'ms')}; median ${(median(times) / bare).toFixed(1)}, p95 ${(share(times, 0.95) / bare).toFixed(1)} bare fetches`);
  line('a bare git fetch of the same', both(fetches, 0, 'ms'));
  line('from the request to the approval seen', both(waits.map((wait) => wait / 1000), 1, 's'));
  for (const failure of new Set(failures)) console.log(`${failures.filter((other) => other === failure).length} × ${failure}`);
  if (failures.length > 0 || runs < SIZE) process.exitCode = 1;
}

function line(name: string, text: string, goal = ''): void {
  console.log(`${name.padEnd(44)} ${text}${goal === '' ? '' : `  (goal ${goal})`}`);
}

const job = process.argv[2] === 'shift' ? work() : main();
job.then(() => process.exit(), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
