import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { openDesk } from '../../src/broker/desk.js';
import { Gatekeeper } from '../../src/broker/gatekeeper.js';
import { askRecord, greeting, type QuickAsk } from '../../src/broker/quick-protocol.js';
import { BrokerServer } from '../../src/broker/server.js';
import { quickFile } from '../../src/broker/windows.js';
import { createTeam, environmentOf } from '../demo/team.js';
import { sleep } from './processes.js';

const ROUNDS = 1_000;
/** What was written less than two seconds ago is read anew on each ask. Milliseconds. */
const SETTLED = 2_500;

/** In microseconds. */
export interface QuickCost {
  readonly text: string;
  /** Processor time of the judgement alone, on average; what else the machine does is left out. */
  readonly server: number;
  /** From a client in this process to the answer over the loopback interface, median. */
  readonly roundTrip: number;
}

/** What a quick question costs in a warm window, for lines that need not be held. */
export async function measureQuickAsk(texts: readonly string[] = ['git commit -m x', 'npm test', 'kubectl get pods']): Promise<readonly QuickCost[]> {
  const team = createTeam();
  const now = () => Math.floor(Date.now() / 1000);
  const desk = await openDesk(team.ana.clone, { home: team.ana.home, env: environmentOf(team.ana), configuredKey: () => team.ana.key, askPassphrase: () => Promise.resolve(undefined) }, now);
  if (!desk) throw new Error('The clone is no repository.');
  const nobody = () => Promise.resolve(undefined);
  const gatekeeper = new Gatekeeper({ home: team.ana.home, now, desksFor: () => Promise.resolve([desk]), identify: nobody, confirm: () => Promise.resolve(false), log: () => undefined, folders: () => [team.ana.clone] });
  const server = new BrokerServer(team.ana.home, () => Promise.resolve(false), { ask: (ask, define) => gatekeeper.quick(ask, define), call: (call) => gatekeeper.call(call), prompted: () => undefined, greeted: () => undefined });
  await server.start([team.ana.clone]);
  const [port = '', token = ''] = readFileSync(quickFile(team.ana.home, server.windowName), 'utf8').trim().split(' ');
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  socket.write(greeting(token));
  await sleep(SETTLED);
  const environment = Object.entries({ ...process.env, ...environmentOf(team.ana) }).map(([name, value]) => `declare -x ${name}="${(value ?? '').replace(/["\\$`]/g, '\\$&')}"\n`).join('');
  const costs: QuickCost[] = [];
  for (const text of texts) {
    const ask: QuickAsk = { kind: 'line', shell: '/bin/bash', pid: process.pid, cwd: team.ana.clone, text, definitions: '', environment };
    const judge = async () => {
      await gatekeeper.quick(ask, nobody);
    };
    const trip = async () => {
      socket.write(askRecord(ask));
      await once(socket, 'data');
    };
    for (const warm of [judge, trip]) for (let round = 0; round < ROUNDS; round += 1) await warm();
    costs.push({ text, server: await processorTime(judge), roundTrip: await wallTime(trip) });
  }
  socket.destroy();
  server.dispose();
  team.dispose();
  return costs;
}

async function processorTime(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ROUNDS;
}

async function wallTime(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = process.hrtime.bigint();
    await work();
    times.push(Number(process.hrtime.bigint() - started) / 1000);
  }
  return times.sort((a, b) => a - b)[ROUNDS / 2] ?? 0;
}
