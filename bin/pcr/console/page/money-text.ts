type DecimalText = `${number}`;

function isDecimalText(text: string): text is DecimalText {
  return /^[+-]?\d+(?:\.\d+)?$/.test(text);
}

/** `USD 531.00`. Every digit stays, also of an amount that a number of JavaScript cannot hold. */
export function moneyText(amount: string, currency: string | undefined): string {
  if (!isDecimalText(amount)) return `${amount} ${currency ?? ''}`.trim();
  const isWhole = /^[^.]*(?:\.0*)?$/.test(amount);
  const digits = { minimumFractionDigits: isWhole ? 0 : 2, maximumFractionDigits: 20 };
  const text = new Intl.NumberFormat('en', digits).format(amount);
  return currency === undefined ? text : `${currency} ${text}`;
}

/** `USD 1.2M`: for sums, where the order of size is what matters. */
export function shortMoneyText(amount: number, currency: string): string {
  const text = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(amount);
  return currency === '' ? text : `${currency} ${text}`;
}

export function countText(count: number): string {
  return new Intl.NumberFormat('en').format(count);
}
