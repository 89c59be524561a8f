import { english, sentence, spoken, type Say as InLanguage } from '../core/say.js';
import type { Say } from './protocol.js';

/** Nobody waits for longer than this without being told what for, in milliseconds. */
const SILENCE = 1_000;

/** Speaks to whoever waits: what there is to say, and, when that takes its time, what is being done. */
export class Progress {
  doing = sentence('Finding out what this is called.');
  private readonly timer: NodeJS.Timeout;

  /** @param inLanguage the language of whoever waits */
  constructor(
    private readonly tell: Say,
    inLanguage: InLanguage = english,
  ) {
    this.timer = setTimeout(() => tell([spoken(sentence('Countersign: One moment. {0}', this.doing), inLanguage)]), SILENCE);
  }

  readonly say: Say = (lines, held) => {
    clearTimeout(this.timer);
    this.tell(lines, held);
  };

  end(): void {
    clearTimeout(this.timer);
  }
}
