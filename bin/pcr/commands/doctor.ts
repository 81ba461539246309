import type { Command } from 'commander';
import { type DeployedSettings, deployedSettings } from '../deployed-settings.ts';
import type { Finding } from '../doctor/finding.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption, printJson } from '../json.ts';
import { counted } from '../output.ts';
import { type Screen, stateStyle, wrap } from '../screen.ts';
import { stackParts } from '../stores/stack-parts.ts';
import { printable, withTimes } from '../table.ts';

/** `pcr doctor` */
export function addDoctorCommand(command: Command, io: Io): void {
  command
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExits with 1 if there is a problem; warnings alone exit with 0.\n\nExample:\n  pcr doctor --json',
    )
    .action(async ({ json }: JsonOption) => {
      const relay = await io.relay();
      let settings: Promise<DeployedSettings> | undefined;
      const findings = await runChecks({
        relay,
        settings: () => (settings ??= deployedSettings(relay)),
        parts: stackParts(relay),
        io,
      });
      if (json) printJson(findings, io);
      else io.print(findings.map((finding) => findingText(finding, io.out)).join('\n'));
      const problems = findings.filter(({ level }) => level === 'problem').length;
      if (problems > 0) throw new CommandError(`${counted(problems, 'problem')}.`);
    });
}

const marks: Readonly<Record<Finding['level'], string>> = { ok: '✓', warning: '!', problem: '✗' };

const nameWidth = 15;

function findingText({ check, level, found, advice }: Finding, screen: Screen): string {
  const indent = ' '.repeat(nameWidth + 4);
  const width = screen.columns && screen.columns - indent.length;
  const text = (words: string) => wrap(withTimes(printable(words)), width, indent);
  const mark = screen.style(stateStyle(level) ?? 'heading', marks[level]);
  const line = `${mark} ${check.padEnd(nameWidth)}  ${text(found)}`;
  return advice === undefined ? line : `${line}\n${indent}${text(`→ ${advice}`)}`;
}
