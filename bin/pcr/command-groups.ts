import type { Command } from 'commander';
import type { Io } from './io.ts';
import { recordGroups } from './records/record-groups.ts';

/** A command of the first level: its line in the help, and how its declaration is loaded. */
export interface CommandGroup {
  readonly name: string;
  readonly description: string;
  /** Loads what only this command needs, often with the SDK: help of the program stays fast. */
  readonly load: () => Promise<(command: Command, io: Io) => void>;
}

/** In the order of the help text. */
export const commandGroups: readonly CommandGroup[] = [
  {
    name: 'endpoints',
    description: 'Where messages go: webhooks and event buses, one by one or declared in a file.',
    load: async () => (await import('./commands/endpoints.ts')).addEndpointsCommands,
  },
  {
    name: 'deliveries',
    description: 'What was sent where and with which outcome. Deliveries are kept for 30 days.',
    load: async () => (await import('./commands/deliveries.ts')).addDeliveriesCommands,
  },
  {
    name: 'replay',
    description:
      'Sends messages to an endpoint again, or for the first time, with the same webhook-id as before.',
    load: async () => (await import('./commands/replay.ts')).addReplayCommand,
  },
  {
    name: 'listen',
    description:
      'Forwards messages to a server on this machine until Ctrl-C, signed as for deployed endpoints.',
    load: async () => (await import('./commands/listen.ts')).addListenCommand,
  },
  {
    name: 'trigger',
    description: 'Changes a record of the local stage so that a message comes of it, or sends a sample.',
    load: async () => (await import('./commands/trigger.ts')).addTriggerCommand,
  },
  {
    name: 'trace',
    description: 'Follows one event to its webhooks: versions, messages, deliveries and log lines.',
    load: async () => (await import('./commands/trace.ts')).addTraceCommand,
  },
  ...recordGroups.map((group) => ({
    name: group.name,
    description: `The stored ${group.name}: lists, single ones, their versions and their changes.`,
    load: async () => (await import('./commands/records.ts')).addRecordsCommands(group),
  })),
  {
    name: 'changes',
    description: 'What has changed in all deals, newest first.',
    load: async () => (await import('./commands/changes.ts')).addChangesCommand,
  },
  {
    name: 'export',
    description: 'Writes deals, changes, stages or deliveries into files for DuckDB, Excel and others.',
    load: async () => (await import('./commands/export.ts')).addExportCommands,
  },
  {
    name: 'commands',
    description: 'Changes of records in Partner Central: sends them, and follows what becomes of them.',
    load: async () => (await import('./commands/commands.ts')).addCommandsCommands,
  },
  {
    name: 'clients',
    description: 'Software that signs commands: what it may do, and its secret.',
    load: async () => (await import('./commands/clients.ts')).addClientsCommands,
  },
  {
    name: 'parked',
    description: 'Messages that were given up, with the reason. They are kept for 14 days.',
    load: async () => (await import('./commands/parked.ts')).addParkedCommands,
  },
  {
    name: 'rows',
    description: 'Rows of the tables that were edited by hand and are invalid: the functions leave them out.',
    load: async () => (await import('./commands/rows.ts')).addRowsCommands,
  },
  {
    name: 'erase',
    description: 'Removes personal data of a record, a customer or a person. Without --yes it only counts.',
    load: async () => (await import('./commands/erase.ts')).addEraseCommand,
  },
  {
    name: 'backfill',
    description: 'Reads every record again, as fast as the read quota allows, and shows the progress.',
    load: async () => (await import('./commands/backfill.ts')).addBackfillCommand,
  },
  {
    name: 'reconcile',
    description: "Compares AWS's lists with the table now, and reads what events missed.",
    load: async () => (await import('./commands/reconcile.ts')).addReconcileCommand,
  },
  {
    name: 'console',
    description: 'Shows deals, deliveries and parked work in a browser on this machine, until Ctrl-C.',
    load: async () => (await import('./commands/console.ts')).addConsoleCommand,
  },
  {
    name: 'quota',
    description: 'How much of the quotas of Partner Central this stack has used.',
    load: async () => (await import('./commands/quota.ts')).addQuotaCommand,
  },
  {
    name: 'doctor',
    description: 'Checks the deployed stack, and says what to do about each problem.',
    load: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  },
  {
    name: 'uninstall',
    description: 'Removes what `cdk destroy` would leave or lose: secrets, parked messages, sending.',
    load: async () => (await import('./commands/uninstall.ts')).addUninstallCommand,
  },
  {
    name: 'complete',
    description: 'Prints what makes a shell complete commands, options and their values.',
    load: async () => (await import('./commands/complete.ts')).addCompleteCommand,
  },
];
