import { existsSync, globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { runCommand } from '@daypass/tools/processes/run-command';
import { defaultCacheDir } from '@daypass/tools/repo';
import { unpackDebian } from '@daypass/tools/stores/unpack-debian';

/** A phone that nobody here wrote: it renders and reads QR codes and makes codes from what they say. */
export interface PhoneTools {
  /** The text in the QR code of a PNG. */
  readPng(png: Buffer): Promise<string>;
  /** The same of an SVG, rendered first. */
  readSvg(svg: string): Promise<string>;
  /** The code for a secret in base32, now or at a time. */
  code(secret: string, options?: { algorithm?: string; digits?: number; at?: Date }): Promise<string>;
}

const programs = ['oathtool', 'zbarimg', 'rsvg-convert'];
const packages = ['oathtool', 'zbar-tools', 'librsvg2-bin'];
const timeoutMs = 20_000;

/** From PATH, else from the cache, else fetched from the Debian packages into the cache: root or not. */
export async function findPhoneTools(): Promise<PhoneTools> {
  if (programs.every((program) => findOnPath(program))) return tools();
  const home = join(defaultCacheDir, `phone-${process.arch}`);
  if (!existsSync(home)) {
    if (!findOnPath('apt-get') || !findOnPath('dpkg')) {
      throw new Error(`These tests want ${programs.join(', ')} on PATH: Debian has them in ${packages.join(', ')}.`);
    }
    await unpackDebian({ packages, into: home, verify });
  }
  return tools(home);
}

async function verify(home: string): Promise<void> {
  for (const program of programs) await runCommand(place(home, program), ['--version'], { env: environment(home), timeoutMs });
}

/** What the machine has already was not fetched. */
function place(home: string, program: string): string {
  const fetched = join(home, 'usr/bin', program);
  return existsSync(fetched) ? fetched : program;
}

function tools(home?: string): PhoneTools {
  const run = async (program: string, args: readonly string[]): Promise<string[]> => {
    const command = home === undefined ? program : place(home, program);
    return runCommand(command, args, { env: environment(home), timeoutMs });
  };
  const readImage = async (image: Buffer, extension: string): Promise<string> => {
    const dir = await mkdtemp(join(tmpdir(), 'daypass-qr-'));
    try {
      const [given, png] = [join(dir, `given.${extension}`), join(dir, 'code.png')];
      await writeFile(given, image);
      if (extension === 'svg') await run('rsvg-convert', ['--width', '400', given, '--output', png]);
      const lines = await run('zbarimg', ['--quiet', '--raw', extension === 'svg' ? png : given]);
      return lines.find((line) => line.startsWith('otpauth:')) ?? lines.join('\n');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  };
  return {
    readPng: (png) => readImage(png, 'png'),
    readSvg: (svg) => readImage(Buffer.from(svg), 'svg'),
    async code(secret, { algorithm = 'SHA1', digits = 6, at } = {}) {
      const now = at ? ['--now', `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`] : [];
      const [code = ''] = await run('oathtool', [`--totp=${algorithm}`, '--digits', String(digits), ...now, '--base32', secret]);
      return code;
    },
  };
}

/** What is unpacked looks for its libraries and modules where they would be installed. */
function environment(home: string | undefined): NodeJS.ProcessEnv {
  if (home === undefined) return process.env;
  const libraries = globSync(['usr/lib/*-linux-*', 'lib/*-linux-*', 'usr/lib'], { cwd: home }).map((folder) => join(home, folder));
  const [coders = ''] = globSync('usr/lib/*/ImageMagick-*/modules-*/coders', { cwd: home });
  return {
    ...process.env,
    LD_LIBRARY_PATH: [...libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter),
    MAGICK_CODER_MODULE_PATH: join(home, coders),
  };
}
