import { describe, expect, it } from 'vitest';
import type { Instant } from '../../lambdas/core/instant.ts';
import { announceReminders, type Reminder } from '../../lambdas/core/reminder.ts';
import { eraseRecord, type Version } from '../../lambdas/core/version.ts';
import { checkReminders } from '../../local/chaos/check-reminders.ts';
import type { SwitchedOnReminders } from '../../local/chaos/evidence.ts';
import { type OpportunityOptions, opportunityPayload } from '../builders/payloads.ts';
import { observation, versionOf } from '../builders/versions.ts';
import { evidence, tableOf } from './evidence-builder.ts';

const dayMs = 86_400_000;
const lastModifiedDate = '2026-01-01T10:00:00.000Z';
const announcedAt = '2026-03-01T10:00:00.000Z';
const afterMs = new Map([
  ['close_date_passed', dayMs],
  ['review_overdue', 10 * dayMs],
  ['idle', 30 * dayMs],
]);

function found(versions: readonly Version[], of: Partial<SwitchedOnReminders> = {}): string[] {
  const reminders = { afterMs, passAtMs: Date.parse(announcedAt), ...of };
  return checkReminders(evidence({ ...tableOf(versions), reminders })).map(({ what }) => what);
}

/** A version that a read returned soon after AWS changed the opportunity. */
function read(
  of: Omit<OpportunityOptions, 'lastModifiedDate'> & { readonly lastModifiedDate?: string },
  before?: Version,
): Version {
  const members = {
    reviewStatus: 'Approved',
    ...of,
    lastModifiedDate: of.lastModifiedDate ?? lastModifiedDate,
  };
  const readAt: Instant = `${members.lastModifiedDate.slice(0, 17)}05.000Z`;
  return versionOf(observation({ payload: opportunityPayload(members), readAt }), before);
}

function remind(before: Version, reminders: readonly Reminder[], at: Instant = announcedAt): Version {
  return announceReminders(before, reminders, { detailType: 'x', eventIds: ['run_1'], eventTime: at });
}

const idle = { name: 'idle', since: lastModifiedDate } as const;
const first = read({});
const reminded = remind(first, [idle]);

describe('promise 16: a reminder comes once for each situation', () => {
  it('finds nothing if each situation is announced once', () => {
    expect(found([first, reminded])).toEqual([]);
    const edited = read({ lastModifiedDate: '2026-03-02T10:00:00.000Z', stage: 'Qualified' }, reminded);
    const again = remind(
      edited,
      [{ ...idle, since: '2026-03-02T10:00:00.000Z' }],
      '2026-04-02T10:00:00.000Z',
    );
    expect(found([first, reminded, edited, again])).toEqual([]);
  });

  it('finds a second reminder of the same situation', () => {
    expect(found([first, reminded, remind(reminded, [idle])])).toEqual([
      'has the reminder idle in versions 2 and 3',
    ]);
  });

  it('finds a reminder that is missing after a pass, and expects none before', () => {
    expect(found([first])).toEqual(['has no reminder idle']);
    expect(found([first], { passAtMs: undefined })).toEqual([]);
    expect(found([first], { passAtMs: Date.parse('2026-01-20T10:00:00.000Z') })).toEqual([]);
  });

  it('expects no reminder of an opportunity that has ended or is erased', () => {
    expect(found([read({ stage: 'Launched' })])).toEqual([]);
    expect(found([first, eraseRecord(first, first.cause)])).toEqual([]);
  });

  it('finds a reminder of an erased opportunity, but accepts one from before the erasure', () => {
    const eraser = { ...first.cause, detailType: 'pcr erase' };
    const erasure = eraseRecord(reminded, eraser);
    const earlier = [first, reminded].map((version): Version => {
      return { ...version, payload: erasure.payload, erased: true };
    });
    expect(found([...earlier, erasure])).toEqual([]);
    const since = '2026-01-02T10:00:00.000Z';
    expect(found([...earlier, erasure, remind(erasure, [{ ...idle, since }])])).toContain(
      'version 4 with the reminder idle is about an erased opportunity',
    );
  });

  it('finds a reminder of an opportunity that has ended', () => {
    const lost = read({ stage: 'Closed Lost' });
    expect(found([lost, remind(lost, [idle])])).toEqual([
      'version 2 with the reminder idle is about an opportunity that has ended',
    ]);
  });

  it('finds a reminder that is too early, or about a date that the record does not have', () => {
    expect(found([first, remind(first, [idle], '2026-01-30T10:00:00.000Z')])).toEqual([
      'version 2 with the reminder idle is too early',
    ]);
    const since = '2026-01-15T00:00:00.000Z';
    expect(found([first, remind(reminded, [{ name: 'close_date_passed', since }])])).toContain(
      'version 3 with the reminder close_date_passed is about no such situation',
    );
  });

  it('finds a reminder with another record than the version before', () => {
    const other = { ...reminded, payload: { ...reminded.payload, Added: 1 } };
    expect(found([first, other])).toEqual(['version 2 with the reminder idle has another record']);
  });

  it('finds a wait that an edit has begun anew', () => {
    const submitted = read({ reviewStatus: 'Submitted' });
    const edited = read(
      { reviewStatus: 'In review', lastModifiedDate: '2026-02-01T10:00:00.000Z' },
      submitted,
    );
    const rules = { afterMs: new Map([['review_overdue', 10 * dayMs]]) };
    const since = (at: Instant) => remind(edited, [{ name: 'review_overdue', since: at }]);
    expect(found([submitted, edited, since(lastModifiedDate)], rules)).toEqual([]);
    expect(found([submitted, edited, since('2026-02-01T10:00:00.000Z')], rules)).toEqual([
      'version 3 with the reminder review_overdue is about no such situation',
    ]);
    expect(found([submitted, edited], rules)).toEqual(['has no reminder review_overdue']);
  });
});
