import { expect, it } from 'vitest';
import { runSeed } from '../../local/simulation/run-seed.ts';

/**
 * Seeds that once broke a promise. Most of what they found is a fault of a model or of the checker;
 * a fault of the product has a unit test too. A change of the code changes the storm of a seed.
 */
const seeds: readonly (readonly [number, string])[] = [
  [1669, 'an engagement is not read for a snapshot event'],
  [2456, 'an environment that ended while it was idle was invoked again'],
  [2650, 'AWSPREVIOUS lagged behind AWSCURRENT'],
  [31, 'what follows an edited delivery does not wait for what is before it'],
  [1405, 'a request that began before a fault of this stack ended its pause'],
  [301_769, 'an event that comes again after weeks links records that were stored late'],
  [1_002_220, 'a clock was set anew while other workers remembered its offset'],
  [1_006_020, 'a row was retried although the item that it needs was still unreadable'],
  [100_270, 'the offset of a clock was remembered over a long pause: one read too many'],
  [7009528, 'a delivery stayed held whose worker failed between holding and releasing it'],
  [7_301_525, 'an intent was deleted during the first attempt for an endpoint that was disabled'],
  [7_309_866, 'an erasure made a delivery due whose worker had a clock that was ahead'],
];

it.each(seeds)('no promise is broken by seed %d, which found: %s', async (seed) => {
  expect((await runSeed({ seed })).violations).toEqual([]);
});

/** Likewise, of storms with commands. */
const seedsWithCommands: readonly (readonly [number, string])[] = [
  [28, 'a command that overwrites was cancelled after others had undone it'],
  [59, 'an update of a launched opportunity was refused'],
  [7_802_581, 'a write restored what a person had changed under an unmoved timestamp'],
  [7_805_360, 'a person rejected an invitation after the call of a command had failed'],
  [1375, 'a task failed half-way, and a read that lagged did not show the acceptance'],
  [1133, 'a request arrived after a review that had moved no timestamp'],
  [74, 'a command waited for the access to an invitation that AWS had taken away'],
];

it.each(seedsWithCommands)('no promise is broken by seed %d with commands, which found: %s', async (seed) => {
  expect((await runSeed({ seed, commands: 8 })).violations).toEqual([]);
});
