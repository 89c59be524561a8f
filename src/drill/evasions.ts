import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { judgeAsk, operationOf, type Ask } from '../broker/assessing.js';
import type { Approvals } from '../broker/approvals.js';
import { eventName } from '../broker/store.js';
import { hexOf } from '../core/approval/canonical.js';
import { openDesk } from '../broker/desk.js';
import { ruleAtGuard } from '../broker/rules.js';
import { APPROVAL_NAMESPACE, formatToken, statementBytes } from '../core/approval/token.js';
import { CountersignError } from '../core/errors.js';
import type { RequestView } from '../core/ledger/fold.js';
import { quorumFor } from '../core/policy/quorum.js';
import { Git } from '../world/git.js';
import { run } from '../world/process.js';
import { findSigningKeys, signSshsig } from '../world/ssh-keys.js';
import type { Canary, Outcome, Stage } from './canary.js';
import { PRIVATE_GIT } from './ground.js';
import { firstReason } from '../core/policy/words.js';

const NAMESPACES = 'countersign-request,countersign-approval,countersign-record';
const FIX = 'This must never happen: report it to the people who make Countersign.';

/** The requester stands in every group that may approve: rights as broad as they get. */
const POLICY = `version: 1
environments:
  production:
    approvals: 1
    approvers: [everyone, admins]
groups:
  everyone: [you@drill.invalid, mate@drill.invalid]
  admins: [you@drill.invalid]
`;

/** Ways to get round the second person, played through the real verifier with throw-away keys. */
export function evasions(): readonly Canary[] {
  let team: Promise<Team | string> | undefined;
  const canary = (id: string, title: string, attempt: (team: Team) => Promise<void>, gate = 'the verifier'): Canary => ({
    id: `approvals/${id}`, group: 'approvals', title, gate, fix: FIX,
    // One team for all of them: keys and a repository take their time.
    play: async (stage) => outcomeOf(await (team ??= provenTeam(stage)), attempt),
  });
  return [
    canary('broad-permissions', 'The requester is in every group and signs the request', async (team) => {
      const view = await team.ask();
      await team.desk('you').takeToken(await team.sign('you', view));
    }),
    canary('own-request', 'The requester presses Approve on their own request', async (team) => {
      await team.desk('you').approve(await team.ask());
    }),
    canary('other-operation', 'A token for something else', async (team) => {
      const first = await team.ask();
      const token = await team.sign('mate', first);
      const second = await team.ask();
      // The words of the first approval, sent along with the second request.
      await team.standsWith(second, token);
    }),
    canary('stranger', 'A token by a key that is not on the roster', async (team) => {
      const view = await team.ask();
      await team.desk('you').takeToken(await team.sign('stranger', view));
    }),
    canary('used-twice', 'A token that was used already', async (team) => {
      const view = await team.ask();
      const token = await team.sign('mate', view);
      await team.desk('you').takeToken(token);
      if ((await team.desk('you').consume(await team.desk('you').find(view.digest))) !== 'won') throw new Error('The one use could not be recorded.');
      await team.desk('you').takeToken(token);
    }),
    canary('longer-life', 'A token that outlives its request', async (team) => {
      const view = await team.ask();
      await team.desk('you').takeToken(await team.sign('mate', view, 24 * 60 * 60));
    }),
    canary('assistant-approves', 'An assistant of the second person approves in their name', async (team) => {
      const { digest } = await team.ask();
      await team.mayRun('mate', `countersign approve --yes ${hexOf(digest).slice(0, 8)}`);
    }, 'the guards’ rules'),
  ];
}

/** A team in which an honest approval counts: where it did not, a refusal would prove nothing. */
async function provenTeam(stage: Stage): Promise<Team | string> {
  const team = await Team.on(stage);
  if (typeof team === 'string') return team;
  const { view } = await team.desk('you').takeToken(await team.sign('mate', await team.ask()));
  if (view.state !== 'approved') throw new Error('An honest approval does not count here, so a refusal proves nothing.');
  return team;
}

/** The attempt has to be refused as not good enough. Any other failure proves nothing. */
async function outcomeOf(team: Team | string, attempt: (team: Team) => Promise<void>): Promise<Outcome> {
  if (typeof team === 'string') return { result: 'absent', detail: team };
  try {
    await attempt(team);
  } catch (error) {
    if (error instanceof CountersignError && (error.code === 'refused' || error.code === 'roster')) return { result: 'waits', detail: error.message };
    throw error;
  }
  return { result: 'decides', detail: 'It was accepted as an approval.' };
}

type Name = 'you' | 'mate' | 'stranger';

/** A team of two and a stranger, with keys that exist for as long as the drill. */
class Team {
  private constructor(
    private readonly directory: string,
    private readonly homes: Readonly<Record<Name, string>>,
    private readonly desks: ReadonlyMap<Name, Approvals>,
  ) {}

