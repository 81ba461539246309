import { describe, expect, test } from 'vitest';
import { commandStateOf, commandVersion } from '../../lambdas/core/command-version.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { type LineKey, newLine } from '../../lambdas/core/line.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { CommandStore } from '../../lambdas/ports/command-store.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { acceptanceOf, lineKey, sampleContent } from '../builders/commands.ts';

const now: Instant = '2026-03-01T10:00:00.000Z';
/** A version is later than the one before. */
const soon: Instant = '2026-03-01T10:00:01.000Z';
const later: Instant = '2026-03-01T11:00:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:02:00.000Z';
const removeContentAt: Instant = '2026-05-30T10:00:00.000Z';
/** The line of a create, before its opportunity has an id. */
const createKey: LineKey = { ...lineKey, id: 'cmd_0123456789abcdef0123456789abcdef' };
/** When a reservation ends whose command has never ended. */
const endsAt: Instant = '2026-05-01T10:00:00.000Z';
const reservation = { partnerId: 'deal/4711', commandId: createKey.id, freeAt: endsAt };

const several = (...keys: readonly string[]) =>
  keys.map((key, index) => {
    const { version, ticket } = acceptanceOf({ ...newLine(createKey), signals: index }, key, now);
    return { version, intentDueAt: now, ticket, content: sampleContent };
  });

const movedVersion = (before: Version): Version => {
  const { catalog, kind, id } = before;
  const state = { ...commandStateOf(before), basedOn: 1 };
  return commandVersion(before, { catalog, kind, id }, state, now);
};

/** Another command asks for the same identifier. */
function acceptOtherAt(commands: CommandStore, at: Instant) {
  const line = newLine({ ...lineKey, id: 'cmd_other' });
  const { version, ticket } = acceptanceOf(line, 'deal-3', at);
  const accepted = { version, intentDueAt: at, ticket, content: sampleContent };
  return commands.accept(line, [accepted], { ...reservation, commandId: 'cmd_other' });
}

