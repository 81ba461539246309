/** Whether a text is these parts in their order, with any run of characters between one and the next. */
export function matchesParts([first = '', ...rest]: readonly string[], text: string): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  // What stands between the stars must be found in its order; greedy from the left is enough.
  let from = first.length;
  return rest.every((part) => {
    const found = text.indexOf(part, from);
    from = found + part.length;
    return found >= 0 && from <= text.length - last.length;
  });
}
