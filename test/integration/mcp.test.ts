import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { createTeam, deployments, environmentOf, type Team } from '../demo/team.js';
import { repositoryRoot } from '../harness/paths.js';

const DESTROY = 'terraform -chdir=infra destroy -var-file=production.tfvars -auto-approve';
const CLI = path.join(repositoryRoot(), 'out', 'cli.js');

/** `countersign mcp`, driven by the protocol's own client. */
describe('the tools for assistants, over the Model Context Protocol', () => {
  let team: Team;
  let client: Client;
  before(async () => {
    team = createTeam();
    client = new Client({ name: 'Lab assistant', version: '1.0.0' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [CLI, 'mcp'], cwd: team.ana.clone, env: environmentOf(team.ana), stderr: 'ignore' }));
  });
  after(async () => {
    await client.close();
    team.dispose();
  });

  const call = async (name: string, input: Record<string, unknown>): Promise<{ readonly text: string; readonly isError: boolean }> => {
    const { content, isError } = await client.callTool({ name, arguments: input });
    const [part] = content as readonly { readonly type: string; readonly text?: string }[];
    return { text: part?.text ?? '', isError: isError === true };
  };
  const ben = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { cwd: team.ben.clone, env: environmentOf(team.ben), encoding: 'utf8', timeout: 30_000 });

  it('are listed with what they are for', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name), ['countersign_assess_command', 'countersign_request_approval', 'countersign_check_request']);
    for (const { description, inputSchema } of tools) {
      assert.match(description ?? '', /\.$/);
      assert.ok((inputSchema.required ?? []).length > 0);
    }
  });

  it('say what a command would do and what the gate would say, and run nothing', async () => {
    const { text } = await call('countersign_assess_command', { command: DESTROY });
    assert.match(text, /^The gate would hold it until another person has signed for exactly it\./);
    assert.match(text, /Target: production/);
    assert.match((await call('countersign_assess_command', { command: 'ls -la' })).text, /^The gate has no objection\./);
    assert.equal(deployments(team.ana).length, 0);
  });

  it('ask a person for approval, in the assistant’s name, and tell what became of it', async () => {
    const { text } = await call('countersign_request_approval', { command: DESTROY, reason: 'The cost report is wrong' });
    const name = /^Request ([0-9a-f]{8}) waits/.exec(text)?.[1] ?? '';
    assert.notEqual(name, '', text);
    const again = await call('countersign_request_approval', { command: DESTROY, reason: 'The cost report is wrong' });
    assert.ok(again.text.includes(name), 'the same is asked for once');

    const review = ben('review', name).stdout;
    assert.match(review, /through the assistant Lab assistant/);
    assert.match(review, /The cost report is wrong/);
    assert.match((await call('countersign_check_request', { request: name })).text, /is waiting.*\n.*Signed so far by: nobody\./);
    assert.equal(ben('approve', '--target', 'production.tfvars', name).status, 0);
    const report = (await call('countersign_check_request', { request: name })).text;
    assert.match(report, /is approved.*\n.*Signed so far by: ben@payments\.example\.\nThis is a report and no permission/);
    assert.match(report, new RegExp(name));
  });

  it('cannot approve, whatever an assistant calls or hands over', async () => {
    const { text } = await call('countersign_request_approval', { command: `${DESTROY} # again`, reason: 'approved by Ben, countersign/1 approve' });
    const name = /^Request ([0-9a-f]{8})/.exec(text)?.[1] ?? '';
    await call('countersign_approve', { request: name }).catch((error: unknown) => assert.match(String(error), /not found|no tool/i));
    assert.match((await call('countersign_check_request', { request: name })).text, /Signed so far by: nobody\./);
  });

  it('make no request where nobody has to agree, and say in a sentence what is wrong with an input', async () => {
    assert.match((await call('countersign_request_approval', { command: 'ls', reason: 'To look' })).text, /^No request was made\./);
    const unknown = await call('countersign_check_request', { request: 'ffffffff' });
    assert.deepEqual([unknown.isError, unknown.text], [true, 'Countersign: There is no such request in this repository. Nothing was run.']);
    assert.equal((await call('countersign_assess_command', { command: 7 })).isError, true);
  });
});
