/** A worker process: runs each seed that its parent sends, one at a time. */
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
// The parent has ended: no process waits for the result.
process.on('disconnect', () => process.exit(1));
