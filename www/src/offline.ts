/** Keeps the page on this device, so that it opens without a network. */
import { offlineScript } from "./trusted.ts";

/** Registers the service worker once the page is at rest: its downloads must not delay the first answer. */
export function keepOffline(): void {
  if (import.meta.env.DEV || !("serviceWorker" in navigator)) return;
  const register = () =>
    void navigator.serviceWorker.register(offlineScript()).catch(() => {
      // Without it, as on plain http, the page works as long as it is open.
    });
  if ("requestIdleCallback" in window) requestIdleCallback(register, { timeout: 5000 });
  else setTimeout(register, 2000);
}
