import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { at, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';

/** One webhook request at an endpoint. */
export interface Post {
  readonly endpointId: string;
  readonly webhookId: string;
  readonly body: string;
  /** Path of the record in the body; its parts are empty if the body names no record. */
  readonly path: string;
  readonly version: number;
  /** Whether an independent library accepted the signature. */
  readonly verified: boolean;
  readonly startedAtMs: number;
  /** When the request was answered or the sender disconnected. */
  endedAtMs: number | undefined;
  /** The fault that the request met, or `delivered` if it was answered 204. */
  outcome: ReceiverFault | 'delivered';
}

export const receiverFaults = [
  /** No answer at all, until the sender gives up. */
  'silent',
  /** A status line, followed by a body that never ends. */
  'endless',
  'refused',
  'redirected',
  'rate-limited',
  'garbage',
  'hung-up',
  /** 410, from then on always. */
  'gone',
  /** The worker of the sender ends before it is answered, or directly after. */
  'sender-ended-before',
  'sender-ended-after',
] as const;
export type ReceiverFault = (typeof receiverFaults)[number];

export interface Subscription {
  /** `ep_…` */
  readonly id: `ep_${string}`;
  readonly topics: readonly string[];
  readonly catalogs: readonly string[];
  readonly ordering?: 'per-record';
}

export interface ReceiverHooks {
  readonly receiverFaultOf: (endpointId: string) => ReceiverFault | undefined;
  /** How long to wait before the answer, milliseconds. */
  readonly delayMs: () => number;
  readonly endSender: () => void;
  readonly onPost: (post: Post) => void;
  readonly nowMs: () => number;
}

/** A downstream system with its own secret and subscription, which can be made to fail. */
export class ChaosReceiver {
  readonly subscription: Subscription;
  readonly secret = `whsec_${randomBytes(32).toString('base64')}`;
  readonly posts: Post[] = [];
  readonly #hooks: ReceiverHooks;
  readonly #webhook = new Webhook(this.secret);
  #server: LoopbackServer | undefined;

  constructor(subscription: Subscription, hooks: ReceiverHooks) {
    this.subscription = subscription;
    this.#hooks = hooks;
  }

  /** @returns the URL to register */
  async start(): Promise<string> {
    this.#server = await startLoopbackServer((request, response) => {
      this.#receive(request, response).catch(() => response.destroy());
    });
    return `${this.#server.url}/hook`;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { nowMs, receiverFaultOf, delayMs, onPost } = this.#hooks;
    const startedAtMs = nowMs();
    const body = (await buffer(request)).toString();
    const message = tryParseJson(body);
    const post: Post = {
      endpointId: this.subscription.id,
      webhookId: String(request.headers['webhook-id']),
      body,
      path: ['catalog', 'kind', 'id'].map((name) => textAt(message, 'data', name) ?? '').join('/'),
      version: Number(at(message, 'data', 'version')),
      verified: this.#isVerified(request, body),
      startedAtMs,
      endedAtMs: undefined,
      outcome: receiverFaultOf(this.subscription.id) ?? 'delivered',
    };
    this.posts.push(post);
    response.on('close', () => {
      post.endedAtMs = nowMs();
      onPost(post);
    });
    const waitMs = delayMs();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    // The sender may have timed out or ended during the wait.
    if (response.destroyed) post.outcome = 'silent';
    else this.#answer(post, response);
  }

  #isVerified({ headers }: IncomingMessage, body: string): boolean {
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    try {
      this.#webhook.verify(body, Object.fromEntries(texts));
      return true;
    } catch {
      return false;
    }
  }

  #answer({ outcome }: Post, response: ServerResponse): void {
    const answers: Readonly<Record<Post['outcome'], () => void>> = {
      delivered: () => response.writeHead(204).end(),
      silent: () => undefined,
      endless: () => response.writeHead(503).write('one moment'),
      refused: () => response.writeHead(500).end('out of order'),
      redirected: () => response.writeHead(302, { location: '/elsewhere' }).end(),
      'rate-limited': () => response.writeHead(429, { 'retry-after': '1' }).end(),
      garbage: () => response.socket?.end('\u0000\u0001 no HTTP at all \r\n\r\n'),
      'hung-up': () => response.destroy(),
      gone: () => response.writeHead(410).end(),
      'sender-ended-before': () => this.#hooks.endSender(),
      'sender-ended-after': () => {
        response.writeHead(204).end();
        this.#hooks.endSender();
      },
    };
    answers[outcome]();
  }
}
