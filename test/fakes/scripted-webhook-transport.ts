import { outcomeOfStatus } from '../../lambdas/core/delivery.ts';
import type { Answer, WebhookTransport } from '../../lambdas/ports/webhook-transport.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly masked: readonly string[];
  readonly caCertificate: string | undefined;
}

export interface ScriptedWebhookTransport extends WebhookTransport {
  /** Sets the answers to the next POSTs, in order. The last one is repeated. */
  answer(...answers: readonly [Answer, ...Answer[]]): void;
  readonly posts: readonly Post[];
}

/** A receiver that gives the scripted answers, by default 204. */
export function scriptedWebhookTransport(): ScriptedWebhookTransport {
  let script: Answer[] = [answered(204)];
  const posts: Post[] = [];
  return {
    posts,
    answer(...answers) {
      script = [...answers];
    },
    async post(url, headers, body, timeoutMs, masked = [], caCertificate) {
      posts.push({ url, headers: { ...headers }, body, timeoutMs, masked, caCertificate });
      return (script.length > 1 ? script.shift() : script[0]) ?? answered(204);
    },
  };
}

/** An answer with this status and Retry-After header. */
export function answered(status: number, retryAfter?: string): Answer {
  return {
    outcome: outcomeOfStatus(status),
    status,
    answer: `answered ${status}`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
