import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseWholeRequest } from '../../src/core/approval/request.js';
import { git } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { asked, copied, countersign, heldRequest, press, rows, runTask, Scene, terminalSays, told, withScene } from './scene.js';

describe('the main job without a remote', () => {
  const scene = withScene('without-remote', () => Scene.open({ remote: false }));
  let name = '';
  let request = '';
  let token = '';

  it('holds the task and gives the request as text', async () => {
    const { ana } = scene();
    await runTask(ana);
    name = await heldRequest(ana);
    await rows(ana, 'Held', 1);
    await ana.command('Countersign: Copy request as text');
    request = await copied(ana, 'csr1.');
    await told(ana, 'Copied. Send it to an approver');
    assert.match(request, /^csr1\.[\w-]+\.[\w-]+$/);
  });

  it('says so when the pasted text is no request, or not all of it', async () => {
    const { ben } = scene();
    for (const wrong of ['deploy please', request.slice(0, -40)]) {
      await ben.command('Countersign: Review a request from text…');
      await asked(ben, 'csr1.');
      await ben.quickInput(wrong);
      await told(ben, /^This is not a Countersign request: copy the whole text, from “csr1\.” to its end\.$|^This request was cut or changed on its way/);
      await scene().picture('without-remote-no-request');
      await ben.dismissNotifications();
    }
    await rows(ben, 'Awaiting my approval', 0);
  });

  it('opens the review from the text', async () => {
    const { ben } = scene();
    await ben.command('Countersign: Review a request from text…');
    await asked(ben, 'csr1.');
    await ben.quickInput(request);
    await waitFor(async () => (await ben.editorText()).includes(`Approval request ${name}`), { message: 'the review' });
    assert.match(await ben.editorText(), /\[1\] +\.\/scripts\/deploy\.sh production/);
    await rows(ben, 'Awaiting my approval', 1);
  });

  it('gives it as a link as well, which opens the review in the other window', async () => {
    const { ana, ben } = scene();
    await ana.command('Countersign: Copy request as link');
    const link = await copied(ana, 'code-oss:');
    assert.match(link, /^[\w-]+:\/\/countersign\.countersign\/request\?csr1\./);
    assert.ok(link.endsWith(request));
    // The other one is what a chat is told, and names the request alone.
    for (const [what, opened] of [['link', link], ['chat', link.replace(/request\?.*/, `review?${parseWholeRequest(request).digest}`)]] as const) {
      await ben.command('View: Close All Editors');
      await waitFor(async () => !(await ben.editorText()).includes('Approval request'), { message: 'the review to be closed' });
      await ben.command('Developer: Open URL');
      await ben.quickInput(opened);
      await waitFor(() => ben.dialogText(), { message: 'the editor’s own question' });
      await scene().picture(`without-remote-${what}`);
      await ben.dialogButton('Open');
      await waitFor(async () => (await ben.editorText()).includes(`Approval request ${name}`), { message: 'the review from the link' });
    }
  });

  it('approves from the review’s title bar and gives the token', async () => {
    const { ben, ana } = scene();
    await ben.page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name: /^Approve…/ }).click();
    assert.match((await waitFor(() => ben.dialogText(), { message: 'the question' })), /Sign your approval of deploy: production\?.*\.\/scripts\/deploy\.sh production/s);
    await ben.dialogButton('Sign');
    await told(ben, 'Approved: deploy: production.');
    await scene().picture('without-remote-approved');
    await press(ben, 'Copy token', 'Approved');
    token = await copied(ben, 'cs1.');
    assert.ok(token.length <= 600, `a token of ${token.length} characters is long to carry`);
    assert.match((await rows(ana, 'Held', 1)).join(), /waiting/);
    assert.equal(scene().deployed, 0);
  });

  it('says so when the token is none, was changed, or is for another request', async () => {
    const { ana } = scene();
    const enter = async (text: string, answer: RegExp, picture: string) => {
      await ana.command('Countersign: Enter approval token…');
      await asked(ana, 'cs1.');
      await ana.quickInput(text);
      await told(ana, answer);
      await scene().picture(`without-remote-${picture}`);
      await ana.dismissNotifications();
    };
    await enter('approved, go ahead', /^This is not an approval token: copy the whole text, from “cs1\.” to its end\.$/, 'no-token');
    const middle = Math.floor(token.length * 0.9);
    const other = token[middle] === 'A' ? 'B' : 'A';
    await enter(`${token.slice(0, middle)}${other}${token.slice(middle + 1)}`, /was changed on its way|not an approval token/, 'changed-token');
    await enter(await tokenForAnotherRequest(), /^This approval is for another request/, 'other-token');
    assert.match((await rows(ana, 'Held', 1)).join(), /waiting/);
    assert.equal(scene().deployed, 0);
  });

  it('runs the task once the token is entered', async () => {
    const { ana } = scene();
    await ana.command('Countersign: Enter approval token…');
    await asked(ana, 'cs1.');
    await ana.quickInput(`  ${token}\n`);
    await terminalSays(ana, 'Done: payments is live in production');
    await rows(ana, 'Held', 0);
    assert.equal(scene().deployed, 1);
  });

  it('does not run again on the same token', async () => {
    const { ana } = scene();
    await runTask(ana);
    await heldRequest(ana, [name]);
    await ana.command('Countersign: Enter approval token…');
    await asked(ana, 'cs1.');
    await ana.quickInput(token);
    await told(ana, /was used already/);
    assert.match((await rows(ana, 'Held', 1)).join(), /waiting/);
    assert.equal(scene().deployed, 1);
  });

  it('sends what waits once there is a remote, and goes on by itself', async () => {
    const { ana, ben, team } = scene();
    const remote = path.join(team.directory, 'payments.git');
    git(team.ana, team.directory, 'clone', '--quiet', '--bare', team.ana.clone, remote);
    for (const { clone } of [team.ana, team.ben]) {
      git(team.ana, clone, 'remote', 'add', 'origin', remote);
      git(team.ana, clone, 'fetch', '--quiet', 'origin');
    }
    await rows(ben, 'Awaiting my approval', 1);
    await ben.command('Countersign: Approve…');
    await ben.dialogButton('Sign');
    await told(ben, /^Approved: deploy: production\. What waits for it in ana’s window goes on now\./);
    await waitFor(() => scene().deployed === 2, { message: 'the task to run' });
    await rows(ana, 'Held', 0);
  });

  /** Ana asked for something in another clone, and Ben approved that. */
  async function tokenForAnotherRequest(): Promise<string> {
    const { ana, ben, directory } = scene().team;
    const [hers, his] = [ana, ben].map((person) => {
      const clone = path.join(directory, 'elsewhere', person.name);
      mkdirSync(path.dirname(clone), { recursive: true });
      git(person, directory, 'clone', '--quiet', person.clone, clone);
      git(person, clone, 'remote', 'remove', 'origin');
      return clone;
    });
    const text = await countersign(ana, hers!, 'request', '--', './scripts/deploy.sh production');
    return countersign(ben, his!, 'approve', '--yes', text);
  }
});
