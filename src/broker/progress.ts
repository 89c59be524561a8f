import type { Say } from './protocol.js';

/** Nobody waits for longer than this without being told what for, in milliseconds. */
const SILENCE = 1_000;

/** Speaks to whoever waits: what there is to say, and, when that takes its time, what is being done. */
export class Progress {
  doing = 'Finding out what this is called.';
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly tell: Say) {
    this.timer = setTimeout(() => tell([`Countersign: One moment. ${this.doing}`]), SILENCE);
  }

  readonly say: Say = (lines, held) => {
    clearTimeout(this.timer);
    this.tell(lines, held);
  };

  end(): void {
    clearTimeout(this.timer);
  }
}
