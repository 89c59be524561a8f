/** Counts of right and wrong answers on both sides. */
export class Tally {
  #found = 0;
  #missed = 0;
  #alarmed = 0;
  #quiet = 0;

  add(destructive: boolean, flagged: boolean): void {
    if (destructive) this[flagged ? 'hit' : 'miss']();
    else this[flagged ? 'alarm' : 'rest']();
  }

  /** `recall 95.5 % of 1113, false positives 2.1 % of 818`. */
  toString(): string {
    const bad = this.#found + this.#missed;
    const good = this.#alarmed + this.#quiet;
    return `recall ${percent(this.#found, bad)} of ${bad}, false positives ${percent(this.#alarmed, good)} of ${good}`;
  }

  private hit(): void {
    this.#found += 1;
  }

  private miss(): void {
    this.#missed += 1;
  }

  private alarm(): void {
    this.#alarmed += 1;
  }

  private rest(): void {
    this.#quiet += 1;
  }
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}
