import { sentence, type Sentence } from '../say.js';

/** Why a text is not read to its end: whoever hides something goes beyond what is followed. */
export const UNREADABLE = {
  tooLong: sentence('the text is longer than 64 KB'),
  tooNested: sentence('brackets are nested more than 64 deep'),
  tooDeep: sentence('commands are nested too deep'),
  tooManyCommands: sentence('there are too many commands to follow'),
  tooManyWords: sentence('a command has too many words'),
  tooWrapped: sentence('wrappers stand too deep in one another'),
  gaveUp: sentence('the shell parser gave up'),
  notFollowed: sentence('the text could not be followed'),
} as const;

/** The reader of POSIX shells takes a text for another one than it is; its pieces are read all the same. */
export function notValidShell(problem: string): Sentence {
  return sentence('Not valid shell: {0}.', problem);
}

/** Whether that reader refused a text, for one of these reasons. */
export function isRefusal({ text, values }: Sentence): boolean {
  return text === notValidShell('').text || values[0] === UNREADABLE.gaveUp;
}
