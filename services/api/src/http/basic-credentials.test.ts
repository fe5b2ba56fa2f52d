import { describe, expect, test } from 'vitest';
import { basicCredentials } from './basic-credentials.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64');

describe('Authorization: Basic', () => {
  test.each([
    ['shop:secret', { site: 'shop', secret: 'secret' }],
    ['shop:se:cret', { site: 'shop', secret: 'se:cret' }],
    ['shop:', { site: 'shop', secret: '' }],
    [':secret', { site: '', secret: 'secret' }],
    ['Zürich:ß', { site: 'Zürich', secret: 'ß' }],
  ])('%s', (text, credentials) => {
    expect(basicCredentials(`Basic ${encoded(text)}`)).toEqual(credentials);
    expect(basicCredentials(`basic  ${encoded(text)}`)).toEqual(credentials);
  });

  test.each([
    '',
    'Basic',
    'Basic ',
    `Bearer ${encoded('shop:secret')}`,
    `Basic ${encoded('no colon')}`,
    `Basic ${encoded('shop:secret')} `,
    `Basic ${encoded('shop:secret')}, Basic ${encoded('shop:secret')}`,
    'Basic sh!op',
    `Basic ${encoded(`shop:${'x'.repeat(500)}`)}`,
  ])('nothing is read from %j', (authorization) => {
    expect(basicCredentials(authorization)).toBeUndefined();
  });
});
