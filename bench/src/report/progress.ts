import type { WriteStream } from 'node:tty';

/** One line that says where the bench is: rewritten on a terminal, one after the other elsewhere. */
export function createProgress(out: NodeJS.WriteStream | WriteStream): { say: (line: string) => void; end: () => void } {
  const started = performance.now();
  let open = false;
  return {
    say(line) {
      const minutes = Math.floor((performance.now() - started) / 60_000);
      const seconds = Math.floor((performance.now() - started) / 1000) % 60;
      const shown = `${minutes}:${String(seconds).padStart(2, '0')}  ${line}`;
      if (!out.isTTY) return void out.write(`${shown}\n`);
      out.write(`\r\u001B[K${shown.slice(0, out.columns - 1)}`);
      open = true;
    },
    end() {
      if (open) out.write('\n');
      open = false;
    },
  };
}
