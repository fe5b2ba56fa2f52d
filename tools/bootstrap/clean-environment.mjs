/** How packages are reached: the only part of an outer npm's settings that is meant for an inner pnpm, too. */
const NETWORK = /^npm_config_(.*registry|\/\/.*|ca|cafile|cert|key|strict_ssl|.*proxy|userconfig|globalconfig)$/;

/** The environment without what npm tells the scripts it runs: pnpm would take it for its own settings. */
export function cleanEnvironment(env) {
  const keep = (name) => !/^npm_(config|package|lifecycle)_/.test(name) || NETWORK.test(name);
  return Object.fromEntries(Object.entries(env).filter(([name]) => keep(name)));
}
