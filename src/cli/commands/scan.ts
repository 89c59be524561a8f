import path from 'node:path';
import { plain } from '../../core/approval/display.js';
import type { EnvironmentPattern, Finding } from '../../core/assess/assessment.js';
import { compareEdit } from '../../core/edits/compare.js';
import { CountersignError } from '../../core/errors.js';
import { scanFile } from '../../core/files/scan.js';
import { defaultPolicy } from '../../core/policy/policy.js';
import { FileWorld } from '../../world/file-world.js';
import type { Repository } from '../../world/repository.js';
import { desksAround, type Context } from '../context.js';
import { EXIT, print } from '../terminal.js';

/** A finding with the place in its file where a person finds it. */
interface Located extends Finding {
  readonly path: string;
  /** From one. */
  readonly line: number;
  readonly column: number;
}

export interface ScanOptions {
  readonly json: boolean;
  /** A revision; only what is worse than there is reported. */
  readonly since: string | undefined;
}

/**
 * `countersign scan FILE…`: what the files would do where they run, or, with `--since`, what changed for the worse
 * in the working copy. Ends with the code for "needs approval" when there is anything to report.
 */
export async function scan(context: Context, files: readonly string[], options: ScanOptions): Promise<number> {
  const [desk] = await desksAround(context);
  const { environments } = desk ? (await desk.trust()).policy : defaultPolicy();
  const world = new FileWorld(context.home, context.env);
  const found = options.since === undefined ? scanFiles(context, files, environments, world) : await compareWith(options.since, desk?.repository, environments, world);
  for (const finding of found) print(options.json ? JSON.stringify(finding) : line(finding));
  return found.length > 0 ? EXIT.needsApproval : EXIT.ok;
}

function scanFiles(context: Context, files: readonly string[], environments: readonly EnvironmentPattern[], world: FileWorld): Located[] {
  return files.flatMap((name) => {
    const file = path.resolve(context.cwd, name);
    const text = textOf(world.readFile(file));
    if (text === undefined) throw new CountersignError('request', `There is no file “${plain(name)}” here, or it is too large to read.`);
    return scanFile({ path: file, text }, environments, world).map((finding) => located(finding, name, text));
  });
}

async function compareWith(revision: string, repository: Repository | undefined, environments: readonly EnvironmentPattern[], world: FileWorld): Promise<Located[]> {
  if (!repository) throw new CountersignError('git', 'This is not inside a git repository, so there is nothing to compare with.');
  const changed = await repository.changedSince(revision);
  const found = await Promise.all(
    changed.map(async (name) => {
      const file = path.join(repository.root, name);
      const before = await repository.fileAt(revision, name);
      const after = textOf(world.readFile(file));
      const { added, lostProtections } = compareEdit({ path: file, before, after }, environments, world);
      return [...added.map((finding) => located(finding, name, after ?? '')), ...lostProtections.map((finding) => located(finding, name, before ?? ''))];
    }),
  );
  return found.flat();
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

function located(finding: Finding, name: string, text: string): Located {
  const before = text.slice(0, finding.span.start).split('\n');
  return { ...finding, path: name, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function line(finding: Located): string {
  const safer = finding.safer === undefined ? '' : ` Safer: ${plain(finding.safer)}`;
  return `${plain(finding.path)}:${finding.line}:${finding.column}: ${finding.severity}: ${plain(finding.message)} (${finding.rule})${safer}`;
}
