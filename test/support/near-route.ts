import type { Puzzle } from '@daypass/core/puzzles/puzzle';
import fc from 'fast-check';
import { anything, header, urlPart, type Sent } from './fuzz.ts';
import type { Held } from './genuine.ts';
import { asText, near, type Near, type Schema } from './near-schema.ts';

interface Parameter {
  in: string;
  name: string;
  schema: Schema;
}

/** The paths of the reference, as far as it is read here. */
export type Paths = Record<string, Record<string, { parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> } }>>;

export interface Route {
  method: string;
  path: string;
  body: Schema | undefined;
  parameters: Parameter[];
}

export function routesOf(paths: Paths): Route[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      body: requestBody?.content['application/json']?.schema,
      parameters,
    })),
  );
}

/** A request, and where it goes. */
export interface Attempt {
  path: string;
  init: Sent;
}

/** What is genuine, for requests that are nearly right. */
export interface Known {
  email: string;
  device: string;
  solved: { challenge: Puzzle; solution: object };
  /** Of a backend. */
  credentials: string;
  /** An origin of the site. */
  origin: string;
}

function fittingFor({ email, device, solved }: Known, mark: string): Near['fitting'] {
  const parameters = fc.dictionary(fc.constantFrom(...Object.keys(solved.challenge.parameters), '__proto__'), anything, { maxKeys: 2 });
  const proof = fc.record({ changed: parameters, challenge: fc.option(anything, { nil: undefined }), solution: fc.oneof(anything, fc.constant(solved.solution)) });
  return {
    email: fc.oneof(
      fc.constantFrom(email, `${mark}+tag@EXAMPLE.com`, `${'l'.repeat(64)}@example.com`, `${mark}@bücher.example`),
      fc.nat().map((number) => `${mark}.${number}@example.com`),
    ),
    code: fc.constantFrom('7Q4M-Z0XK', '7q4mz0xk', '123456', '000000', '1234567', `${mark}-7Q4M`),
    recoveryCode: fc.constantFrom('ABCD-EFGH-JKMN-PQRS', 'abcdefghjkmnpqrs', `${mark}-ABCD-EFGH`),
    site: fc.constantFrom('default', 'default', 'careful', 'nowhere'),
    session: fc.constantFrom('cookie', undefined, undefined),
    label: fc.constantFrom(mark, `${mark}: Müller`, ''),
    client: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.ipV4().map((address) => ({ address }))),
    device: fc.constantFrom(device, device, device.slice(0, -1), `${device}A`, device.toUpperCase()),
    proof: proof.map(({ changed, challenge, solution }) => {
      const puzzle = { ...solved.challenge, parameters: { ...solved.challenge.parameters, ...changed } };
      return Buffer.from(JSON.stringify({ challenge: challenge ?? puzzle, solution })).toString('base64');
    }),
  };
}

/** A request as it should be, but for its code. */
export function rightAt({ method, path, body }: Route, { id, headers }: Held, mark: string): Attempt {
  const right: Record<string, unknown> = {
    email: `${mark}.${id.slice(0, 8).toLowerCase()}@example.com`,
    code: path.startsWith('/v1/totp') ? '123456' : '7Q4M-Z0XK',
    recoveryCode: 'ABCD-EFGH-JKMN-PQRS',
  };
  const members = body && Object.fromEntries((body.required ?? []).map((name) => [name, right[name]]));
  return { path: withId(path, id), init: { method, headers, ...(members && { body: JSON.stringify(members) }) } };
}

/** Requests of a route that are nearly right, about what is genuine or not. `mark` is in all of them that could be a secret. */
export function nearlyRightAt({ method, path, body, parameters }: Route, held: readonly Held[], known: Known, mark: string): fc.Arbitrary<Attempt> {
  const options = { mark, fitting: fittingFor(known, mark) };
  const members = Object.keys(body?.properties ?? {});
  const of = (place: string) => {
    const own = parameters.filter((parameter) => parameter.in === place);
    return fc.record(Object.fromEntries(own.map(({ name, schema }) => [name, near(schema, options, name)])), { requiredKeys: [] });
  };
  const other = fc.oneof(fc.dictionary(fc.oneof(fc.constantFrom(...members, mark, '__proto__', 'constructor'), fc.string()), anything), anything);
  const marked = fc.constantFrom<Record<string, string>>(
    { origin: known.origin },
    { authorization: known.credentials },
    { authorization: `Bearer ${mark}` },
    { cookie: `daypass=${mark}; daypass-device=${mark}` },
    { 'idempotency-key': mark },
  );
  return fc
    .record({
      one: fc.constantFrom(...held),
      part: fc.option(fc.oneof(urlPart, fc.constant(mark)), { freq: 5, nil: undefined }),
      sent: fc.oneof({ weight: 4, arbitrary: body ? near(body, options) : fc.constant(undefined) }, other),
      query: fc.oneof({ weight: 5, arbitrary: of('query') }, fc.dictionary(fc.constantFrom('site', 'qr', mark, '__proto__[x]', 'constructor[prototype][x]'), anything)),
      named: of('header'),
      others: fc.oneof(header, marked),
      ownHeaders: fc.boolean(),
    })
    .map(({ one, part, sent, query, named, others, ownHeaders }) => {
      const asked = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, asText(value)])).toString();
      const headers = Object.entries({ ...(ownHeaders ? one.headers : others), ...named }).map(([name, value]) => [name, asText(value).replace(/[^\x20-\x7e]/g, '').trim()]);
      const text = method === 'GET' || sent === undefined ? {} : { body: JSON.stringify(sent) ?? '' };
      return { path: withId(path, part ?? one.id) + (asked && `?${asked}`), init: { method, headers: Object.fromEntries(headers) as Record<string, string>, ...text } };
    });
}

const withId = (path: string, id: string) => path.replace('{id}', () => id);
