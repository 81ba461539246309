import { accessSync, constants, existsSync } from 'node:fs';

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

/** Returns the file of Chromium, which the npm package unpacks at the first call. */
export async function findBrowser(): Promise<string> {
  if (process.env['CHROMIUM_PATH'] === undefined && isPackaged) {
    const { default: packaged } = await import('@sparticuz/chromium');
    return await packaged.executablePath();
  }
  if (chosen === undefined) throw new Error('CHROMIUM_PATH is not set, and no Chromium is installed');
  accessSync(chosen, constants.X_OK);
  return chosen;
}
