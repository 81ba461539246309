import {
  type AnswerBatch,
  answerBatch,
  composeShared,
  type HydratePorts,
  type HydrateRuntime,
} from './compose.ts';
import { hydrateEngagementContract } from './contract.ts';
import { readEngagementEarly } from './early-engagement.ts';
import { hydrateEngagement } from './hydrate-engagement.ts';
import type { LinkDeps } from './link-engagement.ts';

export function composeHydrateEngagement(
  runtime: HydrateRuntime,
  ports: HydratePorts & Pick<LinkDeps, 'index'>,
): AnswerBatch {
  const { name } = hydrateEngagementContract;
  const { hydrateDeps, batchDeps, chooseRipening } = composeShared(runtime, ports, {
    name,
    purpose: 'record',
  });
  const deps = { ...hydrateDeps, index: ports.index };
  return answerBatch<'engagement'>({
    ...batchDeps,
    kind: 'engagement',
    hydrate: (events) => hydrateEngagement(events, deps),
    ripening: chooseRipening(readEngagementEarly),
  });
}
