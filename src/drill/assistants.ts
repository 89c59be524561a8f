import { spawn } from 'node:child_process';
import { ASSISTANTS } from '../assistants/assistants.js';
import type { Assistant } from '../assistants/assistant.js';
import { hookCommand, isPresent, standingAcross, type Grounds } from '../assistants/install/install.js';
import type { Canary, Outcome, Stage } from './canary.js';

/** A hook that says nothing in this time says nothing. Milliseconds. */
const PATIENCE = 60_000;

/** Every assistant that is installed here: whether its hook holds what it would do. Nothing is sent to any assistant. */
export function assistantPaths(grounds: Grounds): readonly Canary[] {
  return ASSISTANTS.filter((assistant) => isPresent(assistant, grounds[0])).map((assistant): Canary => ({
    id: `assistant/${assistant.id}`,
    group: 'assistants',
    title: `A command of ${assistant.name}`,
    gate: assistant.hook === undefined ? assistant.next : `its hook (${assistant.hook})`,
    fix: assistant.hook === undefined ? `It has no hook. What holds it: ${assistant.next}.` : `Run “countersign assistants install ${assistant.id}”, or “Countersign: Gate my assistants…”.`,
    play: (stage) => play(assistant, grounds, stage),
  }));
}

async function play(assistant: Assistant, grounds: Grounds, stage: Stage): Promise<Outcome> {
  const { standing, ground } = standingAcross(assistant, grounds);
  if (standing.state !== 'gated') return { result: 'decides', detail: standing.detail };
  const plot = await stage.ground.plot(`assistant-${assistant.id}`);
  const { code, text } = await report(hookCommand(assistant, standing.scope, ground.home), JSON.stringify(assistant.sample(plot.line, plot.directory)), plot.directory, stage.signal);
  if (code === 2 && text.includes('Countersign holds')) return { result: 'waits', detail: 'Its hook, as it is configured, held a canary.' };
  if (code === 0) return { result: 'decides', detail: 'Its hook, as it is configured, did not object to a canary.' };
  return { result: 'unclear', detail: `Its hook ended with ${code ?? 'a signal'}: ${text.split('\n')[0] ?? ''}` };
}

/** Runs the hook as the assistant would. */
function report(command: string, payload: string, cwd: string, signal: AbortSignal): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd, stdio: ['pipe', 'ignore', 'pipe'], signal, timeout: PATIENCE });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => resolve({ code: null, text: error.message }));
    child.on('close', (code) => resolve({ code, text }));
    child.stdin.end(payload);
  });
}
