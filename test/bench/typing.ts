// What each batch of keystrokes costs in a long file that is open: node out/test/bench/typing.js
import os from 'node:os';
import path from 'node:path';
import { Memory } from '../../src/core/files/memory.js';
import { reportOf } from '../../src/core/files/report.js';
import { defaultPolicy } from '../../src/core/policy/policy.js';
import { FileWorld } from '../../src/world/file-world.js';
import { repositoryRoot } from '../harness/paths.js';
import { median, share } from './support/times.js';

const LINES = 5_000;
const BATCHES = 200;

interface Kind {
  readonly name: string;
  /** So many lines, with what a file of its kind holds. */
  readonly block: (count: number) => string;
  /** What is typed somewhere, a few letters at a time. */
  readonly typed: string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'deploy.sh',
    block: (count) => `# step ${count}\nlog() { printf '%s\\n' "$1" >&2; }\nif [[ -n \${RELEASE_${count}:-} ]]; then\n  log "step ${count} of $STEPS"\n  kubectl --context staging rollout status "deployment/payments-${count}" --timeout=60s\n  aws s3 cp "build/${count}.tar" "s3://artifacts/${count}/"\n  rm -rf "build/tmp-${count}"\nfi\nfor host in a b c; do ssh "$host" systemctl restart payments-${count}; done\n\n`,
    typed: '  kubectl --context production delete namespace payments\n',
  },
  {
    name: 'migration.sql',
    block: (count) => `-- ${count}\nCREATE TABLE charge_${count} (\n  id bigint PRIMARY KEY,\n  amount numeric NOT NULL,\n  created timestamptz DEFAULT now()\n);\nINSERT INTO charge_${count} SELECT id, amount, created FROM charges WHERE id % 512 = ${count};\nUPDATE accounts SET balance = balance - 1 WHERE id = ${count};\nCREATE INDEX ON charge_${count} (created);\n\n`,
    typed: 'DELETE FROM charges;\n',
  },
  {
    name: 'manifest.yaml',
    block: (count) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-${count}\n  namespace: payments\ndata:\n  level: info\n  number: "${count}"\n  script: echo ${count}\n`,
    typed: '  more: nothing that matters\n',
  },
];

/** Milliseconds of this process's work. */
function work(task: () => unknown): number {
  const start = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const { environments } = defaultPolicy();
const world = new FileWorld(os.homedir(), { ...process.env });
for (const { name, block, typed } of KINDS) {
  const blocks = Array.from({ length: LINES / 10 }, (_, count) => block(count));
  const file = path.join(repositoryRoot(), 'bench', name);
  const memory = new Memory();
  const read = (text: string) => reportOf({ path: file, text }, environments, world, memory);
  const first = work(() => read(blocks.join('')));
  const times: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    // Three letters further in what is being typed; done with it, another place.
    const letters = (batch * 3) % typed.length;
    const place = (Math.floor((batch * 3) / typed.length) * 97) % blocks.length;
    const text = [...blocks.slice(0, place), typed.slice(0, letters + 3), ...blocks.slice(place)].join('');
    times.push(work(() => read(text)));
  }
  console.log(`${name.padEnd(16)} ${LINES} lines: opened ${first.toFixed(0)} ms, each batch of keystrokes median ${median(times).toFixed(1)} ms, p95 ${share(times, 0.95).toFixed(1)} ms of CPU  (goal 50 ms)`);
}
