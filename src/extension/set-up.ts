import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { isAgreed } from '../broker/rule-changes.js';
import { inline } from '../core/approval/display.js';
import { ROSTER_NAMESPACES, rosterWith, type Member } from '../core/approval/key-list.js';
import { formatRosterLine, parseRoster, People } from '../core/approval/roster.js';
import { POLICY_FILE, ROSTER_FILE } from '../core/approval/rules-change.js';
import { CountersignError } from '../core/errors.js';
import { readWorkingRules } from '../world/trust.js';
import { askForKeys, askPrincipal, isAddress } from './ask-for-keys.js';
import { chooseDesk } from './choose-desk.js';
import type { Desks } from './desks.js';
import { DRAFT_SCHEME } from './ids.js';
import type { RequestsModel } from './requests-model.js';
import { proposeAt } from './rules-commands.js';
import { askForTeammates } from './teammates.js';

/** So many keys are named where the roster is asked about. */
const MOST_KEYS = 3;

const POLICY_TEXT = `# The team's rules for Countersign. The copy on the protected branch counts; a working copy may only tighten it.
version: 1
environments:
  production:
    # Names of tasks, contexts, hosts, workspaces and branches that mean production, as globs. Without this
    # line, the words prod, prd, production and live do.
    # match: ['*production*', 'prod-*']
    approvals: 1
    expires: 30m
`;

/**
 * “Set up this repository”: writes the policy and the roster from the team's keys, and commits them when asked to.
 *
 * @param whatNext asks what is left to do, once the rules are where they count, or on their way there
 */
export async function setUp(desks: Desks, model: RequestsModel, whatNext: () => Promise<void>): Promise<void> {
  const desk = await chooseDesk(desks);
  if (!desk) return;
  const existing = await existingRoster(desk);
  const self = await ownMember(desk, true);
  if (!self) return;
  const own = rosterWith(existing, [self]);
  const mates = await askForTeammates(desk, parseRoster(own).entries.flatMap(({ principals }) => principals), ({ members }) => peopleOn(rosterWith(own, members)));
  if (!mates) return;
  const roster = rosterWith(own, mates.members);
  if ((mates.imported || existing !== undefined) && roster !== existing && !(await agreesTo(desk, roster))) return;
  if (roster !== existing) await write(desk, ROSTER_FILE, roster);
  if ((await read(desk, POLICY_FILE)) === undefined) await write(desk, POLICY_FILE, POLICY_TEXT);
  const published = await publish(desk, peopleOn(roster));
  desks.forget();
  await model.refresh();
  if (published === 'for the first time') {
    const next = vscode.l10n.t('What next?');
    // Not awaited: a production task can be approved from now on, whether or not anybody answers.
    void vscode.window.showInformationMessage(vscode.l10n.t('Set up. Teammates are ready once they have fetched.'), next).then((choice) => (choice === next ? whatNext() : undefined));
  } else if (published !== 'later') await whatNext();
}

/** How many people a roster names, whatever number of keys and names they have. */
function peopleOn(roster: string): number {
  return new People(parseRoster(roster), new Map()).all().length;
}

/** “Import keys into the roster…”: from a file, a paste or a hosting service, shown as a difference before it is written. */
export async function importKeys(desks: Desks, model: RequestsModel): Promise<void> {
  const desk = await chooseDesk(desks);
  if (!desk) return;
  const existing = await existingRoster(desk);
  const mates = await askForKeys({ title: vscode.l10n.t('Import keys into the roster'), prompt: vscode.l10n.t('Paste public keys or roster lines. A path, github:USER, gitlab:USER or https://HOST/USER.keys does as well.') });
  if (mates === undefined || mates === 'done') return;
  const roster = rosterWith(existing, mates.members);
  if (roster === existing) {
    void vscode.window.showInformationMessage(vscode.l10n.t('All of these keys are on the roster already.'));
    return;
  }
  if (!(await agreesTo(desk, roster))) return;
  await write(desk, ROSTER_FILE, roster);
  if (await desk.rules.current()) await offerProposal(desk);
  else void vscode.window.showInformationMessage(vscode.l10n.t('Written. It counts once it is on the protected branch.'));
  await model.refresh();
}

/** “Copy my roster line”: what a newcomer sends to whoever sets the repository up. */
export async function copyRosterLine(desks: Desks): Promise<void> {
  const desk = await chooseDesk(desks);
  const self = desk && (await ownMember(desk, false));
  if (!self) return;
  await vscode.env.clipboard.writeText(formatRosterLine({ ...self, namespaces: ROSTER_NAMESPACES }));
  void vscode.window.showInformationMessage(vscode.l10n.t('Copied, for {0}. Send it to the teammate who sets the repository up.', inline(self.principal)));
}

