import type { SolutionCache } from '../ports/solution-cache.ts';
import {
  type AnswerBatch,
  answerBatch,
  composeShared,
  type HydratePorts,
  type HydrateRuntime,
} from './compose.ts';
import { hydrateOpportunityContract } from './contract.ts';
import { readOpportunityEarly } from './early-opportunity.ts';
import { type HydrateOpportunityDeps, hydrateOpportunity } from './hydrate-opportunity.ts';
import { solutionNames } from './solution-names.ts';

export function composeHydrateOpportunity(
  runtime: HydrateRuntime,
  {
    cache,
    commands,
    ...ports
  }: HydratePorts & Pick<HydrateOpportunityDeps, 'commands'> & { readonly cache: SolutionCache },
): AnswerBatch {
  const { name } = hydrateOpportunityContract;
  const { hydrateDeps, batchDeps, chooseRipening } = composeShared(runtime, ports, {
    name,
    purpose: 'record',
  });
  const solutions = solutionNames({ ...hydrateDeps, ...runtime, cache });
  return answerBatch<'opportunity'>({
    ...batchDeps,
    kind: 'opportunity',
    hydrate: (events) => hydrateOpportunity(events, { ...hydrateDeps, solutions, commands }),
    ripening: chooseRipening((events, early) =>
      readOpportunityEarly(events, { ...early, solutions, commands }),
    ),
  });
}
