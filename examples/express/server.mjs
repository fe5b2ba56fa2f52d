// A page that anyone may see, and one that takes a pass: node server.mjs
import express from 'express';
import { createVerifyPass } from './verify-pass.mjs';

const daypassUrl = process.env.DAYPASS_URL ?? 'http://localhost:3000';
const site = process.env.DAYPASS_SITE ?? 'example';
const port = Number(process.env.PORT ?? 4000);

const verifyPass = createVerifyPass({ issuer: daypassUrl, site });
const app = express();

// All that the element needs. `worker-src blob:` is for its puzzles: without it they are solved in the page.
app.use((_request, response, next) => {
  response.set(
    'content-security-policy',
    `default-src 'none'; script-src 'self' ${daypassUrl}; connect-src 'self' ${daypassUrl}; worker-src blob:; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  );
  next();
});

app.get('/', (_request, response) => {
  response.send(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
    <title>The example</title>
    <link rel="stylesheet" href="/style.css">
    <script type="module" src="${daypassUrl}/day-pass.js"></script>
    <script type="module" src="/page.js"></script>
  </head>
  <body>
    <main>
      <h1>The example</h1>
      <day-pass site="${site}"></day-pass>
    </main>
  </body>
</html>`);
});

// The page hands the pass over once. From then on it is in a cookie that no script reads.
app.post('/session', express.json({ limit: '8kb' }), async (request, response) => {
  const pass = String(request.body?.accessToken ?? '');
  const visitor = await verifyPass(pass);
  if (!visitor) return response.status(401).end();
  const secure = request.secure ? '; Secure' : '';
  const maxAge = Math.floor((visitor.expiresAt - Date.now()) / 1000);
  response.set('set-cookie', `pass=${pass}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`);
  return response.status(204).end();
});

app.get('/inside', async (request, response) => {
  const visitor = await verifyPass(/(?:^|;\s*)pass=([\w.-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  if (!visitor) return response.redirect('/');
  return response.send(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
    <title>Inside</title>
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <main>
      <h1>You are inside</h1>
      <p>Here you are <code>${visitor.subject}</code>, until ${visitor.expiresAt.toUTCString()}.</p>
    </main>
  </body>
</html>`);
});

app.use(express.static(new URL('public', import.meta.url).pathname));
app.listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}`));
