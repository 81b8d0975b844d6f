// The service worker of the built page. vite.config.ts puts the files and the version in.
const FILES = JSON.parse("[]");
/** The policy that stands in the page, for its thread, too. */
const POLICY = "THE_POLICY";
const OWN = "split-events-page/";
const CACHE = `${OWN}VERSION`;

addEventListener("install", (event) => {
  // events go past it: it must not stand between the page and the service
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

// a new version waits until no tab has the old one open
addEventListener("activate", (event) => {
  const removeOthers = async () => {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)),
    );
  };
  event.waitUntil(removeOthers());
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(registration.scope)) return;
  const own = async () => {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(event.request, { ignoreSearch: true });
    return kept ? withPolicy(kept) : fetch(event.request);
  };
  event.respondWith(own());
});

function withPolicy({ body, status, statusText, headers }) {
  const own = new Headers(headers);
  own.set("Content-Security-Policy", POLICY);
  return new Response(body, { status, statusText, headers: own });
}
