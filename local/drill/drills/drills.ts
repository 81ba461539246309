import type { Drill } from '../drill.ts';
import { failureDrills } from './failures.ts';
import { lateWorkDrills } from './late-work.ts';
import { lostWorkDrills } from './lost-work.ts';
import { partnerCentralDrills } from './partner-central.ts';
import { rowDrills } from './rows.ts';

/** One drill for each alarm, in the order of the runbook. */
export const drills: readonly Drill[] = [
  ...lostWorkDrills,
  ...lateWorkDrills,
  ...failureDrills,
  ...partnerCentralDrills,
  ...rowDrills,
];
