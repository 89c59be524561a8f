import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import * as z from 'zod/mini';
import { ASK_PATH, PASS_PATH, type Answer, type GuardAsk, type Pass, type Say, type WindowEntry } from './protocol.js';
import { answerSchema } from './protocol-schemas.js';

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
    const call = request({ ...to(window, ASK_PATH), signal });
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

/**
 * Tells a window what an assistant's hook let go.
 *
 * @returns whether it took note; otherwise its guards ask about it again, which is a nuisance and no danger
 */
export function passOn(window: WindowEntry, pass: Pass): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ ...to(window, PASS_PATH), timeout: ACCEPT_TIMEOUT });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
    call.on('close', () => resolve(false));
    call.on('response', (response) => {
      response.resume();
      resolve(response.statusCode === 204);
    });
    call.end(JSON.stringify(pass));
  });
}

function to({ socket, secret }: WindowEntry, path: string): RequestOptions {
  return { socketPath: socket, path, method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' } };
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
