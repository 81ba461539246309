import { describe, expect, it } from 'vitest';
import { checkAfterReconcile, checkAfterStorm } from '../../local/chaos/checker.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import { observation, opportunityKey } from '../builders/versions.ts';
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

const tolerance = { staleMs: 300 };
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

/** An event of the one opportunity, as it lies in a queue. */
const bodyOf = (id: string) =>
  JSON.stringify({ id, detail: { catalog: 'AWS', opportunity: { identifier: 'O1234567' } } });

describe('the checker', () => {
  it('finds nothing where every promise was kept', () => {
    expect(found({})).toEqual([]);
    expect(repaired({})).toEqual([]);
  });

  it('finds work that did not come to its end', () => {
    expect(found({ unfinished: ['dlv_1'] })).toEqual(['rest: unfinished: dlv_1']);
  });
});

describe('the table equals the truth', () => {
  const newer = new Map([
    [
      opportunityPath,
      [
        ...(evidence().truth.get(opportunityPath) ?? []),
        state({ Id: 'O1234567' }, '2026-03-01T11:00:00.000Z'),
      ],
    ],
  ]);

  it('finds a state that was replaced', () => {
    expect(found({ truth: newer })).toEqual(['truth: differs from what Partner Central holds']);
  });

  it('finds a record that is not there', () => {
    const truth = new Map([
      ...evidence().truth,
      ['AWS/opportunity/O2', [state({}, '2026-03-01T10:00:00.000Z')]],
    ]);
    expect(found({ truth })).toEqual(['truth: is not in the table']);
  });

  it('finds a record that nobody ever had', () => {
    expect(found({ truth: new Map() })).toContain('truth: is in the table, and nowhere else');
  });

  it.each(['dropped', 'purged'] as const)(
    'excuses it where an event was %s, until it is reconciled',
    (fate) => {
      const events = new Map([['event-1', { ...event, fate }]]);
      expect(found({ truth: newer, events })).toEqual([]);
      expect(repaired({ truth: newer, events })).toEqual([
        'repaired: differs from what Partner Central holds',
      ]);
    },
  );

  it('excuses it where an event lies parked, because it was received too often', () => {
    const parked = [{ queueId: 'Parked', body: bodyOf('event-1'), code: undefined, reason: undefined }];
    expect(found({ truth: newer, parked, events: new Map([['event-1', event]]) })).toEqual([]);
  });

  it('does not excuse it where a later event came through', () => {
    const events = new Map([
      ['event-1', { ...event, fate: 'dropped' as const }],
      ['event-2', { ...event, id: 'event-2' }],
    ]);
    expect(found({ truth: newer, events })).toEqual(['truth: differs from what Partner Central holds']);
  });
});

describe('versions are contiguous', () => {
  it('finds a gap', () => {
    const versions = new Map([[opportunityPath, [second]]]);
    expect(found({ versions, posts: [postOf(second)] })).toEqual([
      'contiguous: has the versions 2, its current item is 2',
    ]);
  });

  it('finds a current item that is behind its versions', () => {
    expect(found({ current: new Map([[opportunityPath, first]]) })).toContain(
      'contiguous: has the versions 1, 2, its current item is 1',
    );
  });

  it('finds a current item that is another than its newest version', () => {
    const other = { ...second, payload: { ...second.payload, Stage: 'Lost' } };
    expect(found({ current: new Map([[opportunityPath, other]]) })).toContain(
      'contiguous: has a current item that is not its newest version',
    );
  });
});

