import {
  PartnerCentralSellingServiceException,
  ValidationException,
} from '@aws-sdk/client-partnercentral-selling';
import { expect } from 'vitest';
import { type Json, textAt } from '../../../lambdas/core/json.ts';
import { operations } from '../../../local/partner-central/operations/operations.ts';
import { throttleForms } from '../../../local/partner-central/wire/wire-error.ts';
import { describeUnless } from '../../describe-unless.ts';
import { callWithBoto3, installBoto3 } from './boto3.ts';
import { everyCall, type SentCommand } from './every-call.ts';
import { it } from './simulator-under-test.ts';

const { python, missing } = await installBoto3();

describeUnless(missing, 'boto3', () => {
  it('reads every answer and error of the simulator as the SDK for JavaScript does', async ({
    startSimulator,
  }) => {
    const [one, other] = [await startSimulator(), await startSimulator()];
    const sent: SentCommand[] = [];
    for (const send of everyCall(one.partner, one.simulator)) sent.push(await send(one.client));
    everyCall(other.partner, other.simulator);
    const results = await callWithBoto3(python, other.simulator.url, sent);

    const called = sent.map(({ operation }) => operation);
    expect([...operations.keys()].filter((operation) => !called.includes(operation))).toEqual([]);
    const about = (index: number) => ({ operation: called[index], input: sent[index]?.input });
    expect(results.map((result, index) => ({ ...about(index), result }))).toEqual(
      sent.map((each, index) => ({ ...about(index), result: asPrinted(each) })),
    );
    expect(results[0]).toMatchObject({ answer: { LastModifiedDate: '2026-03-01T10:00:00.250Z' } });
    const names = results.map((result) => textAt(result, 'error', 'name') ?? 'no error');
    expect(new Set(names)).toEqual(
      new Set(['no error', ...serviceErrors, ...throttleForms.map(({ name }) => name)]),
    );
  });
});

const serviceErrors = [
  'AccessDeniedException',
  'ConflictException',
  'InternalServerException',
  'ResourceNotFoundException',
  'UnknownOperationException',
  'ValidationException',
];

/** What the SDK for JavaScript read, in the form in which `boto3-calls.py` prints it. */
function asPrinted({ answer, error }: SentCommand): Json {
  if (answer)
    return JSON.parse(JSON.stringify({ answer: { ...answer, $metadata: undefined } }, unwrapUnknown));
  if (!(error instanceof PartnerCentralSellingServiceException)) throw error;
  const { name, message, $metadata } = error;
  const problems = error instanceof ValidationException && {
    Reason: error.Reason,
    ErrorList: error.ErrorList,
  };
  return JSON.parse(
    JSON.stringify({ error: { name, message, status: $metadata.httpStatusCode, ...problems } }),
  );
}

/** The npm client does not know each payload that boto3 knows: it wraps them as they are sent. */
function unwrapUnknown(_name: string, value: unknown): unknown {
  const isWrapped = typeof value === 'object' && value !== null && '$unknown' in value;
  if (!isWrapped || !Array.isArray(value.$unknown)) return value;
  const [payload, content] = value.$unknown;
  return { [String(payload)]: content };
}
