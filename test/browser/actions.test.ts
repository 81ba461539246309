import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as v from 'valibot';
import { expect, it, vi } from 'vitest';
import { textAt } from '../../lambdas/core/json.ts';
import { describeUnless } from '../describe-unless.ts';
import { temporaryFolder } from '../infra/synthesized-stack.ts';
import { useConsoleWorld } from './console-world.ts';
import { exhaustDelivery } from './exhaust-delivery.ts';
import { missingBrowser } from './find-browser.ts';
import { goTo, openPage } from './open-page.ts';
import { seedDeals } from './seed-deals.ts';

/** Longer than any work here takes, also on a busy machine. */
const patient = { timeout: 60_000, interval: 200 };

/** Waits until the page says that the action is done. */
async function expectDone(page: Page, title: string): Promise<void> {
  await page.getByRole('status').getByText(`Done: ${title}.`).waitFor({ timeout: patient.timeout });
}

const commandSchema = v.object({ id: v.string(), status: v.string(), reason: v.optional(v.string()) });

describeUnless(missingBrowser, 'the actions of the console in a browser', () => {
  let deals: readonly string[] = [];
  const world = useConsoleWorld(async (started) => {
    deals = await seedDeals(started);
    // It wants no message by itself.
    await started.addEndpoint({ id: 'ep_late', topics: ['command.expired'], catalogs: [] });
  });

  const endpointState = async () => {
    const found = await world().relay.endpoints.find('ep_local');
    return found && 'disabled' in found ? found.disabled : undefined;
  };

  it('Test sends a signed sample that the receiver verifies', async () => {
    const { receiver } = world();
    const page = await openPage(world(), { view: 'endpoints' });
    await page.getByRole('button', { name: 'Test ep_local with a signed sample' }).click();
    await expectDone(page, 'Test ep_local with a signed sample');
    expect(receiver.receipts.filter(({ path }) => path.startsWith('Test/'))).toHaveLength(1);
    expect(receiver.refused).toEqual([]);
    await page.getByText('pcr endpoints test ep_local').waitFor();
  });

  it('Pause disables an endpoint with the reason that the user types, and Enable ends that', async () => {
    const page = await openPage(world(), { view: 'endpoints' });
    await page.getByRole('button', { name: 'Pause ep_local' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause ep_local?' });
    await dialog.getByLabel('Reason').fill('the receiver moves');
    await page.keyboard.press('Enter');
    await expectDone(page, 'Pause ep_local');
    expect(await endpointState()).toMatchObject({ reason: expect.stringContaining('the receiver moves') });
    await page.getByText('the receiver moves').first().waitFor();
    await page.getByRole('button', { name: 'Enable ep_local' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
    await expectDone(page, 'Enable ep_local');
    expect(await endpointState()).toBeUndefined();
  });

  it('Cancel and Escape in the confirmation leave the endpoint unchanged', async () => {
    const page = await openPage(world(), { view: 'endpoints' });
    const button = page.getByRole('button', { name: 'Pause ep_local' });
    await button.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await button.click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await endpointState()).toBeUndefined();
    // The focus is where it was before the dialog.
    expect(await page.evaluate('document.activeElement?.ariaLabel')).toBe('Pause ep_local');
  });

  it('Replay sends the messages of the chosen time to the endpoint again, with the same ids', async () => {
    const { receiver } = world();
    const before = receiver.receipts.filter(({ path }) => path === `AWS/opportunity/${deals[0]}`);
    const page = await openPage(world(), { view: 'endpoints' });
    await page.getByRole('button', { name: 'Replay messages to ep_local' }).click();
    await page.getByRole('dialog').getByLabel('Since').fill('1d');
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await expectDone(page, 'Replay messages to ep_local');
    await vi.waitFor(() => {
      const again = receiver.receipts.filter(({ webhookId }) => webhookId === before[0]?.webhookId);
      expect(again.length).toBe(before.length + 1);
    }, patient);
  });

  it('Retry sends a delivery again that had exhausted its attempts', async () => {
    const { receiver } = world();
    const [id = ''] = deals;
    const key = { catalog: 'AWS', kind: 'opportunity', id } as const;
    const messageId = await exhaustDelivery(world(), key, 'ep_late');
    const count = () => receiver.receipts.filter(({ webhookId }) => webhookId === messageId).length;
    const before = count();
    const page = await openPage(world(), { view: `deals/AWS/${id}` });
    await page.getByRole('button', { name: 'Retry the delivery of version 1 to ep_late' }).click();
    await expectDone(page, 'Retry the delivery of version 1 to ep_late');
    await vi.waitFor(() => expect(count()).toBe(before + 1), patient);
  });

  it('Redrive hydrates a record that was parked, and Drop deletes parked work', async () => {
    const { partner, carry, simulator, run, relay } = world();
    simulator.injectFaults((_, id) => (refused.includes(id) ? 'access-denied' : undefined));
    const refused = [partner.createOpportunity('AWS'), partner.createOpportunity('AWS')];
    await carry();
    const page = await openPage(world(), { view: 'parked' });
    await vi.waitFor(async () => expect(await page.getByRole('row').count()).toBe(3), patient);
    simulator.injectFaults(undefined);
    await page
      .getByRole('button', { name: /^Redrive/ })
      .first()
      .click();
    await page.getByText(/^Done: Redrive/).waitFor({ timeout: patient.timeout });
    const hydrated = async () => {
      const found = refused.map((id) => relay.records.current({ catalog: 'AWS', kind: 'opportunity', id }));
      return (await Promise.all(found)).filter((record) => record !== undefined).length;
    };
    await vi.waitFor(async () => expect(await hydrated()).toBe(1), patient);
    await vi.waitFor(async () => expect(await page.getByRole('row').count()).toBe(2), patient);
    await page.getByRole('button', { name: /^Drop/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
    await page.getByText('No work is parked.').waitFor({ timeout: patient.timeout });
    expect(await run('parked', 'list', '--json')).toMatchObject({ code: 0, out: '[]' });
    expect(await hydrated()).toBe(1);
  });

  it('Approve lets a command change the deal, and Cancel ends a command without a change', async () => {
    const { run, partner } = world();
    const [, approved = '', cancelled = ''] = deals;
    const send = async (target: string) => {
      const path = join(temporaryFolder(), 'request.json');
      const patch = { LifeCycle: { Stage: 'Closed Lost', ClosedLostReason: 'Price' } };
      writeFileSync(path, JSON.stringify({ action: 'opportunity.update', catalog: 'AWS', target, patch }));
      const { code, out, err } = await run('commands', 'send', path, '--json');
      expect(code, err).toBe(0);
      return v.parse(commandSchema, JSON.parse(out)).id;
    };
    const stageOf = (id: string) =>
      textAt(partner.truth().get(`AWS/opportunity/${id}`)?.body, 'LifeCycle', 'Stage');
    const ids = [await send(approved), await send(cancelled)] as const;
    const page = await openPage(world(), { view: 'commands' });
    await page.getByRole('button', { name: `Approve ${ids[0]}` }).click({ timeout: patient.timeout });
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expectDone(page, `Approve ${ids[0]}`);
    await vi.waitFor(() => expect(stageOf(approved)).toBe('Closed Lost'), patient);
    await page.getByRole('button', { name: `Cancel ${ids[1]}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the command' }).click();
    await expectDone(page, `Cancel ${ids[1]}`);
    const status = async () => JSON.parse((await run('commands', 'show', ids[1], '--json')).out).status;
    await vi.waitFor(async () => expect(await status()).toBe('cancelled'), patient);
    expect(stageOf(cancelled)).toBe('Prospect');
  });

  it('Change stage moves the deal in the simulated partner, and its message arrives', async () => {
    const { partner, receiver } = world();
    const [, , , id = ''] = deals;
    const page = await openPage(world(), { view: `deals/AWS/${id}` });
    await page.getByRole('button', { name: `Change stage of ${id}` }).click();
    await expectDone(page, `Change stage of ${id}`);
    const { body } = partner.truth().get(`AWS/opportunity/${id}`) ?? {};
    expect(textAt(body, 'LifeCycle', 'Stage')).toBe('Qualified');
    await page.getByRole('heading', { name: 'Version 2' }).waitFor({ timeout: patient.timeout });
    await page.getByRole('table', { name: 'Changes of version 2' }).getByText('Life cycle › Stage').waitFor();
    await vi.waitFor(() => {
      const received = receiver.receipts.find(({ path, version }) => path.endsWith(id) && version === 2);
      expect(received?.topics).toContain('opportunity.stage_changed');
    }, patient);
  });

  it('New invitation has the simulated partner send one, which the page lists', async () => {
    const { partner } = world();
    const invitations = () =>
      [...partner.truth().keys()].filter((path) => path.includes('/engagement-invitation/'));
    const before = invitations().length;
    const page = await openPage(world(), { view: 'invitations' });
    await page.getByRole('button', { name: 'New invitation of the simulated partner' }).click();
    await expectDone(page, 'New invitation of the simulated partner');
    expect(invitations()).toHaveLength(before + 1);
    const id = invitations().at(-1)?.split('/').at(-1) ?? '';
    await page.getByRole('cell').getByText(id).waitFor({ timeout: patient.timeout });
  });

  it('Take the receiver down makes attempts fail with 503, which the page displays', async () => {
    const { receiver, partner, carry } = world();
    const page = await openPage(world(), { view: 'stage' });
    const panel = page.getByRole('region', { name: 'Take the receiver down' });
    await panel.getByLabel('Seconds').fill('2');
    await panel.getByRole('button').click();
    await expectDone(page, 'Take the receiver down');
    const id = partner.createOpportunity('AWS', {
      patch: { Project: { Title: 'A deal while the receiver is down' } },
    });
    await carry();
    await goTo(page, 'activity');
    const row = page.getByRole('row').filter({ hasText: id });
    await row.getByText(/attempts/).waitFor({ timeout: patient.timeout });
    await vi.waitFor(
      () => expect(receiver.receipts.some(({ path }) => path.endsWith(id))).toBe(true),
      patient,
    );
    await row.getByText('delivered').waitFor({ timeout: patient.timeout });
  });

  it('Throttle AWS makes Partner Central refuse reads, and the page says that the quota is closed', async () => {
    const { simulator, partner, carry } = world();
    const before = simulator.throttled();
    const page = await openPage(world(), { view: 'stage' });
    const panel = page.getByRole('region', { name: 'Throttle AWS' });
    await panel.getByLabel('Seconds').fill('5');
    await panel.getByRole('button').click();
    await expectDone(page, 'Throttle AWS');
    partner.createOpportunity('AWS');
    await carry();
    await goTo(page, 'quota');
    await page.getByText('Partner Central throttled.').waitFor({ timeout: patient.timeout });
    expect(simulator.throttled()).toBeGreaterThan(before);
  });

  it('a value that the server refuses is named with what is allowed, and nothing changes', async () => {
    const { simulator } = world();
    const page = await openPage(world(), { view: 'stage', expected: /status of 400/ });
    const panel = page.getByRole('region', { name: 'Throttle AWS' });
    await panel.getByLabel('Seconds').fill('601');
    const before = simulator.throttled();
    await panel.getByRole('button').click();
    await page
      .getByText(
        'Failed: Throttle AWS. seconds 601: refused; allowed: a whole number of seconds from 1 to 600',
        { exact: true },
      )
      .waitFor();
    expect(simulator.throttled()).toBe(before);
  });
});
