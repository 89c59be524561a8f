// What an assistant's hook costs for a harmless call, as a whole process, beside a Node that does nothing and beside
// other gates from npm. node out/test/bench/hook.js
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { WINDOW_VARIABLE } from '../../src/broker/windows.js';
import { gateDirectory, installGuards } from '../../src/guards/install.js';
import { createTeam, environmentOf } from '../demo/team.js';
import { repositoryRoot, which } from '../harness/paths.js';
import { run } from '../harness/processes.js';
import { RealWindow } from '../integration/real-window.js';
import { Seat } from '../integration/people.js';
import type { Lap } from './support/stopwatch.js';
import { median } from './support/times.js';

const ROUNDS = 41;
/** Gates of others that read the same JSON: the package, its program below `node_modules`, and the arguments by which they do. */
const PEERS = [
  { name: 'cc-safety-net', program: '.bin/cc-safety-net', args: ['--claude-code'] },
  { name: '@shellfirm/cli-linux-x64', program: '@shellfirm/cli-linux-x64/shellfirm', args: ['check', '--stdin'] },
] as const;

interface Contender {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** What the assistant would run; the tests without. */
  readonly command?: string;
}

/** Milliseconds that a program takes from its start to its end; the window answers from this process, so another one waits for it. */
async function timeOf(stopwatch: ChildProcess, lap: Lap): Promise<number> {
  stopwatch.send(lap);
  const [taken] = (await once(stopwatch, 'message')) as [number];
  return taken;
}

/** Another gate, where npm can install it here and it starts. */
async function peer({ name, program, args }: (typeof PEERS)[number], folder: string): Promise<readonly Contender[]> {
  const prefix = path.join(folder, name.replace('/', '-'));
  const file = path.join(prefix, 'node_modules', program);
  try {
    await run(which('npm') ?? 'npm', ['install', '--prefix', prefix, name, '--no-audit', '--no-fund', '--loglevel=error'], { what: `npm install ${name}` });
    // One package forgets that its program is one.
    chmodSync(file, 0o755);
    await run(file, ['--version'], { what: name });
  } catch (error) {
    console.log(`${name} is not compared: ${(error as Error).message.trim().split('\n').slice(0, 2).join(' ')}`);
    return [];
  }
  return [{ name, argv: [file, ...args] }];
}

async function main(): Promise<void> {
  const team = createTeam();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hook-bench-'));
  installGuards(team.ana.home, { shell: '/bin/sh', node: process.execPath, gate: path.join(repositoryRoot(), 'out', 'gate.js') });
  const window = await RealWindow.open(await Seat.of(team.ana));
  const stopwatch = fork(path.join(__dirname, 'support', 'stopwatch.js'));
  try {
    const hook = path.join(gateDirectory(team.ana.home), 'hook');
    writeFileSync(path.join(folder, 'empty.sh'), '#!/bin/bash -p\n', { mode: 0o755 });
    const contenders: Contender[] = [
      { name: 'node -e 0', argv: [process.execPath, '-e', '0'] },
      { name: 'an empty bash script', argv: [path.join(folder, 'empty.sh')] },
      { name: 'our hook, a window open', argv: [hook, '--from', 'claude-code/user'], env: { [WINDOW_VARIABLE]: window.name } },
      { name: 'our hook, only looking', argv: [hook, '--from', 'claude-code/user'], command: 'ls -la src' },
      { name: 'our hook, no window', argv: [process.execPath, path.join(repositoryRoot(), 'out', 'cli.js'), 'hook'] },
      ...(await Promise.all(PEERS.map((each) => peer(each, folder)))).flat(),
    ];
    const call = (command: string) => JSON.stringify({ session_id: 's', transcript_path: '/x/.claude/t', cwd: team.ana.clone, permission_mode: 'default', hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command, description: 'As asked' }, tool_use_id: 'toolu_1' });
    const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1) for (const { name, argv, env, command = 'npm test' } of contenders) times.get(name)?.push(await timeOf(stopwatch, { argv, input: call(command), cwd: team.ana.clone, env: { ...environmentOf(team.ana), ...env } }));
    const base = median(times.get('node -e 0') ?? []);
    for (const [name, taken] of times) console.log(`${name.padEnd(26)} ${median(taken).toFixed(1)} ms, ${(median(taken) / base).toFixed(2)} of node -e 0`);
  } finally {
    stopwatch.kill();
    window.close();
    team.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
