import { describe, expect, it } from 'vitest';
import { checkAfterReconcile, checkAfterStorm } from '../../local/chaos/checker.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import { receivedTooOften } from '../../local/observation.ts';
import { messageIdFor, observation, opportunityKey } from '../builders/versions.ts';
import {
  bodies,
  evidence,
  invitationPath,
  linkedTo,
  opportunityPath,
  postOf,
  rejectedInvitation,
  state,
  stored,
  tableOf,
} from './evidence-builder.ts';

const tolerance = { staleMs: 300, lagMs: 300_000 };
const found = (of: Partial<Evidence>): string[] =>
  checkAfterStorm(evidence(of), tolerance).map(({ promise, what }) => `${promise}: ${what}`);
const repaired = (of: Partial<Evidence>): string[] =>
  checkAfterReconcile(evidence(of), tolerance).map(({ promise, what }) => `${promise}: ${what}`);

const [first, second] = evidence().versions.get(opportunityPath) ?? [];
if (!first || !second) throw new Error('the evidence has two versions');
const event = {
  id: 'event-1',
  detailType: 'Opportunity Updated',
  paths: [opportunityPath],
  fate: 'put',
} as const;

/** The body of a queued event about the opportunity. */
const bodyOf = (id: string) =>
  JSON.stringify({ id, detail: { catalog: 'AWS', opportunity: { identifier: 'O1234567' } } });

describe('the checker', () => {
  it('finds nothing if every promise is kept', () => {
    expect(found({})).toEqual([]);
    expect(repaired({})).toEqual([]);
  });

  it('finds work that is left', () => {
    expect(found({ unfinished: ['dlv_1'] })).toEqual(['1: work is left: dlv_1']);
  });
});

describe('promises 1 and 10: the table equals Partner Central', () => {
  const newer = new Map([
    [
      opportunityPath,
      [
        ...(evidence().truth.get(opportunityPath) ?? []),
        state({ Id: 'O1234567' }, '2026-03-01T11:00:00.000Z'),
      ],
    ],
  ]);

  it('finds a record whose state is outdated', () => {
    expect(found({ truth: newer })).toEqual(['1: differs from what Partner Central holds']);
  });

  it('finds a record that is missing from the table', () => {
    const truth = new Map([
      ...evidence().truth,
      ['AWS/opportunity/O2', [state({}, '2026-03-01T10:00:00.000Z')]],
    ]);
    expect(found({ truth })).toEqual(['1: is not in the table']);
  });

  it('finds a record that Partner Central never held', () => {
    expect(found({ truth: new Map() })).toContain('1: is in the table, but Partner Central never held it');
  });

  it.each(['dropped', 'purged'] as const)(
    'excuses an outdated record whose event was %s, until it is reconciled',
    (fate) => {
      const events = new Map([['event-1', { ...event, fate }]]);
      expect(found({ truth: newer, events })).toEqual([]);
      expect(repaired({ truth: newer, events })).toEqual(['10: differs from what Partner Central holds']);
    },
  );

  it('excuses an outdated record whose event is parked because it was received too often', () => {
    const parked = [
      { queueId: 'Parked', body: bodyOf('event-1'), code: receivedTooOften, reason: undefined },
    ];
    expect(found({ truth: newer, parked, events: new Map([['event-1', event]]) })).toEqual([]);
  });

  it('does not excuse an outdated record if a later event was delivered', () => {
    const events = new Map([
      ['event-1', { ...event, fate: 'dropped' as const }],
      ['event-2', { ...event, id: 'event-2' }],
    ]);
    expect(found({ truth: newer, events })).toEqual(['1: differs from what Partner Central holds']);
  });

  it('excuses an outdated record if only a snapshot event followed: nothing is read for it', () => {
    const detailType = 'Engagement Resource Snapshot Created';
    const events = new Map([
      ['event-1', { ...event, fate: 'dropped' as const }],
      ['event-2', { ...event, id: 'event-2', detailType }],
    ]);
    expect(found({ truth: newer, events })).toEqual([]);
  });
});

describe('promise 3: versions are contiguous', () => {
  it('finds a gap between version numbers', () => {
    const versions = new Map([[opportunityPath, [second]]]);
    expect(found({ versions, posts: [postOf(second)] })).toEqual([
      '3: has versions 2, but its current item is 2',
    ]);
  });

  it('finds a current item that is older than its newest version', () => {
    expect(found({ current: new Map([[opportunityPath, first]]) })).toContain(
      '3: has versions 1, 2, but its current item is 1',
    );
  });

  it('finds a current item that differs from its newest version', () => {
    const other = { ...second, payload: { ...second.payload, Stage: 'Lost' } };
    expect(found({ current: new Map([[opportunityPath, other]]) })).toContain(
      '3: has a current item that differs from its newest version',
    );
  });
});

