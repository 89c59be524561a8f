import { realpathSync } from 'node:fs';
import { hexOf, sha256 } from '../core/approval/canonical.js';
import type { Edit } from '../core/edits/compare.js';

/** As many edits are remembered; the oldest goes first. */
const MOST = 500;
/** An assistant makes its edit once its person has said yes, or never. Milliseconds. */
const FRESH = 10 * 60_000;

interface Announced {
  readonly path: string;
  readonly agent: string;
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
  announce(agent: string, edits: readonly Edit[]): void {
    for (const { path, after } of edits) {
      if (after === undefined) continue;
      const key = keyOf(after);
      this.edits.delete(key);
      this.edits.set(key, { path, agent, at: this.now() });
    }
    for (const key of [...this.edits.keys()].slice(0, Math.max(0, this.edits.size - MOST))) this.edits.delete(key);
  }

  /** The assistant that announced exactly this text for this file a short while ago. */
  authorOf(path: string, text: string): string | undefined {
    if (this.edits.size === 0) return undefined;
    const edit = this.edits.get(keyOf(text));
    return edit && this.now() - edit.at < FRESH && (edit.path === path || edit.path === physical(path)) ? edit.agent : undefined;
  }
}

function keyOf(text: string): string {
  return hexOf(sha256(text));
}

function physical(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
