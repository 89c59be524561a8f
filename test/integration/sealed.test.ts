import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hexOf, sha256 } from '../../src/core/approval/canonical.js';
import type { Operation } from '../../src/core/approval/operation.js';
import { RECORD_NAMESPACE } from '../../src/core/approval/record.js';
import { formatSealed, sealedBytes, type SealedItem } from '../../src/core/approval/sealed.js';
import { quorumFor } from '../../src/core/policy/quorum.js';
import { newIdentity, recipientOfIdentity } from '../../src/world/age.js';
import { identityFile, keepIdentity, readIdentity } from '../../src/world/identity.js';
import { createTeam, git, type Team } from '../demo/team.js';
import { signWith } from './attacks-tools.js';
import { changeRules, countersign, createJob, createOutsider, keyWords } from './jobs-tools.js';
import { Seat } from './people.js';
import { approvedBy, createSealedTeam, eventsOf, filesWith, itemFile, itemOf, openedWith, push, Running, SECRET, sealAs, sealWith, writeItem } from './sealed-tools.js';

/** Says what it was given without writing it down. */
const TELL = 'printf %s "$DATABASE_URL" | sha256sum > ../told';
const told = (team: Team, file = 'told') => path.join(path.dirname(team.ana.clone), file);
const digestOf = (text: string) => hexOf(sha256(text));
const wasTold = (team: Team, text: string, file = 'told') => existsSync(told(team, file)) && readFileSync(told(team, file), 'utf8').startsWith(digestOf(text));
/** The value in every spelling that it could be left behind in. */
const SPELLINGS = [SECRET, SECRET.slice(5, 40), Buffer.from(SECRET).toString('base64').slice(0, 40), Buffer.from(SECRET).toString('hex')];

