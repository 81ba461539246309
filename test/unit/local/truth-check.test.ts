import { describe, expect, it } from 'vitest';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
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

describe('compareWithTruth', () => {
  it('accepts a table and messages that equal Partner Central', () => {
    const body = { ...stored, Absent: null };
    expect(check({ body }, stateOf(stored, 2), [second, first])).toEqual(nothing);
  });

  it.each([
    ['accepts another form of the same number', '10e399', []],
    ['finds another digit in a number that JavaScript cannot hold', '1.0000000000000000001e400', [path]],
  ])('%s', (_, number, stale) => {
    const state = { ...stored, Amount: new ExactNumber('1e400') };
    const only = { ...first, record: state };
    const body = { ...stored, Amount: new ExactNumber(number) };
    expect(check({ body }, stateOf(state, 1), [only])).toEqual({ ...nothing, stale });
  });

  it('accepts a message that was received twice', () => {
    expect(check({}, stateOf(stored, 2), [first, first, second])).toEqual(nothing);
  });

  it('accepts a version that only adds a link', () => {
    const linked = { ...second, changes: [], topics: ['opportunity.updated', 'opportunity.linked'] };
    expect(check({}, stateOf(stored, 2), [{ ...first, record: stored }, linked])).toEqual(nothing);
  });

  it('accepts a version whose cause is a run of reconcile', () => {
    expect(check({}, stateOf(stored, 2), [first, { ...second, eventIds: ['run_1'] }])).toEqual(nothing);
  });

  it('finds sensitive data in a rejected invitation', () => {
    const rejected = { Id: 'engi-1', Status: 'REJECTED', InvitationMessage: 'Example message' };
    const { InvitationMessage: _, ...redacted } = rejected;
    const message = { ...first, type: 'engagement_invitation.rejected', path: invitationPath };
    const checked = (record: JsonObject) =>
      check({ body: rejected }, stateOf(record, 1), [{ ...message, record }], invitationPath);
    expect(checked(redacted)).toEqual(nothing);
    expect(checked(rejected)).toEqual({ ...nothing, stale: [invitationPath] });
  });

  it('finds a record that is missing from the table', () => {
    expect(check({}, undefined, [])).toEqual({ ...nothing, lost: [path] });
  });

  it('finds a record that Partner Central does not hold', () => {
    const verdict = compareWithTruth(new Map(), {
      states: new Map([[path, stateOf(stored, 1)]]),
      receipts: [],
      eventIds: new Set(),
    });
    expect(verdict).toEqual({
      ...nothing,
      wrong: [`${path} is stored, but Partner Central does not hold it`],
    });
  });

  it('finds a version that never reached the receiver', () => {
    expect(check({}, stateOf(stored, 2), [second])).toEqual({ ...nothing, lost: [`${path} version 1`] });
  });

  it('finds an older state in the table whose message was never received', () => {
    const verdict = check({}, stateOf(before, 1), []);
    expect(verdict).toEqual({ ...nothing, lost: [`${path} version 1`], stale: [path] });
  });

  it('finds an older state in the table and in the newest message', () => {
    expect(check({}, stateOf(before, 1), [first])).toEqual({ ...nothing, stale: [path] });
    expect(check({}, stateOf(stored, 1), [first])).toEqual({ ...nothing, stale: [path] });
  });

  it.each<[string, Receipt[]]>([
    [
      'has changes that do not lead to its record',
      [first, { ...second, changes: [{ path: '/Title', before: 'before', after: 'later' }] }],
    ],
    [
      'contains nothing new',
      [
        { ...first, record: stored },
        { ...second, changes: [] },
      ],
    ],
    [
      'has no changes but a different record',
      [first, { ...second, changes: [], topics: ['opportunity.updated', 'opportunity.linked'] }],
    ],
    [
      'has changes that do not lead to its record',
      [first, { ...second, changes: [{ path: '/Title', before: 'before', after: 'other' }] }],
    ],
    ['has the type opportunity.created', [first, { ...second, type: 'opportunity.created' }]],
    ['was sent in two forms', [first, second, { ...second, webhookId: 'msg_other' }]],
    ['was sent in two forms', [first, second, { ...second, body: 'other bytes' }]],
    ['has a cause that does not exist', [first, { ...second, eventIds: [] }]],
    ['has a cause that does not exist', [first, { ...second, eventIds: ['event-3'] }]],
  ])('finds a message that %s', (problem, receipts) => {
    expect(check({}, stateOf(stored, 2), receipts)).toEqual({
      ...nothing,
      wrong: [`${path} version 2 ${problem}`],
    });
  });

  describe('for an invitation that is no longer accessible', () => {
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

    it('expects the last read with the status from the event', () => {
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

    it('expects only id and status if nothing was read before', () => {
      const known = { Id: pending.Id, Status: 'REJECTED', ParticipantType: 'RECEIVER' };
      const only = { ...ended, version: 1, changes: [], record: known };
      expect(check(truth, stateOf(known, 1), [only], invitationPath)).toEqual(nothing);
      const still = { ...known, Status: 'PENDING' };
      expect(check(truth, stateOf(still, 1), [{ ...created, record: still }], invitationPath).stale).toEqual([
        invitationPath,
      ]);
    });
  });
});
