import { describe, expect, it } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import { newLine } from '../../../lambdas/core/line.ts';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { acceptanceOf, lineKey } from '../../builders/commands.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { versionOf } from '../../builders/versions.ts';
import { fanOutDeps, fanOutWorld } from './fan-out-world.ts';

const echo = { ...versionOf(), echoes: [{ client: 'crm', commands: [{ id: 'cmd_1', key: 'deal-1' }] }] };

/** @returns the rows, and the doorbell messages of first attempts, which have no row yet */
async function fannedOut(
  version: typeof echo | ReturnType<typeof versionOf>,
  ...endpoints: readonly ReturnType<typeof endpoint>[]
) {
  const world = fanOutWorld(endpoints);
  // The intent is not due: first attempts may be made without a row.
  await appendVersion(world.records, undefined, version, '2026-03-01T10:01:00.000Z');
  await fanOut(version, fanOutDeps(world));
  const rows = world.deliveries.rows().map(({ endpointId, wanted }) => ({ endpointId, wanted }));
  const rings = world.doorbell.rings.map(({ details }) => details);
  return { rows, rings };
}

describe('An echo', () => {
  it('has a row at an endpoint that omits it, without order too, so that an operator finds it', async () => {
    const { rows, rings } = await fannedOut(echo, endpoint({ client: 'crm', echo: 'omit' }));
    expect(rows).toEqual([{ endpointId: 'ep_orders', wanted: false }]);
    expect(rings).toMatchObject([{ endpointId: 'ep_orders', wanted: false }]);
  });

  it('is sent to the endpoints that mark it, and to those of others', async () => {
    const { rows, rings } = await fannedOut(
      echo,
      endpoint({ id: 'ep_marks', client: 'crm', echo: 'mark' }),
      endpoint({ id: 'ep_erp', client: 'erp', echo: 'omit' }),
      endpoint({ id: 'ep_other' }),
    );
    expect(rows).toEqual([]);
    expect(rings).toMatchObject(
      ['ep_marks', 'ep_erp', 'ep_other'].map((endpointId) => ({ endpointId, first: {} })),
    );
  });

  it('has no row at an endpoint that does not want its topics', async () => {
    const { rows } = await fannedOut(
      echo,
      endpoint({ client: 'crm', echo: 'omit', topics: ['engagement.*'] }),
    );
    expect(rows).toEqual([]);
  });
});

it('a version of a command goes to the endpoint of its client and to those without client', async () => {
  const { version } = acceptanceOf(newLine(lineKey), 'deal-1', '2026-03-01T10:00:00.000Z');
  const topics = ['command.*'];
  const { rings } = await fannedOut(
    version,
    endpoint({ id: 'ep_own', topics, client: textAt(version.payload, 'client'), echo: 'mark' }),
    endpoint({ id: 'ep_erp', topics, client: 'erp', echo: 'mark' }),
    endpoint({ id: 'ep_all', topics }),
  );
  expect(rings.map((details) => details?.endpointId)).toEqual(['ep_own', 'ep_all']);
});
