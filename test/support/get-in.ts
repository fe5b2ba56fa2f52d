import type { Answer, Visitor } from './visitor.ts';

/** Gets in with an emailed code, and returns what was granted. */
export async function getIn(visitor: Visitor, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const id = await visitor.ask();
  const code = await visitor.code();
  const granted = await visitor.post(`/v1/codes/${id}/verify`, { code, ...body }, headers);
  if (granted.status !== 200) throw new Error(`not let in: ${granted.status} ${granted.text}`);
  return granted;
}

/** The pass of somebody who got in, as a header. */
export async function bearerOf(visitor: Visitor): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${String((await getIn(visitor)).body['accessToken'])}` };
}

/** `name=value` of each cookie that an answer sets, as a browser sends them back. */
export function cookiesOf({ headers }: Pick<Answer, 'headers'>): string {
  return headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
}
