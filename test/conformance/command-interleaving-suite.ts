import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMs, type Instant } from '../../lambdas/core/instant.ts';
import type { ClaimedLine, CommandStore } from '../../lambdas/ports/command-store.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { acceptCommand, commandRecordKey, lineKey, succeededVersion } from '../builders/commands.ts';

interface Stores {
  readonly commands: CommandStore;
  readonly records: Pick<RecordStore, 'current'>;
}

/** What happens at once, in any order. */
type Actor =
  | { readonly is: 'client'; readonly key: string; readonly cancels: boolean }
  | { readonly is: 'signaller' }
  /** A worker ends this number of commands, and then crashes or releases the line. */
  | { readonly is: 'worker'; readonly ends: number; readonly crashes: boolean; readonly leaseMs: number };

const actors: fc.Arbitrary<readonly Actor[]> = fc.array(
  fc.oneof(
    fc.record({
      is: fc.constant('client' as const),
      key: fc.constantFrom('deal-1', 'deal-2', 'deal-3'),
      cancels: fc.boolean(),
    }),
    fc.record({ is: fc.constant('signaller' as const) }),
    fc.record({
      is: fc.constant('worker' as const),
      ends: fc.integer({ min: 0, max: 3 }),
      crashes: fc.boolean(),
      leaseMs: fc.integer({ min: 1, max: 30 }),
    }),
  ),
  { minLength: 2, maxLength: 7 },
);

const start: Instant = '2026-03-01T10:00:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';
const removeContentAt: Instant = '2026-05-30T10:00:00.000Z';

/** The contract of CommandStore while clients, workers and signals meet. @param runs how many */
export function commandInterleavingSuite(newStores: () => Promise<Stores>, runs: number): void {
  test(`no command is lost, whatever clients, workers and signals do at once (${runs} runs)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actors, async (scheduler, all) => {
        const stores = await newStores();
        const play = playIn(stores, scheduler);
        await scheduler.waitFor(Promise.all(all.map((actor, index) => play(actor, `claim-${index}`))));
        await expectNothingLost(stores, all);
      }),
      { numRuns: runs },
    );
  });
}

function playIn({ commands, records }: Stores, scheduler: fc.Scheduler) {
  let nowMs = 0;
  const now = () => addMs(start, (nowMs += 1));
  const pause = () => scheduler.schedule(Promise.resolve(), 'pause');
  const accept = async ({ key, cancels }: Extract<Actor, { is: 'client' }>): Promise<void> => {
    for (let tries = 0; tries < 20; tries += 1) {
      await pause();
      if (await records.current(commandRecordKey(key))) return;
      const { outcome, ticket } = await acceptCommand(commands, key, now());
      await pause();
      if (outcome !== 'accepted') continue;
      if (cancels) await commands.mark(lineKey, ticket.number, 'cancelled', now());
      return;
    }
  };
  const end = async (claim: ClaimedLine, most: number): Promise<boolean> => {
    for (const { number, commandId } of claim.tickets.slice(0, most)) {
      await pause();
      const before = await records.current({ ...lineKey, kind: 'command', id: commandId });
      await pause();
      if (!before) return false;
      const [at, change] = [now(), { number, removeContentAt }];
      const outcome = await commands.commit(before, succeededVersion(before, at), at, claim, change);
      if (outcome === 'lost') return false;
    }
    return true;
  };
  const work = async (worker: Extract<Actor, { is: 'worker' }>, claimId: string): Promise<void> => {
    await pause();
    const at = now();
    let claim = await commands.claim(lineKey, claimId, at, addMs(at, worker.leaseMs));
    while (claim) {
      await pause();
      if (!(await end(claim, worker.ends)) || worker.crashes) return;
      await pause();
      // What the worker has not ended stays due.
      const dueAt = claim.tickets.length > worker.ends ? now() : undefined;
      if ((await commands.release(claim, dueAt)) !== 'signalled') return;
      await pause();
      claim = await commands.readAgain(claim);
    }
  };
  return (actor: Actor, claimId: string): Promise<void> => {
    if (actor.is === 'client') return accept(actor);
    if (actor.is === 'worker') return work(actor, claimId);
    return pause().then(() => commands.signal(lineKey, now()));
  };
}

/** Each accepted command has ended, or a worker can still claim its line with its ticket. */
async function expectNothingLost({ commands, records }: Stores, all: readonly Actor[]): Promise<void> {
  const keys = new Set(all.flatMap((actor) => (actor.is === 'client' ? [actor.key] : [])));
  const waiting: string[] = [];
  for (const key of keys) {
    const state = await records.current(commandRecordKey(key));
    expect(state, `${key} was accepted`).toBeDefined();
    if (state?.attributes.status === 'accepted') waiting.push(state.id);
  }
  const claim = await commands.claim(lineKey, 'last claim', farFuture, farFuture);
  if (waiting.length > 0) expect(claim, 'the line is due').toBeDefined();
  if (claim) expect(claim.tickets.map(({ commandId }) => commandId).toSorted()).toEqual(waiting.toSorted());
}
