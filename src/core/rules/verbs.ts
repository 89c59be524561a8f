import { sentence } from '../say.js';
import type { Sentence } from '../say.js';
import type { Effect, Severity } from '../assess/assessment.js';
import { defineTool } from './rule.js';
import type { Examples, Override, Rule, Tool } from './rule.js';
import { isSlip } from './names.js';
import type { Use } from './use.js';

/** What a sub-command's verb says about tools that nobody could list command by command. */
interface Verb {
  readonly effect: Effect;
  readonly severity: Severity;
  /** What a call does that its program and sub-command, `call`, show; `named` is what it is told to do it to. */
  readonly says?: (call: string, named: string) => Sentence;
}

const DESTROYS: Verb = {
  effect: 'destroy', severity: 'high',
  says: (call, named) => (named === '' ? sentence('Deletes what it is configured for ({0}).', call) : sentence('Deletes {0} ({1}).', named, call)),
};
const REMOVES: Verb = {
  effect: 'destroy', severity: 'medium',
  says: (call, named) => (named === '' ? sentence('Removes what it is configured for ({0}).', call) : sentence('Removes {0} ({1}).', named, call)),
};
const STOPS: Verb = {
  effect: 'destroy', severity: 'medium',
  says: (call, named) => (named === '' ? sentence('Stops or disables what it is configured for ({0}).', call) : sentence('Stops or disables {0} ({1}).', named, call)),
};
const CHANGES: Verb = {
  effect: 'write', severity: 'low',
  says: (call, named) => (named === '' ? sentence('Changes what it is configured for ({0}).', call) : sentence('Changes {0} ({1}).', named, call)),
};
const LOOKS: Verb = { effect: 'read', severity: 'low' };

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ...words('delete del destroy terminate purge drop wipe erase nuke rb rmb obliterate deprovision decommission trash truncate deleteall dropall', DESTROYS),
  ...words('remove rm rmi unset revoke deregister unregister unsubscribe uninstall flush clear clean prune reset empty forget unpublish yank detach disassociate unlink unbind discard expire rollback evict untag undeploy teardown retire', REMOVES),
  ...words('disable stop kill halt shutdown suspend cancel abort archive pause deactivate drain ban lock maintenance deallocate force-stop shutoff poweroff reboot restart', STOPS),
  ...words('create add set update put apply deploy edit patch modify import upload push promote rotate enable start resume restore attach associate associate-address tag register publish scale configure install upgrade migrate move rename copy transfer invite grant write replace link provision run-task invoke send approve merge init new insert upsert sync backup', CHANGES),
  ...words('list ls get describe show view read info status search find query lookup head cat tail logs log export download pull fetch diff check validate verify test plan preview version help whoami inspect stat watch wait count dump open print history scan detect estimate simulate explain login logout', LOOKS),
]);

/** Verbs that tools also use as the names of things. */
const NOUNS = new Set('backup restore deploy release tag log logs link import export search history test plan status version register archive lock maintenance patch set group install image view watch stat merge copy'.split(' '));

/** Services whose names begin like a verb. */
const THINGS = new Set(['log-analytics', 'search-service', 'stream-analytics', 'backup-vault', 'image-builder', 'download-manager', 'import-export', 'lock-service', 'export-set']);

/** What it is worst to lose. */
const WEIGHTY = /(^|[-_:/.])(db|rds|dbs|databases?|clusters?|buckets?|projects?|orgs?|organi[sz]ations?|accounts?|vaults?|keys?|kms|zones?|hosted-zones?|stacks?|namespaces?|volumes?|snapshots?|tables?|sites?|apps?|applications?|domains?|servers?|instances?|groups?|subscriptions?|tenants?|environments?|repos?|repositor(y|ies)|vms?|vpcs?|file-systems?|filesystems?|disks?|postgres|redis|mysql|pg|s3|secrets?|backups?|streams?|topics?|queues?|indexes|index|merchants?|workspaces?|hosts?|nodes?|machines?|droplets?|registry|registries|users?|pools?|containers?)($|[-_:/.])/i;

