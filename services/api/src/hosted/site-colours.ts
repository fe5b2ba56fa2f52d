/** WCAG 2.2, 1.4.3: text wants 4.5 : 1. A little more, because pages mix it with what is behind. */
const wantedContrast = 4.7;
const paper = [255, 255, 255] as const;
const night = [27, 29, 34] as const;

type Colour = readonly [red: number, green: number, blue: number];

/**
 * A site's colour as a style sheet of ours takes it: darker than it is where white paper wants that, and lighter in the
 * dark, so that whatever a site says its buttons and links can be read.
 *
 * @param hex `#rrggbb`, as the sites file was checked for
 */
export function siteColours(hex: string): string {
  const given = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Colour;
  const light = readable(given, paper, [0, 0, 0]);
  const dark = readable(given, night, paper);
  return (
    `:root{--day-pass-accent:${write(light)};--day-pass-on-accent:#fff}` +
    `@supports(color:light-dark(red,red)){:root{--day-pass-accent:light-dark(${write(light)},${write(dark)});--day-pass-on-accent:light-dark(#fff,#101114)}}`
  );
}

/** The colour itself, or as little of `towards` in it as it takes to be read on `ground`. */
function readable(colour: Colour, ground: Colour, towards: Colour): Colour {
  for (let part = 0; part < 1; part += 0.02) {
    const mixed = colour.map((value, index) => Math.round(value + ((towards[index] ?? 0) - value) * part)) as unknown as Colour;
    if (contrast(mixed, ground) >= wantedContrast) return mixed;
  }
  return towards;
}

/** WCAG 2.2, contrast ratio. */
export function contrast(one: Colour, other: Colour): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function write(colour: Colour): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
