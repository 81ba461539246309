import { describe, expect, it } from 'vitest';
import { type MessageForm, messageOf } from '../../../lambdas/core/message.ts';
import { announceReminders, findDueReminders } from '../../../lambdas/core/reminder.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { cause, observation, versionOf } from '../../builders/versions.ts';

const since = '2026-02-01T10:00:00.000Z';
const first = versionOf(
  observation({ payload: opportunityPayload({ targetCloseDate: '2026-02-27', lastModifiedDate: since }) }),
);
const reminder = announceReminders(
  first,
  [
    { name: 'close_date_passed', since: '2026-02-27T00:00:00.000Z' },
    { name: 'idle', since },
  ],
  cause,
);

/** The `data` of the message of the reminder. */
function dataFor(form: Partial<MessageForm> = {}) {
  return JSON.parse(messageOf(reminder, endpoint(form)).body).data;
}

describe('the message of a reminder', () => {
  it('says for each topic since when, and how many whole days', () => {
    const { type, timestamp, data } = JSON.parse(messageOf(reminder, endpoint()).body);
    expect({ type, timestamp }).toEqual({ type: 'opportunity.reminder', timestamp: cause.eventTime });
    expect(data.topics).toEqual([
      'opportunity.reminder',
      'opportunity.close_date_passed',
      'opportunity.idle',
    ]);
    expect(data.reminders).toEqual([
      { topic: 'opportunity.close_date_passed', since: '2026-02-27T00:00:00.000Z', days: 2 },
      { topic: 'opportunity.idle', since, days: 28 },
    ]);
    expect(data.record).toEqual(first.payload);
  });

  it('has topics but no dates if it is thin', () => {
    expect(dataFor({ payload: 'thin' })).toMatchObject({ topics: reminder.topics });
    expect(dataFor({ payload: 'thin' })).not.toHaveProperty('reminders');
  });

  it('has no date of a member that the endpoint redacts', () => {
    const data = dataFor({ redact: ['/LifeCycle/TargetCloseDate'] });
    expect(data.topics).toEqual(reminder.topics);
    expect(data.reminders).toEqual([{ topic: 'opportunity.idle', since, days: 28 }]);
  });

  it('does not mention a reminder of a member that is not listed as only', () => {
    const data = dataFor({ redact: { only: ['/Id', '/LastModifiedDate'] } });
    expect(data.topics).toEqual(['opportunity.reminder', 'opportunity.idle']);
    expect(data.reminders).toEqual([{ topic: 'opportunity.idle', since, days: 28 }]);
  });

  it('is the only one with reminders: later versions only remember what was announced', () => {
    const payload = opportunityPayload({ stage: 'Qualified', lastModifiedDate: '2026-03-02T10:00:00Z' });
    const next = versionOf(observation({ payload, readAt: '2026-03-02T10:00:02.000Z' }), reminder);
    expect(next).toMatchObject({ version: 3, announcedReminders: reminder.announcedReminders });
    expect(JSON.parse(messageOf(next, endpoint()).body).data).not.toHaveProperty('reminders');
  });
});

describe('an opportunity that an earlier release stored', () => {
  const rules = [{ name: 'review_overdue', afterMs: 0 }] as const;
  const { waitsSince: _, ...earlier } = first;

  it('waits since its last change, and still does after an edit', () => {
    const due = [{ name: 'review_overdue', since }];
    expect(findDueReminders(earlier, rules, cause.eventTime)).toEqual(due);
    const payload = opportunityPayload({ nextSteps: 'Call', lastModifiedDate: '2026-03-02T10:00:00Z' });
    const edited = versionOf(observation({ payload, readAt: '2026-03-02T10:00:02.000Z' }), earlier);
    expect(findDueReminders(edited, rules, '2026-03-03T10:00:00.000Z')).toEqual(due);
  });
});
