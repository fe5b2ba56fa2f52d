/**
 * What an error that nobody expected is called where only a short stable name belongs: by its code, or its name. A number
 * alone says nothing: MongoDB's 13 becomes `MongoServerError_13`. What the error says may hold anything, and is left out.
 */
export function nameOfError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown_error';
  const code = 'code' in error ? error.code : undefined;
  const name = typeof code === 'string' ? code : [error.name, ...(Number.isSafeInteger(code) ? [code] : [])].join('_');
  return /^\w{1,64}$/.test(name) ? name : 'unknown_error';
}
