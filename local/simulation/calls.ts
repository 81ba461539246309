import { ServiceError } from '../../lambdas/core/service-error.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { Environment } from './environment.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

/** A service of AWS that a port speaks to. */
export type Service = 'DynamoDB' | 'SQS' | 'Secrets Manager';

export interface CallDeps {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly random: Random;
  /** Notified of each call that met a fault, with its arguments. */
  readonly onDisturbed: (environment: Environment, args: readonly unknown[]) => void;
}

/** Calls that change nothing: if the SDK repeats one, it has no second effect. */
const reads =
  /^(?:read|readHeads|current|all|due|dueIntents|dueMarks|awaitsFanOut|version|announced|state|messageIds|storesVersion|depth|line|content|readAgain|dueLines|find\w*)$/;

/**
 * Puts the network between an environment and a service: each call of a port takes time both ways,
 * and may be refused, be slow, be done twice, lose its answer, or be the worker's last one.
 */
export function overNetwork<Port extends object>(
  port: Port,
  service: Service,
  environment: Environment,
  deps: CallDeps,
): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]) =>
        call(String(name), service, environment, deps, args, () => Reflect.apply(member, target, args));
    },
  });
}

function call(
  operation: string,
  service: Service,
  environment: Environment,
  deps: CallDeps,
  args: readonly unknown[],
  effect: () => Promise<unknown>,
): Promise<unknown> {
  const { scheduler, faults, trace, random, onDisturbed } = deps;
  const who = environment.name;
  const what = `${operation} at ${service}`;
  return new Promise((resolve, reject) => {
    const answer = (ms: number, settle: () => void): void => environment.after(ms, settle);
    const disturb = (kind: Parameters<Faults['strikes']>[0], how: string): boolean => {
      if (!faults.strikes(kind, who, `${what} ${how}`)) return false;
      onDisturbed(environment, args);
      return true;
    };
    const outMs = travelMs(random);
    const backMs = travelMs(random);
    if (disturb('worker-dies-before', 'is never made: the worker ends'))
      return environment.after(outMs, () => environment.end());
    if (disturb('call-refused', 'is refused'))
      return answer(outMs + backMs, () =>
        reject(unavailable(service, operation, args, faults.random('call-refused'))),
      );
    const isSlow = disturb('call-slow', 'is slow');
    const slowMs = isSlow ? between(faults.random('call-slow'), 100, 4_000) : 0;
    const isStalled = faults.strikes('worker-stalls', who, `stalls during ${what}`);
    if (isStalled) environment.stall(between(faults.random('worker-stalls'), 1_000, 50_000));
    // Other workers act before a slow request takes effect, and after a slow answer has.
    const isRequestSlow = faults.random('call-slow')() < 0.5;
    const arrive = async (): Promise<void> => {
      // A request is on its way even if the worker ends meanwhile.
      const isTwice = !reads.test(operation) && disturb('call-repeated', 'is done twice');
      const [done] = await Promise.allSettled([isTwice ? effect().then(effect) : effect()]);
      const waitMs = backMs + (isRequestSlow ? 0 : slowMs);
      if (done.status === 'rejected') return answer(waitMs, () => reject(done.reason));
      if (disturb('worker-dies-after', 'is done, and the worker ends')) return environment.end();
      if (disturb('call-answer-lost', 'is done, but its answer is lost'))
        return answer(waitMs, () =>
          reject(unavailable(service, operation, args, faults.random('call-refused'))),
        );
      trace.note(who, `${what}${outcomeOf(done.value)}`);
      answer(waitMs, () => resolve(done.value));
    };
    scheduler.after(outMs + (isRequestSlow ? slowMs : 0), () => void arrive());
  });
}

/** A few milliseconds, sometimes some tens. */
function travelMs(random: Random): number {
  return random() < 0.9 ? between(random, 1, 6) : between(random, 6, 40);
}

function outcomeOf(value: unknown): string {
  return typeof value === 'string' && /^[a-z-]+$/.test(value) ? `: ${value}` : '';
}

/** Failures that the services document, by name. */
const failures: Readonly<Record<Service, readonly string[]>> = {
  DynamoDB: [
    'InternalServerError',
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
  ],
  SQS: ['RequestThrottled', 'ServiceUnavailable'],
  'Secrets Manager': ['InternalServiceError', 'ThrottlingException'],
};

/**
 * A commit with an owner is a transaction, which a rival write cancels. Without one, a transaction
 * of a rival refuses it.
 */
function conflictOf([, , , owner]: readonly unknown[]): string {
  return owner === undefined ? 'TransactionConflictException' : 'TransactionCanceledException';
}

/** What an adapter throws after all retries; for Secrets Manager what the client throws. */
function unavailable(service: Service, operation: string, args: readonly unknown[], random: Random): Error {
  const isConflict = operation === 'commit' && random() < 0.5;
  const error = isConflict ? conflictOf(args) : pick(random, failures[service]);
  if (service === 'SQS') return new ServiceError('queue.unavailable', { operation, error });
  if (service === 'DynamoDB') return new ServiceError('store.unavailable', { operation, error });
  return Object.assign(new Error(error), { name: error });
}