/** What the port CommandStore promises about requests of several commands, and about moves. */
export function commandMoveSuite(
  newStores: () => Promise<{ readonly commands: CommandStore; readonly records: RecordStore }>,
): void {
  /** Two commands wait in the line of a create, which a worker has claimed. */
  const withTwo = async () => {
    const { commands, records } = await newStores();
    const accepted = several('deal-1', 'deal-2');
    await commands.accept(newLine(createKey), accepted, reservation);
    const claim = await commands.claim(createKey, 'claim-1', now, leaseEnds);
    const [first, second] = accepted;
    if (!claim || !first || !second) throw new Error('nothing is accepted');
    return { commands, records, claim, first, second };
  };
  describe('accept of several commands', () => {
    test('accept stores all commands of a request with their tickets in order', async () => {
      const { commands, records, claim, first, second } = await withTwo();
      expect(claim.tickets).toEqual([first.ticket, second.ticket]);
      expect(claim.line.signals).toBe(2);
      expect(await records.current(second.version)).toBeDefined();
      expect(await commands.content(createKey, 2)).toEqual(sampleContent);
    });

    test('accept stores none of the commands if one of them exists', async () => {
      const { commands, records } = await newStores();
      const [old] = several('deal-2');
      if (!old) throw new Error('no command');
      await commands.accept(newLine(lineKey), [old]);
      const [first, second] = several('deal-1', 'deal-2');
      if (!first || !second) throw new Error('no command');
      expect(await commands.accept(newLine(createKey), [first, second], reservation)).toBe('raced');
      expect(await records.current(first.version)).toBeUndefined();
      expect(await commands.line(createKey)).toBeUndefined();
      // The identifier is not reserved either.
      const other = { ...reservation, commandId: 'cmd_other' };
      expect(await commands.accept(newLine(createKey), [first], other)).toBe('accepted');
    });

    test('accept stores nothing if another command has reserved the identifier', async () => {
      const { commands, records } = await withTwo();
      const key = { ...lineKey, id: 'cmd_other' };
      const [third] = several('deal-3');
      if (!third) throw new Error('no command');
      const other = { ...reservation, commandId: 'cmd_other' };
      expect(await commands.accept(newLine(key), [third], other)).toBe('reserved');
      expect(await records.current(third.version)).toBeUndefined();
      const elsewhere = { ...other, partnerId: 'deal/4712' };
      expect(await commands.accept(newLine(key), [third], elsewhere)).toBe('accepted');
    });

    test('an identifier is free from the time on that its create has freed it', async () => {
      const { commands, claim, first } = await withTwo();
      const frees = { ...reservation, freeAt: later };
      const change = { number: 1, removeContentAt, frees };
      await commands.commit(first.version, movedVersion(first.version), now, claim, change);
      expect(await acceptOtherAt(commands, leaseEnds)).toBe('reserved');
      expect(await acceptOtherAt(commands, later)).toBe('accepted');
    });

    test('an identifier is free at the end of its reservation, if its create has never freed it', async () => {
      const { commands } = await withTwo();
      expect(await acceptOtherAt(commands, later)).toBe('reserved');
      expect(await acceptOtherAt(commands, endsAt)).toBe('accepted');
    });
  });

  describe('move', () => {
    test('move puts ticket and content into the other line, which is then due', async () => {
      const { commands, records, claim, first, second } = await withTwo();
      const version = movedVersion(first.version);
      const to = { line: newLine(lineKey), number: 1, ticket: first.ticket, content: sampleContent };
      expect(await commands.move(first.version, version, now, claim, first.ticket, to)).toBe('moved');
      const again = await commands.readAgain(claim);
      expect(again?.tickets).toEqual([second.ticket]);
      expect(await commands.content(createKey, 1)).toBeUndefined();
      expect(await commands.content(lineKey, 1)).toEqual(sampleContent);
      const moved = await commands.claim(lineKey, 'claim-2', soon, leaseEnds);
      expect(moved?.tickets).toEqual([first.ticket]);
      expect((await records.current(version))?.version).toBe(2);
    });

    test('move without a ticket ends the command, and the other line knows the call', async () => {
      const { commands, claim, first } = await withTwo();
      const name = { id: first.ticket.commandId, key: 'key', client: first.ticket.client };
      await commands.update(claim, { openCall: { number: 1, beganAt: now, before: [], command: name } });
      const answered = { commandId: first.ticket.commandId, answeredAt: now };
      const to = {
        line: newLine(lineKey),
        number: 1,
        content: sampleContent,
        removeContentAt,
        answered,
      };
      const version = movedVersion(first.version);
      const frees = { ...reservation, freeAt: later };
      expect(await commands.move(first.version, version, now, claim, first.ticket, to, frees)).toBe('moved');
      expect((await commands.readAgain(claim))?.line.openCall).toBeUndefined();
      const line = await commands.line(lineKey);
      expect(line).toEqual({ ...newLine(lineKey), signals: 1, dueAt: version.readAt, answered });
      expect((await commands.claim(lineKey, 'claim-2', soon, leaseEnds))?.tickets).toEqual([]);
    });

    test('move behind commands of the other line keeps them, and is raced if one was accepted since', async () => {
      const { commands, claim, first } = await withTwo();
      const { version: own, ticket } = acceptanceOf(newLine(lineKey), 'own', now);
      await commands.accept(newLine(lineKey), [
        { version: own, intentDueAt: now, ticket, content: sampleContent },
      ]);
      const version = movedVersion(first.version);
      const placeOn = (line: ReturnType<typeof newLine>) => ({
        line,
        number: 2,
        ticket: { ...first.ticket, number: 2 },
        content: sampleContent,
      });
      const { version: before, ticket: was } = first;
      expect(await commands.move(before, version, now, claim, was, placeOn(newLine(lineKey)))).toBe('raced');
      expect((await commands.readAgain(claim))?.tickets).toHaveLength(2);
      const line = (await commands.line(lineKey)) ?? newLine(lineKey);
      expect(await commands.move(before, version, now, claim, was, placeOn(line))).toBe('moved');
      const moved = await commands.claim(lineKey, 'claim-2', soon, leaseEnds);
      expect(moved?.tickets.map(({ number }) => number)).toEqual([1, 2]);
      // A repetition of what was done is done too.
      expect(await commands.move(before, version, now, claim, was, placeOn(line))).toBe('moved');
    });

    test('move is raced if the ticket was marked since, and keeps the mark', async () => {
      const { commands, claim, first } = await withTwo();
      await commands.mark(createKey, 1, 'cancelled', now);
      const to = { line: newLine(lineKey), number: 1, ticket: first.ticket, content: sampleContent };
      const version = movedVersion(first.version);
      expect(await commands.move(first.version, version, now, claim, first.ticket, to)).toBe('raced');
      expect((await commands.readAgain(claim))?.tickets).toMatchObject([{ isCancelled: true }, {}]);
      expect(await commands.line(lineKey)).toBeUndefined();
    });

    test('a worker that has lost the line moves nothing', async () => {
      const { commands, records, claim, first } = await withTwo();
      const newest = await commands.claim(createKey, 'claim-2', leaseEnds, later);
      const to = { line: newLine(lineKey), number: 1, ticket: first.ticket, content: sampleContent };
      const version = movedVersion(first.version);
      expect(await commands.move(first.version, version, now, claim, first.ticket, to)).toBe('lost');
      expect(newest?.tickets).toHaveLength(2);
      expect((await records.current(version))?.version).toBe(1);
      expect(await commands.content(createKey, 1)).toEqual(sampleContent);
      expect(await commands.line(lineKey)).toBeUndefined();
    });
  });
}
