import { inTransaction } from './database.mjs';
import { storeProgress } from './receive.mjs';
import { sign } from './standard-webhooks.mjs';

/** A request without an answer is sent again after this time, unless an answer says when. */
const usualDelaySeconds = 5;

/** The oldest edit of each deal that has no answer: the edits of a deal keep their order. */
const dueEdits = `SELECT key, body FROM edits AS edit WHERE due <= ? AND NOT EXISTS (
  SELECT 1 FROM edits WHERE deal = edit.deal AND due IS NOT NULL AND rowid < edit.rowid) ORDER BY rowid`;

/** Sends what is due. The key makes it harmless to send an edit twice, for example after a crash. */
export async function sendDue(db, relay) {
  for (const { key, body } of db.prepare(dueEdits).all(Date.now())) {
    const answer = await send(relay, key, body);
    inTransaction(db, () => storeAnswer(db, key, answer));
  }
}

async function send({ url, client, secret }, key, body) {
  try {
    const response = await fetch(`${url}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'relay-client': client, ...sign(secret, key, body) },
      body,
      signal: AbortSignal.timeout(30_000),
    });
    const delay = Number(response.headers.get('retry-after') ?? usualDelaySeconds);
    return { status: response.status, delay, members: await response.json() };
  } catch (error) {
    return { status: 0, delay: usualDelaySeconds, members: { code: error.message } };
  }
}

function storeAnswer(db, key, { status, delay, members }) {
  const { code, detail = code } = members;
  if (status === 200 || status === 202) return storeProgress(db, members, members.version);
  if (isFinal(status, code))
    return db
      .prepare(`UPDATE edits SET state = 'refused', why = ?, due = NULL WHERE key = ?`)
      .run(detail, key);
  const later = db.prepare('UPDATE edits SET why = ?, due = ? WHERE key = ? AND due IS NOT NULL');
  return later.run(code ?? `HTTP ${status}`, Date.now() + delay * 1000, key);
}

/** Whether the same request is refused for ever. An operator can mend everything else. */
function isFinal(status, code) {
  return [400, 403, 409, 413, 422].includes(status) && code !== undefined && code !== 'client-disabled';
}
