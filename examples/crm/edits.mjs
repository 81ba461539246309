import { randomUUID } from 'node:crypto';
import { fields, inTransaction } from './database.mjs';

/** Stores what a person wants, with its key, before anything is sent. @returns the key */
export function edit(db, deal, field, wanted) {
  const path = fields[field];
  if (!path) throw new Error(`${field}: no such field; allowed: ${Object.keys(fields).join(', ')}`);
  return inTransaction(db, () => addEdit(db, deal, path, wanted));
}

/** Wants the same again, of the version that has arrived by now. @returns the new key */
export function editAgain(db, key) {
  return inTransaction(db, () => {
    const { deal, path, wanted, basedOn, why } = endUnfulfilled(db, key, 'sent again');
    const { version } = db.prepare('SELECT version FROM deals WHERE id = ?').get(deal);
    if (why === 'conflict' && version === basedOn)
      throw new Error(`${key}: the version with the other value has not arrived yet; try again later`);
    return addEdit(db, deal, path, wanted);
  });
}

/** Accepts the value of the others. */
export function discard(db, key) {
  endUnfulfilled(db, key, 'discarded');
}

function endUnfulfilled(db, key, state) {
  const update = `UPDATE edits SET state = ? WHERE key = ?
    AND state IN ('failed', 'refused', 'expired', 'cancelled') RETURNING *`;
  const found = db.prepare(update).get(state, key);
  if (!found) throw new Error(`${key}: allowed: the key of an edit that has failed or was refused`);
  return found;
}

function addEdit(db, id, path, wanted) {
  const deal = db.prepare('SELECT *, record ->> ? AS seen FROM deals WHERE id = ?').get(path, id);
  if (!deal) throw new Error(`${id}: no such deal; allowed: an id that "crm deals" prints`);
  const { catalog, version, record, seen } = deal;
  const key = `${id}/${randomUUID()}`;
  const request = { action: 'opportunity.update', catalog, target: id, basedOn: version };
  const body = JSON.stringify({ ...request, patch: patchOf(path, wanted, JSON.parse(record)) });
  const columns = '(key, deal, path, seen, wanted, basedOn, body, due)';
  const insert = `INSERT INTO edits ${columns} VALUES (?, ?, ?, ?, ?, ?, ?, 0)`;
  db.prepare(insert).run(key, id, path, seen, wanted, version, body);
  return key;
}

function patchOf(path, wanted, { Project }) {
  if (path !== fields.amount) return { LifeCycle: { [path.split('.').at(-1)]: wanted } };
  // A patch replaces a list as a whole.
  const usual = { CurrencyCode: 'USD', Frequency: 'Monthly', TargetCompany: 'AWS' };
  const [first, ...others] = Project?.ExpectedCustomerSpend ?? [];
  return { Project: { ExpectedCustomerSpend: [{ ...usual, ...first, Amount: wanted }, ...others] } };
}
