import { type Command, InvalidArgumentError } from 'commander';
import { type RecordKey, recordPath } from '../../../lambdas/core/record.ts';
import { UsageError } from '../errors.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { catalogValue, type RecordGroup, recordGroups } from './record-groups.ts';

/** Options that identify one record, together with its id. */
export interface KeyOptions extends JsonOption {
  readonly catalog: string;
  /** Selects the AWS opportunity summary instead of the opportunity. */
  readonly awsSummary?: boolean;
}

export function addKeyOptions(command: Command, group: RecordGroup): Command {
  addIdOptions(command, group);
  if (group.kind === 'opportunity') command.option('--aws-summary', "AWS's own side of the opportunity");
  return command;
}

export function addIdOptions(command: Command, { one, example }: RecordGroup): Command {
  return command
    .argument('<id>', `id of the ${one}, e.g. ${example}`, idValue)
    .option('--catalog <name>', 'AWS or Sandbox', catalogValue, 'AWS')
    .addOption(jsonOption());
}

function idValue(text: string): string {
  if (text !== '' && !text.includes('/')) return text;
  throw new InvalidArgumentError('Allowed: an id of Partner Central, without slashes.');
}

export function keyOf(id: string, { kind }: RecordGroup, { catalog, awsSummary }: KeyOptions): RecordKey {
  return { catalog, kind: awsSummary ? 'aws-opportunity-summary' : kind, id };
}

export function missingRecord(key: RecordKey): UsageError {
  const group = recordGroups.find(({ kind }) => kind === key.kind)?.name ?? 'opportunities';
  return new UsageError(
    `${key.id}: ${recordPath(key)} is not in the table; see \`pcr ${group} list --catalog ${key.catalog}\``,
  );
}
