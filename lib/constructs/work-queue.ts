import { Duration, Validations } from 'aws-cdk-lib';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface WorkQueueProps {
  /** Timeout of the function that works on this queue. */
  readonly functionTimeout: Duration;
  /** How long Lambda gathers messages before it calls that function. @default Duration.seconds(0) it does not */
  readonly batchingWindow?: Duration;
  /** How long each message stays unseen when it arrives. @default Duration.seconds(0) it is there at once */
  readonly deliveryDelay?: Duration;
}

/** Receives before a message counts as poison: work that can wait is sent again by itself and uses none of them. */
const maxReceiveCount = 5;

/** As long as SQS keeps anything: time to notice, to repair and to redrive. */
const retentionPeriod = Duration.days(14);

/** Why a function that works on a guarded queue needs no failure destination: the answer to cdk-nag. */
export const noDestinationReason =
  'A mapping of a queue takes no destination; the queue itself hands poison to its parked queue';

/** A queue of work, with the parked queue beside it where an operator finds what was given up, and can redrive it. */
export class WorkQueue extends Construct {
  readonly queue: IQueue;
  readonly parked: IQueue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const {
      functionTimeout,
      batchingWindow = Duration.seconds(0),
      deliveryDelay = Duration.seconds(0),
    } = props;
    const guarded = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod };
    this.parked = new Queue(this, 'Parked', guarded);
    Validations.of(this.parked).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'This is where messages end: a person decides what becomes of them',
    });
    this.queue = new Queue(this, 'Queue', {
      ...guarded,
      deliveryDelay,
      // SQS asks for at least six times the function timeout and the batching window, or a slow batch is redelivered
      // while it is still running, or while Lambda, being throttled, still tries to start it.
      visibilityTimeout: Duration.seconds(6 * functionTimeout.toSeconds() + batchingWindow.toSeconds()),
      deadLetterQueue: { queue: this.parked, maxReceiveCount },
    });
  }
}
