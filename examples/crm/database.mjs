import { DatabaseSync } from 'node:sqlite';

/** What people edit: its place in the record of AWS. */
export const fields = {
  stage: '$.LifeCycle.Stage',
  'next-steps': '$.LifeCycle.NextSteps',
  'close-date': '$.LifeCycle.TargetCloseDate',
  amount: '$.Project.ExpectedCustomerSpend[0].Amount',
};

const schema = `
  PRAGMA journal_mode = WAL;
  -- The newest version of each deal that has arrived.
  CREATE TABLE IF NOT EXISTS deals (
    id TEXT PRIMARY KEY, catalog TEXT NOT NULL, version INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
  -- What people want to change. Rows with a due time are the outbox.
  CREATE TABLE IF NOT EXISTS edits (
    key TEXT PRIMARY KEY,               -- the idempotency key
    deal TEXT NOT NULL, path TEXT NOT NULL, seen TEXT, wanted TEXT NOT NULL,
    basedOn INTEGER NOT NULL,           -- the version that the person saw
    body TEXT NOT NULL,                 -- the request, the same in each attempt
    due INTEGER,                        -- when to send it, milliseconds; NULL when it has an answer
    state TEXT NOT NULL DEFAULT 'unsent', why TEXT,
    version INTEGER NOT NULL DEFAULT 0  -- that the command had in this state
  ) STRICT;
  -- What others have changed.
  CREATE TABLE IF NOT EXISTS news (
    deal TEXT NOT NULL, version INTEGER NOT NULL, path TEXT NOT NULL, before TEXT, after TEXT) STRICT;`;

/** Several processes can use the same file. */
export function openDatabase(file) {
  const db = new DatabaseSync(file, { timeout: 10_000 });
  db.exec(schema);
  return db;
}

/** Stores everything that the work stores, or nothing. */
export function inTransaction(db, work) {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
