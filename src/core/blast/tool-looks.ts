import type { SqlAct, SqlKind } from '../languages/sql-acts.js';
import type { Use } from '../rules/use.js';
import { resolvePath } from '../shell/paths.js';
import { isKnown } from '../shell/program.js';
import { sentence, type Sentence } from '../say.js';
import { calledAs, here, unknownPath } from './elsewhere.js';
import type { Look } from './look.js';

/** Terraform calls: what a saved plan says, or what there is to destroy. */
export const planLooks: readonly (readonly [string, (use: Use, home: string) => readonly Look[]])[] = [
  ['terraform/destroy', here((use) => (use.has('-target') ? [] : [declared(use)]))],
  ['terraform/apply-destroy', here((use) => (use.has('-destroy') ? [declared(use)] : []))],
  ['terraform/apply', here(planned)],
];

/** kubectl calls that are handed manifests. */
export const objectLooks: readonly (readonly [string, (use: Use, home: string) => readonly Look[]])[] = [
  ['kubernetes/delete', here(handed)],
  ['kubernetes/replace-force', here(handed)],
  ['kubernetes/apply', here(handed)],
];

const DOES: Readonly<Partial<Record<SqlKind, Sentence>>> = {
  'drop-database': sentence('dropped'),
  'drop-table': sentence('dropped, with every row'),
  truncate: sentence('emptied of every row'),
  'delete-all': sentence('emptied of every row'),
  'delete-rows': sentence('the rows that match are deleted'),
  'update-all': sentence('every row is changed'),
  'update-rows': sentence('the rows that match are changed'),
  'alter-drop': sentence('a part is dropped'),
};

/** What SQL names. How many rows that is only the database could say, and nobody asks it. */
export function tableLooks({ kind, names, what }: SqlAct): readonly Look[] {
  const does = DOES[kind];
  if (does === undefined || names.length === 0) return [];
  return [{ kind: 'tables', does: kind === 'alter-drop' && what !== undefined ? sentence('this part is dropped: {0}', what) : does, names }];
}

/** Terraform's working directory. */
function directoryOf(use: Use): string | undefined {
  const moved = use.value('-chdir -working-dir --terragrunt-working-dir') ?? '.';
  return isKnown(moved) ? resolvePath(use.invocation.cwd, moved) : undefined;
}

function declared(use: Use): Look {
  const directory = directoryOf(use);
  return directory === undefined ? unknownPath(use) : { kind: 'resources', about: calledAs(use), directory };
}

function planned(use: Use): readonly Look[] {
  const directory = directoryOf(use);
  const plan = use.operand(0) === 'run' || use.operand(0) === 'run-all' ? undefined : use.operand(1);
  if (plan === undefined) return [{ kind: 'unknown', about: calledAs(use), why: sentence('it makes its plan when it runs: only a saved plan would say which resources change') }];
  if (directory === undefined || !isKnown(plan)) return [unknownPath(use)];
  const file = resolvePath(directory, plan);
  // The plan itself is not readable without Terraform; people save what `terraform show -json` says of it beside it.
  return [{ kind: 'plan', about: plan, files: [...new Set([file, `${file}.json`, `${file.replace(/\.[^./]+$/, '')}.json`])] }];
}

function handed(use: Use): readonly Look[] {
  const built = use.values('-k --kustomize').map((name): Look => ({ kind: 'unknown', about: name, why: sentence('what kustomize builds of it is not computed') }));
  const files = use.values('-f --filename').flatMap((list) => list.split(',')).map((name): Look => {
    if (name === '-') return { kind: 'unknown', about: calledAs(use), why: sentence('the manifest is only known when it runs') };
    if (/^https?:\/\//i.test(name)) return { kind: 'unknown', about: name, why: sentence('it is fetched when it runs') };
    if (!isKnown(name)) return unknownPath(use);
    return { kind: 'objects', about: name, path: resolvePath(use.invocation.cwd, name), deep: use.has('-R --recursive') };
  });
  return [...files, ...built];
}
