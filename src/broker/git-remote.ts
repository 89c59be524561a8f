import type { Git } from '../world/git.js';
import type { RunResult } from '../world/process.js';
import { defaultBranchOf } from '../world/remote-branch.js';
import type { Collected } from './carrier.js';
import { firstReason, wayBlocked } from './clone-events.js';
import type { LedgerBranch } from './ledger-branch.js';

/** So many more times a fetch is tried that another one of this clone overtook. */
const FETCHES = 3;

/** One remote of a clone. The protected branch and the ledger travel with everything else that is fetched. */
export class GitRemote {
  constructor(
    private readonly git: Git,
    readonly name: string,
    private readonly ledger: LedgerBranch,
  ) {}

  push(args: readonly string[]): Promise<RunResult> {
    const [options, specs] = [args.filter((arg) => arg.startsWith('--')), args.filter((arg) => !arg.startsWith('--'))];
    return this.git.try(['push', '--no-verify', ...options, this.name, ...specs], { network: true });
  }

  /** What a ref of the remote points at now; no id when there is no such ref. */
  async read(ref: string): Promise<{ readonly id: string | undefined } | { readonly problem: string }> {
    const there = await this.git.try(['ls-remote', this.name, ref], { network: true });
    if (there.code !== 0) return { problem: firstReason(there.stderr) };
    // The pattern matches by its end, so other refs may answer as well.
    return { id: there.stdout.toString('utf8').split('\n').map((line) => line.split('\t')).find(([, name]) => name === ref)?.[0] };
  }

  /** What refs of the remote point at now; nothing when it cannot be reached. */
  async readAll(refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const { code, stdout } = await this.git.try(['ls-remote', this.name, ...refs], { network: true });
    const lines = code === 0 ? stdout.toString('utf8').split('\n').map((line) => line.split('\t')) : [];
    return new Map(lines.flatMap(([id = '', ref]) => (ref === undefined ? [] : [[ref, id]])));
  }

  /** Fetches refs, the protected branch and the ledger. */
  async fetch(specs: readonly string[], signal: AbortSignal | undefined): Promise<Collected> {
    const tip = await this.ledger.tip();
    const all = [...(await this.protectedBranch()), this.ledger.refspec(tip), ...specs];
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', this.name, ...all];
    let fetched = await this.git.try(args, { network: true, signal });
    for (let again = 0; again < FETCHES && isOvertaken(fetched.stderr); again += 1) fetched = await this.git.try(args, { network: true, signal });
    const refused = await this.ledger.advance(tip, fetched);
    const problem = refused ?? wayBlocked(fetched.stderr, this.name);
    return problem === undefined ? collected(fetched) : { problem, reached: true };
  }

  /** Who may approve is what the team says now, not what it once said. */
  private async protectedBranch(): Promise<string[]> {
    const branch = await defaultBranchOf(this.name, this.git);
    return branch ? [`+refs/heads/${branch.ref.split('/').slice(3).join('/')}:${branch.ref}`] : [];
  }
}

/** Of two fetches at once (the window's, the command line's, the editor's own) one finds a ref changed under its hands. */
function isOvertaken(stderr: string): boolean {
  return /cannot lock ref|unable to create '[^']*\.lock'/i.test(stderr);
}

/** Without a `+` git refuses refs that the remote rewrote, and says so with exit code 1 after all else arrived. */
function collected({ code, stderr }: RunResult): Collected {
  if (code === 0) return { problem: undefined, reached: true };
  const rewritten = code === 1 && stderr.trim() === '';
  return { problem: rewritten ? 'It rewrote events that this clone has seen before; this clone keeps them as they were.' : firstReason(stderr), reached: rewritten };
}
