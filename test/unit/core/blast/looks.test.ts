import assert from 'node:assert/strict';
import { looksOf } from '../../../../src/core/blast/looks.js';
import type { Look } from '../../../../src/core/blast/look.js';
import { PROJECT, worldOf } from '../assess/fake-world.js';
import type { Given } from '../assess/fake-world.js';
import { sentence, spoken } from '../../../../src/core/say.js';

function looks(text: string, given: Given = {}): readonly Look[] {
  return looksOf({ kind: 'command', text, shell: 'bash', cwd: PROJECT, labels: [] }, [], worldOf(given));
}

const commits = (about: string, rest: Partial<Extract<Look, { kind: 'commits' }>>): Look => ({ kind: 'commits', about, directory: PROJECT, remote: undefined, branch: undefined, to: undefined, ...rest });

const CASES: readonly (readonly [string, readonly Look[]])[] = [
  ['ls', []],
  ['rm -rf dist', []],
  ['rm -rf src', [{ kind: 'files', about: 'src', path: `${PROJECT}/src`, wild: false }]],
  ['cd src && rm -rf ../*', [{ kind: 'files', about: '../*', path: `${PROJECT}/*`, wild: true }]],
  ['find src -name x -delete', [{ kind: 'files', about: 'src', path: `${PROJECT}/src`, wild: false }]],
  ['git push --force origin main', [commits('git push --force origin main', { remote: 'origin', branch: 'main', to: 'main' })]],
  ['git push -f', [commits('git push -f', { remote: 'origin', to: 'HEAD' })]],
  ['git push origin +HEAD~2:refs/heads/main', [commits('git push origin +HEAD~2:refs/heads/main', { remote: 'origin', branch: 'main', to: 'HEAD~2' })]],
  ['git push origin :old', [commits('git push origin :old', { remote: 'origin', branch: 'old' })]],
  ['git branch -D old', [commits('git branch -D old', { branch: 'old' })]],
  ['git -C sub reset --hard HEAD~3', [
    { kind: 'uncommitted', about: 'git -C sub reset --hard HEAD~3', directory: `${PROJECT}/sub` },
    commits('git -C sub reset --hard HEAD~3', { directory: `${PROJECT}/sub`, to: 'HEAD~3' }),
  ]],
  ['git clean -fdX', [{ kind: 'untracked', about: 'git clean -fdX', directory: PROJECT, ignored: 'only' }]],
  ['terraform -chdir=infra destroy', [{ kind: 'resources', about: 'terraform -chdir=infra destroy', directory: `${PROJECT}/infra` }]],
  ['terraform apply out/a.tfplan', [{ kind: 'plan', about: 'out/a.tfplan', files: [`${PROJECT}/out/a.tfplan`, `${PROJECT}/out/a.tfplan.json`, `${PROJECT}/out/a.json`] }]],
  ['kubectl delete -R -f k8s', [{ kind: 'objects', about: 'k8s', path: `${PROJECT}/k8s`, deep: true }]],
  ['psql -c "TRUNCATE a, b"', [{ kind: 'tables', does: sentence('emptied of every row'), names: ['a', 'b'] }]],
];

/** Nothing is looked at where nothing certain can be found out, and that is said. */
const UNKNOWN: readonly (readonly [string, RegExp])[] = [
  ['rm -rf "$WHERE"', /which path it means is only known when it runs/],
  ['ssh box rm -rf /srv', /it happens on box/],
  ['cd "$X" && rm -rf src', /the directory it runs in is only known when it runs/],
  ['git push --force --all', /it pushes every branch/],
  ['git push --force origin "$BRANCH"', /which branch it means is only known when it runs/],
  ['terraform apply', /makes its plan when it runs/],
  ['kubectl delete -f https://example.com/x.yaml', /fetched when it runs/],
];

describe('what to look at, to know how far an operation reaches', () => {
  for (const [text, expected] of CASES) it(text, () => assert.deepEqual(looks(text), expected));
  for (const [text, why] of UNKNOWN) {
    it(`${text}: not known, and why`, () => {
      const [look] = looks(text);
      assert.equal(look?.kind, 'unknown', JSON.stringify(look));
      assert.match('why' in look ? spoken(look.why) : '', why);
    });
  }
  it('is found through scripts, each thing once', () => {
    const files = { 'clean.sh': 'for x in 1 2 3; do rm -rf src; done\npsql -f drop.sql\n', 'drop.sql': 'DROP TABLE charges;\n' };
    assert.deepEqual(looks('bash clean.sh', { files }).map(({ kind }) => kind), ['files', 'tables']);
  });
  it('has an end', () => assert.equal(looks(Array.from({ length: 200 }, (_one, at) => `rm -rf src/${at}`).join('\n')).length, 24));
});
