import { createHmac, type KeyObject } from 'node:crypto';

/**
 * HMAC-SHA256 over a list of texts. Each is preceded by its length, so that no two different lists
 * give the same bytes.
 */
export function mac(key: KeyObject, parts: readonly string[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:${part}`);
  return hmac.digest();
}
