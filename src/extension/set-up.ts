import * as vscode from 'vscode';
import type { Approvals } from '../broker/approvals.js';
import { parsePublicKeyLine, type PublicKey } from '../core/approval/public-key.js';
import { APPROVAL_NAMESPACE } from '../core/approval/token.js';
import { REQUEST_NAMESPACE } from '../core/approval/request.js';
import { BREAK_GLASS_NAMESPACE, RECORD_NAMESPACE } from '../core/approval/record.js';
import { formatRosterLine, parseRoster } from '../core/approval/roster.js';
import { CountersignError, messageOf } from '../core/errors.js';
import { POLICY_FILE, ROSTER_FILE } from '../world/trust.js';
import type { Desks } from './desks.js';
import type { RequestsModel } from './requests-model.js';

const NAMESPACES = [REQUEST_NAMESPACE, APPROVAL_NAMESPACE, RECORD_NAMESPACE, BREAK_GLASS_NAMESPACE];

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

const ROSTER_HEAD = `# Who may ask for and sign approvals: OpenSSH "allowed signers", one key a line (see ssh-keygen(1)).
`;

/** One person and key for the roster. */
interface Member {
  readonly principal: string;
  readonly key: PublicKey;
}

/** “Set up this repository”: writes the policy and the roster from the team's keys, and commits them when asked to. */
export async function setUp(desks: Desks, model: RequestsModel): Promise<void> {
  const desk = await chooseDesk(desks);
  if (!desk) return;
  const existing = await existingRoster(desk);
  const self = await ownMember(desk);
  if (!self) return;
  const members = [self];
  for (;;) {
    const mate = await askForTeammate(members.length);
    if (mate === undefined) return;
    if (mate === 'done') break;
    members.push(mate);
  }
  const known = new Set(existing === undefined ? [] : parseRoster(existing).entries.map((entry) => entry.key.fingerprint));
  const lines = members.filter((member) => !known.has(member.key.fingerprint)).map(({ principal, key }) => formatRosterLine({ principal, key, namespaces: NAMESPACES }));
  const roster = `${existing ?? ROSTER_HEAD}${lines.map((line) => `${line}\n`).join('')}`;
  parseRoster(roster);
  await write(desk, ROSTER_FILE, roster);
  if ((await read(desk, POLICY_FILE)) === undefined) await write(desk, POLICY_FILE, POLICY_TEXT);
  await publish(desk, members.length);
  desks.forget();
  await model.refresh();
}

/** “Copy my roster line”: what a newcomer sends to whoever sets the repository up. */
export async function copyRosterLine(desks: Desks): Promise<void> {
  const desk = await chooseDesk(desks);
  const self = desk && (await ownMember(desk));
  if (!self) return;
  await vscode.env.clipboard.writeText(formatRosterLine({ ...self, namespaces: NAMESPACES }));
  void vscode.window.showInformationMessage(vscode.l10n.t('Copied. Send it to the teammate who sets the repository up.'));
}

async function chooseDesk(desks: Desks): Promise<Approvals | undefined> {
  const all = await desks.all();
  if (all.length === 0) throw new CountersignError('git', vscode.l10n.t('Open the folder of a git repository first: approvals live in one.'));
  if (all.length === 1) return all[0];
  return (await vscode.window.showQuickPick(all.map((desk) => ({ label: desk.repository.root, desk })), { placeHolder: vscode.l10n.t('Set up which repository?') }))?.desk;
}