/** @param asks whether to ask for the address although git has one that can be used */
async function ownMember(desk: Approvals, asks: boolean): Promise<Member | undefined> {
  const keys = await desk.signer.keys();
  if (keys.length === 0) throw new CountersignError('key', vscode.l10n.t('No SSH key was found in the agent or ~/.ssh. Make one with “ssh-keygen -t ed25519”, then try again.'));
  const items = keys.map((key) => ({
    label: `$(key) ${key.comment || key.publicKey.fingerprint}`,
    description: key.publicKey.securityKey ? vscode.l10n.t('{0}, security key', key.publicKey.type) : key.publicKey.type,
    detail: key.publicKey.fingerprint,
    key: key.publicKey,
  }));
  const choice = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Your signing key'), placeHolder: vscode.l10n.t('Which key is yours to sign with?') });
  if (!choice) return undefined;
  const email = (await desk.repository.git.maybe(['config', 'user.email'])) ?? '';
  const principal = asks || !isAddress(email) ? await askPrincipal(vscode.l10n.t('Who are you?'), email) : email;
  return principal === undefined ? undefined : { principal, key: choice.key };
}

/** Whose keys a new roster has beside the one before, with their fingerprints, as far as one line holds them. */
function newKeys(before: string, after: string): string {
  const [known, all] = [before, after].map((text) => parseRoster(text).entries.map(({ principals, key }) => `${inline(principals.join(','))} ${key.fingerprint}`));
  const added = (all ?? []).filter((entry) => !known?.includes(entry));
  const more = added.length - MOST_KEYS;
  return [...added.slice(0, MOST_KEYS), ...(more > 0 ? [vscode.l10n.t('and {0} more, in the difference', more)] : [])].join(', ');
}

/** Shows what would change in the roster, and asks. */
async function agreesTo(desk: Approvals, roster: string): Promise<boolean> {
  const draft = vscode.Uri.from({ scheme: DRAFT_SCHEME, path: `/${ROSTER_FILE}` });
  const before = vscode.Uri.from({ scheme: DRAFT_SCHEME, path: `/before/${ROSTER_FILE}` });
  const current = readWorkingRules(desk.repository.root).roster ?? '';
  const texts = new Map([[draft.path, roster], [before.path, current]]);
  const provider = vscode.workspace.registerTextDocumentContentProvider(DRAFT_SCHEME, { provideTextDocumentContent: ({ path: name }) => texts.get(name) ?? '' });
  try {
    await vscode.commands.executeCommand('vscode.diff', before, draft, vscode.l10n.t('The roster, as it would be'));
    // The question stands in front of the difference.
    const write = { label: vscode.l10n.t('Write it'), detail: newKeys(current, roster) };
    const choice = await vscode.window.showQuickPick([write, { label: vscode.l10n.t('Discard') }], { title: vscode.l10n.t('Are these the right keys? Compare them with their owners.'), ignoreFocusOut: true });
    return choice === write;
  } finally {
    const shown = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === DRAFT_SCHEME);
    await vscode.window.tabGroups.close(shown);
    provider.dispose();
  }
}

async function existingRoster(desk: Approvals): Promise<string | undefined> {
  const text = await read(desk, ROSTER_FILE);
  if (text !== undefined) parseRoster(text);
  return text === undefined || text.endsWith('\n') ? text : `${text}\n`;
}

/** The files count once they are on the protected branch: offers to bring them there. */
async function publish(desk: Approvals, people: number): Promise<'already' | 'for the first time' | 'proposed' | 'later'> {
  if (await isAgreed(desk)) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The rules of this repository are set up and in force.'));
    return 'already';
  }
  await vscode.window.showTextDocument(fileUri(desk, POLICY_FILE), { preview: false });
  if (await desk.rules.current()) return offerProposal(desk);
  const remote = await desk.repository.remoteFor('origin');
  const doIt = remote === undefined ? vscode.l10n.t('Commit') : vscode.l10n.t('Commit and push');
  const later = vscode.l10n.t('Later');
  const choice = await vscode.window.showQuickPick([doIt, later], {
    title: people === 1 ? vscode.l10n.t('One person is on the roster. It counts once it is on the protected branch.') : vscode.l10n.t('{0} people are on the roster. It counts once it is on the protected branch.', people),
    ignoreFocusOut: true,
  });
  if (choice !== doIt) return 'later';
  const { git } = desk.repository;
  await git.text(['add', '--', POLICY_FILE, ROSTER_FILE]);
  await git.text(['commit', '--quiet', '-m', 'Set up Countersign', '--', POLICY_FILE, ROSTER_FILE]);
  if (remote !== undefined) await git.text(['push', '--quiet', remote, 'HEAD'], { network: true });
  return 'for the first time';
}

/** Where rules are in force, pushing others would change nothing: those in charge are asked first. */
async function offerProposal(desk: Approvals): Promise<'proposed' | 'later'> {
  const propose = vscode.l10n.t('Propose the change');
  const choice = await vscode.window.showQuickPick([propose, vscode.l10n.t('Later')], { title: vscode.l10n.t('Rules are in force here: those in charge have to approve others.'), ignoreFocusOut: true });
  return choice === propose && (await proposeAt(desk)) !== undefined ? 'proposed' : 'later';
}

function fileUri(desk: Approvals, file: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(desk.repository.root), file);
}

async function read(desk: Approvals, file: string): Promise<string | undefined> {
  return vscode.workspace.fs.readFile(fileUri(desk, file)).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => undefined,
  );
}

async function write(desk: Approvals, file: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(fileUri(desk, file), new TextEncoder().encode(text));
}
