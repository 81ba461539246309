import type { ServiceBehavior, TaskPlan } from '../partner-central/model/service-behavior.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';

/** One recorded task took four seconds. */
const longestTaskMs = 8_000;

/** How writes behave where the documentation of AWS is silent: another choice in each seed. */
export function randomBehavior(random: Random, timeScale = 1): ServiceBehavior {
  return {
    timestampResolutionMs: pick(random, [1, 1, 1_000]),
    normalizesValues: random() < 0.5,
    omitsMessages: random() < 0.5,
    lockRefusal: pick(random, [
      'INVALID_RESOURCE_STATE',
      'ACTION_NOT_PERMITTED',
      'conflict',
      'access-denied',
    ]),
    sharesTokens: random() < 0.3,
    contactsAfterMs: between(random, 1_000, longestTaskMs) * timeScale,
    planTask: () => ({
      afterMs: random() < 0.5 ? 0 : between(random, 100, longestTaskMs) * timeScale,
      failure: random() < 0.2 ? failureOf(random) : undefined,
    }),
  };
}

function failureOf(random: Random): TaskPlan['failure'] {
  const reasonCode = pick(random, ['InternalError', 'RequestThrottled', 'InvitationValidationFailed']);
  return { reasonCode, message: 'Simulated failure', halfway: random() < 0.3 };
}
