// node client.mjs KEY FILE sends the command in a file. Without a file it prints its state.
import { readFileSync, statSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const [key, file] = process.argv.slice(2);
const { RELAY_URL, RELAY_CLIENT, RELAY_SECRET } = process.env;
const isFile = file === undefined || statSync(file, { throwIfNoEntry: false })?.isFile();
if (!key || !isFile || !RELAY_URL || !RELAY_CLIENT || !RELAY_SECRET) {
  console.error('usage: client KEY [FILE], with RELAY_URL, RELAY_CLIENT and RELAY_SECRET set');
  process.exit(2);
}
const body = file ? readFileSync(file, 'utf8') : '';
const now = new Date();
const seconds = `${Math.floor(now.getTime() / 1000)}`;
const signature = new Webhook(RELAY_SECRET).sign(key, now, body);
const signed = { 'webhook-id': key, 'webhook-timestamp': seconds, 'webhook-signature': signature };
const headers = { 'content-type': 'application/json', 'relay-client': RELAY_CLIENT, ...signed };
const url = `${RELAY_URL}/commands${file ? '' : `/${encodeURIComponent(key)}`}`;
const answer = await fetch(url, file ? { method: 'POST', headers, body } : { headers });
console.log(answer.status, await answer.text());
