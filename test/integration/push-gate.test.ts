import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTeam, environmentOf, git, type Person, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';
import { countersign } from './jobs-tools.js';

const POLICY = `version: 1
environments:
  production:
    branches: [main, 'release/*']
    approvals: 1
`;

/** git's own HTTP server for the repositories below a directory (git-http-backend(1)), on a free port. */
async function serveGit(directory: string): Promise<Server> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'], GIT_PROJECT_ROOT: directory, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: url.pathname, QUERY_STRING: url.search.slice(1), REMOTE_USER: 'x', GIT_CONFIG_NOSYSTEM: '1',
        REQUEST_METHOD: request.method, CONTENT_TYPE: request.headers['content-type'] ?? '', HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '', GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf('\r\n\r\n');
      for (const line of output.subarray(0, end).toString('latin1').split('\r\n')) {
        const [name = '', value = ''] = line.split(': ');
        if (name.toLowerCase() === 'status') response.statusCode = Number(value.split(' ')[0]);
        else response.setHeader(name, value);
      }
      response.end(output.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A server of one's own, whose hook is the gate: installed by the line that docs/server.md gives. */
describe('the pre-receive hook', function () {
  // Many real programs, one after the other, on whatever machine this is.
  this.timeout(180_000);
  let team: Team;
  let server: Server | undefined;
  beforeEach(() => {
    team = createTeam({ policy: POLICY });
    const line = /```sh\nprintf '([^']*)'/.exec(readFileSync(path.join(repositoryRoot(), 'docs', 'server.md'), 'utf8'))![1]!;
    const hook = path.join(team.remote!, 'hooks', 'pre-receive');
    writeFileSync(hook, line.replaceAll('\\n', '\n').replace('node /opt/countersign/extension', `'${process.execPath}' ${repositoryRoot()}`));
    chmodSync(hook, 0o755);
    git(team.ana, team.remote!, 'config', 'http.receivepack', 'true');
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    team.dispose();
  });

  const commit = (person: Person, text: string) => {
    appendFileSync(path.join(person.clone, 'README.md'), `${text}\n`);
    git(person, person.clone, 'commit', '--quiet', '-am', text);
    return git(person, person.clone, 'rev-parse', 'HEAD');
  };
  const push = (person: Person, ...args: string[]): Promise<{ readonly code: number; readonly err: string }> =>
    new Promise((resolve) => execFile('git', ['push', '--quiet', 'origin', ...args], { cwd: person.clone, env: environmentOf(person), encoding: 'utf8' }, (error, _out, err) => resolve({ code: error ? 1 : 0, err })));
  const ask = (spec: string) => countersign(team.ana, 'request', '--push', spec);
  const approve = (asked: string) => assert.equal(countersign(team.ben, 'approve', '--yes', asked.trim()).code, 0);
  const head = (branch: string) => git(team.ana, team.remote!, 'rev-parse', branch);

  it('takes exactly the change that another person approved, and nothing else; other branches are free', async () => {
    const first = commit(team.ana, 'one');
    const refused = await push(team.ana, 'main');
    assert.equal(refused.code, 1);
    assert.match(refused.err, new RegExp(`main is protected: a push needs an approval for exactly this change\\. Ask for it\\. countersign request --push ${first.slice(0, 12)}:main`));
    assert.equal((await push(team.ana, 'HEAD:topic')).code, 0);
    const asked = ask('main');
    assert.equal(asked.code, 0, asked.err);
    assert.equal((await push(team.ana, 'main')).code, 1, 'asked is not approved');
    git(team.ben, team.ben.clone, 'fetch', '--quiet', 'origin');
    approve(asked.out);
    commit(team.ana, 'slipped in');
    assert.equal((await push(team.ana, 'main')).code, 1, 'another commit');
    assert.equal((await push(team.ana, `${first}:refs/heads/release/1`)).code, 1, 'another branch');
    assert.equal((await push(team.ana, `${first}:main`)).code, 0);
    assert.equal(head('main'), first);
  });

  it('refuses a force push and a deletion without approval of their own, and an old approval when the branch is back where it was', async () => {
    const before = head('main');
    const first = commit(team.ana, 'one');
    git(team.ana, team.remote!, 'update-ref', 'refs/heads/release/1', before);
    approve(ask(`${first}:main`).out);
    assert.equal((await push(team.ana, `${first}:main`)).code, 0);
    const back = ask(`${before}:main`);
    assert.match((await push(team.ana, '--force', `${before}:main`)).err, /a push that loses commits/);
    approve(back.out);
    assert.equal((await push(team.ana, '--force', `${before}:main`)).code, 0);
    const replay = await push(team.ana, `${first}:main`);
    assert.match(replay.err, /used already on this server/);
    assert.equal(head('main'), before);
    assert.equal((await push(team.ana, ':release/1')).code, 1);
    git(team.ana, team.ana.clone, 'fetch', '--quiet', 'origin');
    approve(ask(':release/1').out);
    assert.equal((await push(team.ana, ':release/1')).code, 0);
  });

  it('reads its rules from before the push: what a push says about them counts for nothing, and rules nobody can read are not taken', async () => {
    writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: 1\n');
    commit(team.ana, 'no rules');
    assert.match((await push(team.ana, 'main')).err, /main is protected/);
    writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: nine\n');
    const broken = commit(team.ana, 'broken rules');
    assert.match((await push(team.ana, `${broken}:main`)).err, /rules that this push brings cannot be read/);
  });

  it('holds a protected branch also under a second name that the server has for it', async () => {
    git(team.ana, team.remote!, 'symbolic-ref', 'refs/heads/master', 'refs/heads/main');
    const first = commit(team.ana, 'one');
    assert.match((await push(team.ana, `${first}:master`)).err, /main is protected/);
    assert.match((await push(team.ana, ':master')).err, /main is protected/);
    approve(ask(`${first}:main`).out);
    assert.equal((await push(team.ana, `${first}:master`)).code, 0);
    assert.equal(head('main'), first);
  });

  it('works over HTTP, where what is pushed lies in quarantine', async () => {
    server = await serveGit(team.directory);
    git(team.ana, team.ana.clone, 'remote', 'set-url', 'origin', `http://127.0.0.1:${(server.address() as AddressInfo).port}/payments.git`);
    const first = commit(team.ana, 'one');
    assert.match((await push(team.ana, 'main')).err, /main is protected/);
    // Asked for from a clone that reaches the same repository by its path: this process is the server.
    git(team.ana, team.ana.clone, 'remote', 'set-url', 'origin', team.remote!);
    approve(ask('main').out);
    git(team.ana, team.ana.clone, 'remote', 'set-url', 'origin', `http://127.0.0.1:${(server.address() as AddressInfo).port}/payments.git`);
    assert.equal((await push(team.ana, 'main')).code, 0);
    assert.equal(head('main'), first);
  });
});
