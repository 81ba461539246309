import { describe, expect, it } from 'vitest';
import type { RecordState } from '../../../lambdas/core/version.ts';
import type { Receipt } from '../../../local/receiver.ts';
import { checkAgainstTruth, type Truth } from '../../../local/truth-check.ts';
import { observation, versionOf } from '../../builders/versions.ts';

const path = 'AWS/opportunity/O1';

function truthOf(body: Truth['body'], inaccessible = false): ReadonlyMap<string, Truth> {
  return new Map([[path, { body, inaccessible }]]);
}

function stateOf(payload: Truth['body'], version: number): ReadonlyMap<string, RecordState> {
  return new Map([[path, { ...versionOf(observation({ payload })), version }]]);
}

function receipt(version: number, record: Truth['body']): Receipt {
  return { webhookId: `msg_${version}`, type: 'opportunity.updated', path, version, record };
}

describe('the check against the truth of the simulator', () => {
  const now = { Id: 'O1', Title: 'now', Absent: null };
  const stored = { Id: 'O1', Title: 'now' };
  const before = { Id: 'O1', Title: 'before' };

  it('finds nothing where table and newest message are the truth', () => {
    const verdict = checkAgainstTruth(truthOf(now), stateOf(stored, 2), [
      receipt(2, stored),
      receipt(1, before),
    ]);
    expect(verdict).toEqual({ lost: [], stale: [] });
  });

  it('finds a record that the table lacks', () => {
    expect(checkAgainstTruth(truthOf(now), new Map(), [])).toEqual({ lost: [path], stale: [] });
  });

  it('finds a version that never came to the receiver', () => {
    const verdict = checkAgainstTruth(truthOf(now), stateOf(stored, 2), [receipt(2, stored)]);
    expect(verdict).toEqual({ lost: [`${path} version 1`], stale: [] });
  });

  it('finds an older state in the table', () => {
    const verdict = checkAgainstTruth(truthOf(now), stateOf(before, 1), [receipt(1, before)]);
    expect(verdict).toEqual({ lost: [], stale: [path] });
  });

  it('finds an older state in the newest message', () => {
    const verdict = checkAgainstTruth(truthOf(now), stateOf(stored, 1), [receipt(1, before)]);
    expect(verdict).toEqual({ lost: [], stale: [path] });
  });

  it('asks of an inaccessible record that its status is known, and no more', () => {
    const gone = truthOf({ Id: 'O1', Status: 'REJECTED', RejectionReason: 'Other' }, true);
    const known = { Id: 'O1', Status: 'REJECTED' };
    const pending = { Id: 'O1', Status: 'PENDING' };
    expect(checkAgainstTruth(gone, stateOf(known, 1), [receipt(1, known)]).stale).toEqual([]);
    expect(checkAgainstTruth(gone, stateOf(pending, 1), [receipt(1, pending)]).stale).toEqual([path]);
  });
});
