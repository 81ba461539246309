import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { Sighting } from './canaries.ts';
import type { Post, Subscription } from './chaos-receiver.ts';
import type { SentEvent } from './event-carrier.ts';
import type { PastState } from './truth-log.ts';

/** A message in a parked queue. */
export interface ParkedMessage {
  readonly queueId: string;
  readonly body: string;
  /** Undefined where the queue itself parked it, because it was received too often. */
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

/** All that the checker goes by: the simulator's truth, the receivers' logs, the tables and the parked queues. */
export interface Evidence {
  /** By record path: every state that Partner Central held, in order. */
  readonly truth: ReadonlyMap<string, readonly PastState[]>;
  readonly current: ReadonlyMap<string, RecordState>;
  /** By record path, in the order of their numbers. */
  readonly versions: ReadonlyMap<string, readonly Version[]>;
  readonly subscriptions: readonly Subscription[];
  /** Endpoints that answered 410: what did not come to them before need not come. */
  readonly goneEndpoints: ReadonlySet<string>;
  readonly posts: readonly Post[];
  readonly events: ReadonlyMap<string, SentEvent>;
  /** Events that nothing can read, by id, with the code under which they must be parked. */
  readonly strange: ReadonlyMap<string, string>;
  readonly parked: readonly ParkedMessage[];
  /** Reads that Partner Central refused because its quota was used up; refusals of the adversary's are not counted. */
  readonly quotaThrottled: number;
  readonly sightings: readonly Sighting[];
  /** Work that was still there when the quiet time was over. */
  readonly unfinished: readonly string[];
  /** Invitations that were accepted by the API, with the opportunity that came of each: record paths. */
  readonly acceptedByTask: ReadonlyMap<string, string>;
}

export const promises = {
  rest: 'all work comes to its end',
  truth: 'the table equals the truth',
  contiguous: 'versions are contiguous',
  message: 'every message arrives, the same each time',
  backwards: 'nothing goes backwards',
  quota: 'the quota is never exceeded',
  canary: 'no secret and no personal data in logs and queues',
  redacted: 'what was taken away is redacted',
  parked: 'what is not done is parked with a reason',
  alone: 'one delivery is attempted by one worker at a time',
  ordered: 'an endpoint that asks for order gets it',
  repaired: 'reconcile repairs what events missed',
  linked: 'what belongs together is linked',
} as const;

export interface Violation {
  readonly promise: keyof typeof promises;
  /** Of the record, where it is one's. */
  readonly path?: string | undefined;
  readonly what: string;
}
