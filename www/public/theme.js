// Before anything is painted: the theme this device was set to.
try {
  const { theme } = JSON.parse(localStorage.getItem("tokenleash.looks") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is shut off or holds something else: the system's theme it is.
}
