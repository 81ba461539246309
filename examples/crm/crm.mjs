// A small CRM beside Partner Central Relay. README.md says how to run it.
import { setTimeout as sleep } from 'node:timers/promises';
import { fields, openDatabase } from './database.mjs';
import { discard, edit, editAgain } from './edits.mjs';
import { createReceiver } from './receive.mjs';
import { sendDue } from './send.mjs';

const usage = `crm serve                    receives webhooks, and sends edits
crm deals                    prints the deals as they are known here
crm edit DEAL FIELD VALUE    FIELD: ${Object.keys(fields).join(', ')}
crm edits                    prints what became of the edits
crm again KEY                wants it again, although others have changed it
crm discard KEY              accepts what others have changed
crm news                     prints what others have changed
With CRM_JSON=1 it prints JSON.`;

const columns = Object.entries(fields).map(([name, path]) => `record ->> '${path}' AS "${name}"`);
const deals = `SELECT id, version, ${columns.join()} FROM deals ORDER BY id`;
const edits = `SELECT key, edits.path, seen, wanted, state, why,
  iif(why = 'conflict' AND deals.version = basedOn, '(not here yet)', record ->> edits.path) AS now
  FROM edits JOIN deals ON deals.id = deal ORDER BY edits.rowid`;

const commands = {
  serve,
  edit: (db, deal, field, value) => console.log(edit(db, deal, field, value)),
  again: (db, key) => console.log(editAgain(db, key)),
  discard: (db, key) => discard(db, key),
  deals: (db) => print(db.prepare(deals).all()),
  edits: (db) => print(db.prepare(edits).all()),
  news: (db) => print(db.prepare('SELECT * FROM news ORDER BY rowid').all()),
};

async function serve(db) {
  for (const name of ['PORT', 'WEBHOOK_SECRET', 'RELAY_URL', 'RELAY_CLIENT', 'RELAY_SECRET'])
    if (!process.env[name]) throw new Error(`${name}: this environment variable is not set`);
  const { PORT, WEBHOOK_SECRET, RELAY_URL: url, RELAY_CLIENT: client, RELAY_SECRET: secret } = process.env;
  createReceiver(db, WEBHOOK_SECRET).listen(PORT, () => console.log(`Listens on port ${PORT}`));
  for (;;) {
    await sendDue(db, { url, client, secret });
    await sleep(500);
  }
}

function print(rows) {
  if (process.env.CRM_JSON) return console.log(JSON.stringify(rows));
  for (const row of rows)
    console.log(
      Object.entries(row)
        .map(([column, value]) => `${column}: ${value}`)
        .join('  '),
    );
}

const [name, ...given] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
try {
  if (command?.length !== given.length + 1) throw new Error(usage);
  await command(openDatabase(process.env.CRM_DATABASE ?? new URL('crm.sqlite', import.meta.url)), ...given);
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
