import { expect, it } from 'vitest';
import { rowProblems } from '../../../bin/pcr/stores/row-problems.ts';
import { clientItem } from '../../../lambdas/adapters/dynamodb-client-store.ts';
import { signingClient } from '../../builders/clients.ts';

const now = '2026-03-01T10:00:00.000Z';

it('pcr rows list takes the row of a client as valid', () => {
  expect(rowProblems(clientItem(signingClient({ disabled: true })), now)).toEqual([]);
});

it('pcr rows list names what is invalid in the row of a client that was edited by hand', () => {
  const edited = { ...clientItem(signingClient()), never: ['Customer'], requestsPerMinute: 0 };
  expect(rowProblems(edited, now)).toEqual([
    expect.stringContaining('never[0]: "Customer"; allowed: a JSON Pointer into the record'),
    'requestsPerMinute: 0; allowed: a whole number from 1 to 600',
  ]);
});
