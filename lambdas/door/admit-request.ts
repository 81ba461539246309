import { acceptanceAnswer, type HttpAnswer } from '../commands/answer.ts';
import { refuseDisabled } from '../commands/permit-command.ts';
import type { Client } from '../core/client.ts';
import { requestRateOf } from '../core/request-rate.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RequestCounter } from '../ports/request-counter.ts';
import { type AuthenticateDeps, createAuthenticator } from './authenticate.ts';
import { staleAnswer, tooManyAnswer, unauthorized } from './refusals.ts';
import type { SignedRequest } from './signed-request.ts';

export interface AdmitDeps extends AuthenticateDeps {
  readonly counter: RequestCounter;
  readonly metrics: Metrics<'RequestsThrottled' | 'RequestsUnauthorized'>;
}

export type Admitted =
  | { readonly kind: 'admitted'; readonly client: Client }
  | { readonly kind: 'refused'; readonly answer: HttpAnswer };

/**
 * Returns the function that authenticates a request, and then applies the rate of its client. Only
 * a request that its client has signed costs a write.
 * @returns a function that takes undefined for a request that no client can have signed
 */
export function createAdmissionControl(
  deps: AdmitDeps,
): (request: SignedRequest | undefined) => Promise<Admitted> {
  const { clock, counter, metrics } = deps;
  const authenticate = createAuthenticator(deps);
  return async (request) => {
    const found = request ? await authenticate(request) : ({ kind: 'unauthorized' } as const);
    if (found.kind !== 'authentic') {
      metrics.count('RequestsUnauthorized');
      return refuse(found.kind === 'stale' ? staleAnswer(clock.nowMs()) : unauthorized);
    }
    const { client } = found;
    const disabled = refuseDisabled({ name: client.id, client });
    if (disabled) return refuse(acceptanceAnswer(disabled));
    const rate = requestRateOf(client.requestsPerMinute);
    const admission = await counter.admit(client.id, rate, clock.nowMs());
    if (admission.kind === 'admitted') return { kind: 'admitted', client };
    metrics.count('RequestsThrottled');
    return refuse(tooManyAnswer(client, admission.afterMs));
  };
}

function refuse(answer: HttpAnswer): Admitted {
  return { kind: 'refused', answer };
}
