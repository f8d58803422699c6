"use strict";
// Before the first paint: the colours of the system where the reader chose "automatic". And the reader's time zone.
document.cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; samesite=lax; max-age=31536000`;
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const dark = root.dataset.scheme === "dark" || (root.dataset.scheme === "auto" && system.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
  };
  root.classList.add("js");
  system.addEventListener("change", paint);
  new MutationObserver(paint).observe(root, { attributeFilter: ["data-scheme"] });
  paint();
})();