describe('promises 1 and 3: every message arrives and is the same each time', () => {
  it('finds a version that never reached an endpoint', () => {
    expect(found({ posts: [postOf(second)] })).toEqual(['1: version 1 never reached ep_all']);
  });

  it('finds a version that an endpoint only refused', () => {
    expect(found({ posts: [postOf(first, { outcome: 'refused' }), postOf(second)] })).toEqual([
      '1: version 1 never reached ep_all',
    ]);
  });

  it('expects at an endpoint only what it wants, and nothing at an endpoint that is gone', () => {
    const subscriptions = [
      { id: 'ep_sandbox', topics: ['*'], catalogs: ['Sandbox'] },
      { id: 'ep_invitations', topics: ['engagement_invitation.*'], catalogs: [] },
      { id: 'ep_gone', topics: ['*'], catalogs: [] },
    ] as const;
    expect(found({ subscriptions, goneEndpoints: new Set(['ep_gone']), posts: [] })).toEqual([]);
    expect(found({ subscriptions, posts: [] })).toEqual([
      '1: version 1 never reached ep_gone',
      '1: version 2 never reached ep_gone',
    ]);
  });

  it('finds a message that was sent in two forms or with two ids', () => {
    expect(
      found({
        posts: [
          postOf(first),
          postOf(first, { body: `${postOf(first).body} `, startedAtMs: 15_000, endedAtMs: 15_001 }),
          postOf(second),
        ],
      }),
    ).toEqual(['3: version 1 was sent in two forms']);
    expect(found({ posts: [postOf(first), postOf(first, { webhookId: 'msg_2' }), postOf(second)] })).toEqual([
      '3: version 1 was sent in two forms',
    ]);
  });

  it('finds a message that its published schema does not allow', () => {
    const body = postOf(first).body.replace('"version":1', '"version":"1"');
    expect(found({ posts: [postOf(first, { body }), postOf(second)] })).toEqual([
      '3: version 1 reached ep_all and breaks its schema: /data/version must be integer',
    ]);
  });

  it('finds two versions with one id', () => {
    const posts = [postOf(first, { webhookId: 'msg_1' }), postOf(second, { webhookId: 'msg_1' })];
    expect(found({ posts })).toEqual([
      `3: msg_1 is the id of ${opportunityPath} version 1 and ${opportunityPath} version 2`,
    ]);
  });

  it('finds a message that differs from the table', () => {
    const body = postOf(second).body;
    expect(found({ posts: [postOf(first, { body }), postOf(second)] })).toEqual([
      '3: version 1 differs from the table',
    ]);
  });

  it('finds an invalid signature and a version that is not in the table', () => {
    expect(
      found({
        posts: [
          postOf(first),
          postOf(second),
          postOf(second, { verified: false, startedAtMs: 1, endedAtMs: 2 }),
        ],
      }),
    ).toEqual(['3: version 2 reached ep_all with an invalid signature']);
    const third = { ...second, version: 3, messageId: messageIdFor({ ...opportunityKey, version: 3 }) };
    expect(found({ posts: [postOf(first), postOf(second), postOf(third)] })).toEqual([
      '3: version 3 reached ep_all but is not in the table',
    ]);
  });
});

