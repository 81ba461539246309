/** `/api/deals?catalog=AWS&stage=Qualified`, without the values that are empty. */
export function queryPath(path: string, values: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return query.size > 0 ? `${path}?${query}` : path;
}
