import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import * as v from 'valibot';
import { isJsonObject, type Json, type JsonObject } from '../lambdas/core/json.ts';
import { parseJson } from '../lambdas/core/json-text.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { contractProblems } from './message-contract.ts';

/** A received message whose signature and form independent libraries accepted. */
export interface Receipt {
  readonly webhookId: string;
  /** The signed bytes, as text. */
  readonly body: string;
  readonly type: string;
  readonly path: string;
  readonly version: number;
  readonly topics: readonly string[];
  readonly changes: readonly ReceivedChange[];
  readonly eventIds: readonly string[];
  readonly record: JsonObject;
}

export interface ReceivedChange {
  readonly path: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

const json = v.custom<Json>((value) => value !== undefined);
const message = v.object({
  type: v.string(),
  data: v.object({
    catalog: v.string(),
    kind: v.string(),
    id: v.string(),
    version: v.number(),
    topics: v.array(v.string()),
    changes: v.array(v.object({ path: v.string(), before: v.optional(json), after: v.optional(json) })),
    cause: v.object({ eventIds: v.array(v.string()) }),
    record: v.custom<JsonObject>(isJsonObject),
  }),
});

/**
 * A downstream system on this machine. It verifies every signature with `standardwebhooks`,
 * validates every message with its published schema, and can fail for a time.
 */
export class Receiver {
  readonly receipts: Receipt[] = [];
  /** Why requests were refused: an invalid signature, or a body that its schema does not allow. */
  readonly refused: string[] = [];
  /** Called for each receipt, after it was added to `receipts`. */
  onReceipt: ((receipt: Receipt) => void) | undefined;
  #outUntilMs = 0;
  #retryAfterSeconds: number | undefined;
  #server: LoopbackServer | undefined;
  readonly #webhook: Webhook;

  constructor(secret: string) {
    this.#webhook = new Webhook(secret);
  }

  /** @returns the URL to register */
  async start(): Promise<string> {
    this.#server = await startLoopbackServer((request, response) => void this.#answer(request, response));
    return `${this.#server.url}/partner-central`;
  }

  /**
   * Answers every request with 503 during the given milliseconds.
   * @param retryAfterSeconds @default no header Retry-After
   */
  fail(forMs: number, retryAfterSeconds?: number): void {
    this.#outUntilMs = Date.now() + forMs;
    this.#retryAfterSeconds = retryAfterSeconds;
  }

  /** Ends the connections that wait for a next message. */
  closeIdle(): void {
    this.#server?.closeIdle();
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await buffer(request);
    if (Date.now() < this.#outUntilMs) {
      if (this.#retryAfterSeconds !== undefined) response.setHeader('retry-after', this.#retryAfterSeconds);
      response.writeHead(503).end('down for maintenance');
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    try {
      this.#webhook.verify(bytes, headers);
      assertContract(bytes.toString());
      // The library parses numbers as JavaScript holds them.
      const { type, data } = v.parse(message, parseJson(bytes.toString()));
      const { catalog, kind, id, version, topics, changes, record } = data;
      const path = `${catalog}/${kind}/${id}`;
      const { eventIds } = data.cause;
      const webhookId = headers['webhook-id'] ?? '';
      const body = bytes.toString();
      const receipt = { webhookId, body, type, path, version, topics, changes, eventIds, record };
      this.receipts.push(receipt);
      this.onReceipt?.(receipt);
      response.writeHead(204).end();
    } catch (error) {
      this.refused.push(error instanceof Error ? error.message : String(error));
      response.writeHead(400).end('not verified');
    }
  }
}

function assertContract(body: string): void {
  const problems = contractProblems(body);
  if (problems.length > 0) throw new Error(`a message breaks its schema: ${problems.join('; ')}`);
}
