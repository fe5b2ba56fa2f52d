/** The environment that loads a program into a process of ours before its own. */
export function preload(name: 'block-on-signal' | 'shift-clock', env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import=${new URL(`preload/${name}.ts`, import.meta.url).href}`, ...env };
}
