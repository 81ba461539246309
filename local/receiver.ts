import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../lambdas/core/json.ts';

/** A message that arrived and whose signature an independent library accepted. */
export interface Receipt {
  readonly webhookId: string;
  readonly type: string;
  readonly path: string;
  readonly version: number;
  readonly record: JsonObject;
}

const body = v.object({
  type: v.string(),
  data: v.object({
    catalog: v.string(),
    kind: v.string(),
    id: v.string(),
    version: v.number(),
    record: v.custom<JsonObject>(isJsonObject),
  }),
});

/** A downstream system on this machine: verifies every signature with `standardwebhooks`, and can fail for a while. */
export class Receiver {
  readonly receipts: Receipt[] = [];
  /** Posts whose signature or body did not hold. */
  readonly refused: string[] = [];
  /** Posts turned away during an outage. */
  turnedAway = 0;
  #outUntilMs = 0;
  readonly #webhook: Webhook;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(secret: string) {
    this.#webhook = new Webhook(secret);
  }

  /** @returns the url to register. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${portOf(this.#server.address())}/partner-central`;
  }

  /** Answers 503 from now on for so many milliseconds. */
  fail(forMs: number): void {
    this.#outUntilMs = Date.now() + forMs;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    if (Date.now() < this.#outUntilMs) {
      this.turnedAway += 1;
      response.writeHead(503).end('down for maintenance');
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    try {
      const { type, data } = v.parse(body, this.#webhook.verify(bytes, headers));
      const { catalog, kind, id, version, record } = data;
      const webhookId = headers['webhook-id'] ?? '';
      this.receipts.push({ webhookId, type, path: `${catalog}/${kind}/${id}`, version, record });
      response.writeHead(204).end();
    } catch (error) {
      this.refused.push(error instanceof Error ? error.message : String(error));
      response.writeHead(400).end('not verified');
    }
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the receiver is not listening');
  return address.port;
}
