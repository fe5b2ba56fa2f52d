// A program for the tests that stands where a service would: ready after a moment, ends when it is asked to.
import { createServer } from 'node:http';

const { OPS_PORT = '0', OPS_HOST = '127.0.0.1', PORT, HOST, STUB_DIES } = process.env;

const names = Object.keys(process.env).filter((name) => /^(DAYPASS_|SMTP_|MAIL_|OPS_USERS)/.test(name));
console.log(JSON.stringify({ level: 30, time: Date.now(), msg: `knows ${names.toSorted().join(' ')}` }));

let isReady = false;
setTimeout(() => {
  isReady = true;
}, 100);
createServer((_request, response) => response.writeHead(isReady ? 200 : 503).end()).listen(Number(OPS_PORT), OPS_HOST);
if (PORT) createServer((_request, response) => response.end('api')).listen(Number(PORT), HOST);

if (STUB_DIES && PORT) {
  setTimeout(() => {
    console.error('out of luck');
    process.exit(7);
  }, 3_000);
}
process.once('SIGTERM', () => process.exit(0));
