import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { git, type Team } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { asked, countersign, ledgerOf, press, rows, Scene, showOnly, told, withScene } from './scene.js';

const VIEW = 'Proposed edits';
const TERRAFORM = 'infra/main.tf';
/** Nobody ever opens it. */
const AUDIT = 'infra/audit.tf';
const KEEPS = 'resource "aws_s3_bucket" "audit" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n';
const WIPE = 'scripts/wipe.sh';
const OTHER = 'scripts/other.sh';
const DESTROYS = '#!/bin/sh\nkubectl --context production delete namespace payments\n';

function addAudit({ ana }: Team): void {
  writeFileSync(path.join(ana.clone, AUDIT), KEEPS);
  git(ana, ana.clone, 'add', '--all');
  git(ana, ana.clone, 'commit', '--quiet', '-m', 'Keep the audit trail');
}

/** What another program wrote into an open file, until another person has agreed to it. */
describe('approval of a proposed edit', function () {
  this.timeout(180_000);
  const scene = withScene('asking-edits', async () => {
    const opened = await Scene.open({ prepare: addAudit });
    await opened.ana.openFile(TERRAFORM);
    await opened.ana.openView(VIEW);
    return opened;
  });

  const file = (name = TERRAFORM) => path.join(scene().team.ana.clone, name);
  const text = (name = TERRAFORM) => readFileSync(file(name), 'utf8');
  const nothing = () => waitFor(async () => (await scene().ana.viewText(VIEW)).includes('Nothing to look at.'), { message: 'nothing to be proposed', timeout: 30_000 });

  /** Another program writes it, and Ana asks for approval of that. */
  async function propose(script: string): Promise<void> {
    const { ana } = scene();
    const seen = text();
    await ana.openFile(TERRAFORM);
    await ana.openView('Held');
    await ana.openView(VIEW);
    await nothing();
    execFileSync('sed', ['-i', script, file()]);
    await rows(ana, VIEW, 2, 30_000);
    assert.notEqual(text(), seen);
    await ana.treeAction(VIEW, 'main.tf', 'Request approval for a proposed edit…');
    await asked(ana, 'Why should main.tf be changed so?');
    await ana.quickInput('The ledger moves tonight');
  }

  /** The same; the file is as it was seen again then, and the change is held. */
  async function ask(script: string): Promise<void> {
    const { ana, ben } = scene();
    const seen = text();
    await propose(script);
    await rows(ana, 'Held', 1, 30_000);
    assert.equal(text(), seen);
    await nothing();
    await rows(ben, 'Awaiting my approval', 1, 30_000);
  }

  async function approve(what = /\+.*= false/): Promise<void> {
    const { ben } = scene();
    await ben.command('Countersign: Approve…');
    assert.match(await waitFor(() => ben.dialogText(), { message: 'the question' }), what);
    await ben.dialogButton('Sign');
    await rows(ben, 'Awaiting my approval', 0);
  }

  it('takes it out of the file, shows others exactly what it would write and who wrote it, and writes it once they have agreed', async () => {
    const { ana, ben, team } = scene();
    const seen = text();
    await ask('s/deletion_protection = true/deletion_protection = false/');
    await ben.treeItem('Awaiting my approval', 'Edit of infra').click();
    await waitFor(async () => (await ben.editorText()).includes('no assistant reported'), { message: 'the review' });
    const [name = ''] = (await countersign(team.ben, team.ben.clone, 'pending')).split(' ');
    const review = await countersign(team.ben, team.ben.clone, 'review', name);
    assert.match(review, /What would be written[\s\S]*-  deletion_protection = true\n.*\+  deletion_protection = false\n/);
    assert.match(review, /Proposed by another program, probably: it arrived in the file without typing\./);
    await scene().picture('asking-edits-held');
    await approve();
    await told(ana, /^The change of infra\/main\.tf is written, as ben approved it\./, 60_000);
    assert.equal(text(), seen.replace('deletion_protection = true', 'deletion_protection = false'));
    await rows(ana, 'Held', 0);
    await nothing();
  });

  it('is used up and has an end in the ledger, like everything that was held', async () => {
    const { ana } = scene();
    await showOnly(ana, 'Ledger');
    await rows(ana, 'Ledger', 2);
    const entry = await ledgerOf(ana, 'finished');
    assert.match(entry, /Approved by ben@payments\.example with SHA256:\S+\nRun at .*\nEnded with exit code 0/);
  });

  it('leaves the file as it is when it is denied, and says where the proposed text is', async () => {
    const { ana, ben } = scene();
    const seen = text();
    await ask('s/prevent_destroy = true/prevent_destroy = false # tonight/');
    await ben.command('Countersign: Deny…');
    await asked(ben, 'Why?');
    await ben.quickInput('Keep it');
    await told(ana, /^ben denied the change of infra\/main\.tf: Keep it\. The file stays as it is; the proposed text is in the request’s review\./, 60_000);
    assert.equal(text(), seen);
    await press(ana, 'Review…', 'ben denied');
    await waitFor(async () => (await ana.editorText()).includes('+    prevent_destroy = false # tonight'), { message: 'the proposed text' });
  });

  it('leaves it in the file and proposed where it cannot be asked for, as right after a denial', async () => {
    const { ana } = scene();
    const seen = text();
    await propose('s/prevent_destroy = true/prevent_destroy = false # tonight/');
    await told(ana, /^ben@payments\.example denied exactly this: Keep it\./, 60_000);
    await rows(ana, VIEW, 2, 30_000);
    assert.equal(text(), seen.replace('prevent_destroy = true', 'prevent_destroy = false # tonight'));
    await ana.treeAction(VIEW, 'main.tf', 'Revert the change');
    await waitFor(() => text() === seen, { message: 'the file to be as it was seen' });
    await nothing();
  });

  it('is given back to the window that comes after this one, and not written into a file that has changed since', async () => {
    const { ana } = scene();
    await ask('s/prevent_destroy = true/prevent_destroy = false/');
    await ana.reload();
    writeFileSync(file(), text().replace('allocated_storage   = 100', 'allocated_storage   = 200'));
    const changed = text();
    await approve();
    const why = await told(ana, /^The approved change of infra\/main\.tf was not made\./, 60_000);
    assert.match(why, /main\.tf is no longer the text that the change was made against: bring that text back, or take the change from the request’s review\. “Apply approved edit” under Held tries again\./);
    assert.equal(text(), changed);
    await scene().picture('asking-edits-changed');
  });

  it('is written from Held once the file is that text again', async () => {
    const { ana } = scene();
    const before = text().replace('allocated_storage   = 200', 'allocated_storage   = 100');
    await ana.openFile(TERRAFORM);
    writeFileSync(file(), before);
    await waitFor(async () => /allocated_storage +=\s+100/.test(await ana.editorText()), { message: 'the editor to read it' });
    await ana.openView('Held');
    await ana.treeAction('Held', 'Edit of infra', 'Apply approved edit');
    await waitFor(() => text() === before.replace('prevent_destroy = true', 'prevent_destroy = false'), { message: 'the change to be written', timeout: 30_000 });
    await rows(ana, 'Held', 0, 30_000);
  });

  it('is asked for one place as well, and leaves the others as they are', async () => {
    const { ana, ben, team } = scene();
    git(team.ana, team.ana.clone, 'checkout', '--quiet', '--', TERRAFORM);
    await ana.openFile(TERRAFORM);
    await waitFor(async () => (await ana.editorText()).includes('deletion_protection = true'), { message: 'the editor to read it' });
    await ana.openView('Held');
    await ana.openView(VIEW);
    await nothing();
    const seen = text();
    execFileSync('sed', ['-i', 's/deletion_protection = true/deletion_protection = false/; s/prevent_destroy = true/prevent_destroy = false/', file()]);
    await rows(ana, VIEW, 3, 30_000);
    await ana.treeAction(VIEW, 'line 19', 'Request approval for a proposed edit…');
    await asked(ana, 'Why should main.tf be changed so?');
    await ana.quickInput('It is rebuilt');
    await rows(ana, 'Held', 1, 30_000);
    assert.equal(text(), seen.replace('deletion_protection = true', 'deletion_protection = false'));
    await rows(ana, VIEW, 2, 30_000);
    await rows(ben, 'Awaiting my approval', 1, 30_000);
    await approve(/\+.*prevent_destroy = false/);
    // The notification of the one before it may still be there.
    const written = seen.replace('deletion_protection = true', 'deletion_protection = false').replace('prevent_destroy = true', 'prevent_destroy = false');
    await waitFor(() => text() === written, { message: 'the change to be written', timeout: 60_000 });
    await rows(ana, 'Held', 0, 30_000);
    await ana.openView(VIEW);
    await rows(ana, VIEW, 2);
    await ana.treeAction(VIEW, 'main.tf', 'Revert the change');
    await nothing();
    await waitFor(() => text() === seen.replace('prevent_destroy = true', 'prevent_destroy = false'), { message: 'the file to be saved' });
  });

  /** Another program makes or deletes a file, and Ana asks for approval of that. */
  async function proposeFile(name: string, content: string | undefined, mode = 0o644): Promise<void> {
    const { ana } = scene();
    await ana.openView('Held');
    await ana.openView(VIEW);
    await nothing();
    if (content === undefined) rmSync(file(name));
    else writeFileSync(file(name), content, { mode });
    await rows(ana, VIEW, 2, 30_000);
    await ana.treeAction(VIEW, path.basename(name), 'Request approval for a proposed edit…');
    await asked(ana, `Why should ${path.basename(name)} be ${content === undefined ? 'deleted' : 'added'}?`);
    await ana.quickInput('The ledger moves tonight');
  }

  async function takeAway(name: string): Promise<void> {
    const { ana } = scene();
    const question = await waitFor(() => ana.dialogText(), { message: 'the question' });
    assert.ok(question.includes(`Move the new file ${name} to the trash?`) && question.includes('The request keeps its text'), question);
    await ana.dialogButton('Move to trash');
    // The editor's files are on a server here, which has none.
    await waitFor(async () => (await ana.dialogText())?.includes('There is no trash'), { message: 'the other question' });
    await ana.dialogButton('Delete for good');
  }

  /** It is held then, and nothing is proposed any more. */
  async function askForFile(name: string, content: string | undefined): Promise<void> {
    const { ana, ben } = scene();
    await proposeFile(name, content);
    if (content !== undefined) await takeAway(name);
    await rows(ana, 'Held', 1, 30_000);
    await nothing();
    await rows(ben, 'Awaiting my approval', 1, 30_000);
  }

  async function deny(): Promise<void> {
    const { ben } = scene();
    await ben.command('Countersign: Deny…');
    await asked(ben, 'Why?');
    await ben.quickInput('Keep it');
  }

  it('takes a new file away, and writes it in the window that comes after this one, where there is no other one by then', async () => {
    const { ana, team } = scene();
    await askForFile(WIPE, DESTROYS);
    assert.ok(!existsSync(file(WIPE)));
    await ana.reload();
    writeFileSync(file(WIPE), '#!/bin/sh\n');
    await approve(/\+kubectl --context production delete namespace payments/);
    const why = await told(ana, /^The approved change of scripts\/wipe\.sh was not made\./, 60_000);
    assert.match(why, /There is a wipe\.sh by now: move it away, or take the text from the request’s review\. “Apply approved edit” under Held tries again\./);
    assert.equal(text(WIPE), '#!/bin/sh\n');
    rmSync(file(WIPE));
    // A link would have it written somewhere else.
    const elsewhere = path.join(team.directory, 'elsewhere.sh');
    symlinkSync(elsewhere, file(WIPE));
    await ana.dismissNotifications();
    await ana.openView('Held');
    await ana.treeAction('Held', 'Edit of scripts', 'Apply approved edit');
    await told(ana, /There is a wipe\.sh by now: move it away/, 60_000);
    assert.ok(!existsSync(elsewhere));
    rmSync(file(WIPE));
    await ana.treeAction('Held', 'Edit of scripts', 'Apply approved edit');
    await told(ana, /^The new file scripts\/wipe\.sh is written, as ben approved it\./, 60_000);
    assert.equal(text(WIPE), DESTROYS);
    await rows(ana, 'Held', 0, 30_000);
  });

  it('leaves a new file away when it is denied, and gives it back where it cannot be asked for', async () => {
    const { ana } = scene();
    // The approved file would be listed beside this one, if anybody were asked about it again.
    await askForFile(OTHER, DESTROYS);
    await deny();
    await told(ana, /^ben denied the change of scripts\/other\.sh: Keep it\. The file is not written; its text is in the request’s review\./, 60_000);
    assert.ok(!existsSync(file(OTHER)));
    await proposeFile(OTHER, DESTROYS);
    await takeAway(OTHER);
    await told(ana, /^ben@payments\.example denied exactly this: Keep it\./, 60_000);
    await rows(ana, VIEW, 2, 30_000);
    assert.equal(text(OTHER), DESTROYS);
    await ana.command('Countersign: Keep the change');
    await nothing();
  });

  it('brings a deleted file back as it was seen, and deletes it once they have agreed', async () => {
    const { ana, team } = scene();
    git(team.ana, team.ana.clone, 'checkout', '--quiet', '--', TERRAFORM);
    await ana.openFile(TERRAFORM);
    await waitFor(async () => (await ana.editorText()).includes('prevent_destroy = true'), { message: 'the editor to read it' });
    const seen = text();
    await askForFile(TERRAFORM, undefined);
    assert.equal(text(), seen);
    await scene().picture('asking-edits-deleted');
    await approve(/-.*prevent_destroy = true/);
    await told(ana, /^infra\/main\.tf is deleted, as ben approved it\./, 60_000);
    assert.ok(!existsSync(file()));
    await rows(ana, 'Held', 0, 30_000);
  });

  it('brings a deleted file back from git that nobody had open, and leaves it there when that is denied', async () => {
    const { ana } = scene();
    // The approved deletion would be listed beside this one, if anybody were asked about it again.
    await askForFile(AUDIT, undefined);
    assert.equal(text(AUDIT), KEEPS);
    await deny();
    await told(ana, /^ben denied the change of infra\/audit\.tf: Keep it\. The file stays as it is\./, 60_000);
    assert.equal(text(AUDIT), KEEPS);
    await proposeFile(AUDIT, undefined);
    await told(ana, /^ben@payments\.example denied exactly this: Keep it\./, 60_000);
    await rows(ana, VIEW, 2, 30_000);
    assert.ok(!existsSync(file(AUDIT)));
    await ana.command('Countersign: Keep the change');
    await nothing();
  });

  it('leaves a new file where it is that is more than its text', async () => {
    const { ana } = scene();
    await proposeFile('scripts/run.sh', DESTROYS, 0o755);
    await told(ana, /^run\.sh is executable, a link or not in UTF-8, and approval binds nothing but a text\. Make it a plain text file, keep it, or revert it\./);
    assert.equal(text('scripts/run.sh'), DESTROYS);
    await rows(ana, VIEW, 2);
  });
});
