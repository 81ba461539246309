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
export function question(asked: string, hint: string): IWidget[] {
  const markdown = `## ${asked}\n${hint}`;
  return [new TextWidget({ markdown, width: 24, height: 2, background: TextWidgetBackground.TRANSPARENT })];
}

export interface Lines {
  readonly unit?: string;
  /** Lines upon each other: where their sum means something. @default false */
  readonly stacked?: boolean;
  readonly marks?: readonly HorizontalAnnotation[];
}

export function graph(title: string, lines: readonly IMetric[], shown: Lines = {}): IWidget {
  return new GraphWidget({
    title,
    width,
    height,
    left: [...lines],
    leftYAxis: { min: 0, showUnits: false, ...(shown.unit && { label: shown.unit }) },
    stacked: shown.stacked ?? false,
    leftAnnotations: [...(shown.marks ?? [])],
  });
}

/** Counted in the logs: as metrics, these would cost one for each endpoint, detail-type or reason. */
export function logTable(
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
