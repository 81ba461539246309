import type { JsonObject } from '../../lambdas/core/json.ts';
import { never, ServiceError } from '../../lambdas/core/service-error.ts';
import type { PartnerCentral } from '../../lambdas/ports/partner-central.ts';

export type Operation = 'GetOpportunity' | 'GetAwsOpportunitySummary' | 'GetEngagementInvitation';

/** A payload, a failure, or what finds either at the moment of the read. */
export type Scripted = JsonObject | Error | (() => JsonObject | Error);

export interface Read {
  readonly operation: Operation;
  readonly catalog: string;
  readonly id: string;
}

export interface ScriptedPartnerCentral extends PartnerCentral {
  /** What the next reads of a record answer, one after the other; the last one is answered from then on. */
  answer(operation: Operation, id: string, ...answers: readonly [Scripted, ...Scripted[]]): void;
  /** Every read so far. */
  readonly reads: readonly Read[];
  countReads(operation: Operation, id?: string): number;
}

/** Partner Central that answers by script, and not found where there is none. */
export function scriptedPartnerCentral(): ScriptedPartnerCentral {
  const scripts = new Map<string, Scripted[]>();
  const reads: Read[] = [];
  const read =
    (operation: Operation) =>
    async (catalog: string, id: string): Promise<JsonObject> => {
      reads.push({ operation, catalog, id });
      const script = scripts.get(`${operation} ${id}`) ?? [];
      const scripted = script.length > 1 ? script.shift() : script[0];
      const answer = typeof scripted === 'function' ? scripted() : (scripted ?? notFound(operation));
      if (answer instanceof Error) throw answer;
      return structuredClone(answer);
    };
  return {
    reads,
    countReads: (operation, id) =>
      reads.filter((each) => each.operation === operation && (id === undefined || each.id === id)).length,
    answer(operation, id, ...answers) {
      scripts.set(`${operation} ${id}`, [...answers]);
    },
    getOpportunity: read('GetOpportunity'),
    getAwsOpportunitySummary: read('GetAwsOpportunitySummary'),
    getEngagementInvitation: read('GetEngagementInvitation'),
  };
}

function notFound(operation: Operation): ServiceError {
  return new ServiceError('partner-central.not-found', { operation }, { retry: never });
}
