import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { ConsoleWorld } from './console-world.ts';

export interface PageOptions {
  readonly width?: 1280 | 390;
  readonly theme?: 'light' | 'dark';
  /** The view to begin with. @default 'deals' */
  readonly view?: string;
  /** Messages in the browser's console that the test causes on purpose. */
  readonly expected?: RegExp;
  /** Whether the server refuses the token of the link. @default false */
  readonly isRefused?: boolean;
}

const heights = { 1280: 860, 390: 844 } as const;

/**
 * Opens the page in a tab of its own, with its link. When the test ends, the tab must have sent no
 * request to another host, and the browser's console must have no error and no warning.
 */
export async function openPage(
  { browser, link }: Pick<ConsoleWorld, 'browser' | 'link'>,
  { width = 1280, theme = 'light', view = 'deals', expected = /^$/, isRefused = false }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: heights[width] },
    colorScheme: theme,
    locale: 'en-US',
    timezoneId: 'America/New_York',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const problems = recordProblems(page, new URL(link).host);
  onTestFinished(async () => {
    await context.close();
    expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
  });
  await page.goto(link);
  if (isRefused) return page;
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  if (view !== 'deals') await goTo(page, view);
  return page;
}

/** Goes to another view, as a link does. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/${view}`)}`);
}

function recordProblems(page: Page, host: string): readonly string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.host !== host) problems.push(`request to ${url.host}`);
  });
  return problems;
}
