// node client.mjs KEY FILE sends the command in a file. Without a file it prints what became of it.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const [key, file] = process.argv.slice(2);
const body = file ? readFileSync(file, 'utf8') : '';
const now = new Date();
const seconds = `${Math.floor(now.getTime() / 1000)}`;
const signature = new Webhook(process.env.RELAY_SECRET).sign(key, now, body);
const signed = { 'webhook-id': key, 'webhook-timestamp': seconds, 'webhook-signature': signature };
const headers = { 'content-type': 'application/json', 'relay-client': process.env.RELAY_CLIENT, ...signed };
const url = `${process.env.RELAY_URL}/commands${file ? '' : `/${encodeURIComponent(key)}`}`;
const answer = await fetch(url, file ? { method: 'POST', headers, body } : { headers });
console.log(answer.status, await answer.text());