async function ownMember(desk: Approvals): Promise<Member | undefined> {
  const keys = await desk.signer.keys();
  if (keys.length === 0) throw new CountersignError('key', vscode.l10n.t('No SSH key was found in the agent or ~/.ssh. Make one with “ssh-keygen -t ed25519”, then try again.'));
  const items = keys.map((key) => ({
    label: `$(key) ${key.comment || key.publicKey.fingerprint}`,
    description: `${key.publicKey.type}${key.publicKey.securityKey ? vscode.l10n.t(', security key') : ''}`,
    detail: key.publicKey.fingerprint,
    key: key.publicKey,
  }));
  const choice = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Your signing key'), placeHolder: vscode.l10n.t('Which key is yours to sign with?') });
  if (!choice) return undefined;
  const email = (await desk.repository.git.maybe(['config', 'user.email'])) ?? '';
  const principal = await askPrincipal(vscode.l10n.t('Who are you?'), email);
  return principal === undefined ? undefined : { principal, key: choice.key };
}

function askPrincipal(title: string, value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t('The e-mail address by which the team knows this person'),
    validateInput: (text) => (/^[!-~]+@[!-~]+$/.test(text) ? undefined : vscode.l10n.t('An e-mail address, without spaces.')),
    ignoreFocusOut: true,
  });
}

async function askForTeammate(count: number): Promise<Member | 'done' | undefined> {
  const line = await vscode.window.showInputBox({
    title: vscode.l10n.t('Who else may approve?'),
    prompt: count < 2 ? vscode.l10n.t('Paste a teammate’s public key, or the line that “Countersign: Copy my roster line” gave them. Somebody else has to be able to approve.') : vscode.l10n.t('Paste another one, or press Enter when everybody is there.'),
    placeHolder: 'ben@example.com ssh-ed25519 AAAA…',
    validateInput: (text) => (text.trim() === '' ? undefined : problemIn(text)),
    ignoreFocusOut: true,
  });
  if (line === undefined) return undefined;
  if (line.trim() === '') return 'done';
  const member = readMember(line);
  if (member.principal !== undefined) return { principal: member.principal, key: member.key };
  const principal = await askPrincipal(vscode.l10n.t('Whose key is this?'), member.comment);
  return principal === undefined ? undefined : { principal, key: member.key };
}

function problemIn(line: string): string | undefined {
  try {
    readMember(line);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** A roster line names its principal; a bare public key has only its comment to go by. */
function readMember(line: string): { readonly principal: string | undefined; readonly key: PublicKey; readonly comment: string } {
  const text = line.trim();
  if (/^(ssh-|ecdsa-|sk-)/.test(text)) return { principal: undefined, ...parsePublicKeyLine(text) };
  const [entry] = parseRoster(`${text}\n`).entries;
  const [principal] = entry?.principals ?? [];
  if (!entry || principal === undefined) throw new CountersignError('key', vscode.l10n.t('This is neither a public key nor a roster line.'));
  return { principal, key: entry.key, comment: principal };
}

async function existingRoster(desk: Approvals): Promise<string | undefined> {
  const text = await read(desk, ROSTER_FILE);
  if (text !== undefined) parseRoster(text);
  return text === undefined || text.endsWith('\n') ? text : `${text}\n`;
}

/** The files count once they are on the protected branch: offers to bring them there. */
async function publish(desk: Approvals, members: number): Promise<void> {
  await vscode.window.showTextDocument(fileUri(desk, POLICY_FILE), { preview: false });
  const remote = await desk.repository.remote('origin');
  const doIt = remote === undefined ? vscode.l10n.t('Commit') : vscode.l10n.t('Commit and push');
  const later = vscode.l10n.t('Later');
  const choice = await vscode.window.showQuickPick([doIt, later], {
    title: vscode.l10n.t('{0} people are on the roster. It counts once it is on the protected branch.', members),
    ignoreFocusOut: true,
  });
  if (choice !== doIt) return;
  const { git } = desk.repository;
  await git.text(['add', '--', POLICY_FILE, ROSTER_FILE]);
  await git.text(['commit', '--quiet', '-m', 'Set up Countersign', '--', POLICY_FILE, ROSTER_FILE]);
  if (remote !== undefined) await git.text(['push', '--quiet', 'origin', 'HEAD'], { network: true });
  void vscode.window.showInformationMessage(vscode.l10n.t('Set up. Teammates are ready once they have fetched.'));
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
