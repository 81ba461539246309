import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 1_000;

/** Asks until there is no problem left. @throws Error with the problems that there still are after so many seconds */
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
      throw new Error([`Within ${seconds} s it did not come about that ${what}:`, ...found].join('\n- '));
    await sleep(everyMs);
  }
}
