import type { DynamoDBRecord, DynamoDBStreamEvent, SQSEvent, SQSRecord } from 'aws-lambda';

// Events that Lambda passes to a function, in the shape of its event source mappings.

export interface SqsRecordOptions {
  readonly messageId?: string;
  readonly body: string;
  /** The attribute of a message that was sent again, as text. */
  readonly timesSentAgain?: string;
}

export function sqsRecord({ messageId = 'message-1', body, timesSentAgain }: SqsRecordOptions): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1772359200000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1772359201000',
    },
    messageAttributes:
      timesSentAgain === undefined
        ? {}
        : { timesSentAgain: { dataType: 'Number', stringValue: timesSentAgain } },
    md5OfBody: '00000000000000000000000000000000',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:example',
    awsRegion: 'us-east-1',
  };
}

/** A batch of messages `message-1`, `message-2` … with these bodies. */
export function sqsEvent(...bodies: readonly string[]): SQSEvent {
  return { Records: bodies.map((body, index) => sqsRecord({ messageId: `message-${index + 1}`, body })) };
}

/** The insertion of one item, with its keys only. */
export function insertedItem(sequenceNumber: string, pk: string, sk: string): DynamoDBRecord {
  return {
    eventID: `event ${sequenceNumber}`,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      Keys: { pk: { S: pk }, sk: { S: sk } },
      SequenceNumber: sequenceNumber,
      StreamViewType: 'KEYS_ONLY',
    },
  };
}

export function streamEvent(...Records: DynamoDBRecord[]): DynamoDBStreamEvent {
  return { Records };
}
