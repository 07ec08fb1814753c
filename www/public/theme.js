// Before anything is painted: the theme this device was set to, and its own letters where it has them.
try {
  const { theme } = JSON.parse(localStorage.getItem("tokenleash.looks") ?? "{}");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  if (localStorage.getItem("tokenleash.letters") === "own") document.documentElement.dataset.letters = "own";
} catch {
  // Storage is shut off or holds something else: the system's theme it is.
}
