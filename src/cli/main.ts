import { parseArgs } from 'node:util';
import { messageOf, CountersignError } from '../core/errors.js';
import { assistants } from './commands/assistants.js';
import { checkBatch } from './commands/batch.js';
import { breakGlassAt, breakGlassFor, reviewed } from './commands/break-glass.js';
import { check } from './commands/check.js';
import { drill } from './commands/drill.js';
import { gate, isGateKind } from './commands/gate.js';
import { hook } from './commands/hook.js';
import { ledger } from './commands/ledger.js';
import { preReceive } from './commands/pre-receive.js';
import { approve, deny, pending, request, requestPush, review } from './commands/requests.js';
import { isReport, readReport, report } from './commands/reports.js';
import { isRulesVerb, rules } from './commands/rules.js';
import { runHeld } from './commands/run.js';
import { scan } from './commands/scan.js';
import { listSealed, sealItem, sealRecipient } from './commands/seal.js';
import { verifyCommand, verifyToken, type Evidence } from './commands/verify.js';
import { agentIn } from '../assistants/agent-in.js';
import { isPersonal } from '../core/shell/consent.js';
import { contextOf, type Context } from './context.js';
import { EXIT, print, printError, UsageError } from './terminal.js';

const USAGE = `countersign: approval gates for production commands

  countersign check [--json] [--explain] [--agent] [--shell PATH] -- COMMAND…
                                 what COMMAND would do, and what the gate would say; runs nothing
  countersign check --batch      the same for JSON lines {"command", "cwd"?, "shell"?, "actor"?} on standard input
  countersign scan [--json|--sarif] [FILE|DIRECTORY…] | --since REVISION
                                 what files would do where they run, or what changed for the worse since REVISION
  countersign request [--reason TEXT] [--shell PATH] -- COMMAND…
                                 ask for approval; prints the request, to be carried where there is no remote
  countersign request [--reason TEXT] --push [REVISION:]BRANCH
                                 ask for a push to a branch that the server protects; “:BRANCH” asks for taking it away
  countersign run [--reason TEXT] [--shell PATH] [--with NAME,…] -- COMMAND…
                                 hold COMMAND until it is approved, then run it once, with what is sealed under these names
  countersign seal NAME --environment NAME [--file]
                                 seal what comes on standard input, so that two people are needed to open it
  countersign seal --recipient | --list
                                 what others seal for you, made the first time; what is sealed here
  countersign pending [--json]   what waits for approval
  countersign review REQUEST     what an approver sees (REQUEST: first digits, or the request's text)
  countersign approve [--yes] [--target NAME]… REQUEST
                                 sign it; prints the token. What cannot be undone is signed by typing where it lands,
                                 or by a script that says so with --target, and not by --yes
  countersign deny --reason TEXT REQUEST
  countersign verify [--json] TOKEN
                                 whether a token counts, and whether that is enough
  countersign ledger verify [--json] [--since COMMIT]
                                 proves the ledger branch: its chain, every signature, every use
  countersign ledger list [--json] [--since TIME] [--until TIME] [--person NAME] [--agent NAME] [--state STATE] [--text WORDS]
                                 what was asked, decided and run, and what began without asking, the newest first
                                 (TIME: 2026-11-26, 2026-11-26T08:30Z, or 7d or 12h for how long ago)
  countersign ledger export --format jsonl|csv|sarif|html [the same options]
                                 the same for other programs, or as a page with charts, on standard output
  countersign post-mortem [the same options] | REQUEST
                                 a report of the last week, of another part of the ledger or of one request, in Markdown
  countersign ledger anchor      folds what is finished into the ledger branch, and takes old events away that are in it
  countersign ledger schema      the SQL that makes the table for a PostgreSQL store
  countersign verify [--json] [--consume] [--wait 20m] [--from FILE] [REQUEST|TOKEN…] -- COMMAND…
                                 in a job: whether exactly this COMMAND, in this checkout, is approved and unused;
                                 --consume uses it up. “run” does the same for a job's key, and then runs it
  countersign break-glass -- COMMAND… | REQUEST
                                 an emergency: run it without the others, with your security key and in front of everybody
  countersign reviewed --reason TEXT REQUEST
                                 you looked at what another person did behind a broken glass
  countersign rules status [--json]
                                 which rules count here, their fingerprint, and whether the protected branch has others
  countersign rules propose [--reason TEXT]
                                 ask those in charge to approve this working copy's .countersign files
  countersign rules import [--as NAME] [--yes] FILE|-|github:USER|gitlab:USER|https://HOST/USER.keys
                                 add keys to this working copy's roster, after showing what changes in it
  countersign rules accept       take the protected branch's rules over by hand, when nobody is left to approve them
  countersign drill [--json] [--only PATH]
                                 plays harmless canaries through every path of this terminal: what waits, what does not
  countersign assistants [list] [--json] | install | remove [--project] [--wait 30s] [NAME…]
                                 which AI assistants ask before they act, and how to change that
  countersign mcp                serves assistants that speak the Model Context Protocol: assess, ask, look (standard input and output)
  countersign hook               what an AI assistant runs before each tool call (JSON on standard input)
  countersign pre-receive        a server's git hook: refuses pushes to protected branches without approval

Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 needs approval, 4 refused, 5 needs your yes;
run ends with the command's own code, or 126 when nothing was run.
The signing key is found in the SSH agent and ~/.ssh; COUNTERSIGN_KEY names another.
COUNTERSIGN_APPROVAL holds a request and its tokens for “verify” and “run” in a job.`;