describe('sealed items', function () {
  // Many real programs, one after the other, on whatever machine this is.
  this.timeout(180_000);
  let team: Team;
  const running = new Set<Running>();
  const run = (names: string, command: string, env: Readonly<Record<string, string>> = {}) => {
    const started = Running.start(team.ana, names, command, env);
    running.add(started);
    return started;
  };
  afterEach(async () => {
    for (const each of running) await each.kill();
    running.clear();
    team.dispose();
  });

  describe('from the beginning', () => {
    beforeEach(() => (team = createTeam()));

    it('are set up, sealed, asked for, released and used by two people with the command line alone, and leave nothing behind', async () => {
      const scratch = path.join(team.directory, 'tmp');
      mkdirSync(scratch);
      const [ana, ben] = [team.ana, team.ben].map((person) => {
        const { code, out, err } = sealWith(person, '', '--recipient');
        assert.equal(code, 0, err);
        assert.match(err, new RegExp(`${person.email}: ${out.trim()}`));
        assert.equal(sealWith(person, '', '--recipient').out, out, 'there is one for each account');
        return out.trim();
      });
      assert.match(sealWith(team.ana, SECRET, 'DATABASE_URL', '--environment', 'production').err, /there are no two people/i);
      changeRules(team, (rules) => appendFileSync(path.join(rules, 'policy.yaml'), `recipients:\n  ana@payments.example: ${ana!}\n  ben@payments.example: ${ben!}\n`));
      const sealed = sealWith(team.ana, `${SECRET}\n`, 'DATABASE_URL', '--environment', 'production');
      assert.equal(sealed.code, 0, sealed.err);
      assert.equal(sealWith(team.ana, `${SECRET}\nmore\n`, 'KUBECONFIG', '--environment', 'production', '--file').code, 0);
      assert.match(countersign(team.ana, 'run', '--with', 'DATABASE_URL', '--', TELL).err, /not sealed in the commit that is checked out/);
      push(team);
      const listed = sealWith(team.ben, '', '--list').out;
      assert.match(listed, /^DATABASE_URL {2}variable of production, sealed by ana@payments\.example on \d{4}-\d\d-\d\d$/m);
      assert.match(listed, /^KUBECONFIG {2}file of production/m);

      // What the command sees: both values, the file from a program that it starts, more than once, and no argument or process that asked holds one.
      const command = `${TELL}; sh -c 'cat "$KUBECONFIG" "$KUBECONFIG"' | sha256sum > ../file; grep -c -a "$DATABASE_URL" "/proc/$PPID/environ" "/proc/$PPID/cmdline" "/proc/$$/cmdline" > ../seen; echo "$DATABASE_URL" > /dev/null; exit 7`;
      const held = run('DATABASE_URL,KUBECONFIG', command, { DATABASE_URL: 'of this shell', TMPDIR: scratch });
      const review = countersign(team.ben, 'review', await held.request()).out;
      assert.match(review, /What it would be given\n {2}DATABASE_URL +variable of production, sealed by ana@payments\.example on .*; your approval releases it to this one run\n {2}KUBECONFIG +file of production/);
      assert.match(review, /production +sealed item "DATABASE_URL"/);
      assert.match(held.output, /It would be given DATABASE_URL, KUBECONFIG, which others have to release/);
      assert.match(held.output, /released to this process alone/);
      assert.equal(eventsOf(team, 'key').length, 0);
      const approved = await approvedBy(team.ben, held);
      assert.equal(approved.code, 0, approved.err);
      assert.equal(await held.ended, 7, held.output);
      assert.ok(wasTold(team, SECRET), 'the variable is the value without its line break');
      assert.ok(wasTold(team, `${SECRET}\nmore\n`.repeat(2), 'file'), 'the file is the value as it is');
      assert.equal(readFileSync(told(team, 'seen'), 'utf8').replace(/\/proc\/\d+/g, ''), '/environ:0\n/cmdline:0\n/cmdline:0\n');
      assert.equal(eventsOf(team, 'key').length, 1);
      assert.match(countersign(team.ben, 'review', approved.out.trim() && (await held.request())).out, /Finished with exit code 7, signed by ben@payments\.example/);

      assert.deepEqual(SPELLINGS.filter((text) => held.output.includes(text)), []);
      assert.deepEqual(filesWith(team.directory, SPELLINGS), []);
      assert.deepEqual(readdirSync('/dev/shm').filter((name) => name.startsWith('countersign-')), []);
      // What was found nowhere could have been found.
      writeFileSync(path.join(team.ana.clone, 'leak'), SECRET);
      git(team.ana, team.ana.clone, 'add', 'leak');
      rmSync(path.join(team.ana.clone, 'leak'));
      assert.deepEqual(filesWith(team.directory, SPELLINGS), [path.join(team.ana.clone, '.git')]);
    });
  });

  describe('of a team', () => {
    beforeEach(async () => (team = await createSealedTeam()));
    const [asAna, asBen] = [() => readIdentity(team.ana.home)!, () => readIdentity(team.ben.home)!];
    const opens = async (identities: readonly string[], item = itemOf(team.ana, 'DATABASE_URL'), released: readonly string[] = []) => (await openedWith(identities, item, released)).includes(SECRET);
    const refused = (names: string, pattern: RegExp) => {
      const { code, err } = countersign(team.ana, 'run', '--with', names, '--', TELL);
      assert.notEqual(code, 0);
      assert.match(err, pattern);
      assert.equal(existsSync(told(team)), false);
    };
    const notReleased = async (held: Running, pattern: RegExp) => {
      const { code, err } = await approvedBy(team.ben, held);
      assert.notEqual(code, 0, held.output);
      assert.match(err, pattern);
      assert.deepEqual([eventsOf(team, 'ok').length, eventsOf(team, 'key').length], [0, 0], 'nothing is signed');
    };
    /** A request by Ana with her real key, made without any of our own checks. */
    const forged = async (sealed: Operation['sealed'], targets: Operation['targets']) => {
      const { desk } = await Seat.of(team.ana);
      const state = await desk.repository.state();
      const operation: Operation = { kind: 'command', label: null, script: 'true', shell: '/bin/sh', directory: '.', environment: {}, inputs: [], repository: state.repository, commit: state.commit, worktree: state.worktree, targets, sealed };
      const view = await desk.ask(operation, 'f'.repeat(32), { agent: null, findings: [], reason: '', quorum: quorumFor(targets, [(await desk.trust()).policy]) });
      return desk.textOf(view);
    };
    const useOf = (name: string, environment = 'production') => ({ name, environment, kind: 'variable' as const, sha256: digestOf(readFileSync(itemFile(team.ana, name), 'utf8')) });
    const target = (environment: string) => ({ environment, kind: 'sealed item', name: 'x', evidence: 'x' });

    it('open for nobody alone, with every key of their account', async () => {
      assert.equal(await opens([asAna()]), false, 'the requester');
      assert.equal(await opens([asBen()]), false, 'the approver');
      assert.equal(await opens([asAna(), asBen()]), true, 'both together: so the tries above were real');
    });

    it('are held for approval whatever the command is, and asked for anew after every end', async () => {
      const killed = run('DATABASE_URL', TELL);
      const first = await killed.request();
      await killed.kill();
      assert.equal((await approvedBy(team.ben, killed)).code, 0, 'Ben cannot know');
      const released = eventsOf(team, 'key');
      assert.equal(released.length, 1);
      assert.equal(await opens([asAna()], undefined, released), false, 'the key that it was released to is gone');
      const again = run('DATABASE_URL', TELL);
      assert.notEqual(await again.request(), first);
      assert.equal(existsSync(told(team)), false);
      assert.equal((await approvedBy(team.ben, again)).code, 0);
      assert.equal(await again.ended, 0, again.output);
      assert.ok(wasTold(team, SECRET));
    });

    it('are asked for once more after a denial no sooner than anything else', async () => {
      const held = run('DATABASE_URL', TELL);
      assert.equal(countersign(team.ben, 'deny', '--reason', 'no', await held.request()).code, 0);
      assert.equal(await held.ended, 126);
      refused('DATABASE_URL', /denied exactly this/);
    });

    it('are sealed for whom the pinned policy names, not for a recipient that somebody pushed', async () => {
      const own = await newIdentity();
      const policy = path.join(team.ana.clone, '.countersign', 'policy.yaml');
      for (const seat of [team.ana, team.ben]) await (await Seat.of(seat)).desk.trust();
      writeFileSync(policy, readFileSync(policy, 'utf8').replace(await recipientOfIdentity(asBen()), await recipientOfIdentity(own)));
      push(team);
      const sealed = sealWith(team.ben, SECRET, 'DATABASE_URL');
      assert.equal(sealed.code, 0, sealed.err);
      assert.match(sealed.err, /nobody approved the change/);
      assert.equal(await opens([asAna(), own], itemOf(team.ben, 'DATABASE_URL')), false);
      assert.equal(await opens([asAna(), asBen()], itemOf(team.ben, 'DATABASE_URL')), true);
    });

    it('are not given when one was changed after it was asked for', async () => {
      const held = run('DATABASE_URL', TELL);
      await held.request();
      await sealAs(team.ana, 'DATABASE_URL', 'another value');
      await approvedBy(team.ben, held);
      assert.equal(await held.ended, 126, held.output);
      assert.match(held.output, /no longer what was approved/);
      assert.equal(existsSync(told(team)), false);
    });

    it('are released by nobody without a key, or for whom they are not sealed, and nothing is signed', async () => {
      const held = run('DATABASE_URL', TELL);
      await held.request();
      rmSync(identityFile(team.ben.home));
      await notReleased(held, /This account has no key for what is sealed\. Run “countersign seal --recipient”/);
      keepIdentity(team.ben.home, await newIdentity());
      await notReleased(held, /names another recipient for ben@payments\.example/);
      await held.kill();
      const recipient = await recipientOfIdentity(asBen());
      changeRules(team, (rules) => {
        const file = path.join(rules, 'policy.yaml');
        writeFileSync(file, readFileSync(file, 'utf8').replace(/(ben@payments\.example: )\S+/, `$1${recipient}`));
      });
      await notReleased(run('DATABASE_URL', TELL), /DATABASE_URL is not sealed for ana@payments\.example and ben@payments\.example as the policy knows them now/);
      assert.match(sealWith(team.ana, '', '--list').out, /not for 2 pairs of people/);
    });

    it('are asked for by nobody without a key, whose key others can read, or for whom they are not sealed', async () => {
      chmodSync(identityFile(team.ana.home), 0o644);
      refused('DATABASE_URL', /Others on this machine can read .*chmod 600/);
      rmSync(identityFile(team.ana.home));
      refused('DATABASE_URL', /This account has no key/);
      keepIdentity(team.ana.home, await newIdentity());
      const recipient = await recipientOfIdentity(asAna());
      changeRules(team, (rules) => {
        const file = path.join(rules, 'policy.yaml');
        writeFileSync(file, readFileSync(file, 'utf8').replace(/(ana@payments\.example: )\S+/, `$1${recipient}`));
      });
      refused('DATABASE_URL', /was not sealed for you/);
      refused('NODE_OPTIONS', /no name for a sealed item/);
      refused('DATABASE_URL,DATABASE_URL', /Name each sealed item once/);
    });

    const damages: readonly (readonly [what: string, damage: (text: string) => string])[] = [
      ['cut', (text) => text.slice(0, -40)],
      ['changed in one bit', (text) => `${text.slice(0, 500)}${text[500] === 'A' ? 'B' : 'A'}${text.slice(501)}`],
      ['empty', () => ''],
      ['signed by nobody', (text) => `${text.slice(0, text.indexOf('.', 6))}.AAAA\n`],
    ];
    for (const [what, damage] of damages) {
      it(`are refused when they are ${what}, by both sides`, async () => {
        writeItem(team.ana, 'DATABASE_URL', damage(readFileSync(itemFile(team.ana, 'DATABASE_URL'), 'utf8')));
        push(team);
        refused('DATABASE_URL', /(is not as it was written|signed the sealed item DATABASE_URL)/);
        const asked = await forged({ recipient: await recipientOfIdentity(await newIdentity()), items: [useOf('DATABASE_URL')] }, [target('production')]);
        const approved = countersign(team.ben, 'approve', '--yes', asked);
        assert.match(approved.err, /(is not as it was written|signed the sealed item DATABASE_URL)/);
        assert.notEqual(approved.code, 0);
        assert.deepEqual([eventsOf(team, 'ok').length, eventsOf(team, 'key').length], [0, 0]);
      });
    }

    it('are not opened when their keys were moved into an item that looks harmless', async () => {
      await sealAs(team.ana, 'GREETING', 'hello', { environment: 'staging' });
      const harmless: SealedItem = { ...itemOf(team.ana, 'GREETING'), keys: itemOf(team.ana, 'DATABASE_URL').keys };
      writeItem(team.ana, 'GREETING', formatSealed(harmless, signWith(team.ana.key, RECORD_NAMESPACE, Buffer.from(sealedBytes(harmless)))));
      push(team);
      await notReleased(run('GREETING', TELL), /was made for another item or another person/);
    });

    it('are not released to a request that lies about them', async () => {
      const recipient = await recipientOfIdentity(await newIdentity());
      const lies: readonly (readonly [Operation['sealed'], Operation['targets'], RegExp])[] = [
        [{ recipient, items: [useOf('DATABASE_URL')] }, [target('staging')], /says something else about DATABASE_URL/],
        [{ recipient, items: [useOf('DATABASE_URL', 'staging')] }, [target('staging')], /says something else about DATABASE_URL/],
        [{ recipient, items: [{ ...useOf('DATABASE_URL'), kind: 'file' }] }, [target('production')], /says something else about DATABASE_URL/],
        [{ recipient, items: [{ ...useOf('DATABASE_URL'), sha256: 'a'.repeat(64) }] }, [target('production')], /is not sealed in the commit of this request/],
        [{ recipient, items: [{ ...useOf('DATABASE_URL'), name: '../policy.yaml' }] }, [target('production')], /is no name for a sealed item/],
        [{ recipient: `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`, items: [useOf('DATABASE_URL')] }, [target('production')], /is no recipient that anything can be encrypted for/],
      ];
      for (const [sealed, targets, pattern] of lies) {
        const approved = countersign(team.ben, 'approve', '--yes', await forged(sealed, targets));
        assert.match(approved.err, pattern);
        assert.notEqual(approved.code, 0);
      }
      assert.deepEqual([eventsOf(team, 'ok').length, eventsOf(team, 'key').length], [0, 0]);
    });

    it('are released only when as many approved as the policy asks for', async () => {
      const cleo = createOutsider(team, 'cleo');
      keepIdentity(cleo.home, await newIdentity());
      const recipient = await recipientOfIdentity(readIdentity(cleo.home)!);
      changeRules(team, (rules) => {
        appendFileSync(path.join(rules, 'allowed_signers'), `${cleo.email} namespaces="countersign-approval,countersign-record" ${keyWords(cleo.key)}\n`);
        const file = path.join(rules, 'policy.yaml');
        writeFileSync(file, `${readFileSync(file, 'utf8').replace('production: { approvals: 1 }', 'production: { approvals: 2 }')}  ${cleo.email}: ${recipient}\n`);
      });
      await sealAs(team.ana, 'DATABASE_URL', SECRET);
      push(team);
      git(cleo, team.directory, 'clone', '--quiet', team.remote!, cleo.clone);
      const held = run('DATABASE_URL', TELL);
      assert.equal((await approvedBy(team.ben, held)).code, 0, held.output);
      assert.deepEqual([eventsOf(team, 'ok').length, eventsOf(team, 'key').length], [1, 0]);
      const second = await approvedBy(cleo, held);
      assert.equal(second.code, 0, second.err);
      assert.equal(eventsOf(team, 'key').length, 1);
      assert.equal(await held.ended, 0, held.output);
      assert.ok(wasTold(team, SECRET));
    });

    it('go to no job, and to no clone without a remote', () => {
      const job = createJob(team);
      const { code, err } = countersign(job, 'run', '--with', 'DATABASE_URL', '--', TELL);
      assert.equal(code, 126);
      assert.match(err, /A job can be given nothing that is sealed/);
      git(team.ana, team.ana.clone, 'remote', 'remove', 'origin');
      refused('DATABASE_URL', /this clone has none/);
    });

    it('stay in the ledger as they were released, closed for everybody', async () => {
      const held = run('DATABASE_URL', TELL);
      await approvedBy(team.ben, held);
      assert.equal(await held.ended, 0, held.output);
      assert.equal(countersign(team.ben, 'ledger', 'anchor').code, 0);
      const ledger = git(team.ana, team.remote!, 'ls-tree', '-r', '--name-only', 'countersign-ledger').split('\n');
      assert.equal(ledger.filter((file) => /\/key-[0-9a-f]{16}$/.test(file)).length, 1);
      const verified = countersign(team.ben, 'ledger', 'verify');
      assert.equal(verified.code, 0, verified.out + verified.err);
      for (const alone of [asAna(), asBen()]) assert.equal(await opens([alone], undefined, eventsOf(team, 'key')), false);
    });
  });
});
