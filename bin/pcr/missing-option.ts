/** Options of fields that need a value, where the name is not that of the field. */
const options = { actions: '--action', catalogs: '--catalog', topics: '--topic' } as const;

/** Adds the option to the problem of a field that is not given, such as `actions: nothing; …`. */
export function namingOption(problem: string): string {
  return problem.replace(
    /^(actions|catalogs|topics): nothing;/,
    (_, field: keyof typeof options) => `${field}: nothing, ${options[field]} is missing;`,
  );
}
