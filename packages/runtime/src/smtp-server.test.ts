import { expect, test } from 'vitest';
import { parseSmtpServer } from './smtp-server.ts';

test.each([
  ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, secure: false, requireTls: true }],
  ['smtps://mail.example.com', { host: 'mail.example.com', port: 465, secure: true, requireTls: false }],
  ['smtp://127.0.0.1:2525', { host: '127.0.0.1', port: 2525, secure: false, requireTls: false }],
  ['smtp://[::1]:2525', { host: '::1', port: 2525, secure: false, requireTls: false }],
  ['smtp://me:p%40ss@mail.example.com:25', { host: 'mail.example.com', port: 25, secure: false, requireTls: true, auth: { user: 'me', pass: 'p@ss' } }],
  ['smtps://mail.example.com?perSecond=50&connections=20', { host: 'mail.example.com', port: 465, secure: true, requireTls: false, perSecond: 50, connections: 20 }],
])('%s is read', (text, server) => {
  expect(parseSmtpServer(text)).toEqual({ name: expect.any(String), ...server });
});

test.each(['', 'mail.example.com', 'http://mail.example.com', 'smtp://', 'smtp://h?perSecond=0', 'smtp://h?connections=1.5', 'smtp://h?connections=99999', 'smtp://h?ignoreTLS=true'])(
  '"%s" is not: a limit that nobody knows least of all',
  (text) => {
    expect(parseSmtpServer(text)).toBeUndefined();
  },
);
