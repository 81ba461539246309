import { test as base } from 'vitest';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { useDynamoDb } from '../../conformance/dynamodb-under-test.ts';
import { pcrOn } from './pcr-under-test.ts';

/** `test` with a fixture `pcr` on empty tables with these endpoints. For one `describe`. */
export function pcrTest(endpoints: readonly Endpoint[] = [endpoint()]) {
  const engine = useDynamoDb('dynoxide');
  return base.extend('pcr', { auto: true }, () => pcrOn(engine, endpoints));
}
