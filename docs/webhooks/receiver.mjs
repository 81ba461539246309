import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
const webhook = new Webhook(process.env.WEBHOOK_SECRET);
createServer(async (request, response) => {
  try {
    const body = Buffer.concat(await request.toArray());
    const { type, data } = webhook.verify(body, request.headers);
    console.log(type, data.id, data.version, data.changes);
    response.writeHead(204).end();
  } catch { response.writeHead(400).end(); }
}).listen(process.env.PORT);
