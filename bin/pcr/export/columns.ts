import type { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';

/** What a column holds in the code, by its type. An absent value is undefined. */
interface ValueTypes {
  readonly text: string;
  readonly integer: number;
  readonly number: number;
  /** A number with up to 32 digits before the decimal point and 6 behind it. */
  readonly amount: number | ExactNumber;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly time: Instant;
  readonly boolean: boolean;
}
export type ColumnType = keyof ValueTypes;

export interface ExportColumn {
  readonly type: ColumnType;
  readonly meaning: string;
  /**
   * `yes`: the column is empty without `--personal-data`. `partly`: it lacks the values of members
   * that are personal data.
   */
  readonly personal?: 'yes' | 'partly';
}

/** Columns by name, in their order. */
export type ExportColumns = Readonly<Record<string, ExportColumn>>;

/** A row with a value for each column: the compiler finds a column that the row lacks. */
export type RowOf<Columns extends ExportColumns> = {
  readonly [Name in keyof Columns]: ValueTypes[Columns[Name]['type']] | undefined;
};

export type ExportValue = ValueTypes[ColumnType] | undefined;
export type ExportRow = Readonly<Record<string, ExportValue>>;
