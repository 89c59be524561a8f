import { judgePush, readChanges } from '../../broker/push-gate.js';
import { inert } from '../../core/approval/display.js';
import { messageOf } from '../../core/errors.js';
import { ServerRepository } from '../../world/server-repository.js';
import type { Context } from '../context.js';
import { EXIT, printError } from '../terminal.js';

/** No push names so many refs, in bytes. */
const MAX_INPUT = 64 * 1024 * 1024;

/** `countersign pre-receive`: a server's git hook. Any fault refuses the push. */
export async function preReceive(context: Context, input: NodeJS.ReadableStream): Promise<number> {
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of input) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > MAX_INPUT) throw new Error('The push names too many refs.');
      chunks.push(bytes);
    }
    await judgePush(readChanges(Buffer.concat(chunks).toString('utf8')), ServerRepository.at(context.cwd, context.env), context.now());
    return EXIT.ok;
  } catch (error) {
    printError(`Countersign: ${inert(messageOf(error))}`);
    return EXIT.refused;
  }
}
