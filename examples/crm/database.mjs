import { DatabaseSync } from 'node:sqlite';

/** What people edit: its place in the record of AWS. */
export const fields = {
  stage: '$.LifeCycle.Stage',
  'next-steps': '$.LifeCycle.NextSteps',
  'close-date': '$.LifeCycle.TargetCloseDate',
  amount: '$.Project.ExpectedCustomerSpend[0].Amount',
};

/** Several processes can use the same file. */
const file = process.env.CRM_DATABASE ?? new URL('crm.sqlite', import.meta.url);
export const db = new DatabaseSync(file, { timeout: 10_000 });
db.exec(`
  PRAGMA journal_mode = WAL;
  -- Every version of every deal: the data of its message.
  CREATE TABLE IF NOT EXISTS versions (
    deal TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL, PRIMARY KEY (deal, version)) STRICT;
  -- What people want to change. Those in the state 'unsent' are the outbox.
  CREATE TABLE IF NOT EXISTS edits (
    key TEXT PRIMARY KEY, deal TEXT NOT NULL, path TEXT NOT NULL, seen TEXT, wanted TEXT NOT NULL,
    basedOn INTEGER NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL, why TEXT,
    commandVersion INTEGER NOT NULL) STRICT;
  -- The newest versions. With max(), SQLite takes the other columns from the same row.
  CREATE VIEW IF NOT EXISTS deals AS
    SELECT deal AS id, max(version) AS version, data ->> 'catalog' AS catalog, data -> 'record' AS record
    FROM versions GROUP BY deal;
  -- What others have changed. A version with commands is an echo: only this CRM has changed it.
  -- What AWS changes with every update is no news.
  CREATE VIEW IF NOT EXISTS news AS
    SELECT deal, version, value ->> 'path' AS path, value ->> 'before' AS before, value ->> 'after' AS after
    FROM versions, json_each(data, '$.changes') WHERE data -> '$.cause.commands' IS NULL
    AND value ->> 'path' NOT LIKE '/LastModifiedDate%'
    AND value ->> 'path' NOT LIKE '/LifeCycle/NextStepsHistory%' ORDER BY versions.rowid;`);
