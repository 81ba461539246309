import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages } from '../../local/on-demand/fetch-packages.ts';

/** Where systems install Chromium or Chrome. */
const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The npm package with a Chromium for Linux on x64. */
const isPackaged = process.platform === 'linux' && process.arch === 'x64';

const chosen = process.env['CHROMIUM_PATH'] ?? usualPaths.find((path) => existsSync(path));

/** Why no test can run in a browser here, or undefined. With CI set the tests run and fail. */
export const missingBrowser =
  isPackaged || chosen !== undefined || process.env['CI'] !== undefined
    ? undefined
    : 'there is no Chromium: install it, or name its file in CHROMIUM_PATH';

/** What is used of the package `@sparticuz/chromium`. */
interface PackagedChromium {
  readonly default: { executablePath(): Promise<string> };
}

/** Returns the file of Chromium. npm fetches its package, which unpacks it, at the first call. */
export async function findBrowser(): Promise<string> {
  if (process.env['CHROMIUM_PATH'] === undefined && isPackaged) {
    const module = join(await fetchPackages('chromium'), '@sparticuz/chromium/build/index.js');
    const { default: packaged }: PackagedChromium = await import(module);
    return await packaged.executablePath();
  }
  if (chosen === undefined) throw new Error('CHROMIUM_PATH is not set, and no Chromium is installed');
  accessSync(chosen, constants.X_OK);
  return chosen;
}
