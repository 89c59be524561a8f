import { Gatekeeper } from '../../src/broker/gatekeeper.js';
import type { QuickAsk } from '../../src/broker/quick-protocol.js';
import { BrokerServer } from '../../src/broker/server.js';
import type { Seat } from './people.js';

/** Where the editor of these windows is said to be. */
export const EDITOR = '/usr/share/editor/resources/app';

/** A window as its terminals know it: the real broker with the real judge behind both of its ears, without the editor. */
export class RealWindow {
  /** What was asked the quick way. */
  readonly quick: QuickAsk[] = [];
  /** What the gatekeeper decided on the slow way. */
  readonly slow: string[] = [];

  private constructor(
    private readonly server: BrokerServer,
    readonly name: string,
  ) {}

  static async open(seat: Seat): Promise<RealWindow> {
    const { home, clone } = seat.person;
    const box: { window?: RealWindow } = {};
    const keeper = new Gatekeeper({
      home,
      now: seat.context.now,
      desksFor: () => Promise.resolve([seat.desk]),
      identify: () => Promise.resolve(undefined),
      confirm: () => Promise.resolve(false),
      log: (line) => box.window?.slow.push(line),
      folders: () => [clone],
      editor: EDITOR,
    });
    const server = new BrokerServer(home, (ask, say, signal) => keeper.decide(ask, say, signal), {
      ask: (ask, define) => {
        box.window?.quick.push(ask);
        return keeper.quick(ask, define);
      },
      call: (call) => keeper.call(call),
      prompted: (pid) => keeper.prompted(pid),
      greeted: () => undefined,
    }, (pass) => keeper.pass(pass));
    await server.start([clone]);
    box.window = new RealWindow(server, server.windowName);
    return box.window;
  }

  close(): void {
    this.server.dispose();
  }
}
