import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { CommandError } from '../errors.ts';

/** The files of the page, which `npm ci` builds. */
const files = [
  { path: '/', name: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.js', name: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page.css', name: 'page.css', type: 'text/css; charset=utf-8' },
] as const;

/** @param folder where the page was built */
export function servePage(app: Hono, folder: string): void {
  if (!existsSync(join(folder, 'index.html')))
    throw new CommandError(`The page of the console is not built: ${folder} is missing. Run npm run build.`);
  for (const { path, name, type } of files)
    app.get(path, (context) =>
      context.body(readFileSync(join(folder, name)), 200, {
        'content-type': type,
        'cache-control': 'no-cache',
      }),
    );
}
