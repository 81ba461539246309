import { Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type IQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface WorkQueueProps {
  /** Timeout of the function that consumes this queue. */
  readonly functionTimeout: Duration;
  /** How long Lambda collects messages for a batch. @default Duration.seconds(0) no waiting */
  readonly batchingWindow?: Duration;
  /** How long each new message stays invisible. @default Duration.seconds(0) visible at once */
  readonly deliveryDelay?: Duration;
  /** @default keys of AWS */
  readonly key?: IKey | undefined;
}

/**
 * How often SQS delivers a message before it moves the message to the parked queue. To postpone
 * work, a function sends a new message, which has a receive count of its own.
 */
const maxReceiveCount = 5;

/** The maximum of SQS: time to notice, to repair and to redrive. */
const retentionPeriod = Duration.days(14);

/** For cdk-nag: why the event source of a work queue has no failure destination. */
export const noDestinationReason =
  'An SQS event source supports no destination; SQS moves failed messages to the parked queue';

function commonProps(key: IKey | undefined): QueueProps {
  const encryption = key
    ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
    : { encryption: QueueEncryption.SQS_MANAGED };
  return { ...encryption, enforceSSL: true, retentionPeriod };
}

/** Creates a queue without consumer, whose messages an operator inspects and redrives. */
export function createParkedQueue(scope: Construct, id: string, key: IKey | undefined): Queue {
  const parked = new Queue(scope, id, commonProps(key));
  Validations.of(parked).acknowledge({
    id: 'Serverless-SQSRedrivePolicy',
    reason: 'Messages stay here until an operator redrives or deletes them',
  });
  return parked;
}

/** A queue with a parked queue beside it. An operator can inspect and redrive parked messages. */
export class WorkQueue extends Construct {
  readonly queue: IQueue;
  readonly parked: IQueue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const {
      functionTimeout,
      batchingWindow = Duration.seconds(0),
      deliveryDelay = Duration.seconds(0),
      key,
    } = props;
    this.parked = createParkedQueue(this, 'Parked', key);
    this.queue = new Queue(this, 'Queue', {
      ...commonProps(key),
      deliveryDelay,
      // AWS recommends at least six function timeouts plus the batching window. With less, SQS
      // redelivers a batch that is still running, or that a throttled Lambda still tries to start.
      visibilityTimeout: Duration.seconds(6 * functionTimeout.toSeconds() + batchingWindow.toSeconds()),
      deadLetterQueue: { queue: this.parked, maxReceiveCount },
    });
  }
}
