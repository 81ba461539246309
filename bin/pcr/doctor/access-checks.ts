import {
  ListOpportunitiesCommand,
  PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { errorName } from '../../../lambdas/core/service-error.ts';
import { callerOf } from '../caller.ts';
import { quotaUse } from '../quota-use.ts';
import { acquirePermit } from './acquire-permit.ts';
import type { Check, Finding } from './finding.ts';

export const credentials: Check = {
  name: 'credentials',
  async run({ relay }) {
    const { account, arn } = await callerOf(relay);
    return [{ level: 'ok', found: `Account ${account}, as ${arn}.` }];
  },
};

export const stack: Check = {
  name: 'stack',
  async run({ relay, settings }) {
    const { catalogs } = await settings();
    const found = `${relay.stackName} in ${relay.region}, catalogs ${catalogs.join(', ')}.`;
    return [{ level: 'ok', found }];
  },
};

/** Reads one item of each catalog. Acquires a permit first, like every read. */
export const catalogAccess: Check = {
  name: 'partner central',
  async run({ relay, settings, io }) {
    const client = new PartnerCentralSellingClient({ ...relay.clientSettings, maxAttempts: 1 });
    const findings: Omit<Finding, 'check'>[] = [];
    const { catalogs, limits } = await settings();
    for (const Catalog of catalogs) {
      if (!(await acquirePermit(limits, relay, io))) {
        findings.push({
          level: 'warning',
          found: `Catalog ${Catalog}: not tried, no read is available now.`,
          advice: 'Try again later: `pcr quota` shows the reads that are left.',
        });
        continue;
      }
      const read = client.send(new ListOpportunitiesCommand({ Catalog, MaxResults: 1 }));
      findings.push(
        await read.then(
          () => ({ level: 'ok', found: `Catalog ${Catalog}: these credentials can read it.` }) as const,
          (error: unknown) => refused(Catalog, errorName(error)),
        ),
      );
    }
    return findings;
  },
};

function refused(catalog: string, error: string): Omit<Finding, 'check'> {
  const found = `Catalog ${catalog}: a read with these credentials failed: ${error}.`;
  if (error === 'AccessDeniedException')
    return {
      level: 'warning',
      found,
      advice:
        'The functions have roles of their own and may still read. Look for access-denied in the log of reconcile; if it is there, make sure that this account is linked to Partner Central.',
    };
  if (error === 'ThrottlingException')
    return {
      level: 'warning',
      found,
      advice: 'Other software of this account reads too: lower relay:readsPerSecond.',
    };
  return {
    level: 'problem',
    found,
    advice: 'Check the status of Partner Central, and try again in some minutes.',
  };
}

const mostUsed = 0.8;

export const quotaLeft: Check = {
  name: 'quota',
  async run({ relay, settings, io }) {
    const { used, perDay, closedUntil } = await quotaUse(await settings(), relay, io);
    const found = `${used} of ${perDay} reads used in 24 hours.`;
    if (closedUntil !== undefined)
      return [
        {
          level: 'warning',
          found: `${found} Partner Central throttled: all reads wait until ${closedUntil}.`,
          advice: 'If this repeats, other software of this account reads too: lower relay:readsPerSecond.',
        },
      ];
    if (used < mostUsed * perDay) return [{ level: 'ok', found }];
    return [
      {
        level: 'warning',
        found: `${found} \`reconcile\` waits, and updates will wait soon; invitations continue.`,
        advice:
          'It recovers within a day. If this repeats, request a higher quota from Service Quotas, then set relay:readsPerDay.',
      },
    ];
  },
};
