import { createInterface } from 'node:readline';
import path from 'node:path';
import type { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { judgeUnder, policiesAt, type Judged } from '../../broker/assessing.js';
import { defaultPolicy } from '../../core/policy/policy.js';
import { CountersignError, messageOf } from '../../core/errors.js';
import { FileWorld } from '../../world/file-world.js';
import { askFor, desksAround, type Context } from '../context.js';
import { EXIT } from '../terminal.js';
import { recorded, recordedTarget } from '../../core/assess/findings.js';
import { spoken } from '../../core/say.js';

const lineSchema = z.object({
  command: z.string(),
  cwd: z.optional(z.string()),
  shell: z.optional(z.string()),
  actor: z.optional(z.enum(['person', 'agent'])),
});

/**
 * `countersign check --batch`: one JSON object a line in, one a line out, in order and as they come. A line that
 * is no question gets an object with an `error`, so that the answers stay in step.
 */
export async function checkBatch(context: Context, input: Readable): Promise<number> {
  const rules = new Rules(context);
  const failures: unknown[] = [];
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    const answer = await answerTo(line, rules, context).catch((error: unknown) => {
      failures.push(error);
      return { error: messageOf(error) };
    });
    if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  return failures.length > 0 ? EXIT.failed : EXIT.ok;
}

async function answerTo(line: string, rules: Rules, context: Context): Promise<object> {
  const { command, cwd, shell, actor } = readLine(line);
  const directory = path.resolve(context.cwd, cwd ?? '.');
  const ask = { ...askFor({ ...context, cwd: directory }, [command], shell), actor: actor ?? ('person' as const) };
  const { verdict, assessment } = judgeUnder(ask, await rules.at(directory), rules.world);
  const { effect, reversible, findings, targets } = assessment;
  return { verdict: verdict.action, reasons: verdict.reasons.map((reason) => spoken(reason)), effect, reversible, findings: findings.map(recorded), targets: targets.map(recordedTarget) };
}

function readLine(line: string): z.infer<typeof lineSchema> {
  try {
    return z.parse(lineSchema, JSON.parse(line));
  } catch (error) {
    throw new CountersignError('request', 'This line is not a JSON object with a "command".', { cause: error });
  }
}

/** The policies of each directory, read once: a batch is one moment. */
class Rules {
  private readonly known = new Map<string, Promise<Judged['policies']>>();

  /** One world for all lines: a file is read once, however many commands look at it. */
  readonly world: FileWorld;

  constructor(private readonly context: Context) {
    this.world = new FileWorld(context.home, context.env);
  }

  at(directory: string): Promise<Judged['policies']> {
    const known = this.known.get(directory) ?? this.read(directory);
    this.known.set(directory, known);
    return known;
  }

  private async read(directory: string): Promise<Judged['policies']> {
    // A directory that is not there belongs to no repository.
    const [desk] = await desksAround({ ...this.context, cwd: directory }).catch(() => []);
    return desk ? policiesAt(await desk.trust(), desk.repository.root) : [defaultPolicy()];
  }
}
