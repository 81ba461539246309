import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { RecordExport } from '../record-export.ts';
import type { AlarmGroup } from './alarm-group.ts';
import { gaugeMetric } from './metrics.ts';

/** Adds the alarm about exports to the bucket. It can wait for working hours. */
export function addExportAlarms(notice: AlarmGroup, { export: exportFunction }: RecordExport): void {
  notice.addAlarm('ExportLate', {
    // Each run of the function sends this metric while the export is late.
    metric: gaugeMetric(exportFunction, 'ExportAge'),
    threshold: { above: 0 },
    // No value: the export is not late, or the function fails, which FunctionErrors says.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    meaning: 'The files in the export bucket are too old: exports of the Records table fail or do not end.',
  });
}
