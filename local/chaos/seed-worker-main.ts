/** A process that plays one seed after the other, as it is told to. */
import { runSeed } from './chaos-run.ts';
import type { SeedTask } from './seed-workers.ts';

process.on('message', (task: SeedTask) => {
  runSeed(task).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// Whoever asked is gone: nobody waits for a result.
process.on('disconnect', () => process.exit(1));
