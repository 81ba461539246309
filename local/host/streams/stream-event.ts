import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import { localRegion } from '../local-account.ts';

/**
 * A stream record as Lambda passes it to a function: bytes as base64, the time in epoch seconds.
 * The region is that of the stage, because engines set their own name.
 */
export function toStreamRecord(record: StreamRecord, streamArn: string): Readonly<Record<string, unknown>> {
  const { ApproximateCreationDateTime: createdAt, ...dynamodb } = record.dynamodb ?? {};
  return {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion,
    eventSource: 'aws:dynamodb',
    awsRegion: localRegion,
    eventSourceARN: streamArn,
    userIdentity: record.userIdentity && {
      type: record.userIdentity.Type,
      principalId: record.userIdentity.PrincipalId,
    },
    dynamodb: {
      ApproximateCreationDateTime: createdAt && Math.floor(createdAt.getTime() / 1_000),
      ...Object.fromEntries(Object.entries(dynamodb).map(([name, value]) => [name, bytesToBase64(value)])),
    },
  };
}

export function sequenceNumberOf(record: StreamRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

function bytesToBase64(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(bytesToBase64);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bytesToBase64(item)]));
}
