import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Person } from '../demo/team.js';
import { skip } from '../harness/skip.js';
import { waitFor } from '../harness/wait.js';
import type { Window } from '../harness/window.js';
import { changeRules, keyWords } from '../integration/jobs-tools.js';
import { softwareSecurityKey } from '../integration/ssh-agent-fixture.js';
import { asked, heldRequest, ledgerOf, press, rows, runTask, Scene, terminalSays, told, withScene } from './scene.js';

const REASON = 'Payments are down, and nobody else is awake.';
const NOTE = 'Right: the old version refused every card.';
const ONCE_A_WEEK = `version: 1
environments:
  production: { approvals: 1, expires: 30m }
breakGlass: { perWeek: 1 }
`;

const BROKEN = /^deploy: production glass broken · \d\d:\d\d · ana$/;

/** Waits until a view lists such a row. */
async function listed(window: Window, view: string, row: RegExp): Promise<void> {
  await waitFor(async () => (await window.treeItems(view)).some((text) => row.test(text)), { message: `${view} to list ${String(row)}` });
}

describe('breaking the glass, in two windows', () => {
  let provider = '';
  before(function () {
    const found = softwareSecurityKey();
    if (found === undefined) skip(this, 'OpenSSH’s sk-dummy.so is not installed (Debian package openssh-tests)');
    provider = found;
  });
  const securityKeyOf = ({ home }: Person) => path.join(home, '.ssh', 'id_ed25519_sk');
  const scene = withScene('break-glass', () =>
    Scene.open({
      policy: ONCE_A_WEEK,
      env: { SSH_SK_PROVIDER: provider },
      prepare: (team) => {
        const people = [team.ana, team.ben];
        for (const person of people) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519-sk', '-N', '', '-w', provider, '-f', securityKeyOf(person)]);
        changeRules(team, (rules) => appendFileSync(path.join(rules, 'allowed_signers'), people.map((person) => `${person.email} namespaces="countersign-break-glass" ${keyWords(securityKeyOf(person))}\n`).join('')));
      },
    }),
  );
  const requests: string[] = [];
  const hold = async (): Promise<void> => {
    await runTask(scene().ana);
    requests.push(await heldRequest(scene().ana, requests));
  };

  it('asks for the name of the place, letter by letter, and for a reason', async () => {
    const { ana } = scene();
    await hold();
    await ana.command('Countersign: Break glass…');
    await asked(ana, 'Type where it lands: production');
    await ana.quickInput('prod');
    await asked(ana, 'Type exactly: production');
    await scene().picture('break-glass-place');
    await ana.quickInput('production');
    await asked(ana, 'Why? Everybody will read this');
    await ana.quickInput(' ');
    await asked(ana, 'Say why.');
    await scene().picture('break-glass-reason');
    assert.equal(scene().deployed, 0);
    await ana.quickInput(REASON);
  });

  it('runs what is held, once, and says on whose word', async () => {
    const { ana } = scene();
    await terminalSays(ana, /the glass is broken, and nobody approved this\. Running it now, once; another person has to review it\..*Done: payments is live in production/);
    assert.equal(scene().deployed, 1);
    await listed(ana, 'Held', BROKEN);
  });

  it('tells the other person, and stays in sight until somebody has looked', async () => {
    const { ben } = scene();
    await told(ben, `ana@payments.example broke the glass: deploy: production. Their reason: ${REASON}`);
    await listed(ben, 'Awaiting my approval', BROKEN);
    assert.ok((await ben.statusBarText()).includes('1 to review'));
    await press(ben, 'Review…', 'broke the glass');
    const review = await waitFor(async () => {
      const text = await ben.editorText();
      return text.includes('Break-glass') ? text : undefined;
    }, { message: 'the review' });
    for (const line of [`Because       ${REASON}`, 'Reviewed      not yet']) assert.ok(review.includes(line), line);
    assert.match(review, /Break-glass +without approval at /);
  });

  it('does not break again for somebody whom nobody has reviewed', async () => {
    const { ana } = scene();
    await hold();
    await ana.command('Countersign: Break glass…');
    await told(ana, /^Nobody has looked yet at what you did when you broke the glass on .* Have another person review it first\.$/);
    assert.equal(scene().deployed, 1);
  });

  it('is reviewed by another person, in their own words', async () => {
    const { ana, ben } = scene();
    await ben.command('Countersign: Mark broken glass as reviewed…');
    await asked(ben, 'What did you find?');
    await scene().picture('break-glass-review');
    await ben.quickInput(NOTE);
    await waitFor(async () => (await ben.editorText()).includes(NOTE), { message: 'the review to say so' });
    // The second request waits on.
    await listed(ana, 'Held', /^deploy: production waiting · \d+ min left$/);
    await rows(ana, 'Held', 1);
  });

  it('does not break more often in a week than the policy allows, and an approval still lets it run', async () => {
    const { ana, ben } = scene();
    await ana.dismissNotifications();
    await ana.command('Countersign: Break glass…');
    await told(ana, /^The glass was broken once in the last seven days, as often as the policy allows\. Only an approval lets this run\.$/);
    assert.equal(scene().deployed, 1);
    await ben.command('Countersign: Approve…');
    await ben.dialogButton('Sign');
    await waitFor(() => scene().deployed === 2, { message: 'the second deployment', timeout: 60_000 });
  });

  it('has written all of it into the ledger, on both sides', async () => {
    for (const window of [scene().ana, scene().ben]) {
      const lines = await ledgerOf(window, 'glass broken');
      assert.match(lines, /Glass broken at .*: Payments are down, and nobody else is awake\.\nReviewed by ben@payments\.example: Right: the old version refused every card\.\nRun at /);
    }
  });
});
