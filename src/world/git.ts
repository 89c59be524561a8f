import { plain } from '../core/approval/display.js';
import { CountersignError } from '../core/errors.js';
import { sentence, type Sentence } from '../core/say.js';
import { run, type RunResult } from './process.js';

/** How long git may talk to another machine, in milliseconds. */
const NETWORK_TIMEOUT = 30_000;
const LOCAL_TIMEOUT = 20_000;

export interface GitOptions {
  readonly input?: Uint8Array | string;
  readonly env?: NodeJS.ProcessEnv;
  /** Whether the command talks to a remote. */
  readonly network?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Git in one directory: argument lists only, no hooks of the repository, never a question on a terminal. */
export class Git {
  constructor(
    readonly directory: string,
    private readonly env: NodeJS.ProcessEnv = process.env,
    /** Added to what git is told by the environment. */
    private readonly own: NodeJS.ProcessEnv = {},
  ) {}

  /** Runs git and gives whatever came of it. */
  async try(args: readonly string[], options: GitOptions = {}): Promise<RunResult> {
    try {
      return await run('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false', '-c', 'core.fsmonitor=false', '-c', 'safe.bareRepository=explicit', ...args], {
        cwd: this.directory,
        env: { ...quietEnvironment(this.env), ...this.own, ...options.env },
        ...(options.input === undefined ? {} : { input: options.input }),
        timeout: options.network ? NETWORK_TIMEOUT : LOCAL_TIMEOUT,
        signal: options.signal,
      });
    } catch (error) {
      if (options.signal?.aborted) throw new CountersignError('cancelled', sentence('Cancelled.'), { cause: error });
      throw new CountersignError('git', sentence('Git cannot be started. Install git, or open a folder that still exists.'), { cause: error });
    }
  }

  /**
   * Runs git and gives what it printed, without the final line break.
   *
   * @throws CountersignError `git` when it fails
   */
  async text(args: readonly string[], options: GitOptions = {}): Promise<string> {
    const result = await this.try(args, options);
    if (result.code !== 0) throw new CountersignError('git', failureOf(args, result.stderr));
    return result.stdout.toString('utf8').replace(/\n$/, '');
  }

  /** What git printed, or undefined when it failed: for questions whose answer may be "there is none". */
  async maybe(args: readonly string[], options: GitOptions = {}): Promise<string | undefined> {
    const result = await this.try(args, options);
    return result.code === 0 ? result.stdout.toString('utf8').replace(/\n$/, '') : undefined;
  }
}

/** What git may be told by the environment: how to reach the remote, and nothing about what the repository is. */
const PASSED_ON = new Set(['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT', 'GIT_ASKPASS', 'GIT_CONFIG_NOSYSTEM', 'GIT_SSL_CAINFO', 'GIT_PROXY_COMMAND']);

/** No prompts, no pagers, no localised messages, no state of a git that happens to call us. */
function quietEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || PASSED_ON.has(name)));
  return { ...inherited, GIT_TERMINAL_PROMPT: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_SSH_COMMAND: env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes', LC_ALL: 'C' };
}

function failureOf(args: readonly string[], told: string): Sentence {
  const verb = args.find((arg) => !arg.startsWith('-'));
  const line = told.split('\n').find((text) => text.trim() !== '');
  const reason = line === undefined ? sentence('it gave no reason') : plain(line.trim());
  return verb === undefined ? sentence('Git could not do its work: {0}', reason) : sentence('Git could not {0}: {1}', verb, reason);
}
