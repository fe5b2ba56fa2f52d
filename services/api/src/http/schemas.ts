import { siteIdPattern } from '@daypass/core/sites/site';
import { Type } from 'typebox';

/**
 * What requests and answers are made of. The OpenAPI document is made from the same.
 *
 * Each body has an example, which the reference fills in: it is sent as it stands by who tries things out. One of every member
 * would sign in as nobody's backend, and solve no puzzle.
 */

const Email = Type.String({ minLength: 3, maxLength: 320, description: 'One plain email address.' });
const SiteId = Type.String({ pattern: siteIdPattern, default: 'default' });
export const TypedCode = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'As the visitor typed it: case, spaces, hyphens and look-alikes do not matter.',
});
const Locale = Type.String({ pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$', description: 'BCP 47.' });
export const Session = Type.Literal('cookie', {
  description: 'Also sets the pass as a cookie. Wants an Origin header that is one of the site.',
});
export const Seconds = Type.Integer({ minimum: 0, description: 'Seconds.' });

export const ChallengeParams = Type.Object({ id: Type.String({ maxLength: 128 }) });

export const CodeRequest = Type.Object(
  {
    email: Email,
    site: Type.Optional(SiteId),
    locale: Type.Optional(Locale),
    proof: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: 'The solution of the puzzle of a `proof_required`, as the ALTCHA widget gives it.' }),
    ),
    device: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: 'The token of a known browser, from the last grant for this address.' }),
    ),
    client: Type.Optional(
      Type.Object(
        { address: Type.Union([Type.String({ format: 'ipv4' }), Type.String({ format: 'ipv6' })]) },
        { additionalProperties: false, description: 'From whom a backend got the request. Only sent by one that signs in with the secret of its site.' },
      ),
    ),
  },
  { additionalProperties: false, examples: [{ email: 'ada@example.com' }] },
);

export const RepeatableHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[!-~]{1,64}$',
      description:
        'A random name for this request: made again within 15 minutes, it gets the same answer and costs nothing. Whoever knows it and the request gets that answer too.',
    }),
  ),
});

/** A route that takes the credentials of a site along. */
export const mayBeBackend = [{}, { backend: [] }];

export const CodeVerification = Type.Object(
  { code: TypedCode, session: Type.Optional(Session) },
  { additionalProperties: false, examples: [{ code: 'ABCD-EFGH' }] },
);

export const AddressCodeVerification = Type.Object(
  { email: Email, code: TypedCode, site: Type.Optional(SiteId), session: Type.Optional(Session) },
  { additionalProperties: false, examples: [{ email: 'ada@example.com', code: 'ABCD-EFGH' }] },
);

export const Ticket = Type.Object({
  id: Type.String(),
  site: Type.String(),
  expiresIn: Seconds,
  resendIn: Seconds,
  code: Type.Object({
    length: Type.Integer(),
    alphabet: Type.Union([Type.Literal('alphanumeric'), Type.Literal('numeric')]),
  }),
});

export const Status = Type.Object({
  id: Type.String(),
  delivery: Type.Union([
    Type.Literal('queued'),
    Type.Literal('sent'),
    Type.Literal('delayed'),
    Type.Literal('refused'),
  ]),
  expiresIn: Seconds,
  resendIn: Seconds,
  attemptsLeft: Type.Integer({ minimum: 0 }),
});

export const GrantBody = Type.Object({
  accessToken: Type.String(),
  tokenType: Type.Literal('Bearer'),
  expiresIn: Seconds,
  subject: Type.String(),
  site: Type.String(),
  device: Type.Optional(
    Type.String({ description: 'Where an address was proven: send it back as `device` with the next request for it.' }),
  ),
});

export const HalfGrantBody = Type.Object(
  {
    halfPass: Type.String({ description: 'Send it as Bearer with the other proof. It is no pass, and opens nothing.' }),
    expiresIn: Seconds,
    subject: Type.String(),
    site: Type.String(),
    missing: Type.Array(Type.Union([Type.Literal('email'), Type.Literal('otp')])),
  },
  { description: 'Only where the site asks for two proofs: this was one of them.' },
);

/** What a proof is answered with. */
export const grantResponses = { 200: GrantBody, 202: HalfGrantBody } as const;

/** A route that takes an earlier proof along with a new one. */
export const mayHavePass = [{}, { pass: [] }];

export const PassBody = Type.Object({
  subject: Type.String(),
  site: Type.String(),
  methods: Type.Array(Type.String()),
  issuedAt: Type.String({ format: 'date-time' }),
  expiresAt: Type.String({ format: 'date-time' }),
  email: Type.Optional(Type.String()),
});

const Hex = Type.String({ pattern: '^[0-9a-f]+$' });

const PuzzleBody = Type.Object(
  {
    parameters: Type.Object({
      algorithm: Type.Literal('PBKDF2/SHA-256'),
      cost: Type.Integer(),
      expiresAt: Type.Integer({ description: 'Seconds since 1970.' }),
      keyLength: Type.Integer(),
      keyPrefix: Hex,
      keySignature: Type.String(),
      nonce: Hex,
      salt: Hex,
    }),
    signature: Type.String(),
  },
  { description: 'What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2.' },
);

const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    code: Type.String(),
    retryAfter: Type.Optional(Seconds),
    attemptsLeft: Type.Optional(Type.Integer({ minimum: 0 })),
    clockSkew: Type.Optional(Type.Integer({ description: 'Seconds; negative when the phone is behind.' })),
    proof: Type.Optional(PuzzleBody),
  },
  { description: 'RFC 9457. The page at `type` explains it.' },
);

/** The answers that any route of the interface may give besides its own. */
export const problemResponses = {
  '4xx': { description: 'Refused', content: { 'application/problem+json': { schema: Problem } } },
  '5xx': { description: 'Not available', content: { 'application/problem+json': { schema: Problem } } },
} as const;
