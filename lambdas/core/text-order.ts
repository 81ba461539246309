/** Orders texts by their code units, as DynamoDB orders keys of plain characters. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