describe('every message arrives, the same each time', () => {
  it('finds a version that never came', () => {
    expect(found({ posts: [postOf(second)] })).toEqual(['message: version 1 never came to ep_all']);
  });

  it('finds one that was only refused', () => {
    expect(found({ posts: [postOf(first, { outcome: 'refused' }), postOf(second)] })).toEqual([
      'message: version 1 never came to ep_all',
    ]);
  });

  it('asks an endpoint only for what it wants, and one that is gone for nothing', () => {
    const subscriptions = [
      { id: 'ep_sandbox', topics: ['*'], catalogs: ['Sandbox'] },
      { id: 'ep_invitations', topics: ['engagement_invitation.*'], catalogs: [] },
      { id: 'ep_gone', topics: ['*'], catalogs: [] },
    ] as const;
    expect(found({ subscriptions, goneEndpoints: new Set(['ep_gone']), posts: [] })).toEqual([]);
    expect(found({ subscriptions, posts: [] })).toEqual([
      'message: version 1 never came to ep_gone',
      'message: version 2 never came to ep_gone',
    ]);
  });

  it('finds a message that came in two forms, or under two ids', () => {
    expect(
      found({
        posts: [
          postOf(first),
          postOf(first, { body: '{}', startedAtMs: 15_000, endedAtMs: 15_001 }),
          postOf(second),
        ],
      }),
    ).toEqual(['message: version 1 came in two forms']);
    expect(found({ posts: [postOf(first), postOf(first, { webhookId: 'msg_2' }), postOf(second)] })).toEqual([
      'message: version 1 came in two forms',
    ]);
  });

  it('finds two versions under one id', () => {
    const posts = [postOf(first, { webhookId: 'msg_1' }), postOf(second, { webhookId: 'msg_1' })];
    expect(found({ posts })).toEqual([
      `message: msg_1 stands for ${opportunityPath} version 1 and ${opportunityPath} version 2`,
    ]);
  });

  it('finds a message that says something else than the table', () => {
    const body = postOf(second).body;
    expect(found({ posts: [postOf(first, { body }), postOf(second)] })).toEqual([
      'message: version 1 is another in the table',
    ]);
  });

  it('finds a signature that does not hold, and a version that the table does not know', () => {
    expect(
      found({
        posts: [
          postOf(first),
          postOf(second),
          postOf(second, { verified: false, startedAtMs: 1, endedAtMs: 2 }),
        ],
      }),
    ).toEqual(['message: version 2 came to ep_all with a signature that does not hold']);
    const third = { ...second, version: 3 };
    expect(found({ posts: [postOf(first), postOf(second), postOf(third)] })).toEqual([
      'message: version 3 came to ep_all and is not in the table',
    ]);
  });
});

describe('nothing goes backwards', () => {
  it('finds an older state after a newer one', () => {
    const back = { ...first, version: 3, readAt: '2026-03-01T10:06:00.000Z' } as const;
    const versions = [first, second, back];
    expect(found({ ...tableOf(versions), posts: versions.map((version) => postOf(version)) })).toContain(
      'backwards: version 3 is of 2026-03-01T10:00:00.000Z, the one before of 2026-03-01T10:05:00.000Z',
    );
  });

  it('finds a version of an earlier read after one of a later read, where no stamp tells them apart', () => {
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
      'backwards: version 2 was read at 2026-03-01T10:05:02.000Z, the one before at 2026-03-01T10:06:02.000Z',
    );
  });

  it('finds a state that was replaced long before it was read, and lets one pass that was just replaced', () => {
    const late = stored([observation({ payload: bodies.before, readAt: '2026-03-01T10:05:00.400Z' })]);
    const truth = evidence().truth;
    const versions = [...late.versions.values()].flat();
    const events = new Map([['event-1', { ...event, fate: 'dropped' as const }]]);
    expect(found({ ...late, events, truth, posts: versions.map((version) => postOf(version)) })).toEqual([
      'backwards: version 1 shows a state that was replaced 400 ms before it was read',
    ]);
    const early = stored([observation({ payload: bodies.before, readAt: '2026-03-01T10:05:00.200Z' })]);
    const [only] = [...early.versions.values()].flat();
    expect(found({ ...early, events, truth, posts: only ? [postOf(only)] : [] })).toEqual([]);
  });

  it('finds a state that never was', () => {
    const truth = new Map([[opportunityPath, [state(bodies.after, '2026-03-01T10:05:00.000Z')]]]);
    expect(found({ truth })).toEqual(['backwards: version 1 shows a state that never was']);
  });

  it('finds a settled invitation that turns', () => {
    const rejected = rejectedInvitation(true);
    const [pending, settled] = rejected.versions.get(invitationPath) ?? [];
    if (!pending || !settled) throw new Error('two versions');
    const turned = [
      { ...settled, version: 1 },
      { ...pending, version: 2, readAt: settled.readAt },
    ];
    expect(found({ ...rejected, ...tableOf(turned), posts: [] })).toContain(
      'backwards: version 2 turns REJECTED into PENDING',
    );
  });
});

describe('what was taken away is redacted', () => {
  it('finds nothing where it is', () => {
    expect(checkAfterStorm(rejectedInvitation(true), tolerance)).toEqual([]);
  });

  it('finds an invitation that keeps what is sensitive', () => {
    expect(checkAfterStorm(rejectedInvitation(false), tolerance).map(({ promise }) => promise)).toEqual([
      'redacted',
    ]);
  });
});

describe('the quota, and what must be seen nowhere', () => {
  it('finds a read beyond the quota', () => {
    expect(found({ quotaThrottled: 3 })).toEqual([
      'quota: Partner Central refused 3 reads because the quota was used up',
    ]);
  });

  it('finds a canary', () => {
    const sightings = [{ place: 'the log of Deliver', text: 'zqcanaryqz1' }];
    expect(found({ sightings })).toEqual(['canary: seen in the log of Deliver: zqcanaryqz1']);
  });
});

