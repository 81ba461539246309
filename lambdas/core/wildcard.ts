/** Whether a text consists of these parts in this order, with any characters between them. */
export function matchesParts([first = '', ...rest]: readonly string[], text: string): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  // The middle parts must occur in order. The leftmost match of each leaves the most text for the
  // next.
  let from = first.length;
  return rest.every((part) => {
    const found = text.indexOf(part, from);
    from = found + part.length;
    return found >= 0 && from <= text.length - last.length;
  });
}
