import { setTimeout as sleep } from 'node:timers/promises';

/** After this many answers in a row that did nothing, the table lacks capacity. */
const maxEmptyAnswers = 5;
/** Milliseconds to wait after the first such answer. Each further one doubles the wait. */
const firstWaitMs = 50;

/**
 * Sends a batch, and again what DynamoDB did not process of it, for as long as each answer brings
 * some progress.
 * @param send returns what was not processed
 * @returns what is left when the table lacks capacity
 */
export async function repeatUnprocessed<Part>(
  batch: readonly Part[],
  send: (parts: readonly Part[]) => Promise<readonly Part[]>,
): Promise<readonly Part[]> {
  let waiting = batch;
  for (let emptyAnswers = 0; emptyAnswers < maxEmptyAnswers && waiting.length > 0; ) {
    const unprocessed = await send(waiting);
    emptyAnswers = unprocessed.length < waiting.length ? 0 : emptyAnswers + 1;
    if (emptyAnswers > 0 && emptyAnswers < maxEmptyAnswers)
      await sleep(firstWaitMs * 2 ** (emptyAnswers - 1));
    waiting = unprocessed;
  }
  return waiting;
}
