/**
 * The setting that a key of the CDK context means without naming it: `catalogs`, `relay:Catalogs`, `relay.catalogs`,
 * `RELAY_CATALOGS`, `realy:catalog`.
 * @param names of the settings, without prefix
 * @returns undefined where the key speaks of something else
 */
export function didYouMean(key: string, names: readonly string[]): string | undefined {
  // What stands behind the last separator is the name, whatever the prefix was made into.
  const said = [key, key.replace(/^.*[:./]/, ''), key.replace(/^relay/i, '')].map(bare);
  return names.find((name) => said.includes(bare(name)));
}

/** Without case, separators and plural: what people get wrong. */
const bare = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/s$/, '');
