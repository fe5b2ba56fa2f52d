/** Enough for whoever reads many languages; a header is anybody's to make long. */
const mostTags = 20;

/** The languages of an Accept-Language header (RFC 9110 §12.5.4), the most wanted first. `*` says nothing and is left out. */
export function readAcceptLanguage(header: string | undefined): string[] {
  if (header === undefined) return [];
  return header
    .split(',', mostTags)
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, quality: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, quality }) => /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(tag) && quality > 0 && quality <= 1)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
}
