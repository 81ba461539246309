import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseEndpointsFile } from '../../../bin/pcr/endpoints/endpoints-file.ts';
import { clientFields } from '../../../lambdas/core/client-definition.ts';

/** The file in a document. */
function fileIn(path: string): string {
  const [, yaml = ''] = /```yaml\n((?:endpoints|clients):[^`]*)```/.exec(readFileSync(path, 'utf8')) ?? [];
  return yaml;
}

it('the file in docs/operate.md declares endpoints', () => {
  const { endpoints, clients } = parseEndpointsFile(fileIn('docs/operate.md'), (id) => id);
  expect(endpoints?.map(({ id }) => id)).toEqual(['ep_crm', 'ep_bus', 'ep_deals']);
  expect(clients).toBeUndefined();
});

it('the file in docs/commands.md declares a client with every member', () => {
  const { endpoints, clients } = parseEndpointsFile(fileIn('docs/commands.md'), (id) => id);
  expect(endpoints).toBeUndefined();
  expect(clients).toHaveLength(1);
  for (const name of clientFields) expect(clients?.[0]).toHaveProperty(name);
});
