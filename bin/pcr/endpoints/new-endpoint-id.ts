import { randomBytes } from 'node:crypto';
import type { EndpointId } from '../../../lambdas/core/ids.ts';

/** 40 random bits are enough: a stack has few endpoints. */
export function newEndpointId(): EndpointId {
  return `ep_${randomBytes(5).toString('hex')}`;
}
