import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { RecordExport } from '../record-export.ts';
import { functionMetric, gaugeMetric } from './metrics.ts';
import { graphWidget, logTableWidget, sectionHeading } from './widgets.ts';

/** How old the files in the bucket are, and how exports ended. */
export function buildExportRows({ export: exportFunction }: RecordExport): IWidget[][] {
  return [
    sectionHeading('Is the export up to date?', 'A late export sends its age. Normally there is no value.'),
    [
      graphWidget('Age of a late export', [gaugeMetric(exportFunction, 'ExportAge')], { unit: 'seconds' }),
      graphWidget('Runs of export', [functionMetric(exportFunction.function, 'Invocations', 'export')]),
      logTableWidget(
        'Exports, by result',
        [exportFunction.logGroup],
        "filter message in ['export.finished', 'export.failed']",
        'stats count(*) as exports by message, code',
        'sort exports desc',
      ),
    ],
  ];
}
