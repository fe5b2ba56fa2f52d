/** The token with a signature that is certainly another one: a last character may stand for the same bytes, or be it already. */
export function withOtherSignature(token: string): string {
  const parts = token.split('.');
  const signature = parts.pop() ?? '';
  return [...parts, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.');
}
