import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../lambdas/core/exact-number.ts';
import { addMs, type Instant } from '../../lambdas/core/instant.ts';
import { parseJson } from '../../lambdas/core/json-text.ts';
import { newLine } from '../../lambdas/core/line.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { ClaimedLine, CommandStore, StoredContent } from '../../lambdas/ports/command-store.ts';
import type { DeliveryStore } from '../../lambdas/ports/delivery-store.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import {
  acceptanceOf,
  acceptCommand,
  commandRecordKey,
  lineKey,
  sampleContent,
  succeededVersion,
} from '../builders/commands.ts';
import { stateOf } from '../builders/versions.ts';
import { commandMoveSuite } from './command-move-suite.ts';
import { deliveryOf, dueIds } from './delivery-store-suite.ts';

export interface CommandStores {
  readonly commands: CommandStore;
  readonly records: RecordStore;
  readonly deliveries: DeliveryStore;
}

const now: Instant = '2026-03-01T10:00:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:02:00.000Z';
const later: Instant = '2026-03-01T11:00:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';
const removeContentAt: Instant = '2026-05-30T10:00:00.000Z';

async function claimed(
  store: CommandStore,
  claimId = 'claim-1',
  at = now,
  until = leaseEnds,
): Promise<ClaimedLine> {
  const claim = await store.claim(lineKey, claimId, at, until);
  if (!claim) throw new Error(`nothing to claim at ${at}`);
  return claim;
}

function commitEnd(store: CommandStore, version: Version, claim: ClaimedLine, awsMessages?: string[]) {
  const change = { number: 1, removeContentAt, awsMessages };
  return store.commit(version, succeededVersion(version, now), now, claim, change);
}

