import type { Page } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { describeUnless } from '../describe-unless.ts';
import { useConsoleWorld } from './console-world.ts';
import { missingBrowser } from './find-browser.ts';
import { openPage } from './open-page.ts';
import { seedDeals } from './seed-deals.ts';

/** Longer than any work here takes, also on a busy machine. */
const patient = { timeout: 60_000, interval: 200 };

/** Counts the requests that a tab sends for what happens. */
function countRequests(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.url().includes('/api/')) count += 1;
  });
  return () => count;
}

describeUnless(missingBrowser, 'the live updates of the console in a browser', () => {
  let deals: readonly string[] = [];
  const world = useConsoleWorld(async (started) => {
    deals = await seedDeals(started);
  });

  it('a change appears with its delivery, and keeps focus, selection, scroll position and open details', async () => {
    const { partner, carry } = world();
    const [id = ''] = deals;
    const page = await openPage(world(), { view: `deals/AWS/${id}` });
    await page.getByText('The whole record, as AWS names it').click();
    await page.evaluate('scrollTo(0, 300)');
    const state = () =>
      page.evaluate(
        '[scrollY, document.activeElement?.textContent, String(getSelection()), document.querySelectorAll("details[open]").length]',
      );
    await page.evaluate('getSelection()?.selectAllChildren(document.querySelector("main h2"))');
    const before = await state();
    expect(before).toEqual([300, 'The whole record, as AWS names it', 'Data lake modernization', 1]);
    partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
    await carry();
    await page.getByRole('heading', { name: 'Version 2' }).waitFor({ timeout: patient.timeout });
    const strip = page.getByRole('complementary', { name: 'Live activity' });
    await strip.getByText('v2 stage changed').waitFor({ timeout: patient.timeout });
    await strip.getByRole('listitem').filter({ hasText: 'v2' }).getByText('delivered').waitFor();
    expect(await state()).toEqual(before);
  });

  it('typing into a filter is not disturbed by updates', async () => {
    const { partner, carry } = world();
    const page = await openPage(world());
    const field = page.getByRole('searchbox', { name: 'Customer' });
    await field.pressSequentially('example');
    const [, id = ''] = deals;
    partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
    await carry();
    const strip = page.getByRole('complementary', { name: 'Live activity' });
    await strip.getByRole('listitem').filter({ hasText: 'v2 stage changed' }).nth(1).waitFor(patient);
    await field.pressSequentially(' air');
    await page.getByText('2 of 6 deals match').waitFor();
    expect(await field.inputValue()).toBe('example air');
  });

  it('a server that does not answer is said in a bar, and the page recovers by itself', async () => {
    const { restartServer } = world();
    const page = await openPage(world(), {
      expected: /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/,
    });
    const bar = page.getByRole('alert').getByText('The server of this page does not answer.');
    await restartServer(() => bar.waitFor({ timeout: patient.timeout }));
    await bar.waitFor({ state: 'hidden', timeout: patient.timeout });
    await page.getByRole('table', { name: 'Deals' }).waitFor();
  });

  it('a hidden tab asks the server nothing, and goes on when it is visible again', async () => {
    const [hidden, visible] = [await openPage(world()), await openPage(world())];
    const setHidden = (isHidden: boolean) =>
      hidden.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await setHidden(true);
    const [ofVisible, settled] = [countRequests(visible), () => ofVisible() >= 10];
    // Requests that were on their way have ended.
    await vi.waitFor(() => expect(settled()).toBe(true), patient);
    const ofHidden = countRequests(hidden);
    await vi.waitFor(() => expect(ofVisible()).toBeGreaterThan(20), patient);
    expect(ofHidden()).toBe(0);
    await setHidden(false);
    await vi.waitFor(() => expect(ofHidden()).toBeGreaterThan(0), patient);
  });
});
