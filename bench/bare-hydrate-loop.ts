import { join } from 'node:path';
import { bundleHandler } from './handler-bundle.ts';
import { startHydrateStage } from './hydrate-stage.ts';

const opportunities = 50;

/**
 * Starts the bare handler in a process of its own, with a table and a simulator.
 * @param folder for its bundle
 * @returns a function that passes events through it and returns its processor time per event, in
 *   microseconds
 */
export async function startBareHydrate(
  folder: string,
  cleanUps: AsyncDisposableStack,
): Promise<(events: number) => Promise<number>> {
  const { partner, update, start } = await startHydrateStage(['bare'], cleanUps);
  const handler = await start(await bundleHandler('./bare-hydrate.ts', join(folder, 'bare')), 'bare');
  const ids = Array.from({ length: opportunities }, () => partner.createOpportunity('AWS', { events: 0 }));
  return async (events) => (1_000 * (await handler.runRound(update(ids, events))).cpuMs) / events;
}
