// What it costs to verify an approval, to list what is open, and to keep what is closed: node out/test/bench/trust.js
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { operationOf } from '../../src/broker/assessing.js';
import { CloneEvents } from '../../src/broker/clone-events.js';
import { judge } from '../../src/core/approval/judge.js';
import { operationDigest, type Operation } from '../../src/core/approval/operation.js';
import { parseRequest } from '../../src/core/approval/request.js';
import type { Trust } from '../../src/core/approval/trust.js';
import { ledgerPath } from '../../src/core/ledger/chain.js';
import { quorumOf } from '../../src/core/policy/quorum.js';
import { createTeam, git, type Person, type Team } from '../demo/team.js';
import { Seat } from '../integration/people.js';
import { Signatory, type Said } from './support/signatory.js';
import { median, share, timed } from './support/times.js';

/** Nobody has more than five open requests. */
const PEOPLE = 200;
const OPEN = 1_000;
const CLOSED = 10_000;
/** So many of them while they are events of their own: each is four refs. */
const UNFOLDED = 1_000;
/** Events in one commit of the ledger. */
const AT_ONCE = 4_000;
const VERIFIED = 2_000;
const ROUNDS = 21;
const DAY = 24 * 3600;

/** A team in which the bench itself holds the keys of most people. */
class Office {
  readonly team: Team;
  readonly people: readonly Signatory[];
  readonly now = Math.floor(Date.now() / 1000);

  private constructor(
    readonly seat: Seat,
    readonly trust: Trust,
    readonly operation: Operation,
    { team, people }: Pick<Office, 'team' | 'people'>,
  ) {
    this.team = team;
    this.people = people;
  }

  static async open(): Promise<Office> {
    const team = createTeam();
    const people = Array.from({ length: PEOPLE }, (_, index) => new Signatory(`p${index}@payments.example`));
    appendFileSync(path.join(team.ana.clone, '.countersign', 'allowed_signers'), people.map(({ rosterLine }) => rosterLine).join(''));
    git(team.ana, team.ana.clone, 'commit', '--quiet', '-am', 'Everybody');
    git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', 'main');
    git(team.ben, team.ben.clone, 'pull', '--quiet');
    const seat = await Seat.of(team.ben);
    const ask = seat.deployment();
    const operation = await operationOf(ask, await seat.judge(ask), seat.desk.repository, '', team.ben.home);
    return new Office(seat, await seat.desk.trust(), operation, { team, people });
  }

  person(index: number): Signatory {
    return this.people[index % PEOPLE] ?? new Signatory('nobody@payments.example');
  }

  /** Keeps events where everybody reads them. */
  async publish(events: readonly Said[]): Promise<void> {
    const { repository } = this.seat.desk;
    await new CloneEvents(repository.git).adopt(events);
    await repository.git.text(['pack-refs', '--all']);
    git(this.team.ben, repository.root, 'push', '--quiet', 'origin', 'refs/countersign/*:refs/countersign/*');
    git(this.team.ben, this.team.remote ?? '', 'pack-refs', '--all');
  }

  /** Measures in a process that has done nothing else: starting git takes the longer, the more memory whoever starts it has. */
  measure(what: 'poll' | 'list'): readonly number[] {
    const text = execFileSync(process.execPath, [__filename, what, JSON.stringify(this.team.ben)], { encoding: 'utf8', maxBuffer: 1024 * 1024 });
    return JSON.parse(text) as readonly number[];
  }
}

/** Milliseconds of looks at the remote and at everything that is known, as a window takes them, or at what is known alone. */
async function looks(what: string | undefined, person: Person): Promise<readonly number[]> {
  const { desk } = await Seat.of(person);
  const look = async () => {
    if (what === 'poll') await desk.sync();
    await desk.read();
  };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(look));
  return times;
}

function line(name: string, text: string, goal = ''): void {
  console.log(`${name.padEnd(44)} ${text}${goal === '' ? '' : `  (goal ${goal})`}`);
}

/** Each pair is seen for the first time: what was verified once is not computed again. */
async function verification(office: Office): Promise<void> {
  const { operation, trust, now } = office;
  const pairs = Array.from({ length: VERIFIED }, (_, index) => {
    const { signed, said } = office.person(index).asks(operation, index, trust, now);
    return { request: said.text, token: office.person(index + 1).approves(signed).text };
  });
  const times: number[] = [];
  for (const { request, token } of pairs) {
    times.push(
      await timed(() => {
        const signed = parseRequest(request);
        const { state } = judge(signed, { tokens: [token], denials: [] }, quorumOf(signed.request.operation, trust.policy), trust, now);
        if (state !== 'approved' || operationDigest(operation) !== signed.request.operationDigest) throw new Error('It has to be good.');
      }),
    );
  }
  const warm = times.slice(VERIFIED / 2);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(100, 'x');
  const signature = sign(null, message, privateKey);
  const bare: number[] = [];
  for (let round = 0; round < VERIFIED; round += 1) bare.push(await timed(() => verify(null, message, publicKey, signature)));
  line('full verification of one approval', `median ${median(warm).toFixed(2)} ms, p99 ${share(warm, 0.99).toFixed(2)} ms, ${(median(warm) / median(bare)).toFixed(1)} bare Ed25519 checks`, '1 ms');
}

async function main(): Promise<void> {
  const office = await Office.open();
  const { seat, trust, operation, now } = office;
  try {
    await verification(office);
    const poll = () => median(office.measure('poll'));
    const none = poll();
    const closed = Array.from({ length: CLOSED }, (_, index): readonly Said[] => {
      const at = now - 10 * DAY;
      const [requester, approver] = [office.person(index), office.person(index + 1)];
      const { signed, said } = requester.asks(operation, CLOSED + index, trust, at);
      return [said, approver.approves(signed), ...requester.runs(signed, [approver.principal], at + 60)];
    }).flat();
    for (let at = 0; at < closed.length; at += AT_ONCE) await seat.desk.store.ledger.append(closed.slice(at, at + AT_ONCE).map(({ name, text }) => ({ path: ledgerPath(name), text })));
    const folded = poll();
    await office.publish(closed.slice(0, 4 * UNFOLDED));
    const unfolded = poll();
    line('a poll with nothing closed', `${none.toFixed(0)} ms`);
    line(`a poll with ${CLOSED} closed requests in the ledger`, `${(folded / none).toFixed(2)} times that`, '1');
    line(`and with ${UNFOLDED} of them that are refs as well`, `${(unfolded / none).toFixed(2)} times that`);

    const open = Array.from({ length: OPEN }, (_, index) => office.person(index).asks(operation, 10 * CLOSED + index, trust, now).said);
    await office.publish(open);
    const [first = 0, ...again] = office.measure('list');
    line(`${OPEN} open requests listed`, `median ${median(again).toFixed(0)} ms; the first time ${first.toFixed(0)} ms`, '150 ms');
  } finally {
    office.team.dispose();
  }
}

const [, , what, person] = process.argv;
const work = person === undefined ? main() : looks(what, JSON.parse(person) as Person).then((times) => console.log(JSON.stringify(times)));
work.then(() => process.exit(0), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
