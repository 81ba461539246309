import { Webhook } from 'standardwebhooks';
import { outcomeOfStatus } from '../../lambdas/core/delivery.ts';
import { at, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import type { Answer, WebhookTransport } from '../../lambdas/ports/webhook-transport.ts';
import type { Post, Subscription } from '../chaos/chaos-receiver.ts';
import type { Outcome } from '../chaos/receiver-answers.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { Environment } from './environment.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface ReceiversDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly random: Random;
  /** Notified when a request arrives. */
  readonly onPost: (post: Post, environment: Environment) => void;
}

/** A downstream system. */
interface Receiver {
  readonly subscription: Subscription;
  /** Secrets that it verifies with: more than one during a rotation. */
  secrets: readonly string[];
  /** Where it is. Requests to other addresses are answered 404. */
  url: string;
  /** How it answers while it is down, refuses a type of message, or is busy. */
  mood: Mood | undefined;
  isGone: boolean;
}

interface Mood {
  readonly untilMs: number;
  readonly outcomes: readonly Outcome[];
  /** Only messages of this type. @default all */
  readonly type?: string | undefined;
}

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The receivers of all endpoints, and the internet between them and the workers. */
export class Receivers {
  readonly posts: Post[] = [];
  readonly #deps: ReceiversDeps;
  readonly #receivers: readonly Receiver[];

