import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { DEMO_POLICY } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import { startWebhook, type Webhook } from '../harness/webhook.js';
import { asked, badge, heldRequest, ledgerOf, press, rows, runTask, Scene, showOnly, TASK, terminalSays, terminalWords, told, withScene } from './scene.js';

/** The variable with the address of the team's chat, as the policy names it. */
const VARIABLE = 'COUNTERSIGN_WEBHOOK_TEAM';
const PASSPHRASE = 'correct horse battery staple';
/** The promise: how long after the hold the request may take to reach the other person, in milliseconds. */
const WITHIN = 10_000;

describe('the main job, in two windows', () => {
  let chat: Webhook;
  const scene = withScene('main-job', async () => {
    chat = await startWebhook();
    return Scene.open({ passphrase: PASSPHRASE, policy: `${DEMO_POLICY}notify: { kind: slack, variable: ${VARIABLE} }\n`, env: { [VARIABLE]: chat.address } });
  });
  after(() => chat.close());
  /** The requests so far, by their short names. */
  const requests: string[] = [];
  const hold = async (): Promise<string> => {
    await runTask(scene().ana);
    const name = await heldRequest(scene().ana, requests);
    requests.push(name);
    return name;
  };

  it('holds the production task and says what it waits for', async () => {
    const { ana, ben } = scene();
    const name = await hold();
    const held = Date.now();

    await rows(ben, 'Awaiting my approval', 1, WITHIN);
    const took = Date.now() - held;
    assert.ok(took <= WITHIN, `it took ${took} ms to reach the other window`);

    assert.equal(scene().deployed, 0);
    const [row] = await rows(ana, 'Held', 1);
    assert.match(row ?? '', /^deploy: production waiting · \d+ min left/);
    await waitFor(async () => (await ana.statusBarText()).includes('1 held'), { message: 'the status bar to say “1 held”' });
    const terminal = await terminalWords(ana);
    assert.match(terminal, /Countersign holds this task\. .*production/);
    assert.match(terminal, /Waiting for 1 signature from somebody else/);
    assert.match(terminal, /Nothing has run\. It runs by itself once approved; Ctrl\+C cancels\./);
    assert.ok(terminal.includes(`Request ${name}`));
  });

  it('tells the other person: row, badge, notification and status bar', async () => {
    const { ben } = scene();
    await told(ben, /^ana@payments\.example asks for your approval: deploy: production$/);
    const [row] = await rows(ben, 'Awaiting my approval', 1);
    assert.match(row ?? '', /^deploy: production \d+ min left · ana$/);
    await waitFor(async () => (await badge(ben)) === '1', { message: 'the badge' });
    assert.ok((await ben.statusBarText()).includes('1 to review'));
  });

  it('tells the chat, once: the request’s digest and where to read it, and no way to decide', async () => {
    await waitFor(() => chat.heard.length > 0, { message: 'the chat to hear of it' });
    assert.equal(chat.heard.length, 1);
    const { text, blocks } = JSON.parse(chat.heard[0] ?? '') as { text: string; blocks: readonly { type: string }[] };
    assert.match(text, /^ana@payments\.example asks for approval in payments, for production, until /);
    assert.deepEqual(blocks.map(({ type }) => type), ['section', 'section', 'context'], 'nothing to press');
    const [digest] = /sha256:[0-9a-f]{64}/.exec(chat.heard[0] ?? '') ?? [''];
    assert.equal(digest.slice('sha256:'.length, 'sha256:'.length + 8), requests[0]);
    assert.deepEqual(chat.heard[0]?.match(/[\w-]+:\/\/[^|>"\s]+/g), [`code-oss://countersign.countersign/review?${digest}`]);
  });

  it('opens the review, which shows the operation', async () => {
    const { ben } = scene();
    await scene().picture('main-job-told');
    await press(ben, 'Review…', 'asks for your approval');
    const review = await waitFor(async () => {
      const text = await ben.editorText();
      return text.includes('What your signature binds') ? text : undefined;
    }, { message: 'the review' });
    assert.ok(review.includes(`Approval request ${requests[0] ?? ''}`));
    assert.match(review, /Asked by +ana@payments\.example/);
    assert.match(review, /\[1\] +\.\/scripts\/deploy\.sh production/);
    assert.match(review, /^ +production /m);
    assert.match(review, /scripts\/deploy\.sh is as in the commit/);
  });

  it('asks for the key’s passphrase, and a wrong one signs nothing', async () => {
    const { ben, ana } = scene();
    await ben.command('Countersign: Approve…');
    await ben.dialogButton('Sign');
    await asked(ben, 'passphrase');
    assert.equal(await ben.page.locator('.quick-input-widget:visible input[type="password"]').count(), 1);
    await scene().picture('main-job-passphrase');
    await ben.quickInput('incorrect donkey');
    await told(ben, /^Wrong passphrase or PIN: nothing was signed/);
    await scene().picture('main-job-wrong-passphrase');
    assert.match((await rows(ana, 'Held', 1)).join(), /waiting/);
    assert.equal(scene().deployed, 0);
  });

  it('runs the task by itself, once, when it is approved', async () => {
    const { ana, ben } = scene();
    await ben.command('Countersign: Approve…');
    await ben.dialogButton('Sign');
    await asked(ben, 'passphrase');
    await ben.quickInput(PASSPHRASE);
    await terminalSays(ana, 'Done: payments is live in production');
    await terminalSays(ana, /approved by ben@payments\.example\. Running it now, once\..*Deploying payments/);
    await rows(ana, 'Held', 0);
    await rows(ben, 'Awaiting my approval', 0);
    await waitFor(async () => (await badge(ben)) === undefined, { message: 'the badge to go' });
    assert.ok(!(await ana.statusBarText()).includes('held'));
    assert.equal(scene().deployed, 1);
    await waitFor(async () => /Problems? ?\W*1|1 problem/i.test((await ana.page.locator('.part.panel .composite-bar').allInnerTexts()).join(' ')), { message: 'the task’s own problem matcher to have matched' });
  });

  it('withdraws the request on Ctrl+C in the terminal', async () => {
    const { ana, ben } = scene();
    await hold();
    await rows(ben, 'Awaiting my approval', 1, WITHIN);
    await ana.page.locator('.terminal-wrapper.active .xterm-screen').first().click();
    await ana.page.keyboard.press('Control+C');
    await terminalSays(ana, /ancelled\. Nothing was run\./);
    await rows(ana, 'Held', 0);
    await rows(ben, 'Awaiting my approval', 0);
    assert.equal(scene().deployed, 1);
  });

  it('withdraws the request from the view', async () => {
    const { ana, ben, team } = scene();
    await hold();
    await rows(ana, 'Held', 1);
    // A key whose agent is gone, or whose folder is: the request is still theirs.
    const keys = path.join(team.ana.home, '.ssh');
    renameSync(keys, `${keys}.away`);
    try {
      await ana.command('Countersign: Refresh');
      await waitFor(() => ana.page.locator('.statusbar-item[aria-label*="No SSH key was found to sign with"]').isVisible(), { message: 'the status bar to say that the key is gone', timeout: 30_000 });
      assert.equal((await ana.treeItems('Held')).length, 1);
    } finally {
      renameSync(`${keys}.away`, keys);
    }
    await rows(ben, 'Awaiting my approval', 1, WITHIN);
    await ana.treeAction('Held', TASK, 'Cancel request');
    await terminalSays(ana, /Cancelled by the requester\. Nothing was run\./);
    await rows(ana, 'Held', 0);
    await rows(ben, 'Awaiting my approval', 0);
    assert.equal(scene().deployed, 1);
  });

  it('is sent once the remote can be reached, and until then neither is said to know what waits', async () => {
    const { ana, ben } = scene();
    const remote = scene().team.remote ?? '';
    await ben.dismissNotifications();
    const statusBar = (words: string) => waitFor(() => ben.page.locator(`.statusbar-item[aria-label*="${words}"]`).isVisible(), { message: `the status bar to say “${words}”`, timeout: 30_000 });
    await ben.command('View: Close All Editors');
    await waitFor(async () => !(await ben.editorText()).includes('Approval request'), { message: 'the review to be closed' });
    renameSync(remote, `${remote}.away`);
    try {
      await ben.command('Countersign: Refresh');
      await statusBar('cannot be reached, so what others have said since is not known');
      await ben.command('Countersign: Approve…');
      await told(ben, 'cannot be reached, so what others have said since is not known');
      assert.match(await ben.viewText('Awaiting my approval'), /What waits for your approval is not known at the moment\. The status bar says why\./);
      await hold();
      await terminalSays(ana, 'The others do not know of it yet, for git remote “origin” cannot be reached.');
      await scene().picture('main-job-unreached');
    } finally {
      renameSync(`${remote}.away`, remote);
    }
    await rows(ben, 'Awaiting my approval', 1);
    await ana.page.locator('.terminal-wrapper.active .xterm-screen').first().click();
    await ana.page.keyboard.press('Control+C');
    await rows(ben, 'Awaiting my approval', 0);
    await ben.dismissNotifications();
    await statusBar('Countersign: nothing is waiting');
    await ben.command('Countersign: Approve…');
    await told(ben, 'Nothing is waiting.');
  });

  // The last one: after a denial the same is not asked for again for half an hour.
  it('ends with the reason when it is denied, and the earlier approval does not count again', async () => {
    const { ana, ben } = scene();
    const name = await hold();
    assert.equal(scene().deployed, 1);
    // The review of an earlier request is still in front, and the window may not know of this one yet: the commands are about what waits.
    await ben.command('Countersign: Review…');
    await waitFor(async () => (await ben.editorText()).includes(`Approval request ${name}`), { message: 'the review of the second request' });
    await ben.command('Countersign: Deny…');
    await asked(ben, 'Why?');
    await ben.quickInput('Not before the freeze ends on Monday.');
    await asked(ben, 'passphrase');
    await ben.quickInput(PASSPHRASE);
    await terminalSays(ana, 'Denied by ben@payments.example: Not before the freeze ends on Monday. Nothing was run.');
    await terminalSays(ana, /exit code: 126/);
    await rows(ana, 'Held', 0);
    await rows(ben, 'Awaiting my approval', 0);
    assert.equal(scene().deployed, 1);
    assert.equal(new Set(requests).size, 5);
    assert.deepEqual(chat.heard.map((body) => /sha256:([0-9a-f]{8})/.exec(body)?.[1]), requests, 'the chat heard of each of them, once');
  });

  it('asks nobody to sign what is over, whatever stands in front', async () => {
    const { ben } = scene();
    await ben.command('Countersign: Approve…');
    await told(ben, 'This request is denied: there is nothing to approve.');
    await ben.command('Countersign: Deny…');
    await told(ben, 'This request is denied: there is nothing to deny.');
    assert.equal(await ben.quickText(), '');
  });

  it('has written all of it into the ledger, on both sides', async () => {
    for (const window of [scene().ana, scene().ben]) {
      await showOnly(window, 'Ledger');
      const [day, ...listed] = await rows(window, 'Ledger', 6);
      assert.match(day ?? '', /^Today, \d{4}-\d{2}-\d{2} entries: 5$/);
      assert.deepEqual(listed.map((row) => /(finished|denied|withdrawn)/.exec(row)?.[1]), ['denied', 'withdrawn', 'withdrawn', 'withdrawn', 'finished']);
      const finished = await ledgerOf(window, 'finished');
      await scene().picture('main-job-ledger');
      assert.match(finished, /Asked by ana@payments\.example at .*\nApproved by ben@payments\.example with SHA256:\S+\nRun at .*\nEnded with exit code 0/);
      await window.treeAction('Ledger', 'finished', 'Review…');
      await waitFor(async () => (await window.editorText()).includes(`Approval request ${requests[0] ?? ''}`), { message: 'the review of the row that was pressed' });
      assert.match(await ledgerOf(window, 'denied'), /Denied by ben@payments\.example at .*: Not before the freeze ends on Monday\./);
    }
  });
});
