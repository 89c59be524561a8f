import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDesk } from '../../src/broker/desk.js';
import { Gatekeeper } from '../../src/broker/gatekeeper.js';
import { PROTOCOL_VERSION } from '../../src/broker/protocol.js';
import { proposeRules } from '../../src/broker/rule-changes.js';
import { Repository } from '../../src/world/repository.js';
import { createTeam, deployments, environmentOf, git, type Person, type Team, type TeamOptions } from '../demo/team.js';
import { gitInput } from './attacks-tools.js';
import { Seat, TestClock } from './people.js';

/** Ana is an insider, or an assistant with her rights; the extension and the gate are as they were installed. */
describe('attacks on the rules and on the hold: it never happens that', () => {
  let team: Team;
  let clock: TestClock;
  let ana: Seat;
  let ben: Seat;
  const sit = async (options: TeamOptions = {}) => {
    team = createTeam(options);
    clock = new TestClock();
    ana = await Seat.of(team.ana, clock);
    ben = await Seat.of(team.ben, clock);
  };
  afterEach(() => team.dispose());
  const ran = () => deployments(team.ana).length;
  const commit = (person: Person, message: string) => {
    git(person, person.clone, 'add', '--all');
    git(person, person.clone, 'commit', '--quiet', '-m', message);
  };
  const deskOf = (person: Person, directory: string, env = environmentOf(person)) =>
    openDesk(directory, { home: person.home, env, configuredKey: () => person.key, askPassphrase: () => Promise.resolve(undefined) }, clock.now);
  const gatekeeper = (person: Person, label: string, env = environmentOf(person)) =>
    new Gatekeeper({
      home: person.home,
      now: clock.now,
      // The window has the person's clone open.
      desksFor: async (directory) => (await Promise.all([deskOf(person, directory, env), deskOf(person, person.clone, env)])).filter((desk) => desk !== undefined),
      identify: () => Promise.resolve({ label, labels: [label] }),
      confirm: () => Promise.resolve(false),
      log: () => undefined,
    });
  /** Whether the gatekeeper lets something run although nobody signed anything. */
  const letsRun = async (keeper: Gatekeeper, person: Person, text: string, cwd: string): Promise<boolean> => {
    const stop = new AbortController();
    const ask = { v: PROTOCOL_VERSION, kind: 'task', text, shell: '/bin/sh', cwd, pid: 1, env: environmentOf(person) } as const;
    return keeper.decide(ask, () => stop.abort(), stop.signal).catch(() => false);
  };

  it('the working copy’s policy takes a name away from production by a longer phrase', async () => {
    await sit();
    const ask = ana.deployment({ text: './scripts/deploy.sh' });
    assert.equal((await ana.judge(ask)).verdict.action, 'approve');
    writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: 1\nenvironments:\n  harmless:\n    match: [deploy production]\n');
    assert.equal((await ana.judge(ask)).verdict.action, 'approve', 'a working copy may only tighten');
  });

  it('a repository inside the workspace decides by rules of its own', async () => {
    await sit();
    const nested = path.join(team.ana.clone, 'tools');
    mkdirSync(path.join(nested, '.countersign'), { recursive: true });
    writeFileSync(path.join(nested, '.countersign', 'policy.yaml'), 'version: 1\nenvironments:\n  production:\n    approvals: 0\n');
    git(team.ana, nested, 'init', '--quiet', '--initial-branch=main');
    git(team.ana, nested, 'add', '--all');
    git(team.ana, nested, 'commit', '--quiet', '-m', 'x');
    assert.equal(await letsRun(gatekeeper(team.ana, 'deploy: production'), team.ana, 'cd .. && ./scripts/deploy.sh production', nested), false);
  });

  it('a bare repository that is committed as files counts as a repository', async () => {
    await sit();
    const hidden = path.join(team.ana.clone, 'fixtures');
    git(team.ana, team.ana.clone, 'init', '--quiet', '--bare', hidden);
    const proof = path.join(team.directory, 'executed');
    appendFileSync(path.join(hidden, 'config'), `\tbare = false\n\tworktree = ${team.ana.clone}/fixtures\n[filter "x"]\n\tclean = "touch ${proof}; cat"\n`);
    const found = await Repository.at(hidden, environmentOf(team.ana));
    assert.equal(found, undefined, 'git runs what such a config says (safe.bareRepository)');
  });

  it('a script is swapped while the use is being recorded', async () => {
    await sit();
    const { view, end } = await ana.hold();
    await ben.approve(view);
    const swapper = path.join(team.directory, 'swap');
    const script = path.join(team.ana.clone, 'scripts', 'deploy.sh');
    const proof = path.join(team.directory, 'swapped-script-ran');
    // The remote is talked to between the last look at the files and the start: whoever answers can swap them.
    writeFileSync(swapper, `#!/bin/sh\nprintf '#!/bin/sh\\ntouch ${proof}\\n' > ${script}\nexec git-receive-pack "$@"\n`);
    chmodSync(swapper, 0o755);
    git(team.ana, team.ana.clone, 'config', 'remote.origin.receivepack', swapper);
    await ana.desk.sync();
    const result = await end;
    assert.throws(() => readFileSync(proof), 'what ran is not what was signed');
    assert.equal(result.run, false);
  });

  const hiding: Record<string, (clone: string, file: string) => void> = {
    'git update-index --assume-unchanged': (clone, file) => git(team.ana, clone, 'update-index', '--assume-unchanged', file),
    'git update-index --skip-worktree': (clone, file) => git(team.ana, clone, 'update-index', '--skip-worktree', file),
    'a clean filter of .git/config': (clone) => {
      git(team.ana, clone, 'config', 'filter.hide.clean', 'cat >/dev/null; git cat-file blob HEAD:%f');
      writeFileSync(path.join(clone, '.git', 'info', 'attributes'), '* filter=hide\n');
    },
    'core.checkStat and a set-back clock': (clone) => {
      git(team.ana, clone, 'config', 'core.checkStat', 'minimal');
      git(team.ana, clone, 'config', 'core.trustctime', 'false');
    },
  };
  for (const [how, hide] of Object.entries(hiding)) {
    it(`a changed file is hidden by ${how}, and the review says “exactly that commit”`, async () => {
      await sit();
      const file = 'infra/production.tfvars';
      const full = path.join(team.ana.clone, file);
      const old = new Date(Date.now() - 60_000);
      utimesSync(full, old, old);
      git(team.ana, team.ana.clone, 'update-index', '--refresh');
      const before = await ana.desk.repository.state();
      assert.equal(before.dirty, false);
      hide(team.ana.clone, file);
      const text = readFileSync(full, 'utf8');
      writeFileSync(full, text.replace(/[a-z]/, (letter) => (letter === 'x' ? 'y' : 'x')));
      utimesSync(full, old, old);
      const after = await ana.desk.repository.state();
      assert.notEqual(after.worktree, before.worktree, 'the worktree digest that Ben signs does not cover the file');
    });
  }

  it('a policy that cannot be read counts as no policy', async () => {
    await sit({ policy: 'version: 1\nenvironments:\n  tills:\n    match: ["*tills*"]\n    approvals: 2\n' });
    const ask = ana.deployment({ label: 'tills', labels: ['tills'], text: './scripts/deploy.sh' });
    assert.equal((await ana.judge(ask)).verdict.action, 'approve');
    const blob = git(team.ana, team.ana.clone, 'rev-parse', 'origin/main:.countersign/policy.yaml');
    rmSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'));
    // As in a clone made with --filter=blob:none whose remote is away, or after a git that ran out of time.
    rmSync(path.join(team.ana.clone, '.git', 'objects', blob.slice(0, 2), blob.slice(2)), { force: true });
    assert.equal(await letsRun(gatekeeper(team.ana, 'tills'), team.ana, './scripts/deploy.sh', team.ana.clone), false);
  });

  it('what only the policy calls production starts because git is missing', async () => {
    await sit({ policy: 'version: 1\nenvironments:\n  tills:\n    match: ["*tills*"]\n    approvals: 2\n' });
    const without = { ...environmentOf(team.ana), PATH: '/nonexistent' };
    assert.equal(await letsRun(gatekeeper(team.ana, 'tills', without), team.ana, './scripts/deploy.sh', team.ana.clone), false);
  });

  const tampering: Record<string, () => void> = {
    'git replace': () => {
      const blob = git(team.ana, team.ana.clone, 'rev-parse', 'origin/main:.countersign/policy.yaml');
      const other = gitInput(team.ana, team.ana.clone, 'version: 1\nenvironments:\n  production:\n    approvals: 0\n', 'hash-object', '-w', '--stdin');
      git(team.ana, team.ana.clone, 'replace', blob, other);
      rmSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'));
    },
    'another name for the remote': () => {
      writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: 1\nenvironments:\n  production:\n    approvals: 0\n');
      commit(team.ana, 'x');
      git(team.ana, team.ana.clone, 'remote', 'rename', 'origin', 'upstream');
    },
  };
  for (const [how, tamper] of Object.entries(tampering)) {
    it(`the trusted policy is exchanged by ${how}`, async () => {
      await sit();
      tamper();
      assert.equal((await ana.judge(ana.deployment())).verdict.action, 'approve');
    });
  }

  it('somebody signs who is no longer on the protected branch’s roster, because Ana does not fetch it', async () => {
    await sit();
    const file = path.join(team.ben.clone, '.countersign', 'allowed_signers');
    const roster = readFileSync(file, 'utf8');
    const { view, end, stop } = await ana.hold();
    await ben.approve(view);
    const without = roster.split('\n').filter((line) => !line.startsWith(team.ben.email)).join('\n');
    writeFileSync(file, without);
    const leaving = await proposeRules(ben.desk, { policy: readFileSync(path.join(path.dirname(file), 'policy.yaml'), 'utf8'), roster: without }, 'Ben leaves');
    await (await Seat.of(team.ana, clock)).approve(leaving);
    commit(team.ben, 'Ben left');
    git(team.ben, team.ben.clone, 'push', '--quiet', 'origin', 'main');
    await ana.desk.sync();
    setTimeout(() => stop.abort(), 3000);
    await end;
    assert.equal(ran(), 0);
  });

  it('a hold takes up another person’s request and uses it up in her own name', async () => {
    await sit();
    const bens = await ben.hold();
    await ana.desk.sync();
    const { view, end, stop } = await ana.hold({ ...ana.deployment(), env: environmentOf(team.ben) });
    assert.notEqual(view.digest, bens.view.digest, 'Ana waits on what Ben asked for');
    stop.abort();
    bens.stop.abort();
    await Promise.all([end, bens.end]);
  });

  it('one token runs in two copies of a repository that has no remote', async () => {
    await sit({ remote: false });
    const { view, end } = await ana.hold();
    const carried = await ben.desk.takeRequest(ana.desk.textOf(view));
    const { token } = await ben.desk.approve(carried);
    const copy = { ...team.ana, clone: path.join(team.directory, 'ana', 'copy') };
    cpSync(team.ana.clone, copy.clone, { recursive: true, preserveTimestamps: true });
    await ana.desk.takeToken(token);
    assert.equal((await end).run, true);
    const second = await Seat.of(copy, clock);
    const again = await second.hold();
    await second.desk.takeToken(token).catch(() => undefined);
    setTimeout(() => again.stop.abort(), 2000);
    assert.equal((await again.end).run, false);
    assert.equal(ran(), 1);
  });

  it('one approval runs again in a second clone after its use was deleted at the remote', async () => {
    await sit();
    const { view, end } = await ana.hold();
    await ben.approve(view);
    await ana.desk.sync();
    assert.equal((await end).run, true);
    git(team.ana, team.ana.clone, 'push', '--quiet', 'origin', `:refs/countersign/used/${view.digest.slice(7)}`);
    const second = { ...team.ana, clone: path.join(team.directory, 'ana', 'second') };
    git(team.ana, team.directory, 'clone', '--quiet', team.remote!, second.clone);
    const seat = await Seat.of(second, clock);
    await seat.desk.sync();
    const again = await seat.hold({ ...seat.deployment() });
    setTimeout(() => again.stop.abort(), 2000);
    assert.equal((await again.end.catch(() => ({ run: false }))).run, false);
    assert.equal(ran(), 1);
  });

  it('a variable that the script reads has another value than when it was signed', async () => {
    await sit();
    writeFileSync(path.join(team.ana.clone, 'scripts', 'deploy.sh'), '#!/bin/sh\necho "$REGION" >> ../deployments.log\n');
    commit(team.ana, 'Deploys to a region');
    const { view } = await ana.hold(ana.deployment({ env: { ...environmentOf(team.ana), REGION: 'canary' } }));
    await ben.approve(view);
    // The first window is gone; the same task is started again, with another value.
    const later = await Seat.of(team.ana, clock);
    const again = await later.hold(later.deployment({ env: { ...environmentOf(team.ana), REGION: 'everywhere' } }));
    await later.desk.sync();
    setTimeout(() => again.stop.abort(), 2000);
    await again.end;
    assert.ok(!deployments(team.ana).includes('everywhere'));
  });

  it('a program of more than 4 MB is exchanged after it was signed', async () => {
    await sit();
    writeFileSync(path.join(team.ana.clone, '.git', 'info', 'exclude'), 'bin/\n');
    const program = path.join(team.ana.clone, 'bin', 'deploy');
    const write = (what: string) => {
      mkdirSync(path.dirname(program), { recursive: true });
      writeFileSync(program, `#!/bin/sh\necho ${what} >> ../deployments.log\nexit\n${'#'.repeat(5 * 1024 * 1024)}`, { mode: 0o755 });
    };
    write('signed');
    const { view, end, stop } = await ana.hold(ana.deployment({ text: './bin/deploy production' }));
    await ben.approve(view);
    write('exchanged');
    await ana.desk.sync();
    setTimeout(() => stop.abort(), 2000);
    await end;
    assert.deepEqual(deployments(team.ana), []);
  });

  it('a program that PATH finds in the repository is exchanged after it was signed', async () => {
    await sit();
    writeFileSync(path.join(team.ana.clone, '.git', 'info', 'exclude'), 'bin/\n');
    const bin = path.join(team.ana.clone, 'bin');
    const write = (what: string) => {
      mkdirSync(bin, { recursive: true });
      writeFileSync(path.join(bin, 'deployctl'), `#!/bin/sh\necho ${what} >> ../deployments.log\n`, { mode: 0o755 });
    };
    write('signed');
    const env = { ...environmentOf(team.ana), PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const { view, end, stop } = await ana.hold(ana.deployment({ text: 'deployctl production', env }));
    await ben.approve(view);
    write('exchanged');
    await ana.desk.sync();
    setTimeout(() => stop.abort(), 2000);
    await end;
    assert.deepEqual(deployments(team.ana), []);
  });

  it('git is told by the caller’s environment what to trust', async () => {
    await sit();
    const evil = path.join(team.directory, 'evil');
    execFileSync('git', ['clone', '--quiet', team.ana.clone, evil]);
    const env = { ...environmentOf(team.ana), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.worktree', GIT_CONFIG_VALUE_0: evil, GIT_COMMON_DIR: path.join(evil, '.git') };
    const found = await Repository.at(team.ana.clone, env);
    assert.equal(found?.root, team.ana.clone);
    assert.equal(await found.git.maybe(['config', 'core.worktree']), undefined);
  });
});
