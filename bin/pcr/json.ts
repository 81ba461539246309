import { Option } from 'commander';
import type { Io } from './io.ts';

/** What every reading command takes: `.addOption(jsonOption())`. */
export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document, for scripts');
}

export interface JsonOption {
  readonly json?: boolean | undefined;
}

/** One document, indented by two. Members that are undefined are left out. */
export function printJson(io: Pick<Io, 'print'>, value: unknown): void {
  io.print(JSON.stringify(value, undefined, 2));
}
