// An application that knows nothing of Daypass but that it speaks OpenID Connect: node server.mjs
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import * as openid from 'openid-client';

const issuer = process.env.DAYPASS_URL ?? 'http://localhost:3000';
const clientId = process.env.DAYPASS_SITE ?? 'notes';
const port = Number(process.env.PORT ?? 4002);
const origin = `http://localhost:${port}`;

// A public client: no secret, and PKCE. Plain http is for localhost alone.
// oxlint-disable-next-line typescript/no-deprecated -- marked so that nobody uses it elsewhere
const options = issuer.startsWith('http:') ? { execute: [openid.allowInsecureRequests] } : {};
const metadata = { id_token_signed_response_alg: 'EdDSA' };
let discovered;
const discover = () => (discovered ??= openid.discovery(new URL(issuer), clientId, metadata, openid.None(), options).catch(forget));
function forget(error) {
  discovered = undefined; // Daypass may be away for a moment: the next visitor asks again.
  throw error;
}

/** What is known of a browser, by the value of its cookie. Of an application's own: a store that ends things. */
const sessions = new Map();

const routes = {
  '/': ({ session }) => (session.visitor ? inside(session.visitor) : outside()),

  async '/login'({ session }) {
    const config = await discover();
    session.trip = { pkceCodeVerifier: openid.randomPKCECodeVerifier(), expectedState: openid.randomState(), expectedNonce: openid.randomNonce() };
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: `${origin}/callback`,
      scope: 'openid email',
      code_challenge: await openid.calculatePKCECodeChallenge(session.trip.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: session.trip.expectedState,
      nonce: session.trip.expectedNonce,
    });
    return { location: url.href };
  },

  async '/callback'({ session, url }) {
    const { trip } = session;
    delete session.trip;
    if (!trip) return { location: '/' };
    const tokens = await openid.authorizationCodeGrant(await discover(), url, { ...trip, idTokenExpected: true });
    session.visitor = { ...tokens.claims(), idToken: tokens.id_token };
    return { location: '/' };
  },

  async '/logout'({ session }) {
    const { idToken } = session.visitor ?? {};
    delete session.visitor;
    const parameters = { post_logout_redirect_uri: `${origin}/`, ...(idToken && { id_token_hint: idToken }) };
    return { location: openid.buildEndSessionUrl(await discover(), parameters).href };
  },
};

createServer((request, response) => void answer(request, response)).listen(port, '127.0.0.1', () => console.log(origin));

async function answer(request, response) {
  const url = new URL(request.url ?? '/', origin);
  const route = request.method === 'GET' ? routes[url.pathname] : undefined;
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'");
  if (!route) return response.writeHead(404).end();
  try {
    const { html, location } = await route({ session: sessionOf(request, response), url });
    if (location) return response.writeHead(303, { location }).end();
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  } catch (error) {
    console.error(error.code ?? error.name);
    return response.writeHead(502, { 'content-type': 'text/plain' }).end('The login did not work out. Try it again.');
  }
}

function sessionOf(request, response) {
  const known = /(?:^|;\s*)notes=([\w-]{43})/.exec(request.headers.cookie ?? '')?.[1];
  if (known && sessions.has(known)) return sessions.get(known);
  const id = randomBytes(32).toString('base64url');
  sessions.set(id, {});
  response.setHeader('set-cookie', `notes=${id}; Path=/; HttpOnly; SameSite=Lax`);
  return sessions.get(id);
}

const outside = () => page('Notes', '<p>Your notes are behind a code by email.</p><p><a href="/login">Log in</a></p>');
const inside = ({ sub, email, amr }) =>
  page('Your notes', `<p>Here you are <code>${escape(email ?? sub)}</code>, by ${escape(amr.join(' and '))}.</p><p><a href="/logout">Log out</a></p>`);

function page(title, body) {
  const style = 'body{margin:0;font:17px/1.6 system-ui,sans-serif;color-scheme:light dark}main{display:grid;justify-items:center;gap:1rem;padding:10vh 1rem;text-align:center}h1,p{margin:0;overflow-wrap:anywhere}';
  return {
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`,
  };
}

function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
