import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import {
  engagementDetailTypes,
  invitationDetailTypes,
  opportunityDetailTypes,
  parsePartnerEvent,
} from '../../../lambdas/core/partner-event.ts';
import { type Finding, reconciledEventBody } from '../../../lambdas/core/reconciled-event.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { applyChanges } from '../../../local/apply-changes.ts';
import { anyJson } from '../../builders/arbitrary-json.ts';
import { engagementEvent, invitationEvent, opportunityEvent, snapshotEvent } from '../../builders/events.ts';

/** Asserts that parsing returns an event or throws `event.malformed` with a JSON Pointer. */
function parsesOrRefuses(raw: Json): void {
  try {
    const { key } = parsePartnerEvent(raw);
    if (key) expect(key.kind).toMatch(/^(opportunity|engagement-invitation|engagement)$/);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error.code).toBe('event.malformed');
    expect(error.details).toHaveProperty('path', expect.stringMatching(/^(\/([^~/]|~[01])*)*$/));
  }
}

const listed = { lastModifiedAt: '2026-03-01T09:00:00.000Z', status: 'PENDING', drift: true } as const;
const findings: readonly Finding[] = [
  { catalog: 'AWS', kind: 'opportunity', id: 'O1234567', listed },
  { catalog: 'AWS', kind: 'engagement-invitation', id: 'engi-abcdefgh12345', listed },
  { catalog: 'AWS', kind: 'engagement', id: 'eng-abcdefgh123456', listed },
];

const validEvents = [
  ...opportunityDetailTypes.map((detailType) => opportunityEvent({ detailType })),
  ...invitationDetailTypes.map((detailType) => invitationEvent({ detailType })),
  ...engagementDetailTypes.map((detailType) => engagementEvent({ detailType })),
  snapshotEvent(),
  ...findings.map(
    (finding): JsonObject => JSON.parse(reconciledEventBody('run', '2026-03-01T10:00:00.000Z', finding)),
  ),
];

/** JSON Pointers of all members at every depth. No name needs escaping. */
function pathsOf(value: Json, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    `${path}/${name}`,
    ...pathsOf(inner, `${path}/${name}`),
  ]);
}

const eventAndPath = fc
  .constantFrom(...validEvents)
  .chain((event) => fc.tuple(fc.constant(event), fc.constantFrom(...pathsOf(event))));

describe('parsePartnerEvent', () => {
  it('parses or refuses any JSON', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyJson,
          fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value))),
        ),
        parsesOrRefuses,
      ),
      { numRuns: 200 },
    );
  });

  it('parses or refuses a valid event without any one of its members', () => {
    for (const event of validEvents)
      for (const path of pathsOf(event)) parsesOrRefuses(applyChanges(event, [{ path }]));
  });

  it('parses or refuses a valid event with any one member replaced', () => {
    fc.assert(
      fc.property(eventAndPath, anyJson, ([event, path], replacement) =>
        parsesOrRefuses(applyChanges(event, [{ path, after: replacement }])),
      ),
      { numRuns: 200 },
    );
  });
});
