import { describe, expect, test } from 'vitest';
import type { Client } from '../../lambdas/core/client.ts';
import type { ClientStore } from '../../lambdas/ports/client-store.ts';
import { signingClient } from '../builders/clients.ts';

const crm = signingClient({
  description: 'The CRM of Example Corp',
  actions: ['opportunity.update', 'invitation.accept'],
  catalogs: ['AWS'],
  writable: ['/LifeCycle', '/Project/*'],
  never: ['/Customer/Contacts/*/Email', '/LifeCycle/a~1b'],
  requestsPerMinute: 5,
  approval: ['invitation.accept'],
});
const off = signingClient({ id: 'off-2', disabled: true, approval: 'always', writable: [] });

/** The contract of the port ClientStore. @param newStore makes a store with these clients */
export function clientStoreSuite(newStore: (clients: readonly Client[]) => Promise<ClientStore>): void {
  test('a client is found by its id with all members, also a disabled one', async () => {
    const store = await newStore([crm, off]);
    expect(await store.find('crm')).toEqual(crm);
    expect(await store.find('off-2')).toEqual(off);
  });

  test('an id that no client has finds nothing', async () => {
    const store = await newStore([crm]);
    for (const id of ['cr', 'crm-2', 'CRM', 'ep_crm', '__proto__'])
      expect(await store.find(id)).toBeUndefined();
  });
}

/** How a store reads an edited item. @param newStore makes a store with this item of `crm` */
export function clientItemSuite(
  newStore: (item: Readonly<Record<string, unknown>>) => Promise<ClientStore>,
): void {
  const least = { id: 'crm', actions: ['opportunity.update'], catalogs: ['AWS'] };

  test('an item without optional members has their defaults', async () => {
    const store = await newStore(least);
    expect(await store.find('crm')).toEqual(
      signingClient({ actions: ['opportunity.update'], catalogs: ['AWS'] }),
    );
  });

  test('actions, catalogs and members of another release are left out', async () => {
    const store = await newStore({
      ...least,
      format: 9,
      color: 'blue',
      actions: ['opportunity.update', 'opportunity.paint'],
      catalogs: ['Moon', 'AWS'],
      approval: ['opportunity.paint'],
    });
    expect(await store.find('crm')).toEqual(
      signingClient({ actions: ['opportunity.update'], catalogs: ['AWS'] }),
    );
  });

  test.each([true, 'no', 0, { reason: 'gone' }])('disabled: %j disables the client', async (disabled) => {
    expect(await (await newStore({ ...least, disabled })).find('crm')).toMatchObject({ disabled: true });
  });

  describe('an invalid member makes the client unreadable, and the error has no value', () => {
    test.each([
      ['never', ['Customer/Account']],
      ['never', '/Customer'],
      ['writable', [7]],
      ['approval', 'sometimes'],
      ['requestsPerMinute', 'many'],
      ['actions', undefined],
      ['catalogs', 'AWS'],
    ])('%s', async (name, value) => {
      const store = await newStore({ ...least, [name]: value });
      const failure = store.find('crm');
      await expect(failure).rejects.toMatchObject({ code: 'client.unreadable', retry: { kind: 'later' } });
      await expect(failure).rejects.toMatchObject({
        details: { clientId: 'crm', attributes: [expect.stringMatching(`^${name}`)] },
      });
    });
  });
}
