import type { CommandSwitch } from '../../lambdas/ports/command-switch.ts';

/** What is stored about the switch. */
export interface SwitchRow {
  isPaused: boolean;
  /** Name of the Records table of the last use. */
  recordTable?: string;
}

/** @param row a caller that keeps it sees what is stored */
export function inMemoryCommandSwitch(
  recordTable = 'Records',
  row: SwitchRow = { isPaused: false },
): CommandSwitch {
  return {
    async state() {
      row.recordTable ??= recordTable;
      if (row.recordTable !== recordTable) return 'restored';
      return row.isPaused ? 'paused' : 'running';
    },
    async pause() {
      row.isPaused = true;
      row.recordTable ??= recordTable;
    },
    async resume() {
      row.isPaused = false;
      row.recordTable = recordTable;
    },
  };
}
