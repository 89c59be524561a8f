import { statSync } from 'node:fs';
import path from 'node:path';
import { plain, plainly } from '../../core/approval/display.js';
import type { EnvironmentPattern, Finding } from '../../core/assess/assessment.js';
import { compareEdit } from '../../core/edits/compare.js';
import { CountersignError } from '../../core/errors.js';
import { placesIn, reportOf, type PlacedFinding } from '../../core/files/report.js';
import { unreadFinding } from '../../core/files/scan.js';
import { sarifLog } from '../../core/files/sarif.js';
import { defaultPolicy } from '../../core/policy/policy.js';
import { FileWorld } from '../../world/file-world.js';
import type { Repository } from '../../world/repository.js';
import { scanFolder } from '../../world/scan-folder.js';
import { ScannerPool } from '../../world/scanner-pool.js';
import { desksAround, type Context } from '../context.js';
import { EXIT, print } from '../terminal.js';
import { recorded } from '../../core/assess/findings.js';

/** A finding with the path by which it was asked for. */
interface Located {
  readonly path: string;
  readonly finding: PlacedFinding;
}

export interface ScanOptions {
  readonly json: boolean;
  /** One log in SARIF 2.1.0 instead of lines. */
  readonly sarif: boolean;
  /** A revision; only what is worse than there is reported. */
  readonly since: string | undefined;
}

/**
 * `countersign scan [FILE|DIRECTORY…]`: what the files would do where they run, or, with `--since`, what changed for the
 * worse in the working copy. Ends with the code for "needs approval" when there is anything to report that nobody silenced.
 */
export async function scan(context: Context, names: readonly string[], options: ScanOptions): Promise<number> {
  const [desk] = await desksAround(context);
  const { environments } = desk ? (await desk.trust()).policy : defaultPolicy();
  const world = new FileWorld(context.home, context.env);
  const found = options.since === undefined ? await scanAll(context, names.length > 0 ? names : ['.'], environments, world) : await compareWith(options.since, desk?.repository, environments, world);
  if (options.sarif) print(JSON.stringify(sarifLog(found.map(({ path: name, finding }) => ({ path: name.replaceAll(path.sep, '/'), finding }))), undefined, 2));
  else for (const one of found) print(options.json ? JSON.stringify({ ...recorded(one.finding), path: one.path }) : line(one));
  return found.some(({ finding }) => finding.suppressed === undefined) ? EXIT.needsApproval : EXIT.ok;
}

async function scanAll(context: Context, names: readonly string[], environments: readonly EnvironmentPattern[], world: FileWorld): Promise<readonly Located[]> {
  const found: Located[] = [];
  for (const name of names) {
    const file = path.resolve(context.cwd, name);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
      const pool = new ScannerPool(context.home);
      const below: Located[] = [];
      for await (const { files, unread } of scanFolder(file, pool.readers(environments))) {
        for (const { path: relative, findings } of files) below.push(...findings.map((finding) => ({ path: path.join(name, relative), finding })));
        for (const { path: relative } of unread) below.push(located(unreadFinding(path.join(file, relative)), path.join(name, relative), ''));
      }
      pool.dispose();
      found.push(...below.sort((a, b) => compare(a.path, b.path)));
    } else {
      const text = textOf(world.readFile(file));
      if (text === undefined) throw new CountersignError('request', `There is no file “${plain(name)}” here, or it is too large to read.`);
      found.push(...reportOf({ path: file, text }, environments, world).map((finding) => ({ path: name, finding })));
    }
  }
  return found;
}

async function compareWith(revision: string, repository: Repository | undefined, environments: readonly EnvironmentPattern[], world: FileWorld): Promise<readonly Located[]> {
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

/** By the letters' codes, as git lists names. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

function located(finding: Finding, name: string, text: string): Located {
  return { path: name, finding: { ...finding, ...placesIn(text)(finding) } };
}

function line({ path: name, finding }: Located): string {
  const safer = finding.safer === undefined ? '' : ` Safer: ${plain(finding.safer)}`;
  const weight = finding.suppressed === undefined ? finding.severity : `suppressed (${plain(finding.suppressed)})`;
  return `${plain(name)}:${finding.line}:${finding.column}: ${weight}: ${plainly(finding.message)} (${finding.rule})${safer}`;
}
