export type Row = { name: string; address: string; note?: string };

/** One aligned table. */
export function addressTable(rows: readonly Row[]): string {
  const nameWidth = widest(rows.map(({ name }) => name));
  const addressWidth = widest(rows.map(({ address }) => address));
  const lines = rows.map(({ name, address, note = '' }) =>
    `  ${name.padEnd(nameWidth)}   ${address.padEnd(addressWidth)}   ${note}`.trimEnd(),
  );
  return ['', ...lines, ''].join('\n');
}

const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
