import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { db } from './database.mjs';

const { WEBHOOK_SECRET, RELAY_URL, RELAY_CLIENT, RELAY_SECRET } = process.env;
const secret = /^whsec_(?=.)([\dA-Za-z+/]{4})*([\dA-Za-z+/]{2}==|[\dA-Za-z+/]{3}=)?$/;
const variables = [
  ['PORT', /^\d+$/, 'a number, such as 4000'],
  ['WEBHOOK_SECRET', secret, 'whsec_ and base64, as "pcr endpoints add" prints it'],
  ['RELAY_URL', /^https?:\/\/\S*\w$/, 'the URL of the signed door, without a slash at its end'],
  ['RELAY_CLIENT', /./, 'the id of a client, such as crm'],
  ['RELAY_SECRET', secret, 'whsec_ and base64, as "pcr clients add" prints it'],
];

/** @throws Error that names a variable and not its value, which can be a secret */
export function checkEnvironment() {
  const wrong = variables.find(([name, form]) => !form.test(process.env[name] ?? ''));
  if (wrong) throw new Error(`${wrong[0]}: not set, or in another form; allowed: ${wrong[2]}`);
}

/** Answers 204 only when the message is stored: the relay repeats it after any other answer. */
export const receiver = createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray());
    const { data } = new Webhook(WEBHOOK_SECRET).verify(body, request.headers);
    if (data.kind === 'opportunity') storeVersion(data);
    if (data.kind === 'command') storeProgress(data.record, data.version);
    response.writeHead(204).end();
  } catch (error) {
    const isRefused = error instanceof WebhookVerificationError;
    console.error(`${isRefused ? 'WEBHOOK_SECRET verifies no such message: ' : ''}${error.message}`);
    response.writeHead(isRefused ? 401 : 500).end();
  }
});

/** A repeated message changes nothing. `deals` shows the highest version, whenever it came. */
function storeVersion(data) {
  const insert = 'INSERT INTO versions VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
  db.prepare(insert).run(data.id, data.version, JSON.stringify(data));
}

/** Stores the state of an edit, from a message or from the answer to its request. */
function storeProgress({ key, status, reason, code }, version) {
  const update = `UPDATE edits SET state = :status, why = :why, commandVersion = :version
    WHERE key = :key AND commandVersion < :version`;
  db.prepare(update).run({ key, status, why: reason ?? code ?? null, version });
}

/** Sends the oldest unsent edit of each deal, again and again. */
export async function sendEdits() {
  const outbox = `SELECT key, request, min(rowid) FROM edits WHERE state = 'unsent' GROUP BY deal`;
  for (;;) {
    for (const { key, request } of db.prepare(outbox).all()) await send(key, request);
    await sleep(500);
  }
}

/** The key makes it harmless to send an edit twice, for example after a crash. */
async function send(key, request) {
  const update = db.prepare(`UPDATE edits SET state = ?, why = ? WHERE key = ? AND state = 'unsent'`);
  try {
    const response = await post(key, request);
    const answer = await response.json();
    if (response.ok) storeProgress(answer, answer.version);
    else if (isFinal(response.status, answer.code)) update.run('refused', answer.detail, key);
    else {
      const why = answer.detail ?? `RELAY_URL: it answers HTTP ${response.status}`;
      const names = answer.code === 'unauthorized' ? 'RELAY_SECRET, RELAY_CLIENT or RELAY_URL: ' : '';
      update.run('unsent', names + why, key);
      await sleep(Number(response.headers.get('retry-after') ?? 5) * 1000);
    }
  } catch (error) {
    update.run('unsent', `RELAY_URL: ${error.cause?.code ?? error.message}`, key);
    await sleep(5_000);
  }
}

function post(key, body) {
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'relay-client': RELAY_CLIENT,
    'webhook-id': key,
    'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
    'webhook-signature': new Webhook(RELAY_SECRET).sign(key, now, body),
  };
  const signal = AbortSignal.timeout(30_000);
  return fetch(`${RELAY_URL}/commands`, { method: 'POST', headers, body, signal });
}

/** Whether the same request is refused for ever. An operator can mend everything else. */
function isFinal(status, code) {
  return [400, 403, 409, 413, 422].includes(status) && code !== undefined && code !== 'client-disabled';
}
