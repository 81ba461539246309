import { createServer } from 'node:http';
import { inTransaction } from './database.mjs';
import { isSigned } from './standard-webhooks.mjs';

/** What AWS changes with every update. */
const changesOfAws = /^\/(?:LastModifiedDate|LifeCycle\/NextStepsHistory)(?:\/|$)/;

/** Answers 204 only when the message is stored: the relay repeats it after any other answer. */
export function createReceiver(db, secret) {
  return createServer(async (request, response) => {
    try {
      const body = Buffer.concat(await request.toArray());
      if (!isSigned(secret, request.headers, body)) return response.writeHead(401).end();
      const { data } = JSON.parse(body);
      inTransaction(db, () => {
        if (data.kind === 'opportunity') storeVersion(db, data);
        if (data.kind === 'command') storeProgress(db, data.record, data.version);
      });
      return response.writeHead(204).end();
    } catch (error) {
      console.error(error.message);
      return response.writeHead(500).end();
    }
  });
}

/** A message that is repeated, or older than what is stored, changes nothing. */
function storeVersion(db, { id, catalog, version, record, changes, cause }) {
  const known = db.prepare('SELECT version FROM deals WHERE id = ?').get(id);
  if (known && known.version >= version) return;
  const put = db.prepare('INSERT OR REPLACE INTO deals VALUES (?, ?, ?, ?)');
  put.run(id, catalog, version, JSON.stringify(record));
  // An echo shows only what this CRM has asked for. What reacts to changes belongs below this line.
  if (!known || cause.commands) return;
  const insert = db.prepare('INSERT INTO news VALUES (?, ?, ?, ?, ?)');
  for (const { path, before = null, after = null } of changes)
    if (!changesOfAws.test(path))
      insert.run(id, version, path, JSON.stringify(before), JSON.stringify(after));
}

/** Stores what became of an edit, from a message or from the answer to its request. */
export function storeProgress(db, { key, status, reason, code }, version) {
  const update = `UPDATE edits SET state = ?, why = ?, version = ?, due = NULL
    WHERE key = ? AND version < ? AND state NOT IN ('discarded', 'sent again')`;
  db.prepare(update).run(status, reason ?? code ?? null, version, key, version);
}
