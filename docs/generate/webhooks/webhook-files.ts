import { asyncApiFiles } from './async-api.ts';
import { schemaFiles } from './message-schemas.ts';
import { sampleFiles } from './samples.ts';
import { typeFiles } from './type-files.ts';

/** Every file of `docs/webhooks`, the contract with receivers, by its path in that folder. */
export function webhookFiles(): ReadonlyMap<string, string> {
  return new Map([...schemaFiles(), ...sampleFiles(), ...typeFiles(), ...asyncApiFiles()]);
}
