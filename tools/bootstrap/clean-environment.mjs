/** How packages are reached: the one part of an outer npm's settings that an inner installer shares. */
const NETWORK = /^npm_config_(registry|@.*:registry|\/\/.*|ca|cafile|cert|key|strict_ssl|(https?_)?proxy|noproxy|userconfig|globalconfig)$/;
/** pnpm 12 reads these under its own name only. */
const FOR_PNPM = /^npm_config_(registry|ca|cafile|strict_ssl|(https?_)?proxy|noproxy)$/;

/** The environment without what npm tells the scripts it runs: pnpm would take it for settings of its own. */
export function cleanEnvironment(env) {
  const entries = Object.entries(env);
  const kept = entries.filter(([name]) => !/^npm_(config|package|lifecycle)_/.test(name) || NETWORK.test(name));
  const translated = entries.filter(([name, value]) => FOR_PNPM.test(name) && value).map(([name, value]) => [`p${name}`, value]);
  return { ...Object.fromEntries(translated), ...Object.fromEntries(kept) };
}