describe('promise 2: nothing goes backwards', () => {
  it('finds an older state after a newer state', () => {
    const back = { ...first, version: 3, readAt: '2026-03-01T10:06:00.000Z' } as const;
    const versions = [first, second, back];
    expect(found({ ...tableOf(versions), posts: versions.map((version) => postOf(version)) })).toContain(
      '2: version 3 was last modified at 2026-03-01T10:00:00.000Z, the version before at 2026-03-01T10:05:00.000Z',
    );
  });

  it('finds an earlier read after a later read if their timestamps are equal', () => {
    const summary = { ...opportunityKey, kind: 'aws-opportunity-summary' } as const;
    const low = {
      ...observation({ key: summary, payload: { Score: 'Low' }, readAt: '2026-03-01T10:05:02.000Z' }),
    };
    const high = {
      ...observation({ key: summary, payload: { Score: 'High' }, readAt: '2026-03-01T10:06:02.000Z' }),
    };
    const { versions } = stored([low, high]);
    const path = 'AWS/aws-opportunity-summary/O1234567';
    const [one, two] = versions.get(path) ?? [];
    if (!one || !two) throw new Error('two versions');
    const swapped = [
      { ...two, version: 1 },
      { ...one, version: 2 },
    ];
    const truth = new Map([
      [
        path,
        [
          state({ Score: 'High' }, '2026-03-01T10:00:00.000Z'),
          state({ Score: 'Low' }, '2026-03-01T10:06:01.900Z'),
        ],
      ],
    ]);
    expect(found({ truth, ...tableOf(swapped), posts: swapped.map((version) => postOf(version)) })).toContain(
      '2: version 2 was read at 2026-03-01T10:05:02.000Z, the version before at 2026-03-01T10:06:02.000Z',
    );
  });

  it('finds a state that was replaced before its read, but tolerates a short time', () => {
    const late = stored([observation({ payload: bodies.before, readAt: '2026-03-01T10:05:00.400Z' })]);
    const truth = evidence().truth;
    const versions = [...late.versions.values()].flat();
    const events = new Map([['event-1', { ...event, fate: 'dropped' as const }]]);
    expect(found({ ...late, events, truth, posts: versions.map((version) => postOf(version)) })).toEqual([
      '2: version 1 has a state that was replaced 400 ms before it was read',
    ]);
    const early = stored([observation({ payload: bodies.before, readAt: '2026-03-01T10:05:00.200Z' })]);
    const [only] = [...early.versions.values()].flat();
    expect(found({ ...early, events, truth, posts: only ? [postOf(only)] : [] })).toEqual([]);
  });

  it('finds a state that never existed', () => {
    const truth = new Map([[opportunityPath, [state(bodies.after, '2026-03-01T10:05:00.000Z')]]]);
    expect(found({ truth })).toEqual(['2: version 1 has a state that never existed']);
  });

  it('finds a settled invitation that changes its status', () => {
    const rejected = rejectedInvitation(true);
    const [pending, settled] = rejected.versions.get(invitationPath) ?? [];
    if (!pending || !settled) throw new Error('two versions');
    const reopened = [
      { ...settled, version: 1 },
      { ...pending, version: 2, readAt: settled.readAt },
    ];
    expect(found({ ...rejected, ...tableOf(reopened), posts: [] })).toContain(
      '2: version 2 changes the status from REJECTED to PENDING',
    );
  });
});

describe('promise 7: what AWS takes away is redacted', () => {
  it('accepts a rejected invitation that is redacted', () => {
    expect(checkAfterStorm(rejectedInvitation(true), tolerance)).toEqual([]);
  });

  it('finds a rejected invitation that keeps sensitive data', () => {
    expect(checkAfterStorm(rejectedInvitation(false), tolerance).map(({ promise }) => promise)).toEqual([7]);
  });
});

describe('promises 4 and 6: the quota and the canaries', () => {
  it('finds a read that exceeded the quota', () => {
    expect(found({ quotaThrottled: 3 })).toEqual([
      '4: Partner Central refused 3 calls because a quota was exceeded',
    ]);
  });

  it('finds a canary in a log', () => {
    const sightings = [{ place: 'the log of Deliver', text: 'zqcanaryqz1' }];
    expect(found({ sightings })).toEqual(['6: found in the log of Deliver: zqcanaryqz1']);
  });
});

describe('promise 5: nothing AWS sends is dropped', () => {
  const unusable = new Map([['event-1', 'event.malformed']]);
  const events = new Map([['event-1', event]]);

  it('finds an unusable event that is not parked or is parked with the wrong code', () => {
    expect(found({ unusable, events })).toEqual([
      '5: event event-1 must be parked as event.malformed, but is not parked',
    ]);
    const parked = [{ queueId: 'Parked', body: bodyOf('event-1'), code: 'event.unhandled', reason: '{}' }];
    expect(found({ unusable, events, parked })).toContain(
      '5: event event-1 must be parked as event.malformed, but is parked as event.unhandled',
    );
  });

  it('accepts an unusable event that is parked with the right code', () => {
    const parked = [{ queueId: 'Parked', body: bodyOf('event-1'), code: 'event.malformed', reason: '{}' }];
    expect(found({ unusable, events, parked })).toEqual([]);
  });

  it('finds a message that is parked without a reason or although it is usable', () => {
    const at = { queueId: 'Parked', body: bodyOf('event-2') };
    expect(found({ parked: [{ ...at, code: 'event.malformed', reason: undefined }] })[0]).toMatch(
      /^5: is parked without a reason/,
    );
    expect(found({ parked: [{ ...at, code: 'store.refused', reason: '{}' }] })[0]).toMatch(
      /^5: is parked although it is usable: store.refused/,
    );
  });

  it('accepts an event that waited in vain for a record to link to, if the events of that were lost', () => {
    const reason = JSON.stringify({ record: opportunityPath });
    const parked = [{ queueId: 'Parked', body: bodyOf('event-2'), code: 'link.pending', reason }];
    const lost = new Map([['event-1', { ...event, fate: 'dropped' as const }]]);
    const put = new Map([['event-1', event]]);
    expect(found({ parked, events: lost })).toEqual([]);
    expect(found({ parked, events: put })[0]).toMatch(/^5: is parked although it is usable/);
  });
});

