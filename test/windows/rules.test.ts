import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { git, type Person } from '../demo/team.js';
import { waitFor } from '../harness/wait.js';
import type { Window } from '../harness/window.js';
import { asked, rows, Scene, told, withScene } from './scene.js';

const WEAKER = 'version: 1\nenvironments:\n  production: { approvals: 1, expires: 4h }\n';
const OPEN = 'version: 1\nenvironments:\n  production: { approvals: 0 }\n';

describe('the rules, in two windows', () => {
  const scene = withScene('rules', () => Scene.open());
  const rosterOf = ({ clone }: Person) => path.join(clone, '.countersign', 'allowed_signers');
  const policyOf = ({ clone }: Person) => path.join(clone, '.countersign', 'policy.yaml');
  /** A newcomer's public key, as a file and as the line in it. */
  const newKey = (name: string, ...kind: string[]) => {
    const file = path.join(scene().team.directory, name);
    execFileSync('ssh-keygen', ['-q', ...kind, '-N', '', '-C', `${name}@laptop`, '-f', file]);
    const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).split(' ');
    return { file: `${file}.pub`, line: readFileSync(`${file}.pub`, 'utf8').trim(), fingerprint };
  };
  /** What somebody has in their working copy, brought to the protected branch. */
  const publish = (person: Person, message: string) => {
    git(person, person.clone, 'commit', '--quiet', '-am', message);
    git(person, person.clone, 'push', '--quiet', 'origin', 'HEAD:main');
  };
  const approve = async (window: Window, title: RegExp) => {
    await window.command('Countersign: Approve…');
    assert.match(await waitFor(() => window.dialogText(), { message: 'the question' }), title);
    await window.dialogButton('Sign');
    await rows(window, 'Awaiting my approval', 0);
  };
  const inForce = (window: Window) => told(window, /^The rules of origin\/main changed: (\w{4}-){5}\w{4} is in force now\.$/, 30_000);

  it('tells everybody once whose rules they met', async () => {
    for (const window of [scene().ana, scene().ben]) {
      // It may have left the screen by now, and is still behind the bell then.
      await window.command('Notifications: Show Notifications');
      await told(window, /^First contact with the rules of origin\/main: they count here from now on\. Compare their fingerprint with a teammate’s: (\w{4}-){5}\w{4}$/);
      await window.dismissNotifications();
    }
  });

  it('takes pasted keys, asks whose they are, and shows the difference before it writes anything', async () => {
    const { ana, team } = scene();
    const before = readFileSync(rosterOf(team.ana), 'utf8');
    const { line, fingerprint } = newKey('cleo', '-t', 'ed25519');
    await ana.command('Countersign: Import keys into the roster…');
    await asked(ana, 'Paste public keys');
    await scene().picture('rules-import');
    await ana.quickInput('ssh-ed25519 rubbish');
    assert.match(await asked(ana, 'key'), /key/);
    await scene().picture('rules-import-rubbish');
    await ana.quickInput(line);
    await asked(ana, 'Whose key is this?');
    await ana.quickInput('cleo@payments.example');
    await asked(ana, 'Are these the right keys?');
    await waitFor(async () => (await ana.editorText()).includes('cleo@payments.example'), { message: 'the difference' });
    assert.match(await asked(ana, 'Are these the right keys?'), new RegExp(`cleo@payments\\.example ${fingerprint.replaceAll(/[+/]/g, '\\$&')}`));
    await scene().picture('rules-import-difference');
    assert.equal(readFileSync(rosterOf(team.ana), 'utf8'), before);
    await ana.pick('Discard');
    await waitFor(async () => !(await ana.editorText()).includes('cleo@payments.example'), { message: 'the difference to go' });
    assert.equal(readFileSync(rosterOf(team.ana), 'utf8'), before);
  });

  it('takes a file of keys, and proposes to those in charge what it wrote', async () => {
    const { ana, ben, team } = scene();
    const { file, line } = newKey('dora', '-t', 'ecdsa');
    await ana.command('Countersign: Import keys into the roster…');
    await asked(ana, 'Paste public keys');
    await ana.quickInput(file);
    await asked(ana, 'Whose key is this?');
    await ana.quickInput('dora@payments.example');
    await asked(ana, 'Are these the right keys?');
    await ana.pick('Write it');
    await asked(ana, 'Rules are in force here');
    await scene().picture('rules-import-propose');
    await ana.pick('Propose the change');
    await asked(ana, 'Why?');
    await ana.quickInput('Dora joins the team.');
    await told(ana, /^Request [0-9a-f]{8} waits for 1 signature\. Once it is approved, bring the files to the protected branch/);
    const [, blob = ''] = line.split(' ');
    assert.match(readFileSync(rosterOf(team.ana), 'utf8'), new RegExp(`^dora@payments\\.example namespaces="[^"]+" ecdsa-sha2-nistp256 ${blob.replace(/[+]/g, '\\+')}$`, 'm'));

    await rows(ben, 'Awaiting my approval', 1);
    await ben.command('Countersign: Review…');
    await waitFor(async () => /^ {2}\+ dora@payments\.example /m.test(await ben.editorText()), { message: 'the review' });
    await scene().picture('rules-import-review');
    await approve(ben, /Sign your approval of Change the rules of the team\?/);
    publish(team.ana, 'Dora may approve');
    await Promise.all([ana, ben].map(inForce));
    for (const window of [ana, ben]) await window.dismissNotifications();
  });

  it('asks with a reason for what the working copy says, and follows it once it is approved and there', async () => {
    const { ana, ben, team } = scene();
    await ana.command('Countersign: Propose rule change…');
    await told(ana, /^There is nothing to propose/);
    await ana.dismissNotifications();
    writeFileSync(policyOf(team.ana), WEAKER);
    await ana.command('Countersign: Propose rule change…');
    assert.match(await asked(ana, 'Why?'), /production keeps requests open for longer\. Why\?/);
    await scene().picture('rules-propose');
    await ana.quickInput('The release takes all afternoon.');
    await told(ana, /^Request [0-9a-f]{8} waits for 1 signature\./);
    await waitFor(async () => (await ana.editorText()).includes('expires: 4h'), { message: 'the review in front of who asked' });
    await rows(ben, 'Awaiting my approval', 1);
    await ben.command('Countersign: Review…');
    await waitFor(async () => (await ben.editorText()).includes('The release takes all afternoon.'), { message: 'the reason' });
    await approve(ben, /Sign your approval of Change the rules of the team\?/);
    publish(team.ana, 'Longer');
    await Promise.all([ana, ben].map(inForce));
    for (const window of [ana, ben]) await window.dismissNotifications();
  });

  it('warns of rules that nobody approved, and takes them over by hand from nobody who did not type it', async () => {
    const { ana, ben, team } = scene();
    await ben.command('Countersign: Accept changed rules by hand…');
    await told(ben, 'There is nothing to accept');
    await ben.dismissNotifications();
    git(team.ana, team.ana.clone, 'pull', '--quiet');
    writeFileSync(policyOf(team.ana), OPEN);
    publish(team.ana, 'No approvals');
    await told(ben, /^The rules on origin\/main changed and nobody approved the change, so production follows the pinned rules/, 30_000);
    await scene().picture('rules-pending');
    await ben.dismissNotifications();
    await ben.command('Countersign: Accept changed rules by hand…');
    const question = await asked(ben, 'Take over the rules of origin/main');
    await scene().picture('rules-accept');
    const [, word = ''] = /first two groups: (\w{4}-\w{4})/.exec(question) ?? [];
    assert.ok(question.includes(`(${word}-`), question);
    await ben.quickInput('yes');
    await told(ben, /^Not accepted: the fingerprint was not typed\. The pinned rules stay in force\.$/);
    await ben.dismissNotifications();
    await ben.command('Countersign: Accept changed rules by hand…');
    await asked(ben, 'Take over the rules');
    await ben.quickInput(word);
    await told(ben, new RegExp(`^The rules ${word}-[\\w-]+ are in force now\\. The others see that you took them over\\.$`));
    await scene().picture('rules-accepted');
    await ana.openView('Ledger');
    await waitFor(async () => (await ana.treeItems('Ledger')).some((row) => row.includes('countersign rules accept')), { message: 'the ledger to say so to the other person', timeout: 30_000 });
  });
});
