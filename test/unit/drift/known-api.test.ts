import { describe, expect, it } from 'vitest';
import { invitationStatuses } from '../../../bin/pcr/records/record-groups.ts';
import { reviewStatuses, stages } from '../../../lambdas/core/opportunity-values.ts';
import recorded from '../../drift/known-api.json' with { type: 'json' };
import { namedEnums } from '../../drift/service-model.ts';

describe('the recorded API', () => {
  it('has values of every enum that the code names', () => {
    const empty = Object.entries(recorded.enums).filter(([, values]) => values.length === 0);
    expect(empty).toEqual([]);
    expect(Object.keys(recorded.enums)).toEqual(namedEnums);
  });

  it.each([
    ['Stage', stages, recorded.enums.Stage],
    ['ReviewStatus', reviewStatuses, recorded.enums.ReviewStatus],
    ['InvitationStatus', invitationStatuses, recorded.enums.InvitationStatus],
  ])('has the values of %s that pcr offers, and no others', (_name, offered, values) => {
    expect(offered.toSorted()).toEqual(values.toSorted());
  });
});
