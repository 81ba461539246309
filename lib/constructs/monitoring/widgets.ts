import {
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

/** A dashboard is 24 units wide: three widgets in a row. */
const width = 8;
const height = 6;

/** A question, and what helps to answer it. */
export function sectionHeading(title: string, text: string): IWidget[] {
  const markdown = `## ${title}\n${text}`;
  return [new TextWidget({ markdown, width: 24, height: 2, background: TextWidgetBackground.TRANSPARENT })];
}

export interface GraphOptions {
  readonly unit?: string;
  /** Lines upon each other: where their sum means something. @default false */
  readonly stacked?: boolean;
  readonly thresholds?: readonly HorizontalAnnotation[];
}

export function graphWidget(title: string, metrics: readonly IMetric[], options: GraphOptions = {}): IWidget {
  return new GraphWidget({
    title,
    width,
    height,
    left: [...metrics],
    leftYAxis: { min: 0, showUnits: false, ...(options.unit && { label: options.unit }) },
    stacked: options.stacked ?? false,
    leftAnnotations: [...(options.thresholds ?? [])],
  });
}

/** Counted in the logs: as metrics, these would cost one for each endpoint, detail-type or reason. */
export function logTableWidget(
  title: string,
  logs: readonly ILogGroup[],
  ...queryLines: readonly string[]
): IWidget {
  return new LogQueryWidget({
    title,
    width,
    height,
    logGroupNames: logs.map(({ logGroupName }) => logGroupName),
    view: LogQueryVisualizationType.TABLE,
    queryLines: [...queryLines],
  });
}
