import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { blastOf, groundHere, groundOf } from '../../src/broker/blast.js';
import { recordedExtent, type Extent, type RecordedExtent } from '../../src/core/blast/extent.js';
import type { Look } from '../../src/core/blast/look.js';
import { Repository } from '../../src/world/repository.js';

/** A clone with a remote, made by real git. */
class Clones {
  readonly top = mkdtempSync(path.join(tmpdir(), 'countersign-blast-'));
  readonly clone = path.join(this.top, 'clone');

  constructor() {
    execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', path.join(this.top, 'remote.git')]);
    execFileSync('git', ['clone', '--quiet', path.join(this.top, 'remote.git'), this.clone], { stdio: 'ignore' });
    this.git('checkout', '--quiet', '-b', 'main');
    this.write('data/one.txt', 'one\n');
    this.write('data/deep/two.log', 'twenty\n');
    this.write('plan.json', JSON.stringify({ resource_changes: [{ address: 'db.main', change: { actions: ['delete'] } }] }));
    this.write('k8s/a.yaml', 'kind: Secret\nmetadata: { name: "\u202ekey" }\n');
    symlinkSync('/', path.join(this.clone, 'data', 'everything'));
    this.commit('First');
    this.git('push', '--quiet', 'origin', 'main');
    this.git('remote', 'set-head', 'origin', 'main');
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], { cwd: this.clone, encoding: 'utf8' }).trim();
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.clone, file)), { recursive: true });
    writeFileSync(path.join(this.clone, file), text);
  }

  commit(subject: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', subject);
    return this.git('rev-parse', 'HEAD');
  }

  files(file: string, wild = false): Look {
    return { kind: 'files', about: file, path: path.resolve(this.clone, file), wild };
  }

  moved(change: Partial<Extract<Look, { kind: 'commits' }>>): Look {
    return { kind: 'commits', about: 'git', directory: this.clone, remote: undefined, branch: undefined, to: undefined, ...change };
  }

  readonly here = async (look: Look): Promise<RecordedExtent> => only(await blastOf([look], groundHere()));

  /** As an approver's clone sees it, at the commit that is checked out. */
  readonly there = async (look: Look): Promise<RecordedExtent> => {
    const repository = await Repository.at(this.clone);
    assert.ok(repository);
    return only(await blastOf([look], groundOf(repository, this.git('rev-parse', 'HEAD'))));
  };

  dispose(): void {
    rmSync(this.top, { recursive: true, force: true });
  }
}

function only([extent, ...others]: readonly Extent[]): RecordedExtent {
  assert.ok(extent && others.length === 0);
  return recordedExtent(extent);
}

