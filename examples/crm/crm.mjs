// A small CRM beside Partner Central Relay. README.md says how to run it.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { db, fields } from './database.mjs';
import { checkEnvironment, receiver, sendEdits } from './relay.mjs';

const usage = `crm serve | deals | edits | news
crm edit DEAL FIELD VALUE    FIELD: ${Object.keys(fields).join(', ')}
crm again KEY | discard KEY`;

const columns = Object.entries(fields).map(([name, path]) => `record ->> '${path}' AS "${name}"`);
const edits = `SELECT key, edits.path, seen, wanted, state, why,
  iif(why = 'conflict' AND version = basedOn, '(not here yet)', record ->> edits.path) AS now
  FROM edits JOIN deals ON deals.id = deal ORDER BY edits.rowid`;

const commands = {
  serve,
  edit,
  again,
  discard: (key) => end(key, 'discarded'),
  deals: () => print(`SELECT id, version, ${columns.join()} FROM deals ORDER BY id`),
  edits: () => print(edits),
  news: () => print('SELECT * FROM news'),
};

/** Receives webhooks, and sends edits. */
async function serve() {
  checkEnvironment();
  await once(receiver.listen(process.env.PORT), 'listening');
  console.log(`Listens on port ${process.env.PORT}`);
  await sendEdits();
}

function edit(deal, field, wanted) {
  const path = fields[field];
  if (!path) throw new Error(`${field}: no such field; allowed: ${Object.keys(fields).join(', ')}`);
  console.log(addEdit(deal, path, wanted));
}

/** Stores what a person wants, with its key, before anything is sent. @returns the key */
function addEdit(id, path, wanted) {
  const changed = 'record ->> :path AS seen, json_set(record, :path, :wanted) AS changed';
  const deal = db.prepare(`SELECT *, ${changed} FROM deals WHERE id = :id`).get({ id, path, wanted });
  if (!deal) throw new Error(`${id}: no such deal; allowed: an id that "crm deals" prints`);
  const { catalog, version: basedOn, seen } = deal;
  // Such as LifeCycle and Stage. A patch replaces a list as a whole.
  const [, section, member] = path.match(/^\$\.(\w+)\.(\w+)/);
  const patch = { [section]: { [member]: JSON.parse(deal.changed)[section][member] } };
  const request = JSON.stringify({ action: 'opportunity.update', catalog, target: id, basedOn, patch });
  const key = `${id}/${randomUUID()}`;
  const insert = db.prepare(`INSERT INTO edits VALUES (?, ?, ?, ?, ?, ?, ?, 'unsent', NULL, 0)`);
  insert.run(key, id, path, seen, wanted, basedOn, request);
  return key;
}

/** Wants the same again, of the version that has arrived by now. */
function again(key) {
  // An error ends the process, and SQLite undoes what it has begun.
  db.exec('BEGIN IMMEDIATE');
  const { deal, path, wanted, basedOn, why } = end(key, 'sent again');
  const { version } = db.prepare('SELECT version FROM deals WHERE id = ?').get(deal);
  if (why === 'conflict' && version === basedOn)
    throw new Error(`${key}: the version with the other value has not arrived yet; try again later`);
  const newKey = addEdit(deal, path, wanted);
  db.exec('COMMIT');
  console.log(newKey);
}

/** Only an edit that has not succeeded, and cannot any more, gets another state here. */
function end(key, state) {
  const update = `UPDATE edits SET state = ? WHERE key = ?
    AND state IN ('failed', 'refused', 'expired', 'cancelled') RETURNING *`;
  const ended = db.prepare(update).get(state, key);
  if (ended) return ended;
  const { state: now = 'no such edit' } = db.prepare('SELECT state FROM edits WHERE key = ?').get(key) ?? {};
  throw new Error(`${key}: ${String(now)}; allowed: an edit that is failed, refused, expired or cancelled`);
}

function print(query) {
  for (const row of db.prepare(query).all()) console.log(JSON.stringify(row));
}

const [name = '', ...given] = process.argv.slice(2);
try {
  if (!Object.hasOwn(commands, name) || commands[name].length !== given.length) throw new Error(usage);
  await commands[name](...given);
} catch (error) {
  console.error(error.code === 'EADDRINUSE' ? `PORT: ${error.port} is in use` : error.message);
  process.exit(2);
}
