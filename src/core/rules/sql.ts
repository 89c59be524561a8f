import type { SqlDialect } from '../languages/sql.js';
import type { Override, Rule } from './rule.js';

export interface SqlMatch {
  readonly rule: Rule;
  readonly override: Override;
}

export function judgeSql(_text: string, _dialect: SqlDialect): readonly SqlMatch[] {
  return [];
}