async function main(argv: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = argv;
  if (isReport(name, rest[0])) {
    const asked = readReport(name, rest, context.now());
    return asked ? report(context, asked) : usage(EXIT.ok);
  }
  const { values, positionals, tokens } = parseArgs({
    args: rest,
    allowPositionals: true,
    tokens: true,
    options: {
      json: { type: 'boolean', default: false },
      sarif: { type: 'boolean', default: false },
      batch: { type: 'boolean', default: false },
      explain: { type: 'boolean', default: false },
      agent: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      consume: { type: 'boolean', default: false },
      from: { type: 'string' },
      push: { type: 'string' },
      wait: { type: 'string' },
      reason: { type: 'string' },
      since: { type: 'string' },
      target: { type: 'string', multiple: true },
      with: { type: 'string', default: '' },
      environment: { type: 'string' },
      file: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      recipient: { type: 'boolean', default: false },
      as: { type: 'string' },
      shell: { type: 'string' },
      problem: { type: 'string' },
      project: { type: 'boolean', default: false },
      user: { type: 'boolean', default: false },
      front: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      kind: { type: 'string', default: 'task' },
      help: { type: 'boolean', default: false, short: 'h' },
    },
  });
  const [first] = positionals;
  const terminator = tokens.find((token) => token.kind === 'option-terminator')?.index ?? rest.length;
  /** What stands before `--`, and the command behind it. */
  const words = rest.slice(terminator + 1);
  const evidence: Evidence = { words: positionals.slice(0, positionals.length - words.length), from: values.from, wait: secondsOf(values.wait) };
  if (name === undefined || name === 'help' || name.startsWith('-') || values.help) return usage(name === undefined ? EXIT.usage : EXIT.ok);
  if (name === 'pending') return pending(context, values);
  if (name === 'hook') return hook(context, { from: values.from ?? '', front: values.front });
  if (name === 'pre-receive') return preReceive(context, process.stdin);
  if (name === 'request' && values.push !== undefined) return requestPush(context, values.push, { reason: values.reason ?? '' });
  if (name === 'assistants') return assistants(context, positionals, { scope: values.project ? 'project' : 'user', wait: values.wait === undefined ? undefined : secondsOf(values.wait), json: values.json });
  if (name === 'mcp') return (await import('./mcp.js')).serveMcp(context);
  if (name === 'drill') return drill(context, { json: values.json, only: values.only });
  if (name === 'check' && values.batch) return checkBatch(context, process.stdin);
  if (name === 'scan') return scan(context, positionals, { json: values.json, sarif: values.sarif, since: values.since });
  if (name === 'seal' && values.recipient) return sealRecipient(context);
  if (name === 'seal' && values.list) return listSealed(context);
  if (first === undefined) return usage(EXIT.usage);
  const agent = isPersonal([name, first]) ? agentIn(context.env) : undefined;
  if (agent) throw new CountersignError('refused', `This speaks in a person’s name, and it was started by ${agent.name}, as its environment says. Run it in the editor or in a terminal of your own.`);
  switch (name) {
    case 'check':
      return check(context, positionals, { ...values, shell: values.shell });
    case 'gate':
      if (!isGateKind(values.kind)) throw new UsageError(`“${values.kind}” is no kind of question.`);
      return gate(context, first, { kind: values.kind, shell: values.shell, problem: values.problem ?? 'No window has this folder open.' });
    case 'request':
      return request(context, positionals, { reason: values.reason ?? '', shell: values.shell });
    case 'run':
      // Without a `--` everything is the command.
      return runHeld(context, words.length > 0 ? words : positionals, { reason: values.reason ?? '', shell: values.shell, with: values.with.split(',').filter((item) => item !== ''), evidence: words.length > 0 ? evidence : { ...evidence, words: [] } });
    case 'seal':
      if (positionals.length > 1) throw new UsageError('One name, and the value on standard input: arguments can be read by everybody on this machine.');
      return sealItem(context, first, { environment: values.environment, file: values.file });
    case 'ledger':
      return (await ledger(context, first, { json: values.json, since: values.since })) ?? usage(EXIT.usage);
    case 'rules':
      if (!isRulesVerb(first)) throw new UsageError('“countersign rules” is followed by status, propose, accept or import.');
      return rules(context, first, { json: values.json, reason: values.reason ?? '', source: positionals[1], as: values.as, yes: values.yes });
    case 'review':
      return review(context, first);
    case 'approve':
      return approve(context, first, { yes: values.yes, targets: values.target });
    case 'deny':
      if (values.reason === undefined || values.reason.trim() === '') throw new UsageError('Say why with --reason TEXT: the requester will read it.');
      return deny(context, first, { reason: values.reason });
    case 'break-glass':
      return words.length > 0 ? breakGlassFor(context, words, { shell: values.shell }) : breakGlassAt(context, first);
    case 'reviewed':
      if (values.reason === undefined || values.reason.trim() === '') throw new UsageError('Say what you found with --reason TEXT: it stands in the ledger.');
      return reviewed(context, first, values.reason.trim());
    case 'verify':
      if (words.length > 0) return verifyCommand(context, words, { evidence, consume: values.consume, json: values.json, shell: values.shell });
      return verifyToken(context, first, values);
    default:
      return usage(EXIT.usage);
  }
}

/** `90s`, `20m` or `2h` in seconds; nothing is no time at all. */
function secondsOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const [, count, unit = ''] = /^(0|[1-9][0-9]{0,4})([smh])$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`“${text}” is no time to wait: write 90s, 20m or 2h.`);
  return Number(count) * ({ s: 1, m: 60, h: 3600 }[unit] ?? 1);
}

function usage(code: number): number {
  (code === EXIT.ok ? print : printError)(USAGE);
  return code;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || (error instanceof TypeError && 'code' in error)) return EXIT.usage;
  if (!(error instanceof CountersignError)) return EXIT.failed;
  return ['token', 'request', 'signature', 'refused', 'changed'].includes(error.code) ? EXIT.refused : EXIT.failed;
}

/** For so long, in milliseconds, a decided command stays for a message that is underway. */
const PARTING = 2_000;

const context = contextOf();
main(process.argv.slice(2), context).then(
  async (code) => {
    process.exitCode = code;
    await context.messenger.settled(PARTING);
    // A held connection or a timer must not keep a decided command alive.
    process.stdout.write('', () => process.exit(code));
  },
  (error: unknown) => {
    printError(messageOf(error));
    process.exitCode = exitCodeOf(error);
  },
);
