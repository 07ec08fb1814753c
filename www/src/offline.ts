/** Keeps the page on this device, so that it opens without a network. */
import { offlineScript } from "./trusted.ts";

/** Registers the service worker. */
export function keepOffline(): void {
  if (import.meta.env.DEV || !("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.register(offlineScript()).catch(() => {
    // Without it, as on plain http, the page works as long as it is open.
  });
}
