import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import type { CallFault, ProxiedCall, Service } from './fault-proxy.ts';

/** Shares of all calls to a service that meet a fault. */
interface Shares {
  readonly refuse: number;
  readonly loseAnswer: number;
  readonly late: number;
  /** The calling worker ends before or after the call takes effect. */
  readonly end: number;
}
const shares: Readonly<Record<Service, Shares>> = {
  // The SDK waits long after a throttled call. With a larger share few calls would overlap.
  DYNAMODB: { refuse: 0.012, loseAnswer: 0.008, late: 0.004, end: 0.001 },
  SQS: { refuse: 0.03, loseAnswer: 0.01, late: 0, end: 0.004 },
  // The simulator refuses reads by itself.
  PARTNERCENTRAL_SELLING: { refuse: 0, loseAnswer: 0.01, late: 0.08, end: 0.004 },
  SECRETS_MANAGER: { refuse: 0.05, loseAnswer: 0, late: 0, end: 0 },
};

/** Long enough for another worker to read and write a newer state. */
const maxLateMs = 800;

/** Chooses whether a call meets a fault, and which one. */
export function randomFault({ service, operation }: ProxiedCall, random: Random): CallFault | undefined {
  const { refuse, loseAnswer, late, end } = shares[service];
  let chance = random();
  if (chance < refuse) return outageFault(service, operation, random);
  chance -= refuse;
  if (chance < loseAnswer) return { kind: 'lose-answer' };
  chance -= loseAnswer;
  if (chance < late) return { kind: 'answer-late', byMs: between(random, 100, maxLateMs) };
  chance -= late;
  // A crash between the effect and the answer is twice as likely: it is the harder case.
  if (chance < end) return { kind: pick(random, ['end-before', 'end-after', 'end-after']) };
  return undefined;
}

const delayedShare = 0.5;

/** Delays half of the answers until another worker has read, and written, a newer state. */
export function delayedRead({ operation }: ProxiedCall, random: Random): CallFault | undefined {
  if (operation !== 'GetOpportunity' || random() >= delayedShare) return undefined;
  return { kind: 'answer-late', byMs: between(random, 1_500, 3_000) };
}

/** Refuses to read one of these secrets, as KMS does without a permission. */
export function deniedSecret(
  { service, body }: ProxiedCall,
  secretIds: ReadonlySet<string>,
): CallFault | undefined {
  if (service !== 'SECRETS_MANAGER' || ![...secretIds].some((id) => body.includes(id))) return undefined;
  return refusedWith(400, 'DecryptionFailure', 'Access to KMS is not allowed (injected by the nemesis)');
}

const dynamodb = 'com.amazonaws.dynamodb.v20120810';

/** An error of a service that is down. The SDK retries at once, and then gives up. */
export function outageFault(service: Service, operation: string, random: Random): CallFault {
  if (service !== 'DYNAMODB' || random() < 0.5) return refusal(service, operation, random);
  return refusedWith(
    500,
    `${dynamodb}#InternalServerError`,
    'Internal server error (injected by the nemesis)',
  );
}

function refusal(service: Service, operation: string, random: Random): CallFault {
  if (service === 'SQS')
    return refusedWith(
      503,
      'com.amazonaws.sqs#ServiceUnavailable',
      'Service is unavailable (injected by the nemesis)',
    );
  if (service === 'SECRETS_MANAGER')
    return refusedWith(
      500,
      'InternalServiceError',
      'An error occurred on the server side (injected by the nemesis)',
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
    'Throughput exceeds the current capacity (injected by the nemesis)',
  );
}

function refusedWith(status: number, type: string, message: string, members: object = {}): CallFault {
  return { kind: 'refuse', status, body: { __type: type, message, ...members } };
}
