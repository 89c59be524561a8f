import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkingTree } from '../../src/world/working-tree.js';

describe('a working tree beside its last commit', () => {
  let root = '';
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], { cwd: root, stdio: 'pipe' });
  const at = (name: string) => path.join(root, name);
  const write = (name: string, text = `${name}\n`) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };
  const tree = () => WorkingTree.around(at('infra/main.tf')) ?? assert.fail('there is a repository');

  beforeEach(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'tree-')));
    git('init', '--quiet', '--initial-branch', 'main');
    for (const name of ['infra/main.tf', 'infra/[a] b.tf', 'wipe.sh']) write(name);
    write('.gitignore', 'out/\n');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'First');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('names what came and went at the given places alone, but for what is ignored', async () => {
    write('scripts/new.sh');
    write('out/new.sh');
    write('elsewhere.sh');
    rmSync(at('wipe.sh'));
    rmSync(at('infra'), { recursive: true });
    assert.deepEqual(await tree().uncommitted([at('scripts/new.sh'), at('out/new.sh'), at('infra')]), { come: [at('scripts/new.sh')], gone: [at('infra/[a] b.tf'), at('infra/main.tf')] });
    assert.equal(await tree().committed(at('infra/[a] b.tf')), 'infra/[a] b.tf\n');
  });

  it('brings a deleted file back as committed, and no other one that its name could mean', async () => {
    write('infra/a b.tf');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Second');
    git('rm', '--quiet', '-r', 'infra');
    await tree().restore(at('infra/[a] b.tf'));
    assert.equal(readFileSync(at('infra/[a] b.tf'), 'utf8'), 'infra/[a] b.tf\n');
    assert.deepEqual(await tree().uncommitted([at('infra')]), { come: [], gone: [at('infra/a b.tf'), at('infra/main.tf')] });
  });

  it('is as committed once git has changed it: by another branch, a reset, a pull', async () => {
    git('checkout', '--quiet', '-b', 'other');
    write('scripts/new.sh');
    rmSync(at('wipe.sh'));
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Second');
    assert.deepEqual(await tree().uncommitted([at('scripts/new.sh'), at('wipe.sh')]), { come: [], gone: [] });
    git('checkout', '--quiet', 'main');
    assert.deepEqual(await tree().uncommitted([at('scripts/new.sh'), at('wipe.sh')]), { come: [], gone: [] });
    assert.ok(await tree().wasCommitted(at('scripts/new.sh')));
    assert.ok(!(await tree().wasCommitted(at('elsewhere.sh'))));
  });

  it('says that git is at work, and for how long that is believed, and that there is no repository', () => {
    assert.ok(!tree().isBusy);
    write('.git/index.lock', '');
    assert.ok(tree().isBusy);
    const minutesAgo = new Date(Date.now() - 120_000);
    utimesSync(at('.git/index.lock'), minutesAgo, minutesAgo);
    assert.ok(!tree().isBusy, 'a lock that nobody took away');
    assert.equal(WorkingTree.around('/nowhere/file'), undefined);
  });
});
