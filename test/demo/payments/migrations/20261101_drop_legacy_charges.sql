-- Charges moved to ledger_entries in October.
BEGIN;
DROP TABLE legacy_charges;
DELETE FROM ledger_entries WHERE source = 'legacy' AND settled_at < '2020-01-01';
COMMIT;
