import { beforeEach, describe, expect, it } from 'vitest';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { eachStreamRecord } from '../../../lambdas/runtime/stream-batch.ts';
import { insertedItem, streamEvent } from '../../builders/lambda-events.ts';
import { type RecordedLog, recordedLog } from '../../fakes/recorded-log.ts';

const pk = 'AWS/opportunity/O1234567';
const event = streamEvent(
  insertedItem('100', pk, 'version#0000000001'),
  insertedItem('200', pk, 'version#0000000002'),
  insertedItem('300', pk, 'version#0000000003'),
);

let log: RecordedLog;
beforeEach(() => {
  log = recordedLog();
});

describe('eachStreamRecord', () => {
  it('hands over the keys of every record', async () => {
    const seen: unknown[] = [];
    const answer = await eachStreamRecord(event, log, async (keys) => {
      seen.push(keys);
    });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(seen).toEqual([
      { pk, sk: 'version#0000000001' },
      { pk, sk: 'version#0000000002' },
      { pk, sk: 'version#0000000003' },
    ]);
  });

  it('answers the sequence numbers of failed records and works on the others', async () => {
    const done: string[] = [];
    const answer = await eachStreamRecord(event, log, async ({ sk }) => {
      if (sk.endsWith('2')) throw new TypeError('a defect of ours');
      done.push(sk);
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '200' }] });
    expect(done).toEqual(['version#0000000001', 'version#0000000003']);
    const ids = { messageId: '200', correlationId: '200', record: pk, item: 'version#0000000002' };
    expect(log.lines).toEqual([
      { level: 'error', event: 'message.failed', fields: { ...ids, error: 'TypeError' } },
    ]);
  });

  it('logs the code of a service error', async () => {
    const details = { deliveryIds: ['dlv_1'] };
    const failure = new ServiceError('delivery.conflict', details, { retry: laterAfter(600_000) });
    await eachStreamRecord(streamEvent(insertedItem('100', pk, 'version#0000000001')), log, () =>
      Promise.reject(failure),
    );
    expect(log.of('message.failed')).toMatchObject([{ messageId: '100', error: 'delivery.conflict' }]);
  });

  it('answers all sequence numbers instead of throwing if all records fail', async () => {
    const answer = await eachStreamRecord(event, log, () =>
      Promise.reject(new TypeError('a defect of ours')),
    );
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: '100' }, { itemIdentifier: '200' }, { itemIdentifier: '300' }],
    });
  });

  it('hands over empty keys if a record has no keys', async () => {
    const seen: unknown[] = [];
    await eachStreamRecord(streamEvent({ eventSource: 'aws:dynamodb' }), log, async (keys) => {
      seen.push(keys);
    });
    expect(seen).toEqual([{ pk: '', sk: '' }]);
  });
});
