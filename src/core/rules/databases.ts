import { sentence } from '../say.js';
import { defineTool } from './rule.js';
import type { Override, Rule, Tool } from './rule.js';
import type { Use } from './use.js';

const REDIS_WORST = /^(flushall|flushdb|shutdown|swapdb|replicaof|slaveof|failover)$/i;
const REDIS_DELETES = /^(del|unlink|getdel|hdel|zrem|srem|lrem|ltrim|zremrangeby\w+|spop|xtrim|xdel|expire|pexpire|persist|restore|migrate|move|rename)$/i;

function redisLine(words: readonly string[]): Override | false {
  const [first = '', second = ''] = words;
  if (REDIS_WORST.test(first)) return { severity: 'critical', message: /flush/i.test(first) ? sentence('Deletes every key.') : sentence('Runs {0} on the server.', first.toUpperCase()) };
  if (/^(config)$/i.test(first) && /^(set|rewrite|resetstat)$/i.test(second)) return { severity: 'medium', reversible: 'yes', message: sentence('Changes how the server runs.') };
  if (/^(script|function)$/i.test(first) && /^(flush|delete|kill)$/i.test(second)) return { severity: 'medium' };
  if (/^(debug|cluster|client|acl|xgroup|module)$/i.test(first) && /^(segfault|sleep|reset|forget|failover|flushslots|delslots|kill|deluser|destroy|delconsumer|unload|jmap)$/i.test(second)) return { severity: 'high' };
  if (/^(eval|evalsha|fcall)$/i.test(first) && /flush|\bdel\b|unlink/i.test(words.slice(1).join(' '))) return { severity: 'high' };
  return REDIS_DELETES.test(first) && /^(del|unlink)$/i.test(first) ? { severity: 'medium', message: sentence('Deletes {0}.', words.slice(1).join(', ')) } : false;
}

const REDIS: Rule = {
  id: 'redis/delete', title: 'Deletes keys or stops the server',
  when: (use) => {
    const own = redisLine(use.rest(0));
    if (own) return own;
    for (const line of (use.invocation.stdin ?? '').split('\n')) {
      const answer = redisLine(line.trim().split(/\s+/));
      if (answer) return answer;
    }
    return false;
  },
  severity: 'high', reversible: 'no', message: 'Deletes keys or changes the server.', safer: 'redis-cli --scan',
  examples: { flagged: ['redis-cli FLUSHALL', 'redis-cli -h cache -n 2 flushdb', 'redis-cli del session:1', 'echo FLUSHALL | redis-cli', 'redis-cli shutdown nosave'], clear: ['redis-cli get a', 'redis-cli info', 'redis-cli --scan', 'redis-cli set a flushall'] },
};

