import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordState } from '../../../lambdas/core/version.ts';
import type { Receipt } from '../../../local/receiver.ts';
import { compareWithTruth, type Truth, type TruthComparison } from '../../../local/truth-check.ts';
import { observation, versionOf } from '../../builders/versions.ts';

const path = 'AWS/opportunity/O1';
const invitationPath = 'AWS/engagement-invitation/engi-abcdefgh12345';
const before = { Id: 'O1', Title: 'before' };
const stored = { Id: 'O1', Title: 'now' };

const first: Receipt = {
  webhookId: 'msg_1',
  body: 'one',
  type: 'opportunity.created',
  path,
  version: 1,
  topics: ['opportunity.created'],
  changes: [],
  eventIds: ['event-1'],
  record: before,
};
const second: Receipt = {
  webhookId: 'msg_2',
  body: 'two',
  type: 'opportunity.updated',
  path,
  version: 2,
  topics: ['opportunity.updated'],
  changes: [{ path: '/Title', before: 'before', after: 'now' }],
  eventIds: ['event-2'],
  record: stored,
};

function stateOf(payload: JsonObject, version: number): RecordState {
  return { ...versionOf(observation({ payload })), version };
}

function check(
  truth: Partial<Truth>,
  state: RecordState | undefined,
  receipts: readonly Receipt[],
  at = path,
): TruthComparison {
  return compareWithTruth(new Map([[at, { body: stored, inaccessible: false, ...truth }]]), {
    states: new Map(state ? [[at, state]] : []),
    receipts,
    eventIds: new Set(['event-1', 'event-2']),
  });
}

const nothing = { lost: [], stale: [], wrong: [] };

describe('the check against the truth of the simulator', () => {
  it('finds nothing where table and messages are the truth', () => {
    const body = { ...stored, Absent: null };
    expect(check({ body }, stateOf(stored, 2), [second, first])).toEqual(nothing);
  });

  it('finds nothing in a message that came twice', () => {
    expect(check({}, stateOf(stored, 2), [first, first, second])).toEqual(nothing);
  });

  it('finds nothing in a version that tells of a link alone', () => {
    const linked = { ...second, changes: [], topics: ['opportunity.updated', 'opportunity.linked'] };
    expect(check({}, stateOf(stored, 2), [{ ...first, record: stored }, linked])).toEqual(nothing);
  });

  it('finds nothing where reconcile brought a version about', () => {
    expect(check({}, stateOf(stored, 2), [first, { ...second, eventIds: ['run_1'] }])).toEqual(nothing);
  });

  it('finds names and texts that a rejected invitation should have lost', () => {
    const rejected = { Id: 'engi-1', Status: 'REJECTED', InvitationMessage: 'Example message' };
    const { InvitationMessage: _, ...redacted } = rejected;
    const told = { ...first, type: 'engagement_invitation.rejected', path: invitationPath };
    const checked = (record: JsonObject) =>
      check({ body: rejected }, stateOf(record, 1), [{ ...told, record }], invitationPath);
    expect(checked(redacted)).toEqual(nothing);
    expect(checked(rejected)).toEqual({ ...nothing, stale: [invitationPath] });
  });

  it('finds a record that the table lacks', () => {
    expect(check({}, undefined, [])).toEqual({ ...nothing, lost: [path] });
  });

  it('finds a record that nobody ever had', () => {
    const verdict = compareWithTruth(new Map(), {
      states: new Map([[path, stateOf(stored, 1)]]),
      receipts: [],
      eventIds: new Set(),
    });
    expect(verdict).toEqual({ ...nothing, wrong: [`${path} is known here, and nowhere else`] });
  });

  it('finds a version that never came to the receiver', () => {
    expect(check({}, stateOf(stored, 2), [second])).toEqual({ ...nothing, lost: [`${path} version 1`] });
  });

  it('finds an older state in the table also where its message never came', () => {
    const verdict = check({}, stateOf(before, 1), []);
    expect(verdict).toEqual({ ...nothing, lost: [`${path} version 1`], stale: [path] });
  });

  it('finds an older state in the table, and in the newest message', () => {
    expect(check({}, stateOf(before, 1), [first])).toEqual({ ...nothing, stale: [path] });
    expect(check({}, stateOf(stored, 1), [first])).toEqual({ ...nothing, stale: [path] });
  });

  it.each<[string, Receipt[]]>([
    [
      'has changes that do not lead to its record',
      [first, { ...second, changes: [{ path: '/Title', before: 'before', after: 'later' }] }],
    ],
    [
      'says nothing that is new',
      [
        { ...first, record: stored },
        { ...second, changes: [] },
      ],
    ],
    [
      'has no changes, and another record',
      [first, { ...second, changes: [], topics: ['opportunity.updated', 'opportunity.linked'] }],
    ],
    [
      'has changes that do not lead to its record',
      [first, { ...second, changes: [{ path: '/Title', before: 'before', after: 'other' }] }],
    ],
    ['is called opportunity.created', [first, { ...second, type: 'opportunity.created' }]],
    ['comes in two forms', [first, second, { ...second, webhookId: 'msg_other' }]],
    ['comes in two forms', [first, second, { ...second, body: 'other bytes' }]],
    ['has a cause that never happened', [first, { ...second, eventIds: [] }]],
    ['has a cause that never happened', [first, { ...second, eventIds: ['event-3'] }]],
  ])('finds a message that %s', (problem, receipts) => {
    expect(check({}, stateOf(stored, 2), receipts)).toEqual({
      ...nothing,
      wrong: [`${path} version 2 ${problem}`],
    });
  });

  describe('of an invitation that was taken away', () => {
    const pending = { Id: 'engi-abcdefgh12345', Title: 'kept', Status: 'PENDING' };
    const rejected = { ...pending, Status: 'REJECTED' };
    const truth = { body: { ...rejected, RejectionReason: 'Other' }, inaccessible: true };
    const created = {
      ...first,
      path: invitationPath,
      type: 'engagement_invitation.created',
      record: pending,
    };
    const ended = {
      ...second,
      path: invitationPath,
      type: 'engagement_invitation.rejected',
      changes: [{ path: '/Status', before: 'PENDING', after: 'REJECTED' }],
      record: rejected,
    };

    it('wants what had been read, with the status that was told', () => {
      expect(check(truth, stateOf(rejected, 2), [created, ended], invitationPath)).toEqual(nothing);
      const forgotten = { Id: pending.Id, Status: 'REJECTED' };
      const verdict = check(
        truth,
        stateOf(forgotten, 2),
        [created, { ...ended, record: forgotten }],
        invitationPath,
      );
      expect(verdict.stale).toEqual([invitationPath]);
    });

    it('wants the status alone where nothing had been read', () => {
      const told = { Id: pending.Id, Status: 'REJECTED', ParticipantType: 'RECEIVER' };
      const only = { ...ended, version: 1, changes: [], record: told };
      expect(check(truth, stateOf(told, 1), [only], invitationPath)).toEqual(nothing);
      const still = { ...told, Status: 'PENDING' };
      expect(check(truth, stateOf(still, 1), [{ ...created, record: still }], invitationPath).stale).toEqual([
        invitationPath,
      ]);
    });
  });
});
