// A window without an editor, as a process of its own: broker-host.js '{"person": …, "named": true}'. It prints a line
// when it listens, asks the remote for news all the time, and closes its window when it is told to end.
import { openDesk } from '../../src/broker/desk.js';
import { Gatekeeper } from '../../src/broker/gatekeeper.js';
import { BrokerServer } from '../../src/broker/server.js';
import { environmentOf, type Person } from '../demo/team.js';

const POLL = 300;

export interface HostOptions {
  readonly person: Person;
  /** Whether the editor can say what a task is called. */
  readonly named: boolean;
}

async function host({ person, named }: HostOptions): Promise<void> {
  const desk = await openDesk(person.clone, { home: person.home, env: environmentOf(person), configuredKey: () => person.key, askPassphrase: () => Promise.resolve(undefined) }, () => Math.floor(Date.now() / 1000));
  if (!desk) throw new Error('The clone is no repository.');
  const gatekeeper = new Gatekeeper({
    home: person.home,
    now: () => Math.floor(Date.now() / 1000),
    desksFor: () => Promise.resolve([desk]),
    identify: (ask) => Promise.resolve(named && ask.text.includes('deploy.sh') ? { label: 'deploy: production', labels: ['deploy: production', 'release'] } : undefined),
    confirm: () => Promise.resolve(false),
    log: (line) => process.stdout.write(`${line}\n`),
    folders: () => [person.clone],
  });
  const quick = { ask: gatekeeper.quick.bind(gatekeeper), call: gatekeeper.call.bind(gatekeeper), prompted: gatekeeper.prompted.bind(gatekeeper), greeted: () => undefined };
  const server = new BrokerServer(person.home, (ask, say, signal) => gatekeeper.decide(ask, say, signal), quick);
  await server.start([person.clone]);
  const poll = setInterval(() => void desk.sync().catch(() => undefined), POLL);
  process.on('SIGTERM', () => {
    clearInterval(poll);
    server.dispose();
    setTimeout(() => process.exit(0), 200);
  });
  process.stdout.write(`listening as ${server.windowName}\n`);
}

void host(JSON.parse(process.argv[2] ?? '') as HostOptions);
