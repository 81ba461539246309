import { Option } from 'commander';
import { stringifyJson } from '../../lambdas/core/json-text.ts';
import type { Io } from './io.ts';

/** For every command that prints data: `.addOption(jsonOption())`. */
export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document, for scripts');
}

export interface JsonOption {
  readonly json?: boolean | undefined;
}

/** Prints one document, indented by two spaces. Members that are undefined are left out. */
export function printJson(value: unknown, io: Pick<Io, 'print'>): void {
  io.print(stringifyJson(value, '  '));
}
