import { expect, test } from 'vitest';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { CommandStore } from '../../lambdas/ports/command-store.ts';
import { acceptCommand, lineKey } from '../builders/commands.ts';

export interface EditedLineStores {
  readonly commands: CommandStore;
  /** Makes `fruitlessClaims` of the line a text, or a number again. */
  readonly edit: (isInvalid: boolean) => Promise<void>;
}

const now: Instant = '2026-03-01T10:00:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:02:00.000Z';
const later: Instant = '2026-03-01T11:00:00.000Z';
const unreadable = {
  code: 'line.unreadable',
  details: {
    line: 'AWS/opportunity/O1234567',
    problems: ['fruitlessClaims: a text; allowed: a whole number from 0 to 9999999999'],
  },
};

/** What a line is after a hand edit. @param newStores on empty tables */
export function editedLineSuite(newStores: () => Promise<EditedLineStores>): void {
  const editedStores = async () => {
    const stores = await newStores();
    await acceptCommand(stores.commands, 'deal-1', now);
    await stores.edit(true);
    return stores;
  };

  test('a line that was edited and is invalid is reported, by attributes, and takes no command', async () => {
    const { commands } = await editedStores();
    await expect(commands.line(lineKey)).rejects.toMatchObject(unreadable);
  });

  test('a claim of an invalid line reports it, and takes it out of what is due', async () => {
    const { commands } = await editedStores();
    await expect(commands.claim(lineKey, 'claim-1', now, leaseEnds)).rejects.toMatchObject(unreadable);
    expect(await commands.dueLines(later, 10)).toEqual([]);
  });

  test('an invalid line that is not due is not reported by a claim', async () => {
    const { commands, edit } = await editedStores();
    await edit(false);
    const claim = await commands.claim(lineKey, 'claim-1', now, leaseEnds);
    await edit(true);
    expect(await commands.claim(lineKey, 'claim-2', now, leaseEnds)).toBeUndefined();
    if (claim) await expect(commands.readAgain(claim)).rejects.toMatchObject(unreadable);
  });

  test('a line that was set aside and repaired is claimed when its doorbell is sent again', async () => {
    const { commands, edit } = await editedStores();
    await expect(commands.claim(lineKey, 'claim-1', now, leaseEnds)).rejects.toMatchObject(unreadable);
    await edit(false);
    const claim = await commands.claim(lineKey, 'claim-2', later, later);
    expect(claim?.tickets).toHaveLength(1);
    expect(await commands.dueLines(later, 10)).toHaveLength(1);
  });
}
