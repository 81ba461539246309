/** A worker process: plays each seed that its parent sends, one at a time. */
import { play, type SimulationTask } from './task.ts';

process.on('message', (task: SimulationTask) => {
  play(task).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      console.error(`seed ${task.seed}:`, error);
      process.exit(1);
    },
  );
});
// The parent has ended: no process waits for the report.
process.on('disconnect', () => process.exit(1));
