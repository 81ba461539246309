// node client.mjs KEY FILE sends the command in a file. Without a file it prints what became of it.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const { RELAY_URL, RELAY_CLIENT, RELAY_SECRET } = process.env;
const [key, file] = process.argv.slice(2);
const body = file ? readFileSync(file, 'utf8') : undefined;
const now = new Date();
const answer = await fetch(`${RELAY_URL}/commands${file ? '' : `/${encodeURIComponent(key)}`}`, {
  method: file ? 'POST' : 'GET',
  headers: {
    'content-type': 'application/json',
    'relay-client': RELAY_CLIENT,
    'webhook-id': key,
    'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
    'webhook-signature': new Webhook(RELAY_SECRET).sign(key, now, body ?? ''),
  },
  body,
});
console.log(answer.status, await answer.text());
