import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Approvals } from '../../src/broker/approvals.js';
import { judgeAsk, type Ask, type Judged } from '../../src/broker/assessing.js';
import { openDesk } from '../../src/broker/desk.js';
import { Messenger } from '../../src/broker/messenger.js';
import { clock } from '../../src/world/clock.js';
import { hold, type HoldContext, type HoldResult } from '../../src/broker/hold.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { environmentOf, type Person } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';

/** A clock that tests move by hand, in Unix seconds. */
export class TestClock {
  seconds = Math.floor(Date.now() / 1000);
  readonly now = (): number => this.seconds;
}

/** Lets people meet a repository as if they had never seen its rules: what its protected branch says now counts. */
export function meetAnew(...persons: readonly Person[]): void {
  for (const { home } of persons) rmSync(path.join(home, '.countersign', 'rules'), { recursive: true, force: true });
}

/** Where real programs take their time: a clock that stands still would make their requests come from the future. */
const REAL_CLOCK = { now: clock };

/** A person at their own desk, with what they need to hold and sign. */
export class Seat {
  private constructor(
    readonly person: Person,
    readonly desk: Approvals,
    readonly context: HoldContext,
    readonly messenger: Messenger,
    /** What went wrong with messages to the team’s chat. */
    readonly warnings: readonly string[],
  ) {}

  static async of(person: Person, clock: Pick<TestClock, 'now'> = REAL_CLOCK, key = person.key, askPassphrase = (): Promise<string | undefined> => Promise.resolve(undefined), env: Readonly<Record<string, string>> = {}): Promise<Seat> {
    const warnings: string[] = [];
    const messenger = new Messenger({ env, editor: 'vscode', warn: (sentence) => warnings.push(sentence) });
    const desk = await openDesk(person.clone, { home: person.home, env: { ...environmentOf(person), ...env }, configuredKey: () => key, askPassphrase, messenger }, clock.now);
    if (!desk) throw new Error('The clone is no repository.');
    return new Seat(person, desk, { approvals: desk, home: person.home, now: clock.now, live: new Set() }, messenger, warnings);
  }

  /** The demo's production deployment, as the gate reports it. */
  deployment(changes: Partial<Ask> = {}): Ask {
    const label = 'deploy: production';
    return { kind: 'task', text: './scripts/deploy.sh production', shell: '/bin/sh', cwd: this.person.clone, env: environmentOf(this.person), label, labels: [label], actor: 'person', ...changes };
  }

  async judge(ask: Ask): Promise<Judged> {
    return judgeAsk(ask, await this.desk.trust(), this.desk.repository.root, this.person.home);
  }

  /** Starts holding and gives the request and the end of it; what may run then is run, as the gate shell would. */
  async hold(ask: Ask = this.deployment(), stop = new AbortController()): Promise<{ readonly view: RequestView; readonly end: Promise<HoldResult>; readonly stop: AbortController }> {
    const judged = await this.judge(ask);
    let asked: (view: RequestView) => void = () => undefined;
    const first = new Promise<RequestView>((resolve) => (asked = resolve));
    const end = hold(ask, judged, this.context, { reason: '', agent: null, signal: stop.signal, onUpdate: asked }).then((result) => {
      if (result.run) execFileSync(ask.shell, ['-c', ask.text], { cwd: ask.cwd, env: ask.env, stdio: 'ignore' });
      return result;
    });
    const view = await Promise.race([first, end.then((result) => result.view)]);
    return { view, end, stop };
  }

  /** The same request as this person sees it, once it has arrived: whoever asks has it a moment before the others. */
  see(view: RequestView): Promise<RequestView> {
    return waitFor(async () => {
      await this.desk.sync();
      return this.desk.find(view.digest);
    }, { message: 'the request to arrive' });
  }

  /** Fetches, reviews nothing, signs. */
  async approve(view: RequestView): Promise<string> {
    return (await this.desk.approve(await this.see(view))).token;
  }
}