function words(text: string, meaning: Verb): readonly (readonly [string, Verb])[] {
  return text.split(' ').map((word) => [word, meaning] as const);
}

/** The verb in one sub-command word: `delete`, `delete-stack`, `batch-delete-image`, `apps:destroy`, `deleteObject`. */
export function verbOf(word: string): Verb | undefined {
  const whole = VERBS.get(word);
  if (whole) return whole;
  if (THINGS.has(word)) return undefined;
  if (!/^[A-Za-z][A-Za-z0-9_:-]*$/.test(word)) return undefined;
  const parts = word.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase().split(/[-:_]/);
  if (parts.length < 2) return undefined;
  if (parts[0] === 'batch' || parts[0] === 'bulk' || parts[0] === 'force' || parts[0] === 'schedule' || parts[0] === 'admin' || parts[0] === 'permanently') return VERBS.get(parts[1] ?? '') ?? VERBS.get(parts.at(-1) ?? '');
  // `apps:destroy` has its verb behind, `delete-stack` in front.
  return word.includes(':') ? (VERBS.get(parts.slice(1).join('-')) ?? VERBS.get(parts.at(-1) ?? '') ?? VERBS.get(parts[1] ?? '')) : (VERBS.get(parts[0] ?? '') ?? destroying(parts.at(-1) ?? ''));
}

/** `repo-delete`, `cache-purge`: the verb may stand behind, where nothing in front is one. */
function destroying(word: string): Verb | undefined {
  const found = VERBS.get(word);
  return found === DESTROYS ? found : undefined;
}

/** The first verb among the first operands: what comes after it are names. */
export function verbIn(use: Use, most = 5, from = 0): { readonly verb: Verb; readonly at: number } | undefined {
  for (let at = from; at < Math.min(use.operands.length, most); at += 1) {
    const found = verbOf(use.operands[at]?.text ?? '');
    if (!found) continue;
    // `velero backup delete`: a word that may be a noun is one when a verb follows it.
    const next = NOUNS.has(use.operands[at]?.text ?? '') ? verbOf(use.operands[at + 1]?.text ?? '') : undefined;
    return next ? { verb: next, at: at + 1 } : { verb: found, at };
  }
  return undefined;
}

/** The match of a verb rule: how bad, and in which words. */
export function judgeVerb(use: Use, effect: Effect, most?: number, from?: number): Override | false {
  // `aws help delete-bucket` prints.
  const found = use.operand(0) === 'help' ? undefined : verbIn(use, most, from);
  if (found?.verb.effect !== effect || !found.verb.says) return false;
  const operands = use.rest(0);
  const subject = operands.slice(0, found.at + 1).join(' ');
  const weighty = WEIGHTY.test(subject) || WEIGHTY.test(use.invocation.program);
  const severity = effect === 'destroy' && weighty && found.verb.severity === 'high' ? 'critical' : found.verb.severity;
  const named = [...operands.slice(0, found.at), ...operands.slice(found.at + 1)].join(' ');
  return { severity, message: found.verb.says(`${use.invocation.program} ${subject}`, named) };
}

/** A tool that is understood by its verbs alone. */
export interface VerbFamily {
  /** The rules' prefix: `fly` gives `fly/delete` and `fly/change`. */
  readonly id: string;
  readonly names: readonly string[];
  readonly title: string;
  readonly values?: string;
  readonly harmless?: string;
  readonly singleDash?: true;
  /** How many operands name a service, whatever they look like: `aws logs …`, `gcloud deploy …`. */
  readonly services?: number;
  readonly deletes: Examples;
  /** Cases for changes; a family without them only has the destructive rule. */
  readonly changes?: Examples;
  /** Rules that say more than the verb, asked first. */
  readonly rules?: readonly Rule[];
  /** Calls that look destructive by their verb and are not. */
  readonly except?: (use: Use) => boolean;
}