describe('promise 8: an endpoint that asks for order gets it', () => {
  const subscriptions = [
    { id: 'ep_all', topics: ['*'], catalogs: [], ordering: 'per-record' },
  ] as const satisfies Evidence['subscriptions'];

  it('finds a version that was sent before its predecessor', () => {
    const posts = [postOf(first, { startedAtMs: 30_000 }), postOf(second, { startedAtMs: 20_000 })];
    expect(found({ subscriptions, posts })).toEqual(['8: version 2 reached ep_all before version 1']);
    expect(found({ posts })).toEqual([]);
  });

  it('finds a version that was sent after its predecessor was only refused', () => {
    const posts = [
      postOf(first, { outcome: 'refused' }),
      postOf(second),
      postOf(first, { startedAtMs: 30_000 }),
    ];
    expect(found({ subscriptions, posts })).toEqual(['8: version 2 reached ep_all before version 1']);
  });

  it('ignores versions that the endpoint does not want', () => {
    const wanted = [{ ...subscriptions[0], topics: ['opportunity.updated'] }];
    expect(found({ subscriptions: wanted, posts: [postOf(second)] })).toEqual([]);
    const again = [postOf(first), postOf(second), postOf(first, { startedAtMs: 30_000 })];
    expect(found({ subscriptions, posts: again })).toEqual([]);
  });
});

describe('promise 9: one delivery is attempted by one worker at a time', () => {
  it('finds two requests for one delivery at the same time', () => {
    const again = postOf(first, { startedAtMs: 10_020, endedAtMs: 10_080 });
    expect(found({ posts: [postOf(first), again, postOf(second)] })).toEqual([
      '9: version 1 was sent to ep_all twice within 20 ms, at the same time',
    ]);
  });

  it('accepts requests one after the other, and a request long after one without an end', () => {
    const next = postOf(first, { startedAtMs: 10_051, endedAtMs: 10_080 });
    expect(found({ posts: [postOf(first), next, postOf(second)] })).toEqual([]);
    const muchLater = postOf(first, { startedAtMs: 13_000, endedAtMs: 13_050 });
    expect(found({ posts: [postOf(first, { endedAtMs: undefined }), muchLater, postOf(second)] })).toEqual(
      [],
    );
  });
});

describe('promise 11: related records are linked', () => {
  const acceptedThroughApi = new Map([[invitationPath, opportunityPath]]);

  it('finds a missing link on either side', () => {
    expect(repaired({ acceptedThroughApi })).toEqual([
      '11: must be linked to O1234567, but is linked to nothing',
      '11: must be linked to engi-abcdefgh12345, but is linked to nothing',
    ]);
  });

  it('finds a guessed link if the exact one is known', () => {
    const linked = linkedTo(second, 'engagement-invitation', 'engi-abcdefgh12345');
    const guessed = {
      ...linked,
      links: linked.links.map((link) => ({ ...link, via: 'project-title' as const })),
    };
    const versions = [first, second, guessed];
    const of = {
      ...tableOf(versions),
      posts: versions.map((version) => postOf(version)),
      acceptedThroughApi,
    };
    expect(repaired(of)).toContain(
      '11: must be linked to engi-abcdefgh12345, but is linked to engi-abcdefgh12345 (project-title)',
    );
  });

  it('accepts the side that is linked', () => {
    const versions = [first, second, linkedTo(second, 'engagement-invitation', 'engi-abcdefgh12345')];
    const of = {
      ...tableOf(versions),
      posts: versions.map((version) => postOf(version)),
      acceptedThroughApi,
    };
    expect(repaired(of)).toEqual(['11: must be linked to O1234567, but is linked to nothing']);
  });
});
