import { describe, expect, it } from 'vitest';
import type { CommandContent } from '../../../lambdas/core/command.ts';
import { type Candidate, callsSince, withEchoes } from '../../../lambdas/core/echo.ts';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { applyMergePatch } from '../../../lambdas/core/merge-patch.ts';
import { redactPayload } from '../../../lambdas/core/redaction.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { engagementKey, invitationKey, observation, versionOf } from '../../builders/versions.ts';

const firstAt: Instant = '2026-03-01T10:00:02.000Z';
const laterAt: Instant = '2026-03-01T10:05:00.000Z';

function patch(lifeCycle: JsonObject, more: JsonObject = {}): CommandContent {
  return { action: 'opportunity.update', patch: { LifeCycle: lifeCycle, ...more } };
}

function candidate(id: string, content: CommandContent, client = 'crm'): Candidate {
  return { id, key: `key of ${id}`, client, content };
}

/**
 * The version that changes members of an opportunity, as merge patches do, with what explains it.
 * @param from the members before, if they matter
 */
function changed(members: JsonObject, candidates: readonly Candidate[], from: JsonObject = {}): Version {
  const before = versionOf(
    observation({ payload: applyMergePatch(opportunityPayload(), from), readAt: firstAt }),
  );
  const modified = { LastModifiedDate: '2026-03-01T10:04:00.123Z', ...members };
  const payload = applyMergePatch(before.payload, modified);
  return withEchoes(before, versionOf(observation({ payload, readAt: laterAt }), before), candidates);
}

function named(version: Version): readonly string[] {
  return (version.echoes ?? []).map(
    ({ client, commands }) => `${client}: ${commands.map(({ id }) => id).join()}`,
  );
}

const stage = candidate('cmd_stage', patch({ Stage: 'Qualified' }));
const next = candidate('cmd_next', patch({ NextSteps: 'Call Ada' }));

describe('promise 17: the changes of a version', () => {
  it('are an echo if a command wanted them; the timestamp and the history of next steps do not count', () => {
    const NextStepsHistory = [{ Time: '2026-03-01T10:04:00Z', Value: 'Call Ada' }];
    const version = changed({ LifeCycle: { NextSteps: 'Call Ada', NextStepsHistory } }, [next]);
    expect(version.echoes).toEqual([
      { client: 'crm', commands: [{ id: 'cmd_next', key: 'key of cmd_next' }] },
    ]);
    expect(version.reflectedCommand).toBe('cmd_next');
  });

  it('are an echo if several commands of one client wanted them together', () => {
    const both = changed({ LifeCycle: { Stage: 'Qualified', NextSteps: 'Call Ada' } }, [stage, next]);
    expect(named(both)).toEqual(['crm: cmd_stage,cmd_next']);
  });

  it('are no echo if two clients have made them', () => {
    const ofErp = { ...next, client: 'erp' };
    const both = changed({ LifeCycle: { Stage: 'Qualified', NextSteps: 'Call Ada' } }, [stage, ofErp]);
    expect(named(both)).toEqual([]);
    expect(both.reflectedCommand).toBe('cmd_next');
  });

  it('are no echo if a person has changed something besides, also in the same object', () => {
    expect(named(changed({ LifeCycle: { Stage: 'Qualified', NextSteps: 'Write' } }, [stage]))).toEqual([]);
    expect(named(changed({ LifeCycle: { Stage: 'Qualified' }, NationalSecurity: 'Yes' }, [stage]))).toEqual(
      [],
    );
  });

  it('are no echo if a path has another value than the command wanted', () => {
    expect(named(changed({ LifeCycle: { Stage: 'Committed' } }, [stage]))).toEqual([]);
  });

  it('are an echo if a call was made and nothing is visible of it, as in an erased record', () => {
    expect(named(changed({}, [stage]))).toEqual(['crm: cmd_stage']);
    expect(changed({}, [stage]).reflectedCommand).toBeUndefined();
    expect(named(changed({}, []))).toEqual([]);
  });

  it('are an echo although AWS prints other members in another form: an amount, or a list of texts', () => {
    const from = { PrimaryNeedsFromAws: ['A', 'B'], SoftwareRevenue: { Value: { Amount: '10' } } };
    const reprinted = { PrimaryNeedsFromAws: ['B', 'A'], SoftwareRevenue: { Value: { Amount: '10.00' } } };
    expect(named(changed({ LifeCycle: { Stage: 'Qualified' }, ...reprinted }, [stage], from))).toEqual([
      'crm: cmd_stage',
    ]);
    const spent = { SoftwareRevenue: { Value: { Amount: '11' } } };
    expect(named(changed({ LifeCycle: { Stage: 'Qualified' }, ...spent }, [stage], from))).toEqual([]);
  });

  it('are an echo of the removal of a member, and of an object that appears with it', () => {
    const removal = candidate('cmd_removal', patch({ NextSteps: null }));
    const from = { LifeCycle: { NextSteps: 'Call' } };
    const removed = changed({ LifeCycle: { NextSteps: null } }, [removal], from);
    expect(named(removed)).toEqual(['crm: cmd_removal']);
    const revenue = candidate('cmd_revenue', patch({}, { SoftwareRevenue: { DeliveryModel: 'Contract' } }));
    expect(named(changed({ SoftwareRevenue: { DeliveryModel: 'Contract' } }, [revenue]))).toEqual([
      'crm: cmd_revenue',
    ]);
    const more = { SoftwareRevenue: { DeliveryModel: 'Contract', EffectiveDate: '2026-03-01' } };
    expect(named(changed(more, [revenue]))).toEqual([]);
  });
});

