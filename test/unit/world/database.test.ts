import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parsePolicy } from '../../../src/core/policy/policy.js';
import { databaseSettings } from '../../../src/world/database.js';

describe('where the policy’s database is', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(path.join(tmpdir(), 'countersign-database-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  const byUrl = (url: string | undefined) => databaseSettings({ repository: 'payments', variable: 'APPROVALS' }, { HOME: home, APPROVALS: url });
  const byService = (text: string) => {
    writeFileSync(path.join(home, '.pg_service.conf'), text);
    return databaseSettings({ repository: 'payments', service: 'approvals' }, { HOME: home });
  };

  it('comes from an environment variable or from the service file, with TLS', () => {
    const expected = { host: 'db.example', port: 5433, database: 'countersign', user: 'ana', password: undefined, tls: { authorities: undefined } };
    assert.deepEqual(byUrl('postgresql://ana@db.example:5433/countersign'), expected);
    assert.deepEqual(byUrl('postgres:///countersign?host=db.example&port=5433&user=ana&sslmode=verify-full'), expected);
    assert.deepEqual(byService('[other]\nhost=x\n[approvals]\nhost=db.example\nport=5433\ndbname=countersign\nuser=ana\n'), expected);
    assert.equal(byUrl('postgresql://ana:p%40ss@db.example/x').password, 'p@ss');
  });

  it('is protected unless nothing leaves this machine', () => {
    assert.equal(byUrl('postgresql:///countersign?host=/run/postgresql&user=ana').tls, undefined);
    assert.equal(byUrl('postgresql://ana@localhost/x?sslmode=disable').tls, undefined);
    // A weaker mode is read as the strong one, or refused.
    assert.deepEqual(byUrl('postgresql://ana@db.example/x?sslmode=require').tls, { authorities: undefined });
    for (const mode of ['disable', 'allow', 'prefer']) assert.throws(() => byUrl(`postgresql://ana@db.example/x?sslmode=${mode}`), /sslmode=verify-full/);
    writeFileSync(path.join(home, 'ca.crt'), 'a certificate');
    assert.deepEqual(byUrl(`postgresql://ana@db.example/x?sslrootcert=${path.join(home, 'ca.crt')}`).tls, { authorities: 'a certificate' });
  });

  it('says what to do where it cannot be found out', () => {
    assert.throws(() => byUrl(undefined), /APPROVALS is not set: set it to postgresql:/);
    for (const url of ['db.example', 'https://db.example', 'postgresql://db.example:99999/x']) assert.throws(() => byUrl(url), { code: 'store' }, url);
    assert.throws(() => byUrl('postgresql://ana@db.example/x?options=-c'), /sets “options”, which is not supported/);
    assert.throws(() => databaseSettings({ repository: 'payments', service: 'approvals' }, { HOME: home }), /cannot be read: ask for its entry/);
    assert.throws(() => byService('[other]\nhost=x\n'), /has no section \[approvals\]/);
  });

  it('never stands in the policy itself', () => {
    const read = (store: string) => parsePolicy(`version: 1\nstore: ${store}\n`).store;
    assert.deepEqual(read('{ postgres: { repository: payments, service: approvals } }'), { postgres: { repository: 'payments', service: 'approvals' }, offline: 'hold' });
    assert.deepEqual(read('{ postgres: { repository: payments, variable: APPROVALS }, offline: run }').offline, 'run');
    assert.deepEqual(parsePolicy('version: 1\n').store, { postgres: undefined, offline: 'hold' });
    for (const store of ['{ postgres: { repository: payments } }', '{ postgres: { repository: payments, variable: "postgresql://ana:secret@db/x" } }', '{ postgres: { repository: payments, service: a, variable: B } }', '{ postgres: { service: a } }', '{ offline: maybe }']) {
      assert.throws(() => read(store), /Line 2 of \.countersign\/policy\.yaml/, store);
    }
  });
});
