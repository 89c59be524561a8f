import type { Agent } from '../assistants/call.js';
import { hexOf, sha256 } from '../core/approval/canonical.js';
import type { Edit } from '../core/edits/compare.js';
import { physical } from '../world/physical.js';

/** As many edits are remembered; the oldest goes first. */
const MOST = 500;
/** An assistant makes its edit once its person has said yes, or never. Milliseconds. */
const FRESH = 10 * 60_000;

interface Announced {
  readonly agent: Agent;
  readonly at: number;
}

/**
 * The edits that assistants' hooks told this window of before they were made. When exactly the announced text stands in
 * the file, it is certain whose edit that is.
 */
export class AnnouncedEdits {
  private readonly edits = new Map<string, Announced>();

  /** @param now milliseconds */
  constructor(private readonly now: () => number = Date.now) {}

  /** An assistant is about to make these edits, if it is let. */
  announce(agent: Agent, edits: readonly Edit[]): void {
    for (const { path: file, after } of edits) {
      const key = keyOf(file, after);
      this.edits.delete(key);
      this.edits.set(key, { agent, at: this.now() });
    }
    for (const key of [...this.edits.keys()].slice(0, Math.max(0, this.edits.size - MOST))) this.edits.delete(key);
  }

  /** The assistant that announced exactly this text for this file, or its deletion (undefined), a short while ago. */
  authorOf(file: string, text: string | undefined): Agent | undefined {
    if (this.edits.size === 0) return undefined;
    return [file, physical(file)].map((name) => this.at(name, text)).find((edit) => edit !== undefined)?.agent;
  }

  private at(file: string, text: string | undefined): Announced | undefined {
    const edit = this.edits.get(keyOf(file, text));
    return edit && this.now() - edit.at < FRESH ? edit : undefined;
  }
}

function keyOf(file: string, text: string | undefined): string {
  return `${file}\0${text === undefined ? '' : hexOf(sha256(text))}`;
}
