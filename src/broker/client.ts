import { request } from 'node:http';
import * as z from 'zod/mini';
import { answerSchema, type Answer, type GuardAsk, type WindowEntry } from './protocol.js';

/** How long a broker may take to accept a question before it counts as gone, in milliseconds. */
const ACCEPT_TIMEOUT = 2_000;

/** The broker could not be asked, or went away before it answered. */
export class BrokerGone extends Error {}

/**
 * Asks a window's broker and waits for its verdict, however long that takes.
 *
 * @param say shows lines to the person who waits
 * @throws BrokerGone when there is no broker, or none any more
 */
export function askBroker(window: WindowEntry, ask: GuardAsk, say: (lines: readonly string[]) => void, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: window.socket, path: '/v1/ask', method: 'POST', headers: { authorization: `Bearer ${window.secret}`, 'content-type': 'application/json' }, signal });
    const timer = setTimeout(() => call.destroy(new BrokerGone('The window does not answer.')), ACCEPT_TIMEOUT);
    call.on('error', (error) => {
      clearTimeout(timer);
      reject(error instanceof BrokerGone ? error : new BrokerGone(error.message, { cause: error }));
    });
    call.on('response', (response) => {
      clearTimeout(timer);
      if (response.statusCode !== 200) {
        response.resume();
        reject(new BrokerGone(`The window refused the question (${response.statusCode ?? 'no status'}).`));
        return;
      }
      response.setEncoding('utf8');
      let rest = '';
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const answer of lines.map(parseAnswer)) {
          if (answer?.type === 'say') say(answer.lines);
          if (answer?.type === 'verdict') resolve(answer.run);
        }
      });
      // A promise settles once: after a verdict these change nothing.
      response.on('close', () => reject(new BrokerGone('The window went away.')));
      response.on('error', (error) => reject(new BrokerGone(error.message, { cause: error })));
    });
    call.end(JSON.stringify(ask));
  });
}

function parseAnswer(line: string): Answer | undefined {
  try {
    return z.parse(answerSchema, JSON.parse(line));
  } catch {
    return undefined;
  }
}
