import type { SqlKind } from './sql-acts.js';

export const DROPPED_DATABASES = new Set(['OBJECT_SCHEMA', 'OBJECT_DATABASE', 'OBJECT_TABLESPACE']);
export const DROPPED_TABLES = new Set(['OBJECT_TABLE', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']);

/** `OBJECT_FOREIGN_TABLE` in words. */
export function sortOf(type: string): string {
  return type.replace(/^OBJECT_/, '').replace('MATVIEW', 'materialized view').replaceAll('_', ' ').toLowerCase();
}

/** Sub-commands of ALTER TABLE that lose rows' data. */
export const LOST_PARTS: ReadonlyMap<string, string> = new Map([
  ['AT_DropColumn', 'column'],
  ['AT_DetachPartition', 'partition'],
  ['AT_DetachPartitionFinalize', 'partition'],
]);
/** Sub-commands of ALTER TABLE that lose a definition. */
export const MILD_COMMANDS: ReadonlyMap<string, string> = new Map([
  ['AT_DropConstraint', 'constraint'],
  ['AT_DropNotNull', 'constraint'],
  ['AT_DropIdentity', 'default'],
  ['AT_DropExpression', 'default'],
  ['AT_DropInherit', 'part'],
  ['AT_DropOf', 'part'],
  ['AT_DropCluster', 'part'],
]);

/** Functions that do more than compute; `code` runs its text as SQL. */
export const FUNCTIONS: ReadonlyMap<string, SqlKind | 'code'> = new Map<string, SqlKind | 'code'>([
  ...names('administer', 'pg_terminate_backend pg_cancel_backend pg_drop_replication_slot pg_reload_conf pg_promote pg_rotate_logfile pg_wal_replay_pause pg_replication_origin_drop lo_unlink'),
  ...names('drop-table', 'drop_chunks drop_hypertable drop_partition_time drop_partition_id'),
  ...names('server-files', 'pg_read_file pg_read_binary_file pg_ls_dir pg_file_write pg_file_unlink pg_file_rename pg_file_sync lo_export lo_import'),
  ...names('code', 'dblink dblink_exec dblink_open dblink_send_query query_to_xml query_to_xml_and_xmlschema query_to_xmlschema crosstab ts_stat run_command_on_workers run_command_on_shards run_command_on_placements'),
]);

function names(kind: SqlKind | 'code', list: string): readonly (readonly [string, SqlKind | 'code'])[] {
  return list.split(' ').map((name) => [name, kind] as const);
}

/** Statements that change something without losing anything, by their verb; an empty verb only looks or steers. */
export const PLAIN_STATEMENTS: Readonly<Record<string, string>> = {
  ...statements('', 'SelectStmt VariableShowStmt VariableSetStmt TransactionStmt DeclareCursorStmt FetchStmt ClosePortalStmt ListenStmt UnlistenStmt NotifyStmt DeallocateStmt CheckPointStmt DiscardStmt ConstraintsSetStmt PrepareStmt RawStmt PLAssignStmt ReturnStmt'),
  ...statements(
    'CREATE',
    'CreateStmt CreateTableAsStmt IndexStmt ViewStmt CreateSeqStmt CreateSchemaStmt CreatedbStmt RuleStmt CreateExtensionStmt CreateEnumStmt CompositeTypeStmt CreateDomainStmt CreateRoleStmt CreatePolicyStmt DefineStmt CreatePublicationStmt CreateSubscriptionStmt CreateStatsStmt CreateEventTrigStmt CreateCastStmt CreateTableSpaceStmt CreateForeignTableStmt CreateForeignServerStmt CreateFdwStmt CreateUserMappingStmt CreateRangeStmt CreateConversionStmt CreateOpClassStmt CreateOpFamilyStmt CreateTransformStmt CreateAmStmt CreatePLangStmt',
  ),
  ...statements('ALTER', 'RenameStmt AlterOwnerStmt AlterObjectSchemaStmt AlterSeqStmt AlterEnumStmt AlterPolicyStmt AlterDatabaseSetStmt AlterRoleSetStmt AlterTableMoveAllStmt AlterDatabaseStmt AlterExtensionStmt'),
  InsertStmt: 'INSERT',
  CallStmt: 'CALL',
  ExecuteStmt: 'EXECUTE',
  RefreshMatViewStmt: 'REFRESH',
  ReindexStmt: 'REINDEX',
  ClusterStmt: 'CLUSTER',
  LockStmt: 'LOCK',
  CommentStmt: 'COMMENT',
  SecLabelStmt: 'COMMENT',
  ReassignOwnedStmt: 'ALTER',
  ImportForeignSchemaStmt: 'IMPORT',
};

function statements(verb: string, list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list.split(' ').map((name) => [name, verb]));
}
