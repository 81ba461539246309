import { type Json, type JsonObject, omitNulls } from '../../lambdas/core/json.ts';
import { engagementKey } from './versions.ts';

export interface EngagementOptions {
  readonly id?: string;
  readonly title?: Json;
  /** Null until the first modification. */
  readonly modifiedAt?: Json;
  readonly contexts?: Json;
}

/** The answer of GetEngagement in a recorded shape, with made-up ids and names. */
export function engagementBody(options: EngagementOptions = {}): JsonObject {
  const { id = engagementKey.id, title = 'Data platform', modifiedAt = null, contexts } = options;
  return {
    Arn: `arn:aws:partnercentral:us-east-1::catalog/AWS/engagement/${id}`,
    Contexts: contexts ?? [
      {
        Id: '1',
        Payload: { CustomerProject: { Customer: { CompanyName: 'Example Corp' }, Project: null } },
        Type: 'CustomerProject',
      },
    ],
    CreatedAt: '2026-03-01T09:00:00.123456789Z',
    CreatedBy: '111122223333',
    Description: 'The present system cannot grow with the business any further.',
    Id: id,
    MemberCount: 2,
    ModifiedAt: modifiedAt,
    ModifiedBy: null,
    Title: title,
  };
}

export function engagementPayload(options: EngagementOptions = {}): JsonObject {
  return omitNulls(engagementBody(options));
}
