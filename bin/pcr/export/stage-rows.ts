import { dayMs, epochMsOf } from '../../../lambdas/core/instant.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import type { ExportColumns, RowOf } from './columns.ts';
import { type StagedVersion, stageStaysOf } from './stage-stays.ts';

export const stageColumns = {
  catalog: { type: 'text', meaning: '`AWS` or `Sandbox`' },
  id: { type: 'text', meaning: 'id of the opportunity' },
  number: { type: 'integer', meaning: 'number of the stay: 1 is the first stage of the opportunity' },
  stage: { type: 'text', meaning: 'the stage' },
  entered_at: {
    type: 'time',
    meaning: 'when it entered the stage; of the first stay, when its first stored version was made',
  },
  left_at: { type: 'time', meaning: 'when it left the stage; empty while it is in it' },
  days: { type: 'number', meaning: 'days between the two; empty while it is in the stage' },
  next_stage: { type: 'text', meaning: 'the stage that it went to; empty while it is in this one' },
  version: { type: 'integer', meaning: 'number of the version that entered the stage' },
} as const satisfies ExportColumns;

/** Returns a row for each stay of an opportunity in a stage. */
export function stageRows(
  { catalog, id }: RecordKey,
  versions: readonly StagedVersion[],
): readonly RowOf<typeof stageColumns>[] {
  const stays = stageStaysOf(versions);
  return stays.map(({ stage, version, enteredAt, leftAt }, index) => ({
    catalog,
    id,
    number: index + 1,
    stage,
    entered_at: enteredAt,
    left_at: leftAt,
    days: leftAt && (epochMsOf(leftAt) - epochMsOf(enteredAt)) / dayMs,
    next_stage: stays[index + 1]?.stage,
    version,
  }));
}