  constructor(subscriptions: readonly Subscription[], deps: ReceiversDeps) {
    this.#deps = deps;
    this.#receivers = subscriptions.map((subscription) => ({
      subscription,
      secrets: [],
      url: `https://${subscription.id.replace('_', '-')}.example.com/hook`,
      mood: undefined,
      isGone: false,
    }));
  }

  get(endpointId: string): Receiver {
    const found = this.#receivers.find(({ subscription }) => subscription.id === endpointId);
    if (!found) throw new Error(`there is no receiver ${endpointId}`);
    return found;
  }

  all(): readonly Receiver[] {
    return this.#receivers;
  }

  /** Ends every mood. A receiver that is gone stays gone. */
  mend(): void {
    for (const receiver of this.#receivers) receiver.mood = undefined;
  }

  connect(environment: Environment): WebhookTransport {
    return {
      post: (url, headers, body, timeoutMs) => this.#post(environment, url, headers, body, timeoutMs),
    };
  }

  #post(
    environment: Environment,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    timeoutMs: number,
  ): Promise<Answer> {
    const { scheduler, random, trace, onPost } = this.#deps;
    const receiver = this.#receivers.find((each) => each.url === url);
    return new Promise((resolve) => {
      let isOver = false;
      let received: Post | undefined;
      const end = (answer: Answer | undefined): void => {
        if (isOver) return;
        isOver = true;
        if (received) received.endedAtMs = scheduler.nowMs();
        if (answer) resolve(answer);
      };
      environment.onEnd(() => end(undefined));
      environment.after(timeoutMs, () => end({ outcome: 'timed-out', reason: 'no answer in time' }));
      scheduler.after(between(random, 5, 80), () => {
        if (isOver) return;
        if (!receiver) return environment.after(20, () => end({ ...answered(404), reason: 'no such page' }));
        const post = this.#receive(receiver, headers, body);
        received = post;
        this.posts.push(post);
        onPost(post, environment);
        trace.note(receiver.subscription.id, `gets ${post.path} version ${post.version}: ${post.outcome}`);
        const answer = this.#answerOf(post.outcome);
        if (answer) environment.after(between(random, 5, 400), () => end(answer));
      });
    });
  }

  #receive(receiver: Receiver, headers: Readonly<Record<string, string>>, body: string): Post {
    const { scheduler } = this.#deps;
    const message = tryParseJson(body);
    const type = textAt(message, 'type') ?? '';
    return {
      endpointId: receiver.subscription.id,
      webhookId: headers['webhook-id'] ?? '',
      body,
      path: ['catalog', 'kind', 'id'].map((name) => textAt(message, 'data', name) ?? '').join('/'),
      version: Number(at(message, 'data', 'version')),
      verified: isVerified(receiver.secrets, headers, body, scheduler.nowMs()),
      startedAtMs: scheduler.nowMs(),
      endedAtMs: undefined,
      outcome: this.#outcomeOf(receiver, type),
    };
  }

  #outcomeOf(receiver: Receiver, type: string): Outcome {
    const { scheduler, faults } = this.#deps;
    const { id, isNeverDown = false } = receiver.subscription;
    if (receiver.isGone) return 'gone';
    const nowMs = scheduler.nowMs();
    const { mood } = receiver;
    if (mood && nowMs < mood.untilMs && (mood.type === undefined || mood.type === type))
      return pick(faults.random('receiver-fails'), mood.outcomes);
    if (id === 'ep_gone' && faults.strikes('receiver-gone', id, 'is permanently gone')) {
      receiver.isGone = true;
      return 'gone';
    }
    if (!isNeverDown && faults.strikes('receiver-fails', id, 'goes down'))
      return this.#begin(receiver, 'receiver-fails', ['refused', 'refused', 'hung-up', 'silent'], 6 * hourMs);
    if (faults.strikes('receiver-refuses', id, `begins to refuse ${type}`)) {
      const refusals = ['refused-400', 'refused-409', 'refused-413', 'refused-415', 'refused-422'] as const;
      const refusal = pick(faults.random('receiver-refuses'), refusals);
      return this.#begin(receiver, 'receiver-refuses', [refusal], 2 * hourMs, type);
    }
    if (faults.strikes('receiver-busy', id, 'asks to wait'))
      return this.#begin(receiver, 'receiver-busy', ['wait-seconds', 'wait-date', 'wait-503'], 10 * minuteMs);
    if (!isNeverDown && faults.strikes('receiver-silent', id, 'does not answer')) return 'silent';
    return 'delivered';
  }

  #begin(
    receiver: Receiver,
    kind: 'receiver-fails' | 'receiver-refuses' | 'receiver-busy',
    outcomes: readonly [Outcome, ...Outcome[]],
    longestMs: number,
    type?: string,
  ): Outcome {
    const random = this.#deps.faults.random(kind);
    // Short and long ones are equally likely.
    const forMs = secondMs * (longestMs / secondMs) ** random();
    receiver.mood = { untilMs: this.#deps.scheduler.nowMs() + forMs, outcomes, type };
    return outcomes[0];
  }

  /** Undefined: no answer at all. */
  #answerOf(outcome: Outcome): Answer | undefined {
    const { scheduler, faults } = this.#deps;
    const waitSeconds = between(faults.random('receiver-busy'), 1, 120);
    if (outcome === 'delivered') return answered(204);
    if (outcome === 'gone') return answered(410);
    if (outcome === 'hung-up') return { outcome: 'unreachable', reason: 'ECONNRESET' };
    if (outcome === 'wait-seconds') return answered(429, String(waitSeconds));
    if (outcome === 'wait-503') return answered(503, String(waitSeconds));
    if (outcome === 'wait-date')
      return answered(429, new Date(scheduler.nowMs() + waitSeconds * secondMs).toUTCString());
    if (outcome.startsWith('refused-')) return answered(Number(outcome.slice('refused-'.length)));
    return outcome === 'silent' ? undefined : answered(500);
  }
}

function answered(status: number, retryAfter?: string): Answer {
  return { outcome: outcomeOfStatus(status), status, ...(retryAfter !== undefined && { retryAfter }) };
}

/** Receivers reject a signature whose time differs from theirs by more than five minutes. */
const toleranceSeconds = 300;

/**
 * Verifies with an independent library. That library reads the real clock, so the timestamp is
 * compared here.
 */
function isVerified(
  secrets: readonly string[],
  headers: Readonly<Record<string, string>>,
  body: string,
  nowMs: number,
): boolean {
  const seconds = Number(headers['webhook-timestamp']);
  if (!(Math.abs(nowMs / 1_000 - seconds) <= toleranceSeconds)) return false;
  const given = (headers['webhook-signature'] ?? '').split(' ');
  const signedAt = new Date(seconds * 1_000);
  return secrets.some((secret) =>
    given.includes(new Webhook(secret).sign(headers['webhook-id'] ?? '', signedAt, body)),
  );
}
