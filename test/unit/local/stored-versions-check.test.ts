import { expect, it } from 'vitest';
import { recordPath } from '../../../lambdas/core/record.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { ChangeTracker } from '../../../local/change-tracker.ts';
import { findVersionProblems } from '../../../local/stored-versions-check.ts';
import { versionOf } from '../../builders/versions.ts';

const first = versionOf();
const change = { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' };
const second: Version = { ...first, version: 2, changes: [change], topics: ['opportunity.updated'] };
const path = recordPath(first);

/** A tracker that has received these versions. */
function trackerOf(...versions: readonly Version[]): ChangeTracker {
  const tracker = new ChangeTracker();
  for (const { version, messageId: webhookId, payload: record } of versions)
    tracker.addReceipt(
      { path, version, webhookId, record, body: '', type: '', topics: [], changes: [], eventIds: [] },
      0,
    );
  return tracker;
}

it('nothing is wrong if each stored version was received and says something new', () => {
  expect(findVersionProblems([first, second], trackerOf(first, second))).toEqual({
    lost: [],
    duplicates: [],
  });
});

it('a stored version that was not received is lost', () => {
  const { lost } = findVersionProblems([first, second], trackerOf(first));
  expect(lost).toEqual([`${path} version 2 was not received`]);
});

it('each change that no message shows is lost', () => {
  const tracker = trackerOf(first);
  for (const at of ['2099-01-01T00:00:00Z', '2099-01-02T00:00:00Z']) tracker.addChange(path, at, 0);
  expect(findVersionProblems([first], tracker).lost).toHaveLength(2);
});

it('a version without changes is a duplicate, except a link, an expiry or a reminder', () => {
  const tracker = trackerOf(first, second);
  expect(findVersionProblems([first, { ...second, changes: [] }], tracker).duplicates).toEqual([
    `${path} version 2 says nothing new`,
  ]);
  for (const topic of ['opportunity.linked', 'engagement_invitation.expiring', 'opportunity.reminder']) {
    const announced = { ...second, changes: [], topics: ['opportunity.updated', topic] };
    expect(findVersionProblems([first, announced], tracker).duplicates).toEqual([]);
  }
});
