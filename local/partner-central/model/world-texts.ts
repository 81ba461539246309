/** Names of customers and projects, in many scripts, directions and special characters. */
// cspell:disable
const worldTexts = [
  'Grüße aus Köln, Übergröße',
  'Škoda, Łódź & Ångström',
  'データ基盤の移行',
  '云计算迁移项目',
  'شركة الاختبار المحدودة',
  'חברת הדוגמה בע״מ',
  'उदाहरण प्राइवेट लिमिटेड',
  '🚀🏳️‍🌈👩🏽‍💻 launch',
  'é is é, with a combining accent',
  '"quoted" and \'quoted\', 50 % <b>bold</b> & more',
  'back\\slash, {{braces}}, $dollar, `code`; -- comment',
  'line one\nline two\ttab',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 beyond 16 bits',
  '\u202eright to left\u202c and \u200bzero width',
] as const;
// cspell:enable

/** The longest problem text that AWS accepts, in characters. */
const mostCharacters = 2_000;

/** Returns one of the texts, the same for the same key. Not longer than 60 characters. */
export function worldText(key: string): string {
  const sum = Buffer.from(key).reduce((total, byte) => total + byte, 0);
  return worldTexts[sum % worldTexts.length] ?? '';
}

/** Returns a long text with characters of several bytes. */
export function longWorldText(key: string): string {
  const text = `${worldText(key)} · `;
  return text
    .repeat(Math.ceil(mostCharacters / text.length))
    .slice(0, mostCharacters)
    .toWellFormed();
}
