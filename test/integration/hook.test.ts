import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createTeam, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';

const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars -auto-approve';

/** The hook as an assistant runs it: JSON in, exit code and words out. Contract tests: no client is involved. */
describe('the assistants’ hook', () => {
  let team: Team;
  beforeEach(() => (team = createTeam()));
  afterEach(() => team.dispose());

  const cli = (args: string[], input: string, person = team.ana) =>
    spawnSync(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), ...args], { cwd: person.clone, env: environmentOf(person), input, encoding: 'utf8', timeout: 30_000 });
  const call = (command: string) =>
    cli(['hook'], JSON.stringify({ session_id: 's1', transcript_path: '/x/.claude/t', cwd: team.ana.clone, hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command } }));

  it('has nothing to say about harmless commands and other tools', () => {
    for (const command of ['ls -la', 'npm test', 'git status']) {
      const { status, stdout, stderr } = call(command);
      assert.deepEqual([status, stdout, stderr], [0, '', ''], command);
    }
    assert.equal(cli(['hook'], '{"tool_name":"Read","tool_input":{"file_path":"/x"}}').status, 0);
  });

  it('holds production, asks a teammate once, names the agent, and lets the approved command through once', () => {
    const first = call(DESTROY);
    assert.equal(first.status, 2);
    const reason = (JSON.parse(first.stdout) as { reason: string }).reason;
    assert.match(reason, /^Countersign holds this command\. Would destroy something in production.*request ([0-9a-f]{8})/);
    assert.equal(first.stderr, `${reason}\n`);
    assert.equal(call(DESTROY).stdout, first.stdout, 'asked again, it is the same request');

    const name = /request ([0-9a-f]{8})/.exec(reason)?.[1] ?? '';
    assert.match(cli(['review', name], '', team.ben).stdout, /Asked by +ana@payments\.example through the assistant Claude Code/);
    assert.equal(cli(['approve', '--yes', name], '', team.ben).status, 0);
    const approved = call(DESTROY);
    assert.deepEqual([approved.status, approved.stdout], [0, ''], approved.stderr);
    assert.equal(call(DESTROY).status, 2, 'one approval, one run');
  });

  it('tells the assistant why it was denied', () => {
    const name = /request ([0-9a-f]{8})/.exec(call(DESTROY).stderr)?.[1] ?? '';
    cli(['deny', '--reason', 'Fix the bug, do not rebuild production', name], '', team.ben);
    // A denied request is over: the same command asks anew.
    assert.equal(call(DESTROY).status, 2);
  });

  it('says no whenever it cannot know', () => {
    for (const input of ['', 'not json', '{}']) assert.equal(cli(['hook'], input).status, 2);
    writeFileSync(path.join(team.ana.clone, '.countersign', 'policy.yaml'), 'version: nine\n');
    const { status, stderr } = call(DESTROY);
    assert.equal(status, 2);
    assert.match(stderr, /Line 1 of \.countersign\/policy\.yaml/);
    assert.equal(call('ls').status, 0, 'what needs nobody is not stopped by a broken file');
  });
});
