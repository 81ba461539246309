import { describe, expect, it } from 'vitest';
import { deliveryIdOf } from '../../lambdas/core/ids.ts';
import { eraseRecord, type Version } from '../../lambdas/core/version.ts';
import { checkAfterReconcile, checkAfterStorm } from '../../local/chaos/checker.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import { messageIdFor, observation, versionOf } from '../builders/versions.ts';
import { bodies, evidence, opportunityPath, postOf, state, tableOf } from './evidence-builder.ts';

const tolerance = { staleMs: 300, lagMs: 300_000 };
const found = (of: Partial<Evidence>): string[] =>
  checkAfterStorm(evidence(of), tolerance).map(({ promise, what }) => `${promise}: ${what}`);

const [first, second] = evidence().versions.get(opportunityPath) ?? [];
if (!first || !second) throw new Error('the evidence has two versions');
const cause = { detailType: 'pcr erase', eventIds: [], eventTime: '2026-03-01T10:06:00.000Z' } as const;
const erasure = eraseRecord(second, cause);
/** An erased version keeps its number and id. */
const erased = (version: Version): Version => ({ ...version, payload: erasure.payload, erased: true });

describe('promise 13: what was erased stays erased', () => {
  const stored = tableOf([erased(first), erased(second), erasure]);
  const isErased = { erased: new Set([opportunityPath]), ...stored };

  it('finds nothing if every item is erased and the earlier versions were not all sent', () => {
    const posts = [postOf(first), postOf(erasure, { webhookId: erasure.messageId })];
    expect(found({ ...isErased, posts })).toEqual([]);
  });

  it('finds a version that is not erased', () => {
    const table = tableOf([erased(first), second, erasure]);
    const posts = [postOf(erasure, { webhookId: erasure.messageId })];
    expect(found({ ...isErased, ...table, posts })).toContain('13: was erased, but an item is not');
  });

  it('finds personal data in an erased item', () => {
    const table = tableOf([erased(first), erased(second), { ...erasure, solutions: [{ id: 'personal' }] }]);
    const posts = [postOf(erasure, { webhookId: erasure.messageId })];
    expect(found({ ...isErased, ...table, posts })).toEqual([
      '13: was erased, but still holds personal data',
    ]);
  });

  it('finds an erasure that was not sent', () => {
    expect(found({ ...isErased, posts: [] })).toEqual(['1: version 3 never reached ep_all']);
  });
});

describe('promises 1, 3 and 10: a restored record goes on under new ids', () => {
  const removedId = messageIdFor(second);
  const again = { ...second, messageId: `msg_${'a'.repeat(32)}` } as const;
  const removedMessages = new Map([[opportunityPath, new Map([[removedId, 'another content']])]]);

  it('accepts that a removed version was sent, and another one with its number', () => {
    const posts = [postOf(first), postOf(second), postOf(again, { webhookId: again.messageId })];
    expect(found({ ...tableOf([first, again]), posts, removedMessages })).toEqual([]);
  });

  it('finds a version that has the id of a removed version', () => {
    const posts = [postOf(first), postOf(second)];
    expect(found({ posts, removedMessages })).toEqual([
      '3: version 2 has the id of a removed version with another content',
    ]);
  });

  it('accepts that the same version is stored again, also if it was tried meanwhile', () => {
    const same = new Map([[opportunityPath, new Map([[removedId, second.contentHash]])]]);
    expect(found({ posts: [postOf(first), postOf(second)], removedMessages: same })).toEqual([]);
    const body = JSON.stringify({ deliveryId: deliveryIdOf(removedId, 'ep_all') });
    const parked = { queueId: 'Parked', body, code: 'version.missing', reason: '{}' };
    const of = { posts: [postOf(first)], removedMessages: same };
    expect(found({ ...of, parked: [parked] })).toEqual([]);
    expect(found(of)).toEqual(['1: version 2 never reached ep_all']);
  });

  it('accepts that the delivery of a removed version is parked', () => {
    const parked = {
      queueId: 'WebhookDelivery/Deliver/Parked',
      body: JSON.stringify({ deliveryId: deliveryIdOf(removedId, 'ep_all') }),
      code: 'version.missing',
      reason: '{}',
    };
    const posts = [postOf(first), postOf(again, { webhookId: again.messageId })];
    const table = tableOf([first, again]);
    expect(found({ ...table, posts, removedMessages, parked: [parked] })).toEqual([]);
    expect(found({ parked: [parked] })).toHaveLength(1);
  });

  it('expects the newest state again only after the reconciliation', () => {
    const table = tableOf([first]);
    const of = { ...table, posts: [postOf(first)], removedMessages };
    expect(found(of)).toEqual([]);
    expect(checkAfterReconcile(evidence(of), tolerance).map(({ promise }) => promise)).toEqual([10]);
  });
});

describe('promise 2: nothing goes backwards, although the clock of AWS may', () => {
  const truth = new Map([
    [
      opportunityPath,
      [state(bodies.after, '2026-03-01T10:00:00.000Z'), state(bodies.before, '2026-03-01T10:06:00.000Z')],
    ],
  ]);
  const earlier = versionOf(observation({ payload: bodies.after, readAt: '2026-03-01T10:05:02.000Z' }));
  const backwards = (readAt: `${string}Z`): string[] => {
    // The code under test would not store it within the longest lag.
    const { lastModifiedAt } = versionOf(observation({ payload: bodies.before }));
    const other = versionOf(
      observation({ payload: { ...bodies.before }, readAt: '2026-03-01T10:59:00.000Z' }),
      earlier,
    );
    const later: Version = { ...other, lastModifiedAt, readAt };
    const posts = [earlier, later].map((version) => postOf(version, { webhookId: version.messageId }));
    return found({ truth, ...tableOf([earlier, later]), posts });
  };

  it('finds an earlier timestamp of AWS within the longest lag of a read', () => {
    expect(backwards('2026-03-01T10:10:01.000Z')).toEqual([
      '2: version 2 was last modified at 2026-03-01T10:00:00.000Z, the version before at 2026-03-01T10:05:00.000Z',
    ]);
  });

  it('accepts an earlier timestamp of AWS that a much later read returned', () => {
    expect(backwards('2026-03-01T10:11:00.000Z')).toEqual([]);
  });
});