describe('counting how far an operation reaches, with real git', () => {
  let clones: Clones;
  beforeEach(() => (clones = new Clones()));
  afterEach(() => clones.dispose());

  it('counts files and bytes, and never goes where a link leads', async () => {
    for (const look of [clones.here, clones.there]) {
      const found = await look(clones.files('data'));
      assert.equal(found.amount, '2 files, 11 B');
      assert.match(found.how, /1 link or other entry not looked into/);
      assert.equal((await look(clones.files('data/*/*.log', true))).amount, '1 file, 7 B');
      assert.equal((await look(clones.files('data/d*', true))).amount, '1 file, 7 B');
      assert.equal((await look(clones.files('data/one.txt'))).amount, '1 file, 4 B');
      assert.equal((await look(clones.files('nowhere'))).amount, 'no file');
    }
  });

  it('lets no request make an approver’s machine look outside of the repository', async () => {
    for (const file of ['/etc', '../', '/net/host/share']) {
      const found = await clones.there(clones.files(file));
      assert.equal(found.sort, 'Not known');
      assert.match(found.how, /outside the repository/);
    }
  });

  it('counts the commits that only the remote has, and names the newest', async () => {
    clones.commit('Work of\u202e another');
    clones.git('push', '--quiet', 'origin', 'main');
    clones.git('reset', '--quiet', '--hard', 'HEAD~1');
    for (const look of [clones.here, clones.there]) {
      const found = await look(clones.moved({ remote: 'origin', branch: 'main', to: 'HEAD' }));
      assert.equal(found.amount, '1 commit is lost');
      assert.match(found.items[0] ?? '', /^[0-9a-f]+ Work of\u202e another$/);
      clones.git('push', '--quiet', 'origin', 'origin/main:refs/heads/kept');
      assert.equal((await look(clones.moved({ remote: 'origin', branch: 'main', to: 'HEAD' }))).amount, 'no commit is lost', 'another branch has it');
      clones.git('push', '--quiet', 'origin', ':kept');
      assert.equal((await look(clones.moved({ remote: 'origin', branch: 'main' }))).amount, '2 commits are lost', 'the branch would be gone');
    }
    assert.match((await clones.there(clones.moved({ remote: 'origin', branch: 'main', to: 'main' }))).how, /if main is what the request was made at/);
  });

  it('counts the commits of a branch that no other branch has', async () => {
    clones.git('checkout', '--quiet', '-b', 'idea');
    clones.commit('Idea');
    clones.git('checkout', '--quiet', 'main');
    assert.equal((await clones.here(clones.moved({ branch: 'idea' }))).amount, '1 commit is lost');
    assert.equal((await clones.there(clones.moved({ branch: 'idea' }))).sort, 'Not known', 'the branch is in another clone');
    clones.commit('Not pushed');
    assert.equal((await clones.here(clones.moved({ to: 'HEAD~1' }))).amount, '1 commit is lost');
    assert.equal((await clones.there(clones.moved({ to: 'HEAD~1' }))).amount, '1 commit is lost');
  });

  it('says when a name means nothing here, and takes no name for an option', async () => {
    const canary = path.join(clones.top, 'canary');
    for (const to of ['gone/branch', `--output=${canary}`, `-o${canary}`]) assert.equal((await clones.here(clones.moved({ to }))).sort, 'Not known', to);
    for (const branch of [`--output=${canary}`, 'no such branch', '..']) assert.equal((await clones.here(clones.moved({ branch }))).sort, 'Not known', branch);
    assert.equal(existsSync(canary), false);
  });

  it('counts work that is in no commit, and says that an approver cannot', async () => {
    clones.write('data/one.txt', 'other\n');
    clones.write('new.txt', 'new\n');
    const uncommitted: Look = { kind: 'uncommitted', about: 'git reset --hard', directory: clones.clone };
    const untracked: Look = { kind: 'untracked', about: 'git clean', directory: clones.clone, ignored: 'spared' };
    assert.deepEqual((await clones.here(uncommitted)).items, ['data/one.txt']);
    assert.equal((await clones.here(untracked)).amount, '1 file, 4 B');
    for (const look of [uncommitted, untracked]) assert.match((await clones.there(look)).how, /requester’s machine alone/);
  });

  it('runs nothing that the repository brings', async () => {
    const canary = path.join(clones.top, 'canary');
    const program = path.join(clones.top, 'program.sh');
    writeFileSync(program, `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
    clones.write('.gitattributes', '* diff=x\n');
    clones.commit('Attributes');
    for (const [name, value] of [['core.fsmonitor', program], ['diff.x.textconv', program], ['diff.external', program], ['core.pager', program], ['log.showSignature', 'true'], ['gpg.program', program]] as const) clones.git('config', name, value);
    clones.write('data/one.txt', 'other\n');
    rmSync(canary, { force: true });
    await clones.here({ kind: 'uncommitted', about: '', directory: clones.clone });
    await clones.here({ kind: 'untracked', about: '', directory: clones.clone, ignored: 'too' });
    await clones.here(clones.moved({ to: 'HEAD~1' }));
    await clones.there(clones.files('data'));
    assert.equal(existsSync(canary), false);
  });

  it('reads a saved plan and manifests, and asks no tool', async () => {
    const plan: Look = { kind: 'plan', about: 'plan.tfplan', files: ['plan.tfplan', 'plan.tfplan.json', 'plan.json'].map((name) => path.join(clones.clone, name)) };
    const objects: Look = { kind: 'objects', about: 'k8s', path: path.join(clones.clone, 'k8s'), deep: false };
    for (const look of [clones.here, clones.there]) {
      assert.equal((await look(plan)).amount, '1 destroyed');
      assert.deepEqual((await look(objects)).items, ['Secret \u202ekey']);
    }
    assert.equal((await clones.there({ ...plan, files: ['/etc/plan.json'] })).sort, 'Not known');
  });

  it('ends when it is given up', async () => {
    const extents = await blastOf([clones.files('data'), clones.files('data')], groundHere(), AbortSignal.abort());
    // Nothing more is begun.
    assert.match(only(extents).how, /time was up/);
  });
});
