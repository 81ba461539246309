import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { db } from './database.mjs';

const { WEBHOOK_SECRET, RELAY_URL, RELAY_CLIENT, RELAY_SECRET } = process.env;

/** Answers 204 only when the message is stored: the relay repeats it after any other answer. */
export const receiver = createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray());
    const { data } = new Webhook(WEBHOOK_SECRET).verify(body, request.headers);
    if (data.kind === 'opportunity') storeVersion(data);
    if (data.kind === 'command') storeProgress(data.record, data.version);
    response.writeHead(204).end();
  } catch (error) {
    console.error(error.message);
    response.writeHead(error instanceof WebhookVerificationError ? 401 : 500).end();
  }
});

/** A repeated message changes nothing. `deals` shows the highest version, whenever it came. */
function storeVersion(data) {
  const insert = 'INSERT INTO versions VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
  db.prepare(insert).run(data.id, data.version, JSON.stringify(data));
}

/** Stores what became of an edit, from a message or from the answer to its request. */
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
      update.run('unsent', answer.code ?? `HTTP ${response.status}`, key);
      await sleep(Number(response.headers.get('retry-after') ?? 5) * 1000);
    }
  } catch (error) {
    update.run('unsent', error.message, key);
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
