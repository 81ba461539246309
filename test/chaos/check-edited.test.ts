import { describe, expect, it } from 'vitest';
import { deliveryKey } from '../../lambdas/adapters/delivery-item.ts';
import { deliveryIdOf } from '../../lambdas/core/ids.ts';
import { versionItemKey } from '../../lambdas/core/tables.ts';
import { checkAfterStorm } from '../../local/chaos/checker.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import { rowName } from '../../local/chaos/row-reports.ts';
import { reconcileId } from '../../local/function-ids.ts';
import { messageIdFor } from '../builders/versions.ts';
import { evidence, opportunityPath, postOf } from './evidence-builder.ts';

const found = (of: Partial<Evidence>): string[] =>
  checkAfterStorm(evidence(of), { staleMs: 300, lagMs: 300_000 }).map(
    ({ promise, what }) => `${promise}: ${what}`,
  );
const [first, second] = evidence().versions.get(opportunityPath) ?? [];
if (!first || !second) throw new Error('the evidence has two versions');

const deliveryId = deliveryIdOf(messageIdFor(second), 'ep_all');
const delivery = rowName(deliveryKey(deliveryId));
const version = rowName(versionItemKey(first));
const current = `${opportunityPath} current`;
const reports = (times: number, row: string, cause = row) =>
  Array.from({ length: times }, () => ({ row, cause }));

describe('promise 1: a row that was edited by hand is reported once for each edit', () => {
  it.each([delivery, version, current, 'gate ep_all', 'pass AWS/opportunities'])(
    'accepts a report of an edited row, and finds another one: %s',
    (row) => {
      const rowEdits = new Map([[row, 1]]);
      expect(found({ rowEdits, rowReports: reports(1, row) })).toEqual([]);
      expect(found({ rowEdits, rowReports: reports(2, row) })).toEqual([`1: ${row} was reported 2 times`]);
      expect(found({ rowEdits: new Map([[row, 2]]), rowReports: reports(2, row) })).toEqual([]);
      expect(found({ rowReports: reports(1, row) })).toEqual([`1: ${row} was reported, but not edited`]);
    },
  );

  it('accepts that a delivery is set aside because its version was edited, but not another one', () => {
    const rowReports = reports(1, delivery, version);
    expect(found({ rowEdits: new Map([[version, 1]]), rowReports })).toEqual([]);
    expect(found({ rowEdits: new Map([[current, 1]]), rowReports })).toEqual([
      `1: ${delivery} was reported because of ${version}, but not edited`,
    ]);
  });

  it('accepts two reports for each edit of an endpoint, and finds a third', () => {
    const rowEdits = new Map([['endpoint ep_all', 1]]);
    expect(found({ rowEdits, rowReports: reports(2, 'endpoint ep_all') })).toEqual([]);
    expect(found({ rowEdits, rowReports: reports(3, 'endpoint ep_all') })).toHaveLength(1);
  });

  it('accepts one more report of an endpoint whose gate was edited too', () => {
    const rowEdits = new Map([
      ['endpoint ep_all', 1],
      ['gate ep_all', 1],
    ]);
    expect(found({ rowEdits, rowReports: reports(3, 'endpoint ep_all') })).toEqual([]);
    expect(found({ rowEdits, rowReports: reports(4, 'endpoint ep_all') })).toHaveLength(1);
  });

  it('accepts one more report of a pass for each fault that met `reconcile`', () => {
    const row = 'pass AWS/opportunities';
    const edited = { rowEdits: new Map([[row, 1]]), rowReports: reports(2, row) };
    expect(found({ ...edited, functionFaults: new Map([[reconcileId, 1]]) })).toEqual([]);
    expect(found({ ...edited, functionFaults: new Map([['Sweep/Function', 1]]) })).toHaveLength(1);
  });
});

describe('what is excused because of a row that was edited by hand', () => {
  it('is that the message of an edited delivery was not sent', () => {
    const posts = [postOf(first)];
    expect(found({ posts, rowEdits: new Map([[delivery, 1]]) })).toEqual([]);
    // An operator has repaired the others.
    const others = new Map([version, current, 'endpoint ep_all'].map((name) => [name, 1]));
    expect(found({ posts, rowEdits: others })).toEqual(['1: version 2 never reached ep_all']);
  });

  it('is that later versions are sent before an edited version, or one that was set aside', () => {
    const subscriptions = [{ id: 'ep_all', topics: ['*'], catalogs: [], ordering: 'per-record' }] as const;
    const posts = [postOf(first, { startedAtMs: 90_000, endedAtMs: 90_050 }), postOf(second)];
    const isLate = { subscriptions, posts };
    expect(found({ ...isLate, rowEdits: new Map([[version, 1]]) })).toEqual([]);
    const setAside = { rowEdits: new Map([['other', 1]]), rowReports: reports(1, version, 'other') };
    expect(found({ ...isLate, ...setAside })).toEqual([]);
    expect(found({ ...isLate, rowEdits: new Map([[current, 1]]) })).toEqual([
      '8: version 2 reached ep_all before version 1',
    ]);
  });

  it('is that an edited delivery is parked', () => {
    const queueId = 'WebhookDelivery/Deliver/Parked';
    const body = JSON.stringify({ deliveryId });
    const parked = [{ queueId, body, code: 'endpoint.missing', reason: '{}' }];
    expect(found({ rowEdits: new Map([[delivery, 1]]), parked })).toEqual([]);
    expect(found({ rowEdits: new Map([[version, 1]]), parked })).toHaveLength(1);
  });

  it('is that an event is parked that needs an edited record', () => {
    const queueId = 'Hydration/HydrateOpportunity/Parked';
    const reason = JSON.stringify({ item: current, problems: ['version: a text; allowed: a number'] });
    const parked = [{ queueId, body: '{"id":"event-1"}', code: 'record.unreadable', reason }];
    expect(found({ rowEdits: new Map([[current, 1]]), parked })).toEqual([]);
    expect(found({ rowEdits: new Map([[version, 1]]), parked })).toHaveLength(1);
  });
});
