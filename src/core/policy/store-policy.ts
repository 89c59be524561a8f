import * as z from 'zod/mini';

/** Where requests and approvals are kept. */
export interface StorePolicy {
  /** A database that carries events instead of the git remote. */
  readonly postgres: PostgresPolicy | undefined;
  /** Whether an approved operation may run when nobody can be asked whether it was used already. */
  readonly offline: 'hold' | 'run';
}

/**
 * Where the connection comes from: a section of PostgreSQL's service file, or an environment variable that holds a URL.
 * Never a secret. `repository` is the name that this repository has in the database.
 */
export type PostgresPolicy = { readonly repository: string } & ({ readonly service: string } | { readonly variable: string });

const repository = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/, 'must be a short name such as payments'), z.describe('The name that this repository has in the database.'));
const postgres = z.union(
  [
    z.strictObject({ repository, service: z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must name a section of the service file'), z.describe('The section of ~/.pg_service.conf that says how to connect.')) }),
    z.strictObject({ repository, variable: z.string().check(z.regex(/^[A-Z_][A-Z0-9_]{0,99}$/, 'must name an environment variable'), z.describe('The environment variable that holds the database’s URL. The URL is a secret: never write it here.')) }),
  ],
  'must say "repository" and either "service" (a section of ~/.pg_service.conf) or "variable" (an environment variable that holds a URL)',
);

export const storeSchema = z.strictObject({
  postgres: z.optional(postgres.check(z.describe('A PostgreSQL database that carries them instead: "repository" is its name there, and "service" or "variable" says where the connection comes from.'))),
  offline: z.optional(z.enum(['hold', 'run']).check(z.describe('Whether what was approved may run while nobody can be asked if it was used already. "run" is recorded as unconfirmed.'))),
});

export function storePolicyOf(written: z.infer<typeof storeSchema> | undefined): StorePolicy {
  return { postgres: written?.postgres, offline: written?.offline ?? 'hold' };
}
