import { type Command, Option } from 'commander';
import { type Instant, instantOf } from '../../../../lambdas/core/instant.ts';
import { type RecordKind, recordKinds } from '../../../../lambdas/core/record.ts';
import type { ExportName } from '../../export/export-kinds.ts';
import { columnTypesOf, type ExportState } from '../../export/export-state.ts';
import { type ExportFormat, exportFormats } from '../../export/row-encoder.ts';
import { runExport } from '../../export/run-export.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { catalogValue } from '../../records/record-groups.ts';
import { assertUnused, createFolder } from '../../stores/export-folder.ts';
import { whileLocked } from '../../stores/export-lock.ts';
import { instantValue, wholeNumberValue } from '../../values.ts';

interface StartOptions extends JsonOption {
  readonly out: string;
  readonly format: ExportFormat;
  readonly catalog: string;
  readonly kind?: RecordKind;
  readonly since?: Instant;
  readonly personalData?: boolean;
  readonly rowsPerFile: number;
}

interface StartTexts {
  readonly description: string;
  readonly examples: readonly string[];
}

const texts: Readonly<Record<ExportName, StartTexts>> = {
  deals: {
    description: "All opportunities as they are now, with AWS's side of them: one row each.",
    examples: [
      'pcr export deals --out export/deals',
      'pcr export deals --out deals --format csv --personal-data',
    ],
  },
  changes: {
    description: 'All changes of all opportunities, or of records of another kind: one row for each member.',
    examples: [
      'pcr export changes --out export/changes',
      'pcr export changes --out changes --since 90d --format ndjson',
    ],
  },
  stages: {
    description: 'Which opportunity was in which stage from when to when: one row for each stay.',
    examples: ['pcr export stages --out export/stages'],
  },
  deliveries: {
    description: 'Which message went to which endpoint, with its last attempt: one row each.',
    examples: ['pcr export deliveries --out export/deliveries --since 7d'],
  },
};

/** `pcr export deals|changes|stages|deliveries` */
export function addStartCommand(group: Command, name: ExportName, io: Io): void {
  const command = group
    .command(name)
    .description(texts[name].description)
    .requiredOption('--out <folder>', 'a folder that is new or empty')
    .addOption(
      new Option('--format <format>', 'format of the files').choices(exportFormats).default('parquet'),
    )
    .option('--catalog <name>', 'AWS or Sandbox', catalogValue, 'AWS');
  if (name === 'changes')
    command.addOption(
      new Option('--kind <kind>', 'of records of this kind').choices(recordKinds).default('opportunity'),
    );
  if (name === 'changes' || name === 'deliveries')
    command.option('--since <time>', 'from then on: 12h, 7d, 2026-03-01', instantValue(io.clock));
  if (name !== 'stages')
    command.option(
      '--personal-data',
      'with names, contacts, texts and amounts, which are left out otherwise',
    );
  command
    .option('--rows-per-file <number>', 'when a new file begins', wholeNumberValue(1, 10_000_000), 100_000)
    .addOption(jsonOption())
    .addHelpText('after', `${help}${examples(...texts[name].examples)}`)
    .action((options: StartOptions) => startExport(name, options, io));
}

const help = `
It reads the whole table. After Ctrl-C, a crash or expired credentials,
\`pcr export resume\` continues it. Only you can read the files.
`;

async function startExport(name: ExportName, options: StartOptions, io: Io): Promise<void> {
  assertUnused(options.out);
  const { output } = await io.relay();
  createFolder(options.out);
  const state: ExportState = {
    export: name,
    format: options.format,
    columns: columnTypesOf(name),
    table: output(name === 'deliveries' ? 'WebhooksTableName' : 'RecordsTableName'),
    catalog: options.catalog,
    kind: options.kind ?? 'opportunity',
    since: options.since,
    hasPersonalData: options.personalData ?? false,
    rowsPerFile: options.rowsPerFile,
    startedAt: instantOf(io.clock.nowMs()),
    files: [],
    itemsRead: 0,
    unreadable: 0,
  };
  await whileLocked(`--out ${options.out}`, options.out, () => {
    // Another export may have begun, and ended, since then.
    assertUnused(options.out);
    return runExport(state, options.out, options, io);
  });
}
