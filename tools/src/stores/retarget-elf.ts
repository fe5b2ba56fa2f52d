import { readFileSync, writeFileSync } from 'node:fs';

const NEWEST_GLIBC_MINOR = 36;
/** The version every symbol of glibc had when the architecture was added. */
const BASE_VERSION = process.arch === 'arm64' ? 'GLIBC_2.17' : 'GLIBC_2.2.5';
/** glibc 2.38 renamed strtol and its kin for C23; the older name is the same string without this. */
const C23_PREFIX = '__isoc23_';

// ELF-64 and the GNU symbol versioning of the Linux Standard Base, §10.7.
const SHT_DYNSYM = 11;
const SHT_GNU_VERNEED = 0x6ffffffe;
const SHT_GNU_VERSYM = 0x6fffffff;
const SYMBOL_BYTES = 24;
const VERSION_INDEX = 0x7fff; // the top bit says "hidden"

type Section = { type: number; offset: number; size: number; link: number; info: number };
type Elf = { bytes: Buffer; symbols: Section; versions: Section; needed: Section; text: (offset: number) => string; strings: number };

/** Writes a copy of a library whose symbols newer than glibc 2.36, all of which have an older twin, ask for the twin. */
export function retargetElf(from: string, to: string): string[] {
  const elf = readElf(from);
  const replaced = lowerVersions(elf);
  const symbols = retargetSymbols(elf, replaced);
  writeFileSync(to, elf.bytes);
  return symbols;
}

function readElf(path: string): Elf {
  const bytes = readFileSync(path);
  const isElf64LittleEndian = bytes.readUInt32BE(0) === 0x7f454c46 && bytes[4] === 2 && bytes[5] === 1;
  if (!isElf64LittleEndian) throw new Error(`${path} is not a 64-bit little-endian ELF file`);

  const sections = readSections(bytes);
  const byType = (type: number) => {
    const section = sections.find((each) => each.type === type);
    if (!section) throw new Error(`${path} has no section of type 0x${type.toString(16)}`);
    return section;
  };
  const symbols = byType(SHT_DYNSYM);
  const strings = sections[symbols.link]?.offset ?? 0;
  const text = (offset: number) => bytes.toString('latin1', strings + offset, bytes.indexOf(0, strings + offset));
  return { bytes, symbols, versions: byType(SHT_GNU_VERSYM), needed: byType(SHT_GNU_VERNEED), text, strings };
}

function readSections(bytes: Buffer): Section[] {
  const long = (offset: number) => Number(bytes.readBigUInt64LE(offset));
  const table = long(0x28);
  const entryBytes = bytes.readUInt16LE(0x3a);
  const count = bytes.readUInt16LE(0x3c);
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * entryBytes;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: long(at + 24),
      size: long(at + 32),
      link: bytes.readUInt32LE(at + 40),
      info: bytes.readUInt32LE(at + 44),
    };
  });
}

/** Makes the list of needed versions ask for the base where it asked for too new ones; says which index became which. */
function lowerVersions({ bytes, needed, text }: Elf): Map<number, number> {
  const replaced = new Map<number, number>();
  let library = needed.offset;
  for (let count = needed.info; count > 0; count -= 1) {
    const wanted = versionsOf(bytes, library, text);
    const base = wanted.find(({ version }) => version === BASE_VERSION);
    for (const { at, index } of wanted.filter(({ version }) => isTooNew(version))) {
      if (!base) throw new Error(`No ${BASE_VERSION} in ${text(bytes.readUInt32LE(library + 4))}`);
      replaced.set(index, base.index);
      bytes.writeUInt32LE(elfHash(BASE_VERSION), at);
      bytes.writeUInt32LE(base.name, at + 8);
    }
    library += bytes.readUInt32LE(library + 12);
  }
  return replaced;
}

function versionsOf(bytes: Buffer, library: number, text: (offset: number) => string) {
  let at = library + bytes.readUInt32LE(library + 8);
  return Array.from({ length: bytes.readUInt16LE(library + 2) }, () => {
    const name = bytes.readUInt32LE(at + 8);
    const entry = { at, index: bytes.readUInt16LE(at + 6), name, version: text(name) };
    at += bytes.readUInt32LE(at + 12);
    return entry;
  });
}

function retargetSymbols({ bytes, symbols, versions, text }: Elf, replaced: Map<number, number>): string[] {
  const done: string[] = [];
  for (let index = 0; index < symbols.size / SYMBOL_BYTES; index += 1) {
    const versionAt = versions.offset + index * 2;
    const version = replaced.get(bytes.readUInt16LE(versionAt) & VERSION_INDEX);
    if (version === undefined) continue;

    const nameAt = symbols.offset + index * SYMBOL_BYTES;
    const nameOffset = bytes.readUInt32LE(nameAt);
    const name = text(nameOffset);
    // fmod's twin has the same name: 2.38 only stopped setting errno.
    if (name.startsWith(C23_PREFIX)) bytes.writeUInt32LE(nameOffset + C23_PREFIX.length, nameAt);
    else if (name !== 'fmod') throw new Error(`No older twin is known for ${name}`);
    bytes.writeUInt16LE(version, versionAt);
    done.push(name);
  }
  return done;
}

function isTooNew(version: string): boolean {
  const minor = /^GLIBC_2\.(\d+)/.exec(version)?.[1];
  return minor !== undefined && Number(minor) > NEWEST_GLIBC_MINOR;
}

/** The System V ABI's hash of symbol and version names. */
function elfHash(name: string): number {
  let hash = 0;
  for (const code of Buffer.from(name)) {
    hash = ((hash << 4) + code) >>> 0;
    const high = hash & 0xf0000000;
    if (high) hash ^= high >>> 24;
    hash = (hash & ~high) >>> 0;
  }
  return hash;
}