describe('what is not done is parked with a reason', () => {
  const strange = new Map([['event-1', 'event.malformed']]);
  const events = new Map([['event-1', event]]);

  it('finds an event that nothing can read and that is not parked, or not as what it is', () => {
    expect(found({ strange, events })).toEqual([
      'parked: event event-1 should be parked as event.malformed, and is not',
    ]);
    const parked = [{ queueId: 'Parked', body: bodyOf('event-1'), code: 'event.unhandled', reason: '{}' }];
    expect(found({ strange, events, parked })).toContain(
      'parked: event event-1 should be parked as event.malformed, and is event.unhandled',
    );
  });

  it('finds nothing where it is parked as what it is', () => {
    const parked = [{ queueId: 'Parked', body: bodyOf('event-1'), code: 'event.malformed', reason: '{}' }];
    expect(found({ strange, events, parked })).toEqual([]);
  });

  it('finds one parked without a reason, and one that could be done', () => {
    const at = { queueId: 'Parked', body: bodyOf('event-2') };
    expect(found({ parked: [{ ...at, code: 'event.malformed', reason: undefined }] })[0]).toMatch(
      /^parked: is parked without a reason/,
    );
    expect(found({ parked: [{ ...at, code: 'store.refused', reason: '{}' }] })[0]).toMatch(
      /^parked: is parked although it could be done: store.refused/,
    );
  });
});

describe('an endpoint that asks for order gets it', () => {
  const subscriptions = [
    { id: 'ep_all', topics: ['*'], catalogs: [], ordering: 'per-record' },
  ] as const satisfies Evidence['subscriptions'];

  it('finds a version that came before the one before', () => {
    const posts = [postOf(first, { startedAtMs: 30_000 }), postOf(second, { startedAtMs: 20_000 })];
    expect(found({ subscriptions, posts })).toEqual(['ordered: version 2 came to ep_all before version 1']);
    expect(found({ posts })).toEqual([]);
  });

  it('finds one that came while the one before was only refused', () => {
    const posts = [
      postOf(first, { outcome: 'refused' }),
      postOf(second),
      postOf(first, { startedAtMs: 30_000 }),
    ];
    expect(found({ subscriptions, posts })).toEqual(['ordered: version 2 came to ep_all before version 1']);
  });

  it('asks for no version that the endpoint does not want', () => {
    const wanted = [{ ...subscriptions[0], topics: ['opportunity.updated'] }];
    expect(found({ subscriptions: wanted, posts: [postOf(second)] })).toEqual([]);
    const again = [postOf(first), postOf(second), postOf(first, { startedAtMs: 30_000 })];
    expect(found({ subscriptions, posts: again })).toEqual([]);
  });
});

describe('one delivery is attempted by one worker at a time', () => {
  it('finds two requests at the same time', () => {
    const again = postOf(first, { startedAtMs: 10_020, endedAtMs: 10_080 });
    expect(found({ posts: [postOf(first), again, postOf(second)] })).toEqual([
      'alone: version 1 was sent to ep_all twice within 20 ms, at the same time',
    ]);
  });

  it('lets one after the other pass, and one that begins long after one that never ended', () => {
    const next = postOf(first, { startedAtMs: 10_051, endedAtMs: 10_080 });
    expect(found({ posts: [postOf(first), next, postOf(second)] })).toEqual([]);
    const muchLater = postOf(first, { startedAtMs: 13_000, endedAtMs: 13_050 });
    expect(found({ posts: [postOf(first, { endedAtMs: undefined }), muchLater, postOf(second)] })).toEqual(
      [],
    );
  });
});

describe('what belongs together is linked', () => {
  const acceptedByTask = new Map([[invitationPath, opportunityPath]]);

  it('finds a link that is missing, on either side', () => {
    expect(repaired({ acceptedByTask })).toEqual([
      'linked: should be linked to O1234567, and is to nothing',
      'linked: should be linked to engi-abcdefgh12345, and is to nothing',
    ]);
  });

  it('finds a guess in the place of what is known', () => {
    const linked = linkedTo(second, 'engagement-invitation', 'engi-abcdefgh12345');
    const guessed = {
      ...linked,
      links: linked.links.map((link) => ({ ...link, via: 'project-title' as const })),
    };
    const versions = [first, second, guessed];
    const of = { ...tableOf(versions), posts: versions.map((version) => postOf(version)), acceptedByTask };
    expect(repaired(of)).toContain(
      'linked: should be linked to engi-abcdefgh12345, and is to engi-abcdefgh12345 (project-title)',
    );
  });

  it('finds nothing on the side that is linked', () => {
    const versions = [first, second, linkedTo(second, 'engagement-invitation', 'engi-abcdefgh12345')];
    const of = { ...tableOf(versions), posts: versions.map((version) => postOf(version)), acceptedByTask };
    expect(repaired(of)).toEqual(['linked: should be linked to O1234567, and is to nothing']);
  });
});
