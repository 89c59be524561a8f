import type { Settings } from './settings.js';

/** What an editor suite runs in: its workspace, its person's home, and what the editor is started with. */
export interface World {
  readonly folder: string;
  readonly home: string;
  /** Added to the editor's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** User settings over the quiet defaults. */
  readonly settings?: Settings;
  dispose(): Promise<void>;
}

/** What `test/editor/<name>/world.ts` exports; without such a file a suite runs in an empty workspace. */
export interface WorldModule {
  prepare(): Promise<World>;
}
