import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contrast, siteColours } from './site-colours.ts';

const coloursIn = (css: string) =>
  [...css.matchAll(/#([0-9a-f]{6})/g)].map(([, hex = '']) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number]);

test('whatever colour a site has, it can be read on paper and in the dark', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, (...rgb) => {
      const hex = `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
      const [light = [0, 0, 0], , dark = [0, 0, 0], onDark = [0, 0, 0]] = coloursIn(siteColours(hex));
      expect(contrast(light, [255, 255, 255])).toBeGreaterThan(4.5);
      expect(contrast(dark, [27, 29, 34])).toBeGreaterThan(4.5);
      expect(contrast(dark, onDark)).toBeGreaterThan(4.5);
    }),
  );
});

test('a colour that can be read is left as it is', () => {
  expect(siteColours('#0b57d0')).toContain('--day-pass-accent:#0b57d0;');
});
