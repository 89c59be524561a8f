import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reviewText } from '../../src/broker/review.js';
import { reviewFacts } from '../../src/broker/review-facts.js';
import type { RequestView } from '../../src/core/ledger/fold.js';
import { createTeam, deployments, environmentOf, git, type Team } from '../demo/team.js';
import { repositoryRoot, which } from '../harness/paths.js';
import { sleep } from '../harness/processes.js';
import { Seat } from './people.js';

/** The full number with COUNTERSIGN_KILLS=500. */
const KILLS = Number(process.env['COUNTERSIGN_KILLS'] ?? 5);

/** Everything that `countersign run` does to the world it does through git and ssh-keygen: each call is a step. */
const STEP = `#!/bin/sh
# Counts the calls, and at one of them ends everybody in this process group, as a power cut would.
echo x >> DIRECTORY/count
read -r AT HOW < DIRECTORY/plan
if [ "$(wc -l < DIRECTORY/count)" -eq "$AT" ]; then
  [ "$HOW" = before ] && kill -9 0
  [ "$HOW" = during ] && { REAL "$@" & kill -9 0; }
  REAL "$@"
  kill -9 0
fi
exec REAL "$@"
`;

describe('kill -9 between the request and the outcome', function () {
  this.timeout((KILLS + 1) * 120_000);
  let team: Team;
  let ben: Seat;
  let bin: string;
  before(async () => {
    team = createTeam();
    ben = await Seat.of(team.ben);
    bin = path.join(team.directory, 'steps');
    mkdirSync(bin);
    for (const program of ['git', 'ssh-keygen']) writeFileSync(path.join(bin, program), STEP.replaceAll('REAL', which(program)!).replaceAll('DIRECTORY', bin), { mode: 0o755 });
  });
  after(() => team.dispose());

  /** Runs to its end, or to the step at which it is killed, while Ben approves whatever he sees of it. */
  const run = async (text: string, at: number, how: string) => {
    rmSync(path.join(bin, 'count'), { force: true });
    // In a file: an environment variable would be another operation.
    writeFileSync(path.join(bin, 'plan'), `${at} ${how}\n`);
    const env = { ...environmentOf(team.ana), PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const child = spawn(process.execPath, [path.join(repositoryRoot(), 'out', 'cli.js'), 'run', '--', text], { cwd: team.ana.clone, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const progress = { over: false };
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => child.once('exit', (code, signal) => {
      progress.over = true;
      resolve({ code, signal });
    }));
    while (!progress.over) {
      for (const view of await asked(text)) if (view.state === 'waiting') await ben.desk.approve(view).catch(() => undefined);
      await Promise.race([ended, sleep(200)]);
    }
    return { ...(await ended), said, steps: existsSync(path.join(bin, 'count')) ? readFileSync(path.join(bin, 'count'), 'utf8').length / 2 : 0 };
  };
  /** Deploys, and would then destroy: that is what it is held for. */
  const deployment = (which: string | number) => `./scripts/deploy.sh production ${which} && exit; terraform -chdir=infra destroy -var-file=production.tfvars`;
  const asked = async (text: string): Promise<readonly RequestView[]> => {
    await ben.desk.sync();
    return (await ben.desk.requests()).filter((view) => view.signed.request.operation.script === text);
  };

  it(`at every step, ${KILLS} times: nothing is lost, nothing runs twice, and what is left explains itself`, async () => {
    const whole = await run(deployment('whole'), 0, 'never');
    assert.equal(whole.code, 0, whole.said);
    assert.match(whole.said, /approved by/);
    for (let index = 0; index < KILLS; index += 1) {
      const at = 1 + Math.floor((index * whole.steps) / KILLS);
      const how = ['before', 'during', 'after'][index % 3]!;
      const where = `killed ${how} step ${at} of ${whole.steps}`;
      const text = deployment(index);
      const before = deployments(team.ana).length;
      await run(text, at, how);
      const again = await run(text, 0, 'never');
      assert.equal(again.code, 0, `${where}: ${again.said}`);
      const views = await asked(text);
      const uses = views.filter(({ use }) => use !== undefined).length;
      const ran = deployments(team.ana).length - before;
      assert.ok(ran >= 1 && ran <= uses, `${where}: ran ${ran} times on ${uses} uses`);
      assert.ok(views.length <= 2, `${where}: ${views.length} requests`);
      for (const view of views) {
        assert.match(view.state, /^(finished|running|withdrawn)$/, `${where}: ${view.state}`);
        if (view.state !== 'running') continue;
        const trust = await ben.desk.trust();
        assert.match(reviewText(view, await reviewFacts(view, ben.desk.repository, trust, team.ben.home), trust, Math.floor(Date.now() / 1000)), /Used at .* no outcome is recorded: it still runs, or nobody saw its end/);
      }
    }
    assert.equal(git(team.ana, team.remote!, 'fsck', '--no-progress', '--no-dangling'), '');
  });
});
