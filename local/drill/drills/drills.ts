import type { Drill } from '../drill.ts';
import { commandDrills } from './commands.ts';
import { exportDrills } from './exports.ts';
import { failureDrills } from './failures.ts';
import { lateWorkDrills } from './late-work.ts';
import { lostWorkDrills } from './lost-work.ts';
import { partnerCentralDrills } from './partner-central.ts';
import { rowDrills } from './rows.ts';

/**
 * One drill for each alarm. Parked work comes last: the last drill leaves delayed messages behind,
 * with which each later minute takes longer.
 */
export const drills: readonly Drill[] = [
  ...lateWorkDrills,
  ...failureDrills,
  ...partnerCentralDrills,
  ...rowDrills,
  ...commandDrills,
  ...exportDrills,
  ...lostWorkDrills,
];
