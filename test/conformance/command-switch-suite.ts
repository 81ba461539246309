import { expect, test } from 'vitest';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { CommandSwitch } from '../../lambdas/ports/command-switch.ts';

const now: Instant = '2026-03-01T10:00:00.000Z';

/**
 * The contract of the port CommandSwitch.
 * @param newSwitch makes an empty table; its result is the switch of a stack with a Records table
 */
export function commandSwitchSuite(newSwitch: () => Promise<(recordTable: string) => CommandSwitch>): void {
  test('commands run from the first use on, and remember the Records table', async () => {
    const of = await newSwitch();
    expect(await of('records').state()).toBe('running');
    expect(await of('records').state()).toBe('running');
    expect(await of('restored-records').state()).toBe('restored');
  });

  test('commands are paused until they are resumed', async () => {
    const of = await newSwitch();
    await of('records').pause(now);
    expect(await of('records').state()).toBe('paused');
    await of('records').pause(now);
    await of('records').resume(now);
    expect(await of('records').state()).toBe('running');
  });

  test('after a restore commands wait until they are resumed, which remembers the new table', async () => {
    const of = await newSwitch();
    await of('records').state();
    await of('restored-records').pause(now);
    expect(await of('restored-records').state()).toBe('restored');
    await of('restored-records').resume(now);
    expect(await of('restored-records').state()).toBe('running');
    expect(await of('records').state()).toBe('restored');
  });

  test('two workers with different tables at the first use do not both run', async () => {
    const of = await newSwitch();
    const states = await Promise.all([of('records').state(), of('restored-records').state()]);
    expect(states.toSorted()).toEqual(['restored', 'running']);
  });
}
