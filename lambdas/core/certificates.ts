import { X509Certificate } from 'node:crypto';

/** Whether a text is one or more certificates in PEM, and nothing else. */
export function areCertificates(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const rest = blocks.reduce((left, block) => left.replace(block, ''), text);
  return blocks.length > 0 && rest.trim() === '' && blocks.every(isCertificate);
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).subject !== undefined;
  } catch {
    return false;
  }
}
