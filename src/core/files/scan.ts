import type { EnvironmentPattern, Finding, Span } from '../assess/assessment.js';
import type { World } from '../world.js';
import { readCloudFormation } from './cloudformation.js';
import { readCode } from './code.js';
import { readDockerfile } from './dockerfile.js';
import { isTooDeep } from './depth.js';
import { Gather, TooMuch } from './gather.js';
import type { FileRule, SourceFile } from './gather.js';
import { readGitlab } from './gitlab.js';
import { readGroovy } from './jenkinsfile.js';
import { readLaunchJson, readPackageJson, readTasksJson } from './json-files.js';
import { kindOf } from './kinds.js';
import type { FileKind } from './kinds.js';
import { Memory } from './memory.js';
import { readKubernetes } from './kubernetes-files.js';
import { readJustfile, readMakefile } from './make-files.js';
import { readPipeline } from './pipelines.js';
import { readShell } from './shell-files.js';
import { readSql } from './sql-files.js';
import { readTaskFile } from './task-files.js';
import { readTaskfile } from './taskfile.js';
import { readTerraform } from './terraform-files.js';
import { readWorkflow } from './workflow.js';
import { AliasesTooMany } from './yaml-tree.js';
import { asSentence } from '../say.js';

type Reader = (gather: Gather) => void;

/** Who reads which kind. Kinds without a reader matter only when they change. */
const READERS: Readonly<Partial<Record<FileKind, Reader>>> = {
  'vscode tasks': readTasksJson,
  'vscode launch': readLaunchJson,
  'package.json': readPackageJson,
  makefile: readMakefile,
  justfile: readJustfile,
  taskfile: readTaskfile,
  'task file': readTaskFile,
  dockerfile: readDockerfile,
  workflow: readWorkflow,
  gitlab: readGitlab,
  pipeline: readPipeline,
  jenkinsfile: readGroovy,
  sql: readSql,
  terraform: readTerraform,
  cloudformation: readCloudFormation,
  kubernetes: readKubernetes,
  shell: readShell,
  code: readCode,
};

/** Longer files are not read: they are data, or they hide something. */
export const MOST_TEXT = 256 * 1024;
const TOO_LONG: FileRule = { id: 'file/too-long', severity: 'low', effect: 'unknown', reversible: 'no', message: 'The file is longer than 256 KB, so what it does is not known.', safer: 'Split it.' };
const TOO_DEEP: FileRule = { id: 'file/too-deep', severity: 'medium', effect: 'unknown', reversible: 'no', message: 'The file nests more than 256 deep, or repeats itself without end, so what it does is not known.', safer: 'Write it flat.' };
const TOO_MUCH: FileRule = { id: 'file/too-much', severity: 'medium', effect: 'unknown', reversible: 'no', message: 'The file repeats its commands too often to read them all, so what it does is not known.', safer: 'Split it.' };
const TOO_SLOW: FileRule = { id: 'file/too-slow', severity: 'medium', effect: 'unknown', reversible: 'no', message: 'The file takes too long to read, so what it does is not known.', safer: 'Split it.' };
const NESTED: ReadonlySet<FileKind> = new Set<FileKind>(['vscode tasks', 'vscode launch', 'package.json', 'taskfile', 'workflow', 'gitlab', 'pipeline', 'cloudformation', 'kubernetes']);

/**
 * What a file would do when it is run, applied or built, with exact ranges in it. Its kind is recognised by its path and
 * first line; nothing is run, and other files that it runs are left to their own scan. Never throws.
 * @param memory what earlier versions of the same file came to; with it the answer is the same, and sooner
 */
export function scanFile(file: SourceFile, environments: readonly EnvironmentPattern[], world: World, memory = new Memory()): readonly Finding[] {
  const kind = kindOf(file.path, file.text.slice(0, MOST_TEXT));
  const reader = kind && READERS[kind];
  if (!reader) return [];
  memory.turn();
  const gather = new Gather(file, environments, world, memory);
  if (file.text.length > MOST_TEXT) gather.rule(TOO_LONG, firstLine(file));
  else if ((NESTED.has(kind) || /\.json$/.test(file.path)) && isTooDeep(file.text)) gather.rule(TOO_DEEP, firstLine(file));
  else {
    try {
      reader(gather);
    } catch (error) {
      // What was understood until then still counts.
      if (error instanceof TooMuch) gather.rule(TOO_MUCH, firstLine(file));
      if (error instanceof AliasesTooMany) gather.rule(TOO_DEEP, firstLine(file));
    }
  }
  return gather.findings;
}

/** What is said of a file that could not be read to its end in any reasonable time. */
export function unreadFinding(path: string): Finding {
  const { id, severity, effect, reversible, message, safer } = TOO_SLOW;
  return { rule: id, severity, effect, reversible, message: asSentence(message), safer, file: path, span: { start: 0, end: 0 }, via: [] };
}

function firstLine({ text }: SourceFile): Span {
  return { start: 0, end: Math.max(0, text.indexOf('\n')) };
}
