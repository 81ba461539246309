import { epochMsOf, instantOf } from '../../lambdas/core/instant.ts';
import type { TableExports } from '../../lambdas/ports/table-exports.ts';
import type { ExportModel } from '../../local/host/exports/export-model.ts';

/** Exports of a table to a bucket, on the same model as the service of the local stage. */
export function inMemoryTableExports(
  model: ExportModel,
  { table, bucket }: { readonly table: string; readonly bucket: string },
): TableExports {
  return {
    async recoveryWindow() {
      const recovery = model.recoveryWindow();
      if (!recovery || recovery.earliestMs >= recovery.latestMs) return undefined;
      return { earliest: instantOf(recovery.earliestMs), latest: instantOf(recovery.latestMs) };
    },
    async start({ from, to, folder, token }) {
      const fromMs = from === undefined ? undefined : epochMsOf(from);
      const started = model.start({ table, bucket, folder, token, fromMs, toMs: epochMsOf(to) });
      if (typeof started !== 'string') return { arn: started.arn };
      if (started === 'ExportConflictException' || started === 'InvalidExportTimeException')
        return { refused: started };
      throw new Error(started);
    },
    async status(arn) {
      const found = model.exports.find((each) => each.arn === arn);
      if (!found) return { status: 'failed', reason: 'ExportNotFoundException' };
      const status = model.status(found);
      if (status === 'FAILED') return { status: 'failed', reason: found.failure ?? 'unknown' };
      return { status: status === 'COMPLETED' ? 'completed' : 'running' };
    },
  };
}
