import { randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { at, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { type LoopbackServer, listenOnLoopback, startLoopbackServer } from '../loopback-server.ts';
import type { ReceiverAddress } from '../stage-access.ts';
import { certificate, privateKey, receiverName } from './chaos-certificate.ts';
import type { MessageHead } from './nemesis.ts';
import { type AnswerHooks, answerWith, type Outcome, type ReceiverFault } from './receiver-answers.ts';

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
  outcome: Outcome;
}

export interface Subscription {
  /** `ep_…` */
  readonly id: `ep_${string}`;
  readonly topics: readonly string[];
  readonly catalogs: readonly string[];
  readonly ordering?: 'per-record';
  /** The client whose own endpoint it is, and what becomes of its echoes. */
  readonly client?: string;
  readonly echo?: 'mark' | 'omit';
  /**
   * True if the receiver is never down: no attempt may count against this endpoint. Its name has an
   * IPv4 and an IPv6 address, and only the second one answers.
   */
  readonly isNeverDown?: true;
  /** True if the receiver is reached by a name that DNS resolves, and by TLS. */
  readonly isNamed?: true;
}

export interface ReceiverHooks extends AnswerHooks {
  readonly receiverFaultOf: (endpointId: string, message: MessageHead) => ReceiverFault | undefined;
  /** Whether to reset a connection that has served a request before. */
  readonly isIdleReset: (endpointId: string) => boolean;
  /** How long to wait before the answer, and before the TLS handshake, milliseconds. */
  readonly delayMs: () => number;
  readonly onPost: (post: Post) => void;
}

/** Receivers reject signatures that are more than five minutes off. */
const toleranceSeconds = 300;

/** A downstream system with its own secret and subscription, which can be made to fail. */
export class ChaosReceiver {
  readonly subscription: Subscription;
  readonly secret = `whsec_${randomBytes(32).toString('base64')}`;
  readonly posts: Post[] = [];
  readonly #hooks: ReceiverHooks;
  readonly #webhook = new Webhook(this.secret);
  /** Connections that have served a request. */
  readonly #used = new WeakSet<Socket>();
  #server: LoopbackServer | undefined;

  constructor(subscription: Subscription, hooks: ReceiverHooks) {
    this.subscription = subscription;
    this.#hooks = hooks;
  }

  /** @returns the address to register */
  async start(): Promise<ReceiverAddress> {
    const { isNeverDown = false, isNamed = false } = this.subscription;
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#receive(request, response).catch(() => response.destroy());
    };
    if (isNamed) this.#server = await startNamed(listener, this.#hooks.delayMs);
    else this.#server = isNeverDown ? await startOnIpv6(listener) : await startLoopbackServer(listener);
    const { port } = new URL(this.#server.url);
    if (isNamed) return { url: `https://${receiverName}:${port}/hook`, caCertificate: certificate };
    return { url: isNeverDown ? `http://localhost:${port}/hook` : `${this.#server.url}/hook` };
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { nowMs, receiverFaultOf, isIdleReset, delayMs, onPost } = this.#hooks;
    const { id: endpointId } = this.subscription;
    const { socket } = request;
    // Before a byte of the answer: the sender must repeat the request on a new connection.
    if (this.#used.has(socket) && isIdleReset(endpointId)) return void socket.resetAndDestroy();
    this.#used.add(socket);
    const startedAtMs = nowMs();
    const body = (await buffer(request)).toString();
    const message = tryParseJson(body);
    const webhookId = String(request.headers['webhook-id']);
    const type = textAt(message, 'type') ?? '';
    const post: Post = {
      endpointId,
      webhookId,
      body,
      path: ['catalog', 'kind', 'id'].map((name) => textAt(message, 'data', name) ?? '').join('/'),
      version: Number(at(message, 'data', 'version')),
      verified: this.#isVerified(request, body),
      startedAtMs,
      endedAtMs: undefined,
      outcome: receiverFaultOf(endpointId, { type, id: webhookId }) ?? 'delivered',
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
    else answerWith(post.outcome, response, this.#hooks);
  }

  /**
   * Verifies with an independent library. It knows only the clock of the machine, but the clocks of
   * the functions may be far ahead.
   */
  #isVerified({ headers }: IncomingMessage, body: string): boolean {
    const textOf = (name: string): string => String(headers[name]);
    const seconds = Number(textOf('webhook-timestamp'));
    if (!(Math.abs(this.#hooks.nowMs() / 1_000 - seconds) <= toleranceSeconds)) return false;
    const expected = this.#webhook.sign(textOf('webhook-id'), new Date(seconds * 1_000), body);
    return textOf('webhook-signature').split(' ').includes(expected);
  }
}

/**
 * Starts a server on the IPv6 loopback address. Its port is below the range from which the system
 * chooses, so that no other server has it on the IPv4 address.
 */
async function startOnIpv6(listener: RequestListener): Promise<LoopbackServer> {
  for (let tries = 1; ; tries += 1)
    try {
      return await startLoopbackServer(listener, randomInt(20_000, 30_000), '::1');
    } catch (error) {
      if (tries === 20) throw error;
    }
}

/** Starts a server with TLS that is slow to begin with some connections. */
function startNamed(listener: RequestListener, delayMs: () => number): Promise<LoopbackServer> {
  const server = createServer({ cert: certificate, key: privateKey }, listener);
  server.prependListener('connection', (socket) => {
    const waitMs = delayMs();
    if (waitMs === 0) return;
    socket.pause();
    setTimeout(() => socket.resume(), waitMs);
  });
  return listenOnLoopback(server);
}
