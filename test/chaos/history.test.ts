import { describe, expect, it } from 'vitest';
import { History, linesAbout } from '../../local/chaos/history.ts';

const path = 'AWS/opportunity/O1234567';
const hydrate = 'Hydration/HydrateOpportunity/Function';
const deliver = 'WebhookDelivery/Deliver/Function';

function historyAt(instants: readonly number[]): History {
  const left = [...instants];
  return new History(() => left.shift() ?? 0);
}

describe('linesAbout', () => {
  it('lists only the entries of the record, by time, with the function of each', () => {
    const history = historyAt([1_000, 1_200, 1_100]);
    history.note([path], 'Partner Central holds state 1');
    history.note(['AWS/opportunity/O7654321'], 'another one');
    history.note([path], 'GetOpportunity returned state 1 of 1', hydrate);
    const more = [{ atMs: 1_050, paths: [path], text: 'version 1' }];
    expect(linesAbout(path, history.entries, more)).toEqual([
      '   0.000 s  Partner Central holds state 1',
      '   0.050 s  version 1',
      '   0.100 s  HydrateOpportunity: GetOpportunity returned state 1 of 1',
    ]);
  });

  it('lists faults of the functions involved that happened at about the same time', () => {
    const history = historyAt([1_000, 1_100, 1_150, 9_000]);
    history.note([path], 'TransactWriteItems: 200', hydrate);
    history.note([], 'a worker ended', hydrate);
    history.note([], 'a worker ended', deliver);
    history.note([], 'a worker ended', hydrate);
    expect(linesAbout(path, history.entries)).toEqual([
      '   0.000 s  HydrateOpportunity: TransactWriteItems: 200',
      '   0.100 s  HydrateOpportunity: a worker ended',
    ]);
  });
});
