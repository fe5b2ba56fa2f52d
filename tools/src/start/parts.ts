import type { Exit } from '../processes/leashed-process.ts';

/** Something that runs and can end by itself. */
export type Part = {
  name: string;
  exited?: Promise<Exit>;
  lastLines?: () => readonly string[];
  stop(): Promise<void>;
  /** At once. */
  kill(): Promise<void>;
};

export type Parts = {
  add(layer: Layer, part: Part): void;
  /** Rejects when a part ends that was not asked to: says which, why, and its last lines. */
  died: Promise<never>;
  /** The services, then what they stand on. */
  stopAll(): Promise<void>;
  killAll(): Promise<void>;
};

const layers = ['store', 'service'] as const;
type Layer = (typeof layers)[number];

export function createParts(): Parts {
  const running: (Part & { layer: Layer })[] = [];
  const { promise: died, reject } = Promise.withResolvers<never>();
  died.catch(() => {}); // it may come when nobody waits any more
  let stopping = false;

  const add = (layer: Layer, part: Part) => {
    if (stopping) return void part.stop(); // it was on its way when we were asked to stop
    running.push({ ...part, layer });
    void part.exited?.then((exit) => {
      if (!stopping) reject(new Error(describeEnd(part, exit)));
    });
  };

  const stopAll = async () => {
    stopping = true;
    for (const layer of layers.toReversed()) {
      await Promise.allSettled(running.filter((part) => part.layer === layer).map((part) => part.stop()));
    }
  };

  const killAll = async () => {
    stopping = true;
    await Promise.allSettled(running.map((part) => part.kill()));
  };

  return { add, died, stopAll, killAll };
}

function describeEnd({ name, lastLines }: Part, { code, signal }: Exit): string {
  const why = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const lines = lastLines?.() ?? [];
  if (lines.length === 0) return `${name} ${why}, without a word.`;
  return [`${name} ${why}. Its last lines:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
