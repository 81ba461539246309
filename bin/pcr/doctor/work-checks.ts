import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { firstOf } from '../first-of.ts';
import { counted } from '../output.ts';
import { depthOf, type ParkedQueueName, parkedQueuesOf } from '../parked/parked-queues.ts';
import { findSetAside, tablesOf } from '../stores/unreadable-rows.ts';
import type { Check, Finding } from './finding.ts';

export const parkedWork: Check = {
  name: 'parked',
  async run({ relay }) {
    const depths = await Promise.all(
      parkedQueuesOf(relay).map(async ({ name, parked }) => ({
        name,
        depth: await depthOf(parked, relay),
      })),
    );
    const parked = depths.filter(({ depth }) => depth > 0);
    if (parked.length === 0) return [{ level: 'ok', found: 'Nothing is parked.' }];
    return parked.map(({ name, depth }) => ({
      level: 'warning',
      found: `About ${counted(depth, 'message')} parked in ${name}.`,
      advice: adviceOnParked(name),
    }));
  },
};

/** What is kept waits for a release that reads it. */
function adviceOnParked(name: ParkedQueueName): string {
  const see = `See why: \`pcr parked list --queue ${name}\`.`;
  const drop = `\`pcr parked drop --queue ${name} --all\``;
  return name === 'kept'
    ? `${see} A later release may read these events; until then they expire after 14 days. If you do not need them: ${drop}.`
    : `${see} When the cause is mended: \`pcr parked redrive --queue ${name} --all\`, or ${drop}.`;
}

export const endpointsEnabled: Check = {
  name: 'endpoints',
  async run({ relay }) {
    const { endpoints, unreadable } = await relay.endpoints.all();
    const findings = [...unreadable.map(unreadableFinding), ...endpoints.flatMap(disabledFindings)];
    if (findings.length > 0) return findings;
    if (endpoints.length > 0)
      return [{ level: 'ok', found: `${counted(endpoints.length, 'endpoint')}, all enabled.` }];
    return [
      {
        level: 'warning',
        found: 'There is no endpoint: nothing is sent.',
        advice: 'Add one: `pcr endpoints add --help`.',
      },
    ];
  },
};

/** More rows are counted, not named. */
const mostNamed = 5;

export const rowsReadable: Check = {
  name: 'rows',
  async run({ relay, io }) {
    const tables = tablesOf(relay);
    const found = findSetAside(relay.clients.dynamodb, tables, instantOf(io.clock.nowMs()));
    const { found: rows, hasMore } = await firstOf(found, mostNamed);
    if (rows.length === 0) return [{ level: 'ok', found: 'No row was set aside as unreadable.' }];
    const named = rows.map(({ table, pk, sk, problems }): Omit<Finding, 'check'> => {
      const at = `The row ${pk} ${sk} of table ${table}`;
      const advice = `Repair it in the table, then \`pcr rows retry '${pk}' '${sk}'\`.`;
      return { level: 'problem', found: `${at} is set aside: ${problems}.`, advice };
    });
    const more = { level: 'problem', found: 'There are more.', advice: 'See `pcr rows list`.' } as const;
    return hasMore ? [...named, more] : named;
  },
};

function unreadableFinding(id: string): Omit<Finding, 'check'> {
  return {
    level: 'problem',
    found: `The endpoint ${id} cannot be read: every delivery to it waits.`,
    advice: `Repair its row in the table (\`pcr endpoints show ${id}\` names the attributes), or remove it: \`pcr endpoints remove ${id}\`.`,
  };
}

function disabledFindings({ id, disabled }: Endpoint): readonly Omit<Finding, 'check'>[] {
  if (!disabled) return [];
  return [
    {
      level: 'warning',
      found: `The endpoint ${id} is disabled since ${disabled.at}: ${disabled.reason}. Its messages are held.`,
      advice: `When its receiver works again: \`pcr endpoints enable ${id}\`.`,
    },
  ];
}
