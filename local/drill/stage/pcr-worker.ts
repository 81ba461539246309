/**
 * Entry point of a worker thread: runs `pcr` with its arguments on the clock of a drill. It is the
 * program that operators run, with nothing else replaced.
 */
import { workerData } from 'node:worker_threads';
import { setClock } from '../../host/functions/worker-clock.ts';
import type { WorkerClock } from '../../host/functions/worker-protocol.ts';

const clock: WorkerClock = workerData;
setClock(clock);
await import('../../../bin/pcr.ts');
