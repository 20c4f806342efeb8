// A file from the offline copy (service-worker.js), for the worker of a first visit: it started before there was a
// service worker, so its requests go past it, and without a network they fail.

/** The response with this file of the version that `loader`, the address of loader.mjs, names; or undefined. */
export const keptFile = async (site, file, loader) => {
  try {
    const version = new URL(loader).searchParams.get("of").replace(/\.mjs$/, "");
    const cacheName = `kobai ${new URL(site).pathname}`;
    const manifest = await caches.match(`${site}offline.json?version=${version}`, { cacheName });
    const { sha256 } = (await manifest.json()).files[file];
    return await caches.match(`${site}${file}?sha256=${sha256}`, { cacheName });
  } catch {
    return undefined; // no offline copy, or the browser forbids to look
  }
};
