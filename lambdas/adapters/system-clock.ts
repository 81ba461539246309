import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';

export const systemClock: Clock = { nowMs: () => Date.now(), sleep: (ms) => setTimeout(ms) };
