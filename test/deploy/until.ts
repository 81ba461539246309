import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 1_000;

/** Polls until there are no problems. @throws Error with the remaining problems after `seconds` */
export async function until(
  what: string,
  seconds: number,
  problems: () => Promise<readonly string[]>,
): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const found = await problems();
    if (found.length === 0) return;
    if (performance.now() > deadline)
      throw new Error([`Not reached within ${seconds} s: ${what}.`, ...found].join('\n- '));
    await sleep(everyMs);
  }
}