  /** The team, or why there can be none. */
  static async on(stage: Stage): Promise<Team | string> {
    const plot = await stage.ground.plot('approvals');
    const names: readonly Name[] = ['you', 'mate', 'stranger'];
    const homes = Object.fromEntries(names.map((name) => [name, path.join(plot.directory, 'homes', name)])) as Record<Name, string>;
    for (const name of names) {
      mkdirSync(path.join(homes[name], '.ssh'), { recursive: true, mode: 0o700 });
      const made = await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', keyOf(homes[name])]).catch(() => undefined);
      if (made?.code !== 0) return 'This machine has no ssh-keygen that makes Ed25519 keys.';
    }
    const directory = path.join(plot.directory, 'repository');
    mkdirSync(path.join(directory, '.countersign'), { recursive: true });
    writeFileSync(path.join(directory, '.countersign', 'policy.yaml'), POLICY);
    writeFileSync(path.join(directory, '.countersign', 'allowed_signers'), (['you', 'mate'] as const).map((name) => rosterLine(name, homes[name])).join(''));
    const git = new Git(directory, { ...process.env, ...PRIVATE_GIT });
    await git.text(['init', '--quiet', '--initial-branch=main']);
    await git.text(['add', '--all']);
    await git.text(['commit', '--quiet', '-m', 'The drill'], { env: PRIVATE_GIT });
    const desks = new Map<Name, Approvals>();
    for (const name of names) {
      const options = { home: homes[name], env: environment(homes[name]), configuredKey: () => keyOf(homes[name]), askPassphrase: () => Promise.resolve(undefined) };
      const desk = await openDesk(directory, options, now);
      if (!desk) return 'Git could not make a repository for the drill.';
      desks.set(name, desk);
    }
    return new Team(directory, homes, desks);
  }

  desk(name: Name): Approvals {
    const desk = this.desks.get(name);
    if (!desk) throw new Error(`Nobody is called ${name}.`);
    return desk;
  }

  /** A request of `you` for something that nobody asked for before. */
  async ask(): Promise<RequestView> {
    const desk = this.desk('you');
    const home = this.homes.you;
    const ask: Ask = { kind: 'command', text: `countersign-canary --environment production ${randomBytes(8).toString('hex')}`, shell: '/bin/sh', cwd: this.directory, env: environment(home), label: undefined, labels: [], actor: 'person' };
    const judged = judgeAsk(ask, await desk.trust(), desk.repository.root, home);
    const nonce = randomBytes(16).toString('hex');
    const operation = await operationOf(ask, judged, desk.repository, nonce, home);
    return desk.ask(operation, nonce, { agent: null, findings: [], reason: 'The drill', quorum: quorumFor(judged.assessment.targets, judged.policies) });
  }

  /**
   * An assistant runs this in somebody's terminal.
   *
   * @throws CountersignError `refused` with what the guards say, unless they let it run
   */
  async mayRun(name: Name, text: string): Promise<void> {
    const home = this.homes[name];
    const ask: Ask = { kind: 'command', text, shell: '/bin/sh', cwd: this.directory, env: environment(home), label: undefined, labels: [], actor: 'agent' };
    const { judged } = await ruleAtGuard(ask, () => Promise.resolve([this.desk(name)]), home);
    if (judged.verdict.action === 'deny') throw new CountersignError('refused', firstReason(judged.verdict, ''));
  }

  /** A token that somebody signs with their own key, whether or not they may. */
  async sign(name: Name, view: RequestView, longer = 0): Promise<string> {
    const home = this.homes[name];
    const [key] = await findSigningKeys({ home, env: environment(home), configured: keyOf(home) });
    if (!key) throw new Error('The drill’s own key cannot be read.');
    const statement = { digest: view.digest, expires: view.signed.request.expires + longer };
    const signature = await signSshsig(key, APPROVAL_NAMESPACE, statementBytes(statement), { env: environment(home), askPassphrase: () => Promise.resolve(undefined) });
    return formatToken({ statement, signature });
  }

  /** @throws CountersignError `refused` when a request does not become approved by a token that is stored beside it */
  async standsWith(view: RequestView, token: string): Promise<void> {
    const desk = this.desk('you');
    await desk.store.put(eventName('approval', hexOf(view.digest), '0123456789abcdef'), token);
    const { state, problems } = await desk.find(view.digest);
    if (state !== 'approved') throw new CountersignError('refused', problems[0] ?? 'The request still waits.');
  }
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function keyOf(home: string): string {
  return path.join(home, '.ssh', 'id_ed25519');
}

function rosterLine(name: string, home: string): string {
  const [type = '', key = ''] = readFileSync(`${keyOf(home)}.pub`, 'utf8').split(' ');
  return `${name}@drill.invalid namespaces="${NAMESPACES}" ${type} ${key}\n`;
}

/** No agent and no configuration of the person who plays the drill. */
function environment(home: string): Record<string, string> {
  return { HOME: home, PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8', ...PRIVATE_GIT };
}
