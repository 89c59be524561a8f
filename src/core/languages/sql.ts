export type SqlDialect = 'postgres' | 'mysql' | 'sqlite' | 'other';
