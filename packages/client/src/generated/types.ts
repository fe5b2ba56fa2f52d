/** Made from /openapi.json: see test/integration/client-types.test.ts. Changes are lost. */

export interface paths {
    "/v1/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask for a one-time code by email */
        post: operations["requestCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/codes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a code has come */
        get: operations["readCode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/codes/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a code has come, as it happens
         * @description Server-sent events named `status`, each with what `readCode` answers, until the code is sent, refused or expired. After five minutes the stream ends, and may be asked for again.
         */
        get: operations["watchCode"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/codes/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mail the same code again */
        post: operations["resendCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/codes/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get in with the code of a challenge */
        post: operations["verifyCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/codes/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get in with address and code, when the challenge id is not at hand */
        post: operations["verifyAddressCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Enrol an authenticator app */
        post: operations["enrolTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/totp/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirm an authenticator app with its first code, and get in */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/totp/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get in with a code of an authenticator app */
        post: operations["verifyTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/totp/{id}/recover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Get in with a recovery code in the place of an authenticator app */
        post: operations["recoverTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/totp/{id}/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ten new recovery codes in the place of the old ones */
        post: operations["renewTotpRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/totp/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End the enrolment of an authenticator app */
        delete: operations["endTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a pass says */
        get: operations["readPass"];
        put?: never;
        post?: never;
        /** Take this pass back */
        delete: operations["endPass"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/passes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take all passes of this visitor at this site back */
        delete: operations["endPasses"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/forward-auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** For a reverse proxy: may this request go on? */
        get: operations["forwardAuth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that passes are signed with */
        get: operations["readKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    requestCode: {
        parameters: {
            query?: never;
            header?: {
                /** @description A random name for this request: made again within 15 minutes, it gets the same answer and costs nothing. Whoever knows it and the request gets that answer too. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com"
                 *     }
                 */
                "application/json": {
                    /** @description One plain email address. */
                    email: string;
                    /** @default default */
                    site?: string;
                    /** @description BCP 47. */
                    locale?: string;
                    /** @description The solution of the puzzle of a `proof_required`, as the ALTCHA widget gives it. */
                    proof?: string;
                    /** @description The token of a known browser, from the last grant for this address. */
                    device?: string;
                    /** @description From whom a backend got the request. Only sent by one that signs in with the secret of its site. */
                    client?: {
                        address: string;
                    };
                };
            };
        };
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        site: string;
                        /** @description Seconds. */
                        expiresIn: number;
                        /** @description Seconds. */
                        resendIn: number;
                        code: {
                            length: number;
                            alphabet: "alphanumeric" | "numeric";
                        };
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    readCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        delivery: "queued" | "sent" | "delayed" | "refused";
                        /** @description Seconds. */
                        expiresIn: number;
                        /** @description Seconds. */
                        resendIn: number;
                        attemptsLeft: number;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    watchCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    resendCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        site: string;
                        /** @description Seconds. */
                        expiresIn: number;
                        /** @description Seconds. */
                        resendIn: number;
                        code: {
                            length: number;
                            alphabet: "alphanumeric" | "numeric";
                        };
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    verifyCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "ABCD-EFGH"
                 *     }
                 */
                "application/json": {
                    /** @description As the visitor typed it: case, spaces, hyphens and look-alikes do not matter. */
                    code: string;
                    /**
                     * @description Also sets the pass as a cookie. Wants an Origin header that is one of the site.
                     * @enum {string}
                     */
                    session?: "cookie";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        /** @enum {string} */
                        tokenType: "Bearer";
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        /** @description Where an address was proven: send it back as `device` with the next request for it. */
                        device?: string;
                    };
                };
            };
            /** @description Only where the site asks for two proofs: this was one of them. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Send it as Bearer with the other proof. It is no pass, and opens nothing. */
                        halfPass: string;
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        missing: ("email" | "otp")[];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    verifyAddressCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ada@example.com",
                 *       "code": "ABCD-EFGH"
                 *     }
                 */
                "application/json": {
                    /** @description One plain email address. */
                    email: string;
                    /** @description As the visitor typed it: case, spaces, hyphens and look-alikes do not matter. */
                    code: string;
                    /** @default default */
                    site?: string;
                    /**
                     * @description Also sets the pass as a cookie. Wants an Origin header that is one of the site.
                     * @enum {string}
                     */
                    session?: "cookie";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        /** @enum {string} */
                        tokenType: "Bearer";
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        /** @description Where an address was proven: send it back as `device` with the next request for it. */
                        device?: string;
                    };
                };
            };
            /** @description Only where the site asks for two proofs: this was one of them. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Send it as Bearer with the other proof. It is no pass, and opens nothing. */
                        halfPass: string;
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        missing: ("email" | "otp")[];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    enrolTotp: {
        parameters: {
            query?: {
                /** @description Adds the QR code as PNG. */
                qr?: "png";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "label": "Ada"
                 *     }
                 */
                "application/json": {
                    /** @description Without one it is that of the pass, or the one called `default`. */
                    site?: string;
                    /** @description What the app shows beside the name of the site. It is not kept. */
                    label?: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        /** @description Base32 in groups of four, for typing. Told once. */
                        secret: string;
                        /** @description otpauth:// */
                        uri: string;
                        qr: {
                            svg: string;
                            /** @description A data URI. */
                            png?: string;
                        };
                        /** @description Seconds. */
                        expiresIn: number;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    confirmTotp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    /** @description As the visitor typed it: case, spaces, hyphens and look-alikes do not matter. */
                    code: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        /** @enum {string} */
                        tokenType: "Bearer";
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        /** @description Where an address was proven: send it back as `device` with the next request for it. */
                        device?: string;
                        /** @description Shown once. Each works once, in the place of the app. */
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Default Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Send it as Bearer with the other proof. It is no pass, and opens nothing. */
                        halfPass: string;
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        missing: ("email" | "otp")[];
                        /** @description Shown once. Each works once, in the place of the app. */
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    verifyTotp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    /** @description As the visitor typed it: case, spaces, hyphens and look-alikes do not matter. */
                    code: string;
                    /**
                     * @description Also sets the pass as a cookie. Wants an Origin header that is one of the site.
                     * @enum {string}
                     */
                    session?: "cookie";
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        /** @enum {string} */
                        tokenType: "Bearer";
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        /** @description Where an address was proven: send it back as `device` with the next request for it. */
                        device?: string;
                    };
                };
            };
            /** @description Only where the site asks for two proofs: this was one of them. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Send it as Bearer with the other proof. It is no pass, and opens nothing. */
                        halfPass: string;
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        missing: ("email" | "otp")[];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    recoverTotp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "recoveryCode": "RG9Y-A6SW-J1YX-X079"
                 *     }
                 */
                "application/json": {
                    /** @description As the visitor typed it: case, spaces, hyphens and look-alikes do not matter. */
                    recoveryCode: string;
                };
            };
        };
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accessToken: string;
                        /** @enum {string} */
                        tokenType: "Bearer";
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        /** @description Where an address was proven: send it back as `device` with the next request for it. */
                        device?: string;
                    };
                };
            };
            /** @description Only where the site asks for two proofs: this was one of them. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Send it as Bearer with the other proof. It is no pass, and opens nothing. */
                        halfPass: string;
                        /** @description Seconds. */
                        expiresIn: number;
                        subject: string;
                        site: string;
                        missing: ("email" | "otp")[];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    renewTotpRecoveryCodes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Shown once. Each works once, in the place of the app. */
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    endTotp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    readPass: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        subject: string;
                        site: string;
                        methods: string[];
                        /** Format: date-time */
                        issuedAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        email?: string;
                    };
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    endPass: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Over, at every endpoint within a second. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    endPasses: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Over, at every endpoint within a second. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    forwardAuth: {
        parameters: {
            query: {
                site: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may. `Remote-User` is the subject, `Remote-Email` the address where the site’s passes say it, `Cookie` the request’s without ours. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description To the login: a page is opened, by Traefik or Caddy. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Refused */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
            /** @description Not available */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": {
                        /** Format: uri */
                        type: string;
                        title: string;
                        status: number;
                        detail?: string;
                        code: string;
                        /** @description Seconds. */
                        retryAfter?: number;
                        attemptsLeft?: number;
                        /** @description Seconds; negative when the phone is behind. */
                        clockSkew?: number;
                        /** @description What to solve (`proof_required`): a challenge for the ALTCHA widget 3 or altcha-lib 2. */
                        proof?: {
                            parameters: {
                                /** @enum {string} */
                                algorithm: "PBKDF2/SHA-256";
                                cost: number;
                                /** @description Seconds since 1970. */
                                expiresAt: number;
                                keyLength: number;
                                keyPrefix: string;
                                keySignature: string;
                                nonce: string;
                                salt: string;
                            };
                            signature: string;
                        };
                    };
                };
            };
        };
    };
    readKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Default Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
