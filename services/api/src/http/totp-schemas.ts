import { siteIdPattern } from '@daypass/core/sites/site';
import { Type } from 'typebox';
import { GrantBody, HalfGrantBody, Seconds, Session, TypedCode } from './schemas.ts';

/** What the requests and answers of authenticator apps are made of. */

const closed = { additionalProperties: false };

export const TotpParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

export const TotpQuery = Type.Object(
  { qr: Type.Optional(Type.Literal('png', { description: 'Adds the QR code as PNG.' })) },
  closed,
);

export const TotpRequest = Type.Object(
  {
    site: Type.Optional(
      Type.String({ pattern: siteIdPattern, description: 'Without one it is that of the pass, or the one called `default`.' }),
    ),
    label: Type.Optional(
      Type.String({ maxLength: 64, description: 'What the app shows beside the name of the site. It is not kept.' }),
    ),
  },
  { ...closed, examples: [{ label: 'Ada' }] },
);

export const TotpTicketBody = Type.Object({
  id: Type.String(),
  secret: Type.String({ description: 'Base32 in groups of four, for typing. Told once.' }),
  uri: Type.String({ description: 'otpauth://' }),
  qr: Type.Object({
    svg: Type.String(),
    png: Type.Optional(Type.String({ description: 'A data URI.' })),
  }),
  expiresIn: Seconds,
});

const appCode = { ...closed, examples: [{ code: '123456' }] };
export const TotpConfirmation = Type.Object({ code: TypedCode }, appCode);
export const TotpVerification = Type.Object({ code: TypedCode, session: Type.Optional(Session) }, appCode);
export const TotpRecovery = Type.Object({ recoveryCode: TypedCode }, { ...closed, examples: [{ recoveryCode: 'RG9Y-A6SW-J1YX-X079' }] });

const recoveryCodes = Type.Array(Type.String(), { description: 'Shown once. Each works once, in the place of the app.' });

export const RecoveryCodesBody = Type.Object({ recoveryCodes });

export const confirmResponses = {
  200: Type.Object({ ...GrantBody.properties, recoveryCodes }),
  202: Type.Object({ ...HalfGrantBody.properties, recoveryCodes }),
} as const;
