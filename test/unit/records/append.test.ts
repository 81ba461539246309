import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { intentOf } from '../../../lambdas/core/intent.ts';
import { redactPayload } from '../../../lambdas/core/redaction.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { eraseRecord, type Observation, restate, type Version } from '../../../lambdas/core/version.ts';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import { tryAppend } from '../../../lambdas/records/append.ts';
import { dueForFanOut } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { cause, invitationKey, observation, stateOf, versionOf } from '../../builders/versions.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import type { InMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { deliveryIdFor, type FanOutWorld, fanOutDeps, fanOutWorld } from '../fan-out/fan-out-world.ts';

const farFuture: Instant = '2099-01-01T00:00:00.000Z';

let world: FanOutWorld;
beforeEach(() => {
  world = fanOutWorld([endpoint()]);
});

const first = versionOf();
const second = nextOf(first, 'Qualified');

function nextOf(before: Version, stage: string, of: Partial<Observation> = {}): Version {
  const payload = opportunityPayload({ stage, lastModifiedDate: '2026-03-01T11:00:00Z' });
  return versionOf(observation({ payload, readAt: '2026-03-01T11:00:02.000Z', ...of }), before);
}

async function append(version: Version, before?: Version, records: InMemoryRecordStore = world.records) {
  return tryAppend(before, version, { ...world, records });
}

/** As `sweep` does it, some minutes later. */
async function sweepAndFanOut(of: FanOutWorld = world, laterMs = 10 * 60_000): Promise<void> {
  of.clock.advance(laterMs);
  for (const { version } of await dueForFanOut(of.records, farFuture, 100))
    await fanOut(version, fanOutDeps(of));
}

const crash = () => Promise.reject(new Error('crashed'));

/** The writer crashes between the commit and the version. */
async function commitOnly(version: Version, before?: Version): Promise<void> {
  await expect(append(version, before, { ...world.records, putVersion: crash })).rejects.toThrow('crashed');
  expect(await world.records.current(version)).toEqual(stateOf(version));
  expect(await world.records.version(version)).toBeUndefined();
}

describe('promise 1: a version is fanned out whatever happens to its writer', () => {
  it('is finished by sweep after a crash at any call, or was never written', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const own = fanOutWorld([endpoint()]);
      await tryAppend(undefined, first, own);
      await untilCrash(
        tryAppend(first, second, { ...own, records: process.wrap(own.records) }).then(() => undefined),
      );
      const isCommitted = (await own.records.current(first))?.version === 2;
      await sweepAndFanOut(own);
      expect(await own.records.version(second)).toEqual(isCommitted ? second : undefined);
      expect(own.deliveries.find(deliveryIdFor(second, 'ep_orders')) !== undefined).toBe(isCommitted);
      expect(own.records.outbox()).toEqual([]);
      // What was not written is written by the next try, and nothing is left of the first one.
      if (!isCommitted) expect(await tryAppend(first, second, own)).toBe(true);
      await sweepAndFanOut(own);
      expect(own.records.versions()).toEqual([first, second]);
      expect(own.records.outbox()).toEqual([]);
    });
    // storesVersion, putIntent, commit, putVersion
    expect(crashes).toBe(2 * 4);
  });

  it('is finished if the worker that finishes it crashes at any call', async () => {
    const crashes = await crashEverywhere(async (process) => {
      world = fanOutWorld([endpoint()]);
      await append(first);
      await commitOnly(second, first);
      const [, due] = await dueForFanOut(world.records, farFuture, 10);
      const records = process.wrap(world.records);
      if (due) await untilCrash(fanOut(due.version, { ...fanOutDeps(world), records }));
      await sweepAndFanOut();
      expect(world.records.versions()).toEqual([first, second]);
      expect(world.deliveries.find(deliveryIdFor(second, 'ep_orders'))).toMatchObject({ status: 'pending' });
      expect(world.records.outbox()).toEqual([]);
    });
    expect(crashes).toBeGreaterThan(2 * 6);
  });
});