it('a submission explains that the opportunity is submitted, and nothing that AWS has decided since', () => {
  const content = { action: 'opportunity.submit', involvementType: 'Co-Sell' } as const;
  const from = { LifeCycle: { ReviewStatus: 'Pending Submission' } };
  const submit = candidate('cmd_submit', content);
  const submitted = changed({ LifeCycle: { ReviewStatus: 'Submitted' } }, [submit], from);
  expect(named(submitted)).toEqual(['crm: cmd_submit']);
  for (const ReviewStatus of ['In Review', 'Approved', 'Rejected']) {
    const decided = changed({ LifeCycle: { ReviewStatus } }, [submit], from);
    expect(named(decided)).toEqual([]);
    expect(decided.reflectedCommand).toBe('cmd_submit');
  }
});

it('a command is reflected once a version shows a part of it, and others have replaced the rest', () => {
  const both = candidate('cmd_both', patch({ Stage: 'Qualified', NextSteps: 'Call Ada' }));
  const version = changed({ LifeCycle: { Stage: 'Qualified', NextSteps: 'Write' } }, [both]);
  expect(named(version)).toEqual([]);
  expect(version.reflectedCommand).toBe('cmd_both');
});

it('a command whose end is unknown is reflected only once a version shows all that it wanted', () => {
  const both = candidate('cmd_both', patch({ Stage: 'Qualified', NextSteps: 'Call Ada' }));
  const open = { ...both, isOpen: true };
  // A person has set the same stage, and the call arrives afterwards.
  const person = changed({ LifeCycle: { Stage: 'Qualified' } }, [open]);
  expect(person.reflectedCommand).toBeUndefined();
  const whole = changed({ LifeCycle: { Stage: 'Qualified', NextSteps: 'Call Ada' } }, [open]);
  expect(whole.reflectedCommand).toBe('cmd_both');
});

function entities(...Solutions: readonly string[]): JsonObject {
  return { RelatedEntityIdentifiers: { Solutions } };
}

describe('Related entities and the owner', () => {
  it('are compared as a set: an association explains one id, wherever it stands', () => {
    const associate = candidate('cmd_new', {
      action: 'opportunity.associate',
      entity: { type: 'Solutions', id: 'S-2' },
    });
    expect(named(changed(entities('S-2', 'S-1'), [associate], entities('S-1')))).toEqual(['crm: cmd_new']);
    expect(named(changed(entities('S-2', 'S-3'), [associate], entities('S-1')))).toEqual([]);
  });

  it('are no echo if another member of the team changes too', () => {
    const owner = { Email: 'ada@partner.example.com', FirstName: 'Ada', LastName: 'L' };
    const assign = candidate('cmd_assign', {
      action: 'opportunity.assign',
      assignee: { ...owner, BusinessTitle: 'Seller' },
    });
    const assigned = { ...owner, BusinessTitle: 'Opportunity Owner' };
    const manager = { Email: 'pdm@aws.example.com', BusinessTitle: 'PSM' };
    expect(named(changed({ OpportunityTeam: [assigned] }, [assign]))).toEqual(['crm: cmd_assign']);
    expect(named(changed({ OpportunityTeam: [assigned, manager] }, [assign]))).toEqual([]);
  });
});