const MONGO_WORST = /\.dropDatabase\s*\(|\bdropDatabase\b|\.drop\s*\(\s*\)|\.dropAllUsers|\.dropAllRoles|\.shutdownServer\s*\(|\.(deleteMany|remove)\s*\(\s*(\{\s*\}\s*)?[,)]|fsyncLock|\.dropConnections/;
const MONGO_BAD = /\.(drop\w*|deleteMany|deleteOne|remove|findOneAndDelete|findAndModify|bulkWrite|replaceOne|renameCollection|killOp|killSessions|stepDown|reconfig|removeShard|dropUser|dropRole|revokeRolesFromUser|convertToCapped|cleanupOrphaned|resync)\s*\(/;

const MONGO: Rule = {
  id: 'mongodb/delete', title: 'Deletes documents, collections or databases',
  when: (use) => {
    const code = [...use.values('--eval'), use.invocation.stdin ?? ''].join('\n').replace(/\/\/[^\n]*/g, '');
    if (MONGO_WORST.test(code)) return { severity: 'critical' };
    return MONGO_BAD.test(code) ? { severity: 'medium' } : false;
  },
  severity: 'high', reversible: 'no', message: 'Deletes documents, collections or databases.', safer: 'Count them first: countDocuments() with the same filter.',
  examples: { flagged: ['mongosh shop --eval "db.dropDatabase()"', `mongo --eval 'db.users.drop()'`, `mongosh --eval 'db.users.deleteMany({})'`, `echo 'db.users.remove({})' | mongosh`], clear: [`mongosh --eval 'db.users.find()'`, 'mongosh --version', `mongosh --eval 'db.stats()'`] },
};

const DUMPS: Rule = {
  id: 'database/drop', title: 'Drops or overwrites a database',
  when: (use) => {
    const { program } = use.invocation;
    const [first = '', second = ''] = use.rest(0);
    if (/^(dropdb|dropuser|droplang)$/.test(program)) return use.operands.length > 0;
    if (program === 'mysqladmin' || program === 'mariadb-admin') return use.rest(0).some((word) => /^(drop|shutdown|kill|flush-\w+|reset)$/.test(word)) ? (use.rest(0).includes('drop') ? {} : { severity: 'high' }) : false;
    if (program === 'pg_restore') return use.has('-c --clean') ? { severity: 'high' } : use.has('-d --dbname') ? { effect: 'write', severity: 'low' } : false;
    if (program === 'mongorestore') return use.has('--drop');
    if (program === 'pg_ctl' || program === 'pg_ctlcluster') return use.rest(0).some((word) => /^(stop|restart|promote|kill)$/.test(word)) ? { severity: 'medium', reversible: 'yes' } : false;
    if (program === 'pg_resetwal' || program === 'pg_resetxlog') return !use.has('-n --dry-run');
    if (program === 'pg_dropcluster') return {};
    if (program === 'pg_archivecleanup') return !use.has('-n');
    if (program === 'nodetool') return /^(decommission|removenode|assassinate|clearsnapshot|drain|stopdaemon|truncatehints|cleanup|disable\w*|garbagecollect)$/.test(first);
    if (program === 'influx') return /^(delete)$/.test(first) || second === 'delete';
    if (program === 'cypher-shell' || program === 'neo4j-admin') return use.rest(0).some((word) => /DETACH DELETE|DROP|\bDELETE\b/i.test(word)) || first === 'drop';
    if (program === 'etcdctl') return /^(del|rm|rmdir|compaction|defrag)$/.test(first) || (first === 'member' && second === 'remove') || (first === 'user' && second === 'delete') || (first === 'snapshot' && second === 'restore');
    if (program === 'bq') return /^(rm|truncate)$/.test(first) || (first === 'rm');
    if (program === 'rethinkdb' || program === 'cbq' || program === 'couchbase-cli') return /^(bucket-delete|bucket-flush|failover|node-reset|server-readd|collection-manage|hard-failover)$/.test(first);
    if (program === 'arangosh' || program === 'arangorestore') return use.has('--overwrite');
    return false;
  },
  severity: 'critical', reversible: 'no', message: (use) => sentence('Drops or overwrites a database: {0} {1}.', use.invocation.program, use.rest(0).join(' ')), safer: 'pg_dump it first.',
  examples: { flagged: ['dropdb shop', 'mysqladmin drop shop', 'mongorestore --drop dump/', 'pg_restore --clean -d shop dump', 'bq rm -r -f shop', 'etcdctl del "" --prefix', 'nodetool decommission'], clear: ['pg_dump shop', 'createdb shop', 'mysqladmin status', 'mongodump', 'bq ls', 'dropdb --help', 'etcdctl get a'] },
};

const MIGRATIONS: Rule = {
  id: 'migrations/destroy', title: 'Resets or rolls back a database by its migrations',
  when: (use) => {
    const { program } = use.invocation;
    const words = use.rest(0);
    const all = words.join(' ');
    if (/^(rails|rake|bin\/rails)$/.test(program)) return words.some((word) => /^(db:(drop|reset|rollback|migrate:(reset|down|redo)|schema:load|truncate_all|purge|setup|seed:replant|structure:load|environment:set)|db:drop:\w+|destroy|d|log:clear|assets:clobber|tmp:clear|clobber|clean)(:.*)?$/.test(word)) ? (/assets|tmp:clear|log:clear|clean|clobber/.test(all) ? { severity: 'low', effect: 'write' } : /rollback|destroy|redo|:down|(^| )d /.test(all) ? { severity: 'medium', reversible: 'with-effort' } : {}) : false;
    if (/manage\.py$|^django-admin$/.test(program) || words.some((word) => /(^|\/)manage\.py$/.test(word))) return words.some((word) => /^(flush|reset_db|sqlflush|truncate|clearsessions|remove_stale_contenttypes|delete_.*|zero)$/.test(word)) && !words.includes('sqlflush') ? (words.includes('clearsessions') ? { severity: 'low', effect: 'write' } : {}) : false;
    if (program === 'prisma') return /^(migrate reset|db push|db execute|migrate resolve)/.test(all) ? (words[1] === 'reset' ? {} : words[1] === 'push' ? (use.has('--accept-data-loss --force-reset') ? {} : { severity: 'low', effect: 'write' }) : { severity: 'medium' }) : false;
    if (program === 'alembic' || program === 'flask') return words.includes('downgrade') ? { severity: 'high' } : words.includes('stamp') ? { severity: 'medium' } : /drop|reset/.test(words[0] === 'db' ? (words[1] ?? '') : '') ;
    if (program === 'flyway') return words.includes('clean') ? {} : words.includes('undo') || words.includes('repair') ? { severity: 'high' } : false;
    if (program === 'liquibase') return words.some((word) => /^(drop-all|dropAll)$/.test(word)) ? {} : words.some((word) => /^rollback/i.test(word)) && !/sql$/i.test(words[0] ?? '') ? { severity: 'high' } : words.some((word) => /^(clear-checksums|changelog-sync|changelogSync|clearCheckSums)$/.test(word)) ? { severity: 'medium' } : false;
    if (/^(knex|typeorm|typeorm-ts-node-commonjs|typeorm-ts-node-esm|sequelize|sequelize-cli|mikro-orm|drizzle-kit|db-migrate|node-pg-migrate|dbmate|goose|migrate|sql-migrate|atlas|diesel|sqlx|sea-orm-cli|ecto|phinx|doctrine|edgedb|gel|hasura|sqitch|skeema|gh-ost|pt-online-schema-change|bytebase|waypoint|supabase|wrangler|atlas-migrate|medusa|strapi|payload|directus)$/.test(program)) {
      if (/(schema:drop|db:drop|drop-database|^drop\b|migrate:fresh|schema:fresh|database:reset|migrate:undo:all|rollback --all|^reset\b|database drop|database reset|migration:drop|schema clean|db:reset|^wipe|^revert|db:migrate:undo)/.test(all) || (/rollback|undo/.test(all) && use.has('--all'))) return {};
      return /(^|[: ])(down|rollback|undo|revert|redo|force|drop)\b/.test(all) ? { severity: 'high' } : program === 'drizzle-kit' && words[0] === 'push' && use.has('--force') ? {} : false;
    }
    if (program === 'artisan' || (program === 'php' && /(^|\/)artisan$/.test(words[0] ?? ''))) return words.some((word) => /^(migrate:(fresh|reset|refresh|rollback)|db:wipe|down|queue:(flush|clear)|cache:clear|schema:dump|horizon:clear)$/.test(word)) ? (/cache:clear/.test(all) ? { severity: 'low', effect: 'write' } : /rollback|queue|down|horizon/.test(all) ? { severity: 'medium' } : {}) : false;
    if (program === 'dotnet' || program === 'dotnet-ef') return /(^|ef )database drop\b/.test(all) ? {} : /(^|ef )database update 0\b/.test(all) ? { severity: 'high' } : /(^|ef )migrations remove\b/.test(all) && use.has('--force -f') ? { severity: 'medium' } : false;
    if (program === 'mix') return words.some((word) => /^ecto\.(drop|reset|rollback)$/.test(word));
    if (program === 'php' || /^(bin\/)?console$/.test(program)) return words.some((word) => /^doctrine:(database:drop|schema:drop|fixtures:load|migrations:(migrate|rollup))$/.test(word)) ? (/:migrate/.test(all) ? { severity: 'low', effect: 'write' } : {}) : false;
    return false;
  },
  severity: 'critical', reversible: 'no', message: (use) => sentence('Resets or rolls back a database: {0} {1}.', use.invocation.program, use.rest(0).join(' ')), safer: 'Look at the migration status first.',
  examples: { flagged: ['rails db:drop', 'bundle exec rake db:reset', 'python manage.py flush', 'npx prisma migrate reset --force', 'alembic downgrade base', 'flyway clean', 'php artisan migrate:fresh', 'npx sequelize-cli db:drop', 'npx knex migrate:rollback --all', 'mix ecto.drop', 'dotnet ef database drop -f'], clear: ['rails db:migrate:status', 'python manage.py migrate --plan', 'npx prisma migrate status', 'alembic history', 'flyway info', 'php artisan migrate:status', 'npx knex migrate:list'] },
};

const MIGRATE_UP: Rule = {
  id: 'migrations/apply', title: 'Changes a database by its migrations',
  when: (use: Use) => {
    const { program } = use.invocation;
    const all = use.rest(0).join(' ');
    if (/^(rails|rake)$/.test(program)) return /(^| )db:(migrate|seed|prepare)\b(?!:)/.test(all);
    if (program === 'python' || program === 'python3' || /manage\.py$/.test(program)) return /manage\.py migrate|^migrate\b/.test(all) && !use.has('--plan --check');
    if (program === 'prisma') return /^migrate (deploy|dev)/.test(all);
    if (program === 'alembic') return /^upgrade/.test(all);
    if (program === 'flyway') return /(^| )migrate\b/.test(all);
    if (program === 'liquibase') return /^update\b/.test(all);
    if (program === 'php' || program === 'artisan') return /(^| )migrate$/.test(all);
    if (program === 'mix') return /^ecto\.migrate/.test(all);
    return /^(knex|typeorm|sequelize|sequelize-cli|dbmate|goose|migrate|diesel|sqlx|drizzle-kit)$/.test(program) && /(migrate:latest|migration:run|db:migrate$|(^| )up\b|^push|migration run|migrate run)/.test(all);
  },
  effect: 'write', severity: 'low', reversible: 'with-effort', message: 'Changes the structure of a database.', safer: 'Look at the migration status first.',
  examples: { flagged: ['rails db:migrate', 'python manage.py migrate', 'npx prisma migrate deploy', 'alembic upgrade head'], clear: ['rails db:migrate:status', 'python manage.py showmigrations', 'alembic current'] },
};

const MIGRATION_NAMES = 'dotnet dotnet-ef rails rake prisma alembic flask flyway liquibase knex typeorm typeorm-ts-node-commonjs typeorm-ts-node-esm sequelize sequelize-cli mikro-orm drizzle-kit db-migrate node-pg-migrate dbmate goose migrate sql-migrate atlas diesel sqlx sea-orm-cli phinx edgedb gel sqitch skeema supabase artisan mix php console manage.py django-admin python python3 python2 strapi payload hasura';

export const DATABASE_TOOLS: readonly Tool[] = [
  defineTool({ names: ['redis-cli', 'valkey-cli', 'keydb-cli', 'iredis', 'dragonfly-cli'], grammar: { values: '-h -p -s -a -u -r -i -n -t -d -D --user --pass -c-value --cacert --cert --key' }, reads: ['get|mget|info|ping|keys|scan|ttl|type|exists|hget|hgetall|lrange|smembers|zrange|llen|scard|dbsize|monitor|slowlog|memory|client|config'], otherwise: 'write', rules: [REDIS] }),
  defineTool({ names: ['mongosh', 'mongo', 'mongos'], grammar: { values: '--eval --host --port -u --username -p --password --authenticationDatabase -f --file' }, otherwise: 'write', rules: [MONGO] }),
  defineTool({ names: ['dropdb', 'dropuser', 'droplang', 'mysqladmin', 'mariadb-admin', 'pg_restore', 'mongorestore', 'pg_ctl', 'pg_ctlcluster', 'pg_resetwal', 'pg_resetxlog', 'pg_dropcluster', 'pg_archivecleanup', 'nodetool', 'influx', 'cypher-shell', 'neo4j-admin', 'etcdctl', 'bq', 'rethinkdb', 'cbq', 'couchbase-cli', 'arangosh', 'arangorestore'], grammar: { values: '-h --host -p --port -U --username -u --user -d --dbname -P --password -D --pgdata -m --mode -n -t -j --jobs --project_id --location --endpoints' }, harmless: '-n-dry --dry-run --list -l', reads: ['ls|show|get|head|status|ping|version|processlist|info|ring|tpstats|describecluster|member list|endpoint', 'query'], otherwise: 'write', rules: [DUMPS] }),
  defineTool({ names: MIGRATION_NAMES.split(' '), grammar: { values: '-d --direction --env -e --config -c --schema -x -f --file -u --url --database-url -p --path --dir --table --to -t' }, harmless: '--plan --check --pretend --dry-run --sql -h', reads: ['routes|stats|about|notes|console|server|s|c|current|history|heads|show|branches|info|status|validate|list|migrate:status|showmigrations|check|shell|runserver|test'], otherwise: 'write', rules: [MIGRATIONS, MIGRATE_UP] }),
];
