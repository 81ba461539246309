import { changeColumns } from './change-rows.ts';
import type { ExportColumns } from './columns.ts';
import { dealColumns } from './deal-rows.ts';
import { deliveryColumns } from './delivery-rows.ts';
import { stageColumns } from './stage-rows.ts';

export const exportNames = ['deals', 'changes', 'stages', 'deliveries'] as const;
export type ExportName = (typeof exportNames)[number];

interface ExportKind {
  /** What a row is. */
  readonly row: string;
  readonly columns: ExportColumns;
}

export const exportKinds: Readonly<Record<ExportName, ExportKind>> = {
  deals: { row: "one opportunity as it is now, with AWS's side of it", columns: dealColumns },
  changes: { row: 'one change of one version', columns: changeColumns },
  stages: { row: 'one stay of an opportunity in a stage, open ones too', columns: stageColumns },
  deliveries: { row: 'one message to one endpoint, of the last 30 days', columns: deliveryColumns },
};