/** Makes a tool of a verb family. */
export function verbTool(family: VerbFamily): Tool {
  const { id, names, title, rules = [], except } = family;
  const own: Rule[] = [
    {
      id: `${id}/delete`,
      title: `Deletes or disables something with ${title}`,
      when: (use) => (except?.(use) ? false : judgeVerb(use, 'destroy', undefined, family.services)),
      severity: 'high',
      reversible: 'no',
      message: 'Deletes something.',
      safer: `List or describe what ${title} would delete first.`,
      examples: family.deletes,
    },
  ];
  if (family.changes) {
    own.push({
      id: `${id}/change`,
      title: `Changes something with ${title}`,
      when: (use) => judgeVerb(use, 'write', undefined, family.services),
      effect: 'write',
      severity: 'low',
      reversible: 'with-effort',
      message: 'Changes something that others share.',
      safer: `List or describe what ${title} would change first.`,
      examples: family.changes,
    });
  }
  return defineTool({
    names,
    grammar: { values: family.values ?? '', ...(family.singleDash ? { singleDash: true } : {}) },
    harmless: family.harmless ?? '-h --dry-run --dryrun --what-if --whatif --no-execute --preview --preview-only',
    reads: family.services === undefined ? READS : READS.slice(family.services),
    otherwise: 'write',
    rules: [...rules, ...own],
  });
}

const LOOKING = [...VERBS].filter(([, meaning]) => meaning.effect === 'read').map(([word]) => word);
const LOOKING_PATTERN = [...LOOKING, 'list-*', 'get-*', 'describe-*', 'show-*', '*:info', '*:list', '*:get'].join('|');
const READS: readonly string[] = [LOOKING_PATTERN, `* ${LOOKING_PATTERN}`, `* * ${LOOKING_PATTERN}`, `* * * ${LOOKING_PATTERN}`];

/** For programs nobody has heard of: a destructive verb where a sub-command stands is reason enough to ask. */
export const UNKNOWN_VERB: Rule = {
  id: 'unknown/destructive-verb',
  title: 'An unknown program is told to delete something',
  when: (use) => {
    const found = verbIn(use, 3);
    if ((found?.verb !== DESTROYS && found?.verb !== STOPS) || use.has('--help -h --version --dry-run') || !/^[a-z][\w.+-]*$/i.test(use.invocation.program)) return false;
    // A slip of the finger beside a known name is answered by “command not found”.
    return found.verb === STOPS || isSlip(use.invocation.program) ? { severity: 'low', effect: 'unknown' } : { severity: 'medium', message: sentence('{0} is told to {1}.', use.invocation.program, use.rest(0).slice(0, found.at + 1).join(' ')) };
  },
  severity: 'medium',
  reversible: 'no',
  message: 'An unknown program is told to delete something.',
  safer: 'Look at what it lists first.',
  examples: {
    flagged: ['acmectl project delete shop', 'acmectl purge', 'acme-cli database:drop main'],
    clear: ['acmectl project list', 'acmectl delete --help', 'grep delete notes.txt', 'acmectl get delete'],
  },
};

/** Code that stands where a shell reads: a session of an interpreter may be what really gets it. */
export const METHOD_CALL: Rule = {
  id: 'unknown/method-call',
  title: 'Code that deletes something stands where a command is expected',
  when: (use) => {
    const last = /^[A-Za-z_]\w*(?:\.\w+)*\.(\w+)$/.exec(use.invocation.program)?.[1];
    const found = last === undefined ? undefined : verbOf(last.replaceAll('_', '-'));
    return found === DESTROYS || (found === STOPS && use.invocation.program.split('.').length > 2);
  },
  effect: 'unknown',
  severity: 'medium',
  reversible: 'no',
  message: (use) => sentence('{0} is code, not a command; an open session of an interpreter would run it.', use.invocation.program),
  safer: 'Run the code with the interpreter it is for.',
  examples: {
    flagged: ['db.users.drop(options)', "client.delete_bucket(Bucket='x')", "stripe.customers.del('c')"],
    clear: ['db.users.find()', 'client.list_buckets()', 'python3.11 -V', 'node.exe -v'],
  },
};