it('a rejection explains the status and the reason, also if the invitation loses its sensitive members', () => {
  const content = { action: 'invitation.reject', reason: 'No capacity' } as const;
  const before = versionOf(
    observation({ key: invitationKey, payload: invitationPayload(), readAt: firstAt }),
  );
  const payload = { ...redactPayload(before.payload), Status: 'REJECTED', RejectionReason: 'No capacity' };
  const rejected = versionOf(
    observation({ key: invitationKey, payload, redacted: true, readAt: laterAt }),
    before,
  );
  expect(named(withEchoes(before, rejected, [candidate('cmd_no', content)]))).toEqual(['crm: cmd_no']);
  const { reason: _reason, ...silent } = content;
  expect(named(withEchoes(before, rejected, [candidate('cmd_no', silent)]))).toEqual([]);
});

function context(Id: string, CompanyName: string): JsonObject {
  return { Id, Payload: { CustomerProject: { Customer: { CompanyName } } }, Type: 'CustomerProject' };
}

it('an update of a context explains that context by its id, and no other change of the engagement', () => {
  const content = {
    action: 'engagement.update_context',
    context: { id: '2', patch: { CustomerProject: { Customer: { CompanyName: 'AnyCompany' } } } },
  } as const;
  const contexts = [context('1', 'Example Corp'), context('2', 'Example Corp')];
  const before = versionOf(
    observation({ key: engagementKey, payload: engagementPayload({ contexts }), readAt: firstAt }),
  );
  const echoesOf = (changes: readonly JsonObject[], title = 'Data platform') => {
    const members = { contexts: changes, title, modifiedAt: '2026-03-01T10:04:00.123456789Z' };
    const payload = { ...engagementPayload(members), ModifiedBy: '111122223333' };
    const observed = observation({ key: engagementKey, payload, readAt: laterAt });
    return named(withEchoes(before, versionOf(observed, before), [candidate('cmd_context', content)]));
  };
  const updated = context('2', 'AnyCompany');
  expect(echoesOf([updated, context('1', 'Example Corp')])).toEqual(['crm: cmd_context']);
  expect(echoesOf([context('1', 'Others'), updated])).toEqual([]);
  expect(echoesOf([context('1', 'Example Corp'), updated], 'Another title')).toEqual([]);
});

function ids(found: ReturnType<typeof callsSince>): readonly string[] {
  return found.map(({ id }) => id);
}

describe('The calls that may explain a change', () => {
  const lagMs = 300_000;
  const call = (number: number, answeredAt = laterAt) => ({
    number,
    id: `cmd_${number}`,
    key: `key-${number}`,
    client: 'crm',
    answeredAt,
  });
  const open = { id: 'cmd_9', key: 'key-9', client: 'crm' };
  const openCall = { number: 9, beganAt: laterAt, before: [], command: open };

  it('are the answered ones and the open one, in the order in which they were made', () => {
    const line = { applied: [call(2), call(1)], openCall };
    expect(ids(callsSince({ readAt: firstAt }, line, lagMs))).toEqual(['cmd_2', 'cmd_1', 'cmd_9']);
  });

  it('know of each whether its end is unknown', () => {
    const calls = callsSince({ readAt: firstAt }, { applied: [call(1)], openCall }, lagMs);
    expect(calls.map(({ isOpen }) => isOpen ?? false)).toEqual([false, true]);
  });

  it('are only those after the one that an earlier version shows', () => {
    const line = { applied: [call(2), call(1), call(3)] };
    expect(ids(callsSince({ readAt: firstAt, reflectedCommand: 'cmd_1' }, line, lagMs))).toEqual(['cmd_3']);
    expect(ids(callsSince({ readAt: firstAt, reflectedCommand: 'cmd_3' }, line, lagMs))).toEqual([]);
    expect(ids(callsSince({ readAt: firstAt, reflectedCommand: 'cmd_0' }, line, lagMs))).toHaveLength(3);
  });

  it('are not those that were answered so long before the last read that it shows them', () => {
    const line = { applied: [call(1), call(2, addMs(laterAt, 1))] };
    expect(ids(callsSince({ readAt: addMs(laterAt, lagMs) }, line, lagMs))).toEqual(['cmd_2']);
  });
});
