import { dynamodbExportStore } from '../../../lambdas/adapters/dynamodb-export-store.ts';
import { epochMsOf, instantOf } from '../../../lambdas/core/instant.ts';
import { lateAgeMs } from '../../../lambdas/export/plan-export.ts';
import { spanText } from '../output.ts';
import type { Check } from './finding.ts';

const hourMs = 60 * 60_000;

const advice = 'See ExportLate in docs/runbook.md.';

/** From the row of `export`. It says nothing about a stack that exports no records. */
export const exportsInTime: Check = {
  name: 'exports',
  async run({ relay, io }) {
    const bucket = relay.outputs.get('ExportBucketName');
    if (bucket === undefined) return [];
    const { state } = await dynamodbExportStore(
      relay.clients.dynamodb,
      relay.output('ControlTableName'),
    ).read();
    if (!state) return [{ level: 'warning', found: `No export to ${bucket} has begun.`, advice }];
    const nowMs = io.clock.nowMs();
    const { exportedTo, failedAt, failure } = state;
    const complete =
      exportedTo === undefined
        ? `No export to ${bucket} is complete.`
        : `${bucket} has all changes until ${exportedTo}, ${spanText(nowMs - epochMsOf(exportedTo))} ago.`;
    const failed = failedAt === undefined ? '' : ` The export at ${failedAt} failed: ${failure}.`;
    const lateMs = lateAgeMs(state, instantOf(nowMs), Number(relay.output('ExportHours')) * hourMs);
    if (lateMs !== undefined) return [{ level: 'problem', found: `${complete}${failed}`, advice }];
    return [
      failed === ''
        ? { level: 'ok', found: complete }
        : { level: 'warning', found: `${complete}${failed}`, advice },
    ];
  },
};
