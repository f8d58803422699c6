"use strict";
// Before the first paint: the colours of the system where the reader chose "automatic".
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
