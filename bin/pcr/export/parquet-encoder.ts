import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import { amountPrecision, amountScale, unscaledAmount } from './amount.ts';
import type { ColumnType, ExportColumns, ExportRow, ExportValue } from './columns.ts';
import type { RowEncoder } from './row-encoder.ts';

/** Encodes each group of rows as one row group, so that memory holds no more than a group. */
export function parquetEncoder(columns: ExportColumns): RowEncoder {
  // It collects bytes in memory, so nothing has to be awaited.
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: schemaOf(columns),
    createdBy: 'partner-central-relay',
  });
  const take = (): Uint8Array => {
    const bytes = writer.getBytes();
    writer.index = 0;
    return bytes;
  };
  return {
    encode(rows) {
      const columnData = Object.entries(columns).map(([name, { type }]) => ({
        name,
        data: rows.map((row: ExportRow) => toParquet(row[name], type)),
      }));
      void parquet.write({ columnData, rowGroupSize: rows.length });
      return take();
    },
    end() {
      void parquet.finish();
      return take();
    },
  };
}

type PhysicalType = Omit<SchemaElement, 'name'>;

/** Times are in UTC, without a zone, so that no tool converts them. */
const physicalTypes: Readonly<Record<ColumnType, PhysicalType>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  amount: {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    precision: amountPrecision,
    scale: amountScale,
  },
  day: { type: 'INT32', converted_type: 'DATE' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  boolean: { type: 'BOOLEAN' },
};

function schemaOf(columns: ExportColumns): SchemaElement[] {
  const elements = Object.entries(columns).map(
    ([name, { type }]): SchemaElement => ({ ...physicalTypes[type], name, repetition_type: 'OPTIONAL' }),
  );
  return [{ name: 'root', num_children: elements.length }, ...elements];
}

/** Returns what the library takes for a value of this type. */
function toParquet(value: ExportValue, type: ColumnType): unknown {
  if (value === undefined) return undefined;
  // A row that was edited by hand may hold a fraction.
  if (type === 'integer') return BigInt(Math.trunc(Number(value)));
  if (type === 'day') return new Date(`${String(value)}T00:00:00Z`);
  if (type === 'time') return BigInt(Date.parse(String(value)));
  if (type === 'amount')
    return typeof value === 'number' || value instanceof ExactNumber ? unscaledAmount(value) : undefined;
  return value;
}