describe('promise 3: versions are contiguous', () => {
  it('the next writer finishes the version of a crashed one first', async () => {
    await append(first);
    await commitOnly(second, first);
    const third = nextOf(second, 'Committed', { readAt: '2026-03-01T12:00:02.000Z' });
    expect(await append(third, second)).toBe(true);
    expect(world.records.versions()).toEqual([first, second, third]);
    expect(world.records.outbox().map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it.each([
    ['that was linked', restate(first, linked('snapshot'))],
    ['that was erased', eraseRecord(first, cause)],
  ])('a finished version %s is the one that its writer made', async (_, version) => {
    await append(first);
    await commitOnly(version, first);
    await sweepAndFanOut();
    expect(await world.records.version(version)).toEqual(version);
  });

  it('a finished version of a redacted record is the one that its writer made', async () => {
    const key = invitationKey;
    const came = versionOf(observation({ key, payload: invitationPayload() }));
    const payload = redactPayload(invitationPayload({ status: 'REJECTED' }));
    const taken = versionOf(observation({ key, payload, redacted: true, readAt: cause.eventTime }), came);
    await append(came);
    await commitOnly(taken, came);
    await sweepAndFanOut();
    expect(await world.records.version(taken)).toEqual(taken);
    expect(await world.records.version(came)).toMatchObject({ redacted: true });
  });

  it('a version whose intent is gone is finished with what the states say', async () => {
    await append(first);
    await commitOnly(second, first);
    for (const { version } of await dueForFanOut(world.records, farFuture, 10))
      await world.records.removeIntent({ ...intentOf(second, farFuture), ...version });
    const third = nextOf(second, 'Committed', { readAt: '2026-03-01T12:00:02.000Z' });
    expect(await append(third, second)).toBe(true);
    const lost = { detailType: 'unknown', eventIds: [], eventTime: second.readAt };
    expect(await world.records.version(second)).toEqual({ ...second, cause: lost });
    expect(world.records.outbox().map(({ version }) => version)).toEqual([2, 3]);
  });

  it('a version is finished without changes if the version before is unreadable', async () => {
    const own = fanOutWorld([endpoint()]);
    world = { ...own, records: own.records };
    await append(first);
    await commitOnly(second, first);
    const records: InMemoryRecordStore = {
      ...world.records,
      version: (ref) => (ref.version === 1 ? Promise.reject(unreadable()) : world.records.version(ref)),
    };
    const [, due] = await dueForFanOut(world.records, farFuture, 10);
    if (due) await fanOut(due.version, { ...fanOutDeps(world), records });
    expect(await world.records.version(second)).toEqual({ ...second, changes: [] });
  });
});

describe('a writer that loses a race', () => {
  it('leaves nothing in the outbox', async () => {
    await append(first);
    await append(second, first);
    expect(await append(nextOf(first, 'Launched'), first)).toBe(false);
    expect(world.records.versions()).toEqual([first, second]);
    expect(world.records.outbox().map(({ version }) => version)).toEqual([1, 2]);
  });

  it('has stored its version if the version that overtook it follows from it', async () => {
    await append(first);
    const third = nextOf(second, 'Committed', { readAt: '2026-03-01T12:00:02.000Z' });
    const records: InMemoryRecordStore = {
      ...world.records,
      // The answer of the commit is lost, and another worker is faster than its repetition.
      async commit(...args) {
        await world.records.commit(...args);
        await append(third, second);
        return world.records.commit(...args);
      },
    };
    expect(await append(second, first, records)).toBe(true);
    expect(world.records.versions()).toEqual([first, second, third]);
    expect(world.records.outbox().map(({ version }) => version)).toEqual([1, 2, 3]);
  });
});

describe('an intent whose version is not stored', () => {
  it('stays for as long as its writer can commit it, and is then deleted', async () => {
    await world.records.putIntent(intentOf(first, '2026-03-01T10:01:06.000Z'));
    await sweepAndFanOut(world, 6 * 60_000 - 1);
    expect(world.records.outbox()).toHaveLength(1);
    await sweepAndFanOut(world, 1);
    expect(world.records.outbox()).toEqual([]);
    expect(world.log.of('intent.removed')).toMatchObject([{ version: 1, messageId: first.messageId }]);
  });

  it('is deleted at once if another version has its number', async () => {
    await append(first);
    await append(second, first);
    const rival = nextOf(first, 'Launched');
    await world.records.putIntent(intentOf(rival, '2026-03-01T10:01:06.000Z'));
    await sweepAndFanOut(world, 0);
    expect(world.records.outbox()).toEqual([]);
    expect(world.deliveries.rows()).toHaveLength(2);
  });
});

function unreadable(): ServiceError {
  return new ServiceError('record.unreadable', {
    item: 'AWS/opportunity/O1 version#0000000001',
    problems: [],
  });
}

function linked(via: 'snapshot') {
  const type = 'opportunity.updated' as const;
  const links = [{ kind: 'engagement', id: 'eng-abcdefgh123456', via }] as const;
  return { type, topics: [type, 'opportunity.linked'], cause, links };
}
