import { describe, expect, it } from 'vitest';
import { addMs, type Instant } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { type FreshRead, judge, type OpenCall, type Wish } from '../../../lambdas/core/judge.ts';
import { memberAt, patchValues } from '../../../lambdas/core/merge-patch.ts';

const now: Instant = '2026-03-01T10:00:00.000Z';
const seen = '2026-03-01T09:00:00Z';
const moved = '2026-03-01T09:30:00Z';

function wish(patch: JsonObject, base: JsonObject, more: Partial<Wish> = {}): Wish {
  return {
    wanted: patchValues(patch),
    base: patchValues(base),
    earlier: [],
    onConflict: 'fail',
    onLocked: 'wait',
    ...more,
  };
}

function fresh(body: JsonObject, more: Partial<FreshRead> = {}): FreshRead {
  return { valueAt: (path) => memberAt(body, path), timestamp: seen, beganAt: now, isLocked: false, ...more };
}

function openCall(before: JsonObject, more: Partial<OpenCall> = {}): OpenCall {
  return { beganAt: addMs(now, -61_000), timestamp: seen, before: patchValues(before), ...more };
}

const stage = wish({ Stage: 'Qualified' }, { Stage: 'Prospect' });

describe('judge, before any call', () => {
  it('sends a change whose base is unchanged', () => {
    expect(judge(stage, fresh({ Stage: 'Prospect' }))).toEqual({ kind: 'send', overwrites: [] });
  });

  it('has nothing to do if the record holds what is wanted, also while it is locked', () => {
    expect(judge(stage, fresh({ Stage: 'Qualified' }, { isLocked: true }))).toEqual({
      kind: 'succeeded',
      evidence: 'already',
    });
  });

  it('sends if only other paths were changed by others', () => {
    expect(judge(stage, fresh({ Stage: 'Prospect', NextSteps: 'Call' }, { timestamp: moved }))).toMatchObject(
      { kind: 'send' },
    );
  });

  it('fails by a conflict that names each path which others have changed', () => {
    const both = wish({ Stage: 'Qualified', NextSteps: 'Call' }, { Stage: 'Prospect', NextSteps: 'Write' });
    expect(judge(both, fresh({ Stage: 'Committed', NextSteps: 'Write' }))).toEqual({
      kind: 'failed',
      code: 'conflict',
      conflicts: [{ path: '/Stage' }],
    });
  });

  it('takes what an earlier command of the same client has set for its base', () => {
    const second = { ...stage, earlier: patchValues({ Stage: 'Technical Validation' }) };
    expect(judge(second, fresh({ Stage: 'Technical Validation' }))).toMatchObject({ kind: 'send' });
  });

  it('overwrites if requested, and names what it overwrites', () => {
    const overwrite: Wish = { ...stage, onConflict: 'overwrite' };
    expect(judge(overwrite, fresh({ Stage: 'Committed' }))).toEqual({ kind: 'send', overwrites: ['/Stage'] });
  });

  it('waits while the record is locked, or fails if the client does not want to wait', () => {
    const locked = fresh({ Stage: 'Prospect' }, { isLocked: true });
    expect(judge(stage, locked)).toEqual({ kind: 'wait', reason: 'lock' });
    expect(judge({ ...stage, onLocked: 'fail' }, locked)).toEqual({ kind: 'failed', code: 'locked' });
  });

  it('fails by a conflict at once, although the record is locked', () => {
    expect(judge(stage, fresh({ Stage: 'Committed' }, { isLocked: true }))).toMatchObject({
      code: 'conflict',
    });
  });

  it('compares a removed member with what is absent', () => {
    const removal = wish({ NextSteps: null }, { NextSteps: 'Call' });
    expect(judge(removal, fresh({ NextSteps: 'Call' }))).toMatchObject({ kind: 'send' });
    expect(judge(removal, fresh({}))).toEqual({ kind: 'succeeded', evidence: 'already' });
  });
});

describe('judge, after a call whose end is unknown', () => {
  const before = { Stage: 'Prospect' };

  it('has succeeded as soon as a read shows the values under another timestamp', () => {
    const read = fresh({ Stage: 'Qualified' }, { timestamp: moved, beganAt: addMs(now, -60_000) });
    expect(judge(stage, read, openCall(before))).toEqual({ kind: 'succeeded', evidence: 'read-back' });
  });

  it.for([
    ['the values before', before, seen],
    ['the values under the same timestamp', { Stage: 'Qualified' }, seen],
    ['other values', { Stage: 'Committed' }, moved],
  ] as const)(
    'waits while the call can still arrive, although a read shows %s',
    ([_what, body, timestamp]) => {
      const beganAt = addMs(now, -60_000);
      const read = fresh(body, { timestamp, beganAt });
      expect(judge(stage, read, openCall(before))).toEqual({
        kind: 'wait',
        reason: 'open-call',
        until: addMs(now, -1_000),
      });
    },
  );

  it('has succeeded if a read after the longest time shows the values under the same timestamp', () => {
    expect(judge(stage, fresh({ Stage: 'Qualified' }), openCall(before))).toEqual({
      kind: 'succeeded',
      evidence: 'read-back',
    });
  });

  it('sends again if nothing has changed since', () => {
    expect(judge(stage, fresh(before), openCall(before))).toMatchObject({ kind: 'send' });
  });

  it('waits for the lock if nothing has changed but that', () => {
    expect(judge(stage, fresh(before, { isLocked: true }), openCall(before))).toEqual({
      kind: 'wait',
      reason: 'lock',
    });
  });

  it('does not send again over values that may have been applied and undone', () => {
    const undone = fresh(before, { timestamp: moved });
    expect(judge(stage, undone, openCall(before))).toEqual({ kind: 'failed', code: 'outcome-unknown' });
    expect(judge({ ...stage, onConflict: 'overwrite' }, undone, openCall(before))).toMatchObject({
      kind: 'send',
    });
  });

  it('does not send an operation without timestamp again', () => {
    const read = fresh({ Solutions: [] }, { timestamp: undefined });
    const associate = wish({ Solutions: ['S-1'] }, { Solutions: [] });
    const call = openCall({ Solutions: [] }, { timestamp: undefined });
    expect(judge(associate, read, call)).toEqual({ kind: 'failed', code: 'outcome-unknown' });
  });

  it('fails by a conflict if a third value is there', () => {
    const read = fresh({ Stage: 'Committed' }, { timestamp: moved });
    expect(judge(stage, read, openCall(before))).toEqual({
      kind: 'failed',
      code: 'conflict',
      conflicts: [{ path: '/Stage' }],
    });
  });

  it.for(['Write', 'Other'])('fails by a conflict if a part of the values is there, and %s', (NextSteps) => {
    const both = wish({ Stage: 'Qualified', NextSteps: 'Call' }, { Stage: 'Prospect', NextSteps: 'Write' });
    const read = fresh({ Stage: 'Qualified', NextSteps }, { timestamp: moved });
    expect(judge(both, read, openCall({ Stage: 'Prospect', NextSteps: 'Write' }))).toMatchObject({
      code: 'conflict',
      conflicts: [{ path: '/NextSteps' }],
    });
  });

  it('tells timestamps apart that differ after the milliseconds', () => {
    const call = openCall(before, { timestamp: '2026-03-01T09:00:00.123456Z' });
    const read = fresh(
      { Stage: 'Qualified' },
      { timestamp: '2026-03-01T09:00:00.123457Z', beganAt: addMs(now, -60_999) },
    );
    expect(judge(stage, read, call)).toEqual({ kind: 'succeeded', evidence: 'read-back' });
  });
});
