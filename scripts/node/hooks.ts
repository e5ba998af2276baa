// Module hooks of Node: a module imported from the command's own loopback server is fetched from there, with all that
// it imports, as in a browser.
import type { LoadHook, ResolveHook } from "node:module";

const isPage = (address: string | undefined): boolean => /^http:\/\/127\.0\.0\.1:\d+\//.test(address ?? "");

export const resolve: ResolveHook = (specifier, context, next) => {
  if (!isPage(specifier) && !(isPage(context.parentURL) && !specifier.startsWith("node:")))
    return next(specifier, context);
  return { url: new URL(specifier, context.parentURL).href, format: "module", shortCircuit: true };
};

export const load: LoadHook = async (address, context, next) => {
  if (!isPage(address)) return next(address, context);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return { source: await response.text(), format: "module", shortCircuit: true };
};
