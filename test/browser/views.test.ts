import { mkdirSync } from 'node:fs';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { describeUnless } from '../describe-unless.ts';
import { useConsoleWorld } from './console-world.ts';
import { exhaustDelivery } from './exhaust-delivery.ts';
import { missingBrowser } from './find-browser.ts';
import { findViolations } from './find-violations.ts';
import { goTo, openPage } from './open-page.ts';
import { seedDeals } from './seed-deals.ts';

/** Ignored by Git. */
const screenshots = 'screenshots';

/** Each view with a text that it displays when it has its data. */
const views = [
  ['deals', 'Data lake modernization'],
  ['pipeline', 'Time in the present stage'],
  ['invitations', 'engi-'],
  ['activity', 'Opportunity Created'],
  ['endpoints', 'in 24 hours'],
  ['endpoints/ep_local', 'version 1'],
  ['parked', 'event.malformed'],
  ['quota', 'in 24 hours'],
  ['commands', 'No command was sent yet.'],
  ['stage', 'Throttle AWS'],
] as const;

describeUnless(missingBrowser, 'the views of the console in a browser', () => {
  let deals: readonly string[] = [];
  const world = useConsoleWorld(async (started) => {
    const { partner, carry, stage } = started;
    deals = await seedDeals(started);
    const [id = ''] = deals;
    // AWS has a side of its own from the submission on.
    partner.submitOpportunity(id);
    partner.createInvitation('AWS', 'OpportunityInvitation');
    partner.updateOpportunity(id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
    await carry();
    await stage.bus.put({ ...malformedEvent });
    await stage.idle();
    await started.addEndpoint({ id: 'ep_late', topics: ['command.expired'], catalogs: [] });
    await exhaustDelivery(started, { catalog: 'AWS', kind: 'opportunity', id }, 'ep_late');
    mkdirSync(screenshots, { recursive: true });
  });

  it.each([
    { width: 1280, theme: 'light' },
    { width: 1280, theme: 'dark' },
    { width: 390, theme: 'light' },
    { width: 390, theme: 'dark' },
  ] as const)(
    'every view is accessible and fits at $width pixels in the $theme theme',
    async ({ width, theme }) => {
      const page = await openPage(world(), { width, theme });
      const all = [...views, [`deals/AWS/${deals[0]}`, 'Version 2'] as const];
      for (const [view, text] of all) {
        await goTo(page, view);
        await page.locator('main').getByText(text).first().waitFor();
        const path = `${screenshots}/${view.split('/')[0]}${view.includes('/') ? '-one' : ''}-${width}-${theme}.png`;
        await page.screenshot({ path });
        expect(await findViolations(page), view).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth'), view).toBe(width);
      }
      process.stderr.write(`screenshots: ${screenshots}/*-${width}-${theme}.png\n`);
    },
  );

  it('a filter goes to the server and into the address, and stays after a reload and after Back', async () => {
    const page = await openPage(world());
    const rows = page.getByRole('table', { name: 'Deals' }).getByRole('row');
    await page.getByRole('searchbox', { name: 'Customer' }).fill('airlines');
    await page.getByText('2 of 6 deals match').waitFor();
    await page.getByRole('button', { name: /^Prospect/ }).click();
    await page.getByLabel('Order').selectOption({ label: 'customer, A to Z' });
    const address = /#\/deals\?customer=airlines&stage=Prospect&sort=customer$/;
    await page.waitForURL(address);
    await page.reload();
    await page.getByText('2 of 6 deals match').waitFor();
    expect(await rows.count()).toBe(3);
    await rows.getByRole('link', { name: 'Contact center migration' }).click();
    await page.getByRole('heading', { name: 'Versions' }).waitFor();
    await page.goBack();
    await page.waitForURL(address);
    await page.getByText('2 of 6 deals match').waitFor();
    expect(await page.getByRole('searchbox', { name: 'Customer' }).inputValue()).toBe('airlines');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('6 of 6 deals match').waitFor();
  });

  it.each([
    ['the stage', '?stage=Qualified', 1],
    ['the id of the partner', '?partnerId=CRM-10024', 1],
    ['the target close date', '?closing=7', 0],
    ['the time without a change', '?idle=30', 0],
  ] as const)('deals are filtered by %s', async (_, query, matched) => {
    const page = await openPage(world(), { view: `deals${query}` });
    await page.getByText(`${matched} of 6 deals match`).waitFor();
  });

  it('a deal has its stages, differences, message, deliveries and the side of AWS', async () => {
    const page = await openPage(world(), { view: `deals/AWS/${deals[0]}` });
    const changes = page.getByRole('table', { name: 'Changes of version 2' });
    await changes.getByRole('row').filter({ hasText: '/LifeCycle/Stage' }).waitFor();
    const stages = page.getByRole('region', { name: 'Stages' }).getByRole('listitem');
    expect(await stages.allInnerTexts()).toEqual([
      expect.stringMatching(/^Prospect/),
      expect.stringMatching(/^Qualified[^]*now/),
    ]);
    const aws = page.getByRole('table', { name: "AWS's own side" });
    await aws.getByText('Life cycle › Stage', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Message of version 2' }).click();
    const body = page.getByRole('dialog').getByLabel('Body of the message');
    const message = v.parse(messageSchema, JSON.parse(await body.innerText()));
    expect(message).toEqual({ type: 'opportunity.updated', data: { id: deals[0], version: 2 } });
    await page.keyboard.press('Escape');
    const exhausted = page.getByRole('row').filter({ hasText: 'exhausted' });
    await exhausted.getByRole('button', { name: /^Attempts/ }).click();
    await page
      .getByRole('table', { name: /^Attempts/ })
      .getByText('HTTP 500')
      .waitFor();
  });

  it('a text of AWS is displayed as it is, and never becomes an element of the page', async () => {
    const { partner, carry, stage } = world();
    const Title = '<img src=x onerror=alert(1)><b>bold</b>';
    const id = partner.createOpportunity('AWS', { patch: { Project: { Title } } });
    await carry();
    await stage.idle();
    const page = await openPage(world(), { view: `deals/AWS/${id}` });
    await page.getByRole('heading', { name: Title }).waitFor();
    expect(await page.locator('img, b').count()).toBe(0);
  });

  it('the keyboard alone reaches a deal and its message, and the focus returns to where it was', async () => {
    const page = await openPage(world(), { view: 'deals?partnerId=CRM-10023' });
    await page.getByText('1 of').waitFor();
    const focused = () =>
      page.evaluate('document.activeElement?.textContent || document.activeElement?.tagName');
    const tabTo = async (text: string) => {
      for (let pressed = 0; (await focused()) !== text; pressed += 1) {
        if (pressed === 60) throw new Error(`the focus does not reach ${text}`);
        await page.keyboard.press('Tab');
      }
    };
    await tabTo('Skip to the content');
    await page.keyboard.press('Enter');
    await tabTo('Data lake modernization');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Versions' }).waitFor();
    expect(await focused()).toBe(deals[0]);
    await tabTo('Message');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Message');
  });

  it('the page says what to do without the token, with a wrong one, and keeps the right one out of the address', async () => {
    const { link } = world();
    const page = await openPage(world());
    expect(page.url()).not.toContain('token');
    const help = page.getByRole('heading', { name: 'This page needs its link' });
    const foreign = await openPage({ ...world(), link: link.replace(/token=.*/, 'token=wrong') }, refused);
    await foreign.getByRole('heading', { name: 'This page needs its link' }).waitFor();
    await page.evaluate('sessionStorage.clear()');
    await page.reload();
    await help.waitFor();
    await page.evaluate(`location.href = ${JSON.stringify(link)}`);
    await page.getByRole('table', { name: 'Deals' }).waitFor();
  });
});

const refused = { expected: /status of 401/, isRefused: true } as const;

const messageSchema = v.object({
  type: v.string(),
  data: v.object({ id: v.string(), version: v.number() }),
});

/** Without the id of an opportunity. */
const malformedEvent = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  source: 'aws.partnercentral-selling',
  'detail-type': 'Opportunity Updated',
  detail: { schemaVersion: '1', catalog: 'AWS', opportunity: {} },
};
