import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { CallFault, ProxiedCall, Service } from './fault-proxy.ts';

/** A time in which every call of a function to a service is refused. */
export interface Spell {
  readonly functionId: string;
  readonly service: Service;
}

/** Shares of all calls, by service: refused, answered in vain, answered late, ended before and after. */
interface Shares {
  readonly refuse: number;
  readonly loseAnswer: number;
  readonly late: number;
  readonly end: number;
}
const shares: Readonly<Record<Service, Shares>> = {
  // The SDK waits long for what is throttled: more of it, and hardly anything would happen at the same time.
  DYNAMODB: { refuse: 0.012, loseAnswer: 0.008, late: 0.004, end: 0.001 },
  SQS: { refuse: 0.03, loseAnswer: 0.01, late: 0, end: 0.004 },
  // The simulator has refusals of its own.
  PARTNERCENTRAL_SELLING: { refuse: 0, loseAnswer: 0.01, late: 0.08, end: 0.004 },
  SECRETS_MANAGER: { refuse: 0.05, loseAnswer: 0, late: 0, end: 0 },
};

/** Long enough that somebody else reads, and writes, what is newer. */
const latestMs = 800;

/** What happens to one call by chance. */
export function randomFault({ service, operation }: ProxiedCall, random: Random): CallFault | undefined {
  const { refuse, loseAnswer, late, end } = shares[service];
  let chance = random();
  if (chance < refuse) return outageFault(service, operation, random);
  chance -= refuse;
  if (chance < loseAnswer) return { kind: 'lose-answer' };
  chance -= loseAnswer;
  if (chance < late) return { kind: 'answer-late', byMs: between(random, 100, latestMs) };
  chance -= late;
  // Between the effect and its answer twice as often: that is where a crash hurts.
  if (chance < end) return { kind: pick(random, ['end-before', 'end-after', 'end-after']) };
  return undefined;
}

const heldBackShare = 0.5;

/** Answers that are kept until somebody else has read again, and has written what they showed. */
export function delayedRead({ operation }: ProxiedCall, random: Random): CallFault | undefined {
  if (operation !== 'GetOpportunity' || random() >= heldBackShare) return undefined;
  return { kind: 'answer-late', byMs: between(random, 1_500, 3_000) };
}

const dynamodb = 'com.amazonaws.dynamodb.v20120810';

/** Of a service that is out of order; the SDK tries again at once, and then gives up. */
export function outageFault(service: Service, operation: string, random: Random): CallFault {
  if (service !== 'DYNAMODB' || random() < 0.5) return refusal(service, operation, random);
  return refusedWith(500, `${dynamodb}#InternalServerError`, 'Internal server error, says the adversary');
}

function refusal(service: Service, operation: string, random: Random): CallFault {
  if (service === 'SQS')
    return refusedWith(
      503,
      'com.amazonaws.sqs#ServiceUnavailable',
      'Service is unavailable, says the adversary',
    );
  if (service === 'SECRETS_MANAGER')
    return refusedWith(
      500,
      'InternalServiceError',
      'An error occurred on the server side, says the adversary',
    );
  if (operation === 'TransactWriteItems' && random() < 0.6)
    return refusedWith(
      400,
      `${dynamodb}#TransactionCanceledException`,
      'Transaction cancelled [TransactionConflict, None]',
      {
        CancellationReasons: [
          { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
          { Code: 'None' },
        ],
      },
    );
  const name = pick(random, ['ProvisionedThroughputExceededException', 'ThrottlingException']);
  return refusedWith(
    400,
    `${dynamodb}#${name}`,
    'Throughput exceeds the current capacity, says the adversary',
  );
}

function refusedWith(status: number, type: string, message: string, members: object = {}): CallFault {
  return { kind: 'refuse', status, body: { __type: type, message, ...members } };
}