/** The contract of the port CommandStore. @param newStores makes empty tables */
export function commandStoreSuite(newStores: () => Promise<CommandStores>): void {
  commandMoveSuite(newStores);
  /** One command is accepted. */
  const withCommand = async (content?: StoredContent) => {
    const stores = await newStores();
    const { version, ticket, outcome } = await acceptCommand(stores.commands, 'deal-1', now, content);
    expect(outcome).toBe('accepted');
    return { ...stores, version, ticket };
  };
  /** A worker has claimed the line of one command. */
  const withClaim = async () => {
    const stores = await withCommand();
    return { ...stores, claim: await claimed(stores.commands) };
  };
  /** The lease of one worker has ended, and another worker has claimed the line. */
  const withTwoClaims = async () => {
    const stores = await withClaim();
    const newest = await claimed(stores.commands, 'claim-2', leaseEnds, later);
    return { ...stores, lost: stores.claim, newest };
  };

  describe('accept', () => {
    test('accept stores the command, its ticket and its content, and makes the line due', async () => {
      const { commands, records, version, ticket } = await withCommand();
      expect(await records.current(version)).toEqual(stateOf(version));
      expect(await commands.line(lineKey)).toEqual({ ...newLine(lineKey), signals: 1, dueAt: now });
      expect(await commands.content(lineKey, 1)).toEqual(sampleContent);
      expect((await claimed(commands)).tickets).toEqual([ticket]);
    });

    test('accept gives each command of a line a ticket of its own', async () => {
      const { commands } = await withCommand();
      expect((await acceptCommand(commands, 'deal-2', now)).outcome).toBe('accepted');
      const { line, tickets } = await claimed(commands);
      expect(line.signals).toBe(2);
      expect(tickets.map(({ number }) => number)).toEqual([1, 2]);
    });

    test('two acceptances of one line at once: one is raced, and writes nothing', async () => {
      const { commands, records } = await newStores();
      const accept = async (key: string) => {
        const { version, ticket } = acceptanceOf(newLine(lineKey), key, now);
        return {
          key,
          outcome: await commands.accept(newLine(lineKey), [
            { version, intentDueAt: now, ticket, content: sampleContent },
          ]),
        };
      };
      const both = await Promise.all([accept('deal-1'), accept('deal-2')]);
      expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['accepted', 'raced']);
      const raced = both.find(({ outcome }) => outcome === 'raced');
      expect(await records.current(commandRecordKey(raced?.key ?? ''))).toBeUndefined();
      expect((await claimed(commands)).tickets).toHaveLength(1);
    });

    test('accept is raced by the same command at the same time with other content', async () => {
      const { commands, version, ticket } = await withCommand();
      const other = { ...sampleContent, body: { patch: {} } };
      expect(
        await commands.accept(newLine(lineKey), [{ version, intentDueAt: now, ticket, content: other }]),
      ).toBe('raced');
      expect(await commands.content(lineKey, 1)).toEqual(sampleContent);
    });

    test('accept is raced if the command exists already, and writes nothing', async () => {
      const { commands, records, version } = await withCommand();
      expect((await acceptCommand(commands, 'deal-1', later)).outcome).toBe('raced');
      expect(await records.current(version)).toEqual(stateOf(version));
      expect((await claimed(commands)).tickets).toHaveLength(1);
      expect(await commands.content(lineKey, 2)).toBeUndefined();
    });

    test('accept is raced if a worker has claimed the line since it was read', async () => {
      const { commands } = await withCommand();
      const line = (await commands.line(lineKey)) ?? newLine(lineKey);
      await claimed(commands);
      const { version, ticket } = acceptanceOf(line, 'deal-2', now);
      expect(
        await commands.accept(line, [{ version, intentDueAt: now, ticket, content: sampleContent }]),
      ).toBe('raced');
    });

    test('accept is raced if a worker has given the line up since it was read', async () => {
      const { commands, claim } = await withClaim();
      const line = (await commands.line(lineKey)) ?? newLine(lineKey);
      await commands.release(claim, later);
      const { version, ticket } = acceptanceOf(line, 'deal-2', now);
      expect(
        await commands.accept(line, [{ version, intentDueAt: now, ticket, content: sampleContent }]),
      ).toBe('raced');
    });

    test('an acceptance while a worker has the line lets it look again, and keeps its lease', async () => {
      const { commands, claim } = await withClaim();
      expect((await acceptCommand(commands, 'deal-2', now)).outcome).toBe('accepted');
      expect(await commands.claim(lineKey, 'claim-2', now, later)).toBeUndefined();
      expect(await commands.release(claim, undefined)).toBe('signalled');
      const again = await commands.readAgain(claim);
      expect(again?.tickets.map(({ number }) => number)).toEqual([1, 2]);
    });

    test('an acceptance makes a line due that has nothing to do until later', async () => {
      const { commands, claim } = await withClaim();
      expect(await commands.release(claim, later)).toBe('released');
      await acceptCommand(commands, 'deal-2', leaseEnds);
      expect(await commands.dueLines(leaseEnds, 10)).toEqual([{ key: lineKey, dueAt: leaseEnds }]);
    });
  });

  describe('content', () => {
    test('numbers, depth and names of a content stay as the client wrote them', async () => {
      const patch = parseJson(
        `{ "amount": 1.10, "large": 12345678901234567890.123456789, "": [null, ${'['.repeat(30)}${']'.repeat(30)}] }`,
      );
      const content: StoredContent = {
        ...sampleContent,
        body: { patch },
        base: [{ path: '/a', value: patch }],
      };
      const { commands } = await withCommand(content);
      const stored = await commands.content(lineKey, 1);
      expect(stored).toEqual(content);
      expect(JSON.stringify(stored?.body)).toBe(JSON.stringify(content.body));
      expect(patch).toMatchObject({ large: expect.any(ExactNumber) });
    });

    test('a value that the record did not have stays absent in the content', async () => {
      const content = { ...sampleContent, base: [{ path: '/Project/Title', value: undefined }] };
      const { commands } = await withCommand(content);
      expect(await commands.content(lineKey, 1)).toEqual(content);
    });

    test('a content may have the largest patch and as many base values', async () => {
      const text = Array.from({ length: 64 * 1_024 }, (_, index) =>
        String.fromCodePoint(0x3b1 + (index % 24)),
      );
      const patch = { Project: { CustomerBusinessProblem: text.join('') } };
      const base = [{ path: '/Project/CustomerBusinessProblem', value: text.toReversed().join('') }];
      const { commands } = await withCommand({ ...sampleContent, body: { patch }, base });
      expect(await commands.content(lineKey, 1)).toMatchObject({ body: { patch }, base });
    });

    test.each([
      [{ action: 'invitation.accept' }],
      [{ action: 'invitation.reject', reason: 'no capacity' }],
      [
        {
          action: 'opportunity.assign',
          assignee: { Email: 'jo@example.com', FirstName: 'Jo', LastName: 'Doe', BusinessTitle: 'PM' },
        },
      ],
      [{ action: 'opportunity.associate', entity: { type: 'Solutions', id: 'S-0000001' } }],
      [{ action: 'opportunity.disassociate', entity: { type: 'AwsProducts', id: 'aws-1' } }],
    ] as const)('the content of a request stays what it is: %o', async (wanted) => {
      const target = { partnerId: 'deal-4711' };
      const options = { basedOn: 12, after: 'deal-1', note: 'moved', irreversible: true };
      const request = { ...sampleContent.request, ...options, target, content: wanted };
      const { commands } = await withCommand({ ...sampleContent, request });
      expect(await commands.content(lineKey, 1)).toEqual({ ...sampleContent, request });
    });

    test('there is no content of a number that no command has', async () => {
      const { commands } = await withCommand();
      expect(await commands.content(lineKey, 7)).toBeUndefined();
    });
  });

  describe('claim', () => {
    test('a claim returns the line, moves its due time to the end of the lease, and counts itself', async () => {
      const { commands, claim, ticket } = await withClaim();
      const line = {
        ...newLine(lineKey),
        signals: 1,
        claimId: 'claim-1',
        dueAt: leaseEnds,
        fruitlessClaims: 1,
      };
      expect(claim).toEqual({ line, tickets: [ticket], leaseEndsAt: leaseEnds });
      expect(await commands.line(lineKey)).toEqual(line);
    });

    test('a line of no command cannot be claimed', async () => {
      const { commands } = await newStores();
      expect(await commands.line(lineKey)).toBeUndefined();
      expect(await commands.claim(lineKey, 'claim-1', now, leaseEnds)).toBeUndefined();
    });

    test('a line is claimed when it is due, and not before', async () => {
      const { commands, claim } = await withClaim();
      await commands.release(claim, later);
      expect(await commands.claim(lineKey, 'claim-2', addMs(later, -1), farFuture)).toBeUndefined();
      expect(await commands.claim(lineKey, 'claim-2', later, farFuture)).toBeDefined();
    });

    test('a line that was claimed is claimed again when the lease has ended', async () => {
      const { commands } = await withClaim();
      expect(await commands.claim(lineKey, 'claim-2', addMs(leaseEnds, -1), later)).toBeUndefined();
      const claim = await commands.claim(lineKey, 'claim-2', leaseEnds, later);
      expect(claim?.line).toMatchObject({ claimId: 'claim-2', fruitlessClaims: 2 });
    });

    test('only one of several workers claims a line that they claim at once', async () => {
      const { commands } = await withCommand();
      const ids = ['claim-1', 'claim-2', 'claim-3'];
      const claims = await Promise.all(ids.map((id) => commands.claim(lineKey, id, now, leaseEnds)));
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    test('a worker whose claim was done and not answered claims again under the same id', async () => {
      const { commands } = await withTwoClaims();
      const same = await commands.claim(lineKey, 'claim-2', later, farFuture);
      expect(same?.line.claimId).toBe('claim-2');
    });

    test('readAgain returns nothing once another worker has claimed the line', async () => {
      const { commands, lost, newest } = await withTwoClaims();
      expect(await commands.readAgain(lost)).toBeUndefined();
      expect(await commands.readAgain(newest)).toEqual(newest);
    });
  });

  describe('update', () => {
    const openCall = {
      number: 1,
      beganAt: now,
      timestamp: '2026-03-01T09:00:00.123456789Z',
      before: [
        { path: '/LifeCycle/Stage', value: 'Prospect' },
        { path: '/Project/Title', value: undefined },
      ],
      command: { id: 'cmd_1', key: 'deal-1', client: 'crm' },
    };
    const answered = {
      commandId: 'cmd_1',
      answeredAt: now,
      timestamp: '2026-03-01T10:00:00Z',
      reviewStatus: 'Approved',
    };

    test('update writes to the line, and keeps what it does not name', async () => {
      const { commands, claim } = await withClaim();
      expect(await commands.update(claim, { openCall, answered })).toBe('written');
      expect(await commands.line(lineKey)).toEqual({ ...claim.line, openCall, answered });
      const applied = [{ number: 1, ...openCall.command, answeredAt: now }];
      expect(await commands.update(claim, { openCall: null, applied, fruitlessClaims: 0 })).toBe('written');
      const line = { ...claim.line, answered, applied, fruitlessClaims: 0 };
      expect(await commands.line(lineKey)).toEqual(line);
      expect(await commands.update(claim, { answered: null })).toBe('written');
      expect(await commands.line(lineKey)).toEqual({ ...line, answered: undefined });
    });

    test('update stores the request with a token, and replaces it', async () => {
      const { commands, claim } = await withClaim();
      const tokenRequest = { body: { ClientToken: 'a' }, generation: 1 };
      expect(await commands.update(claim, { openCall }, { number: 1, tokenRequest })).toBe('written');
      expect(await commands.content(lineKey, 1)).toEqual({ ...sampleContent, tokenRequest });
      const known = { ...tokenRequest, taskId: 'task-1' };
      await commands.update(claim, {}, { number: 1, tokenRequest: known });
      expect(await commands.content(lineKey, 1)).toEqual({ ...sampleContent, tokenRequest: known });
    });

    test('a worker that has lost the line writes nothing', async () => {
      const { commands, lost, newest } = await withTwoClaims();
      const tokenRequest = { body: {}, generation: 1 };
      expect(await commands.update(lost, { openCall }, { number: 1, tokenRequest })).toBe('lost');
      expect(await commands.line(lineKey)).toEqual(newest.line);
      expect(await commands.content(lineKey, 1)).toEqual(sampleContent);
    });

    test('update keeps a signal that came since the line was read', async () => {
      const { commands, claim } = await withClaim();
      await commands.signal(lineKey, now);
      expect(await commands.update(claim, { openCall })).toBe('written');
      expect(await commands.release(claim, undefined)).toBe('signalled');
    });
  });

  describe('commit', () => {
    test('the end of a command removes its ticket, and keeps its content with the texts of AWS', async () => {
      const { commands, records, version, claim } = await withClaim();
      expect(await commitEnd(commands, version, claim, ['Stage is invalid'])).toBe('committed');
      expect(await records.current(version)).toEqual(stateOf(succeededVersion(version, now)));
      expect((await commands.readAgain(claim))?.tickets).toEqual([]);
      const awsMessages = ['Stage is invalid'];
      expect(await commands.content(lineKey, 1)).toEqual({ ...sampleContent, awsMessages });
    });

    test('a version that is not the last one keeps the ticket, and writes to the line', async () => {
      const { commands, records, version, claim, ticket } = await withClaim();
      const change = { number: 1, fruitlessClaims: 0 };
      expect(await commands.commit(version, succeededVersion(version, now), now, claim, change)).toBe(
        'committed',
      );
      expect((await records.current(version))?.version).toBe(2);
      const again = await commands.readAgain(claim);
      expect(again).toEqual({ ...claim, line: { ...claim.line, fruitlessClaims: 0 }, tickets: [ticket] });
    });

    test('a commit that was done and not answered is committed again', async () => {
      const { commands, version, claim } = await withClaim();
      await commitEnd(commands, version, claim);
      expect(await commitEnd(commands, version, claim)).toBe('committed');
      expect((await commands.readAgain(claim))?.tickets).toEqual([]);
    });

    test('a worker that has lost the line commits nothing', async () => {
      const { commands, records, version, lost, newest } = await withTwoClaims();
      expect(await commitEnd(commands, version, lost)).toBe('lost');
      expect((await records.current(version))?.version).toBe(1);
      expect(await commands.readAgain(newest)).toEqual(newest);
    });

    test('a commit is lost if the command has changed since, and writes nothing to the line', async () => {
      const { commands, records, version, claim } = await withClaim();
      await records.commit(version, succeededVersion(version, later), later);
      expect(await commitEnd(commands, version, claim)).toBe('lost');
      expect(await commands.readAgain(claim)).toEqual(claim);
    });

    test('the content of a command that ended is found until it is removed, also after others', async () => {
      const { commands, version, claim } = await withClaim();
      await acceptCommand(commands, 'deal-2', now);
      await commitEnd(commands, version, claim);
      expect((await commands.readAgain(claim))?.tickets.map(({ number }) => number)).toEqual([2]);
      expect(await commands.content(lineKey, 2)).toEqual(sampleContent);
    });
  });

  describe('release', () => {
    test('a line that is released is due when its worker says', async () => {
      const { commands, claim } = await withClaim();
      expect(await commands.release(claim, later, { fruitlessClaims: 0 })).toBe('released');
      const line = { ...claim.line, claimId: undefined, dueAt: later, fruitlessClaims: 0 };
      expect(await commands.line(lineKey)).toEqual(line);
      expect(await commands.dueLines(addMs(later, -1), 10)).toEqual([]);
      expect(await commands.dueLines(later, 10)).toEqual([{ key: lineKey, dueAt: later }]);
    });

    test('a line with nothing to do is never due, until it is signalled', async () => {
      const { commands, claim } = await withClaim();
      expect(await commands.release(claim, undefined)).toBe('released');
      expect(await commands.dueLines(farFuture, 10)).toEqual([]);
      expect(await commands.claim(lineKey, 'claim-2', farFuture, farFuture)).toBeUndefined();
      await commands.signal(lineKey, later);
      expect(await commands.dueLines(later, 10)).toEqual([{ key: lineKey, dueAt: later }]);
    });

    test('a worker does not release a line that was signalled since it was read', async () => {
      const { commands, claim } = await withClaim();
      await commands.signal(lineKey, now);
      expect(await commands.release(claim, undefined, { fruitlessClaims: 0 })).toBe('signalled');
      const again = await commands.readAgain(claim);
      expect(again?.line).toEqual({ ...claim.line, signals: 2 });
      if (again) expect(await commands.release(again, undefined)).toBe('released');
    });

    test('a worker that has lost the line does not release it', async () => {
      const { commands, lost, newest } = await withTwoClaims();
      expect(await commands.release(lost, undefined)).toBe('lost');
      expect(await commands.line(lineKey)).toEqual(newest.line);
    });
  });

  describe('signal and mark', () => {
    test('a signal of a line of no command does nothing', async () => {
      const { commands } = await newStores();
      await commands.signal(lineKey, now);
      expect(await commands.line(lineKey)).toBeUndefined();
    });

    test('a signal does not end the lease of a worker', async () => {
      const { commands, claim } = await withClaim();
      await commands.signal(lineKey, now);
      expect(await commands.line(lineKey)).toEqual({ ...claim.line, signals: 2 });
    });

    test.each([
      ['approved', { needsApproval: false }],
      ['cancelled', { isCancelled: true }],
    ] as const)('a ticket is marked as %s, and its line is signalled', async (mark, change) => {
      const { commands, claim, ticket } = await withClaim();
      await commands.release(claim, undefined);
      expect(await commands.mark(lineKey, 1, mark, later)).toBe('marked');
      expect(await commands.line(lineKey)).toMatchObject({ signals: 2, dueAt: later });
      const again = await claimed(commands, 'claim-2', later, farFuture);
      expect(again.tickets).toEqual([{ ...ticket, ...change }]);
    });

    test.each(['approved', 'cancelled'] as const)(
      'a ticket is marked as %s while a worker has the line, and twice',
      async (mark) => {
        const { commands, claim } = await withClaim();
        expect(await commands.mark(lineKey, 1, mark, now)).toBe('marked');
        expect(await commands.mark(lineKey, 1, mark, now)).toBe('marked');
        expect(await commands.line(lineKey)).toEqual({ ...claim.line, signals: 3 });
        expect(await commands.release(claim, undefined)).toBe('signalled');
      },
    );

    test('a ticket that waits for its approval is approved after it was cancelled, and stays cancelled', async () => {
      const { commands } = await newStores();
      const { version, ticket } = acceptanceOf(newLine(lineKey), 'deal-1', now);
      const waiting = { ...ticket, needsApproval: true };
      await commands.accept(newLine(lineKey), [
        { version, intentDueAt: now, ticket: waiting, content: sampleContent },
      ]);
      await commands.mark(lineKey, 1, 'cancelled', now);
      await commands.mark(lineKey, 1, 'approved', now);
      expect((await claimed(commands)).tickets).toEqual([{ ...ticket, isCancelled: true }]);
    });

    test.each(['approved', 'cancelled'] as const)('a command that has ended is not %s', async (mark) => {
      const { commands, version, claim } = await withClaim();
      const change = { number: 1, removeContentAt };
      await commands.commit(version, succeededVersion(version, now), now, claim, change);
      const before = await commands.line(lineKey);
      expect(await commands.mark(lineKey, 1, mark, now)).toBe('absent');
      expect(await commands.line(lineKey)).toEqual(before);
    });

    test('a command of no line is not marked', async () => {
      const { commands } = await newStores();
      expect(await commands.mark(lineKey, 1, 'cancelled', now)).toBe('absent');
      expect(await commands.line(lineKey)).toBeUndefined();
    });
  });

  describe('due lines', () => {
    test('the longest due lines come first, and never more than the limit', async () => {
      const { commands } = await newStores();
      const dueTimes: readonly Instant[] = [later, now, leaseEnds];
      for (const [index, at] of dueTimes.entries()) {
        const line = newLine({ ...lineKey, id: `O${index}` });
        const { version, ticket } = acceptanceOf(line, `deal-${index}`, at);
        await commands.accept(line, [{ version, intentDueAt: at, ticket, content: sampleContent }]);
      }
      const ids = async (limit: number) => (await commands.dueLines(later, limit)).map(({ key }) => key.id);
      expect(await ids(10)).toEqual(['O1', 'O2', 'O0']);
      expect(await ids(2)).toEqual(['O1', 'O2']);
    });

    test('lines and deliveries that are due are found apart', async () => {
      const { commands, deliveries } = await withCommand();
      await deliveries.add(deliveryOf(), now);
      expect(await commands.dueLines(farFuture, 10)).toEqual([{ key: lineKey, dueAt: now }]);
      expect(await dueIds(deliveries, farFuture, 10)).toEqual([deliveryOf().id]);
    });
  });
}
