import { KeyError } from './key-error.ts';

/** 32 bytes written as base64url without padding (43 characters), and nothing else. */
export function decodeKey(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== text) {
    throw new KeyError('wants 32 bytes written as base64url without padding (43 characters)');
  }
  return bytes;
}
