import { request, type IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import { answerSchema, type Answer, type GuardAsk, type Say, type WindowEntry } from './protocol.js';

/** How long a broker may take to accept a question before it counts as gone, in milliseconds. */
const ACCEPT_TIMEOUT = 2_000;
/** After this long without an answer whoever waits is told so, in milliseconds. */
const SLOW = 500;
/** A broker gives a sign of life every second; after this long without one it hangs. Milliseconds. */
const SILENCE = 2_000;

/** The broker could not be asked, or went away before it answered. */
export class BrokerGone extends Error {}

/**
 * Asks a window's broker and waits for its verdict, however long that takes.
 *
 * @param say shows lines to the person who waits
 * @throws BrokerGone when there is no broker, or none any more
 */
export function askBroker(window: WindowEntry, ask: GuardAsk, say: Say, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: window.socket, path: '/v1/ask', method: 'POST', headers: { authorization: `Bearer ${window.secret}`, 'content-type': 'application/json' }, signal });
    const slow = setTimeout(() => say(['Countersign: The editor window is slow to answer. Waiting for it.']), SLOW);
    const timer = setTimeout(() => call.destroy(new BrokerGone('The window does not answer.')), ACCEPT_TIMEOUT);
    const accepted = () => {
      clearTimeout(slow);
      clearTimeout(timer);
    };
    call.on('error', (error) => {
      accepted();
      reject(error instanceof BrokerGone ? error : new BrokerGone(error.message, { cause: error }));
    });
    call.on('response', (response) => {
      accepted();
      if (response.statusCode === 200) listen(response, say).then(resolve, reject);
      else {
        response.resume();
        reject(new BrokerGone(`The window refused the question (${response.statusCode ?? 'no status'}).`));
      }
    });
    call.end(JSON.stringify(ask));
  });
}

/** Reads answers up to the verdict. */
function listen(response: IncomingMessage, say: Say): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let isSilent = false;
    const silence = setTimeout(() => {
      isSilent = true;
      say(['Countersign: The editor window has stopped answering. Nothing has run. It goes on when the window does; Ctrl+C cancels.']);
    }, SILENCE);
    const end = (error: BrokerGone) => {
      clearTimeout(silence);
      // After a verdict this changes nothing: a promise settles once.
      reject(error);
    };
    const take = (answer: Answer | undefined) => {
      if (answer?.type === 'say') say(answer.lines, answer.held);
      if (answer?.type === 'verdict') resolve(answer.run);
    };
    response.setEncoding('utf8');
    let rest = '';
    response.on('data', (chunk: string) => {
      silence.refresh();
      if (isSilent) say(['Countersign: The editor window answers again.']);
      isSilent = false;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(parseAnswer(line));
    });
    response.on('close', () => end(new BrokerGone('The window went away.')));
    response.on('error', (error) => end(new BrokerGone(error.message, { cause: error })));
  });
}

function parseAnswer(line: string): Answer | undefined {
  try {
    return z.parse(answerSchema, JSON.parse(line));
  } catch {
    return undefined;
  }
}
