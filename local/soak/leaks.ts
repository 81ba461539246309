import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { deliverId } from '../function-ids.ts';
import { keepFunctionMemory } from '../function-memory.ts';
import type { TrackedStage } from '../tracked-stage.ts';
import type { Leak } from './options.ts';

/** Enough to be found, and less than a process can hold. */
const mostLeaked = 100;

/**
 * Leaves something behind, to see that the verdict finds it.
 * @returns what ends it
 */
export async function startLeaking(leak: Leak, tracked: TrackedStage): Promise<() => void> {
  const { receiver, stage } = tracked;
  if (leak === 'rows') await leaveRow(tracked);
  const { name } = stage.functions.get(deliverId);
  const kept: number[][] = [];
  const timers: NodeJS.Timeout[] = [];
  const leave: Readonly<Record<Leak, () => void>> = {
    // Eight bytes a number.
    memory: () => kept.push(Array.from({ length: 250_000 }, (_, index) => index / 2)),
    timers: () => timers.push(setInterval(() => undefined, 60_000)),
    function: () => keepFunctionMemory(name),
    rows: () => undefined,
  };
  let left = 0;
  const { onReceipt } = receiver;
  receiver.onReceipt = (receipt) => {
    onReceipt?.(receipt);
    if (left === mostLeaked) return;
    left += 1;
    leave[leak]();
  };
  return () => {
    for (const timer of timers) clearInterval(timer);
    kept.length = 0;
  };
}

async function leaveRow({ dynamodb, tables }: TrackedStage): Promise<void> {
  const Item = toAttributes({ pk: 'delivery#left-behind', sk: 'delivery' });
  await dynamodb.send(new PutItemCommand({ TableName: tables.webhooks, Item }));
}
