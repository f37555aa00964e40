(() => {
  "use strict";
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const figures = read("figures");
  const darkColours = read("dark-colours");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 700px)");
  const config = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false };

  const isColour = (key) => /color$/i.test(key);
  const recoloured = (value, key) => {
    if (Array.isArray(value)) return value.map((item) => recoloured(item, key));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, recoloured(item, name)]));
    }
    return isColour(key) && Object.hasOwn(darkColours, value) ? darkColours[value] : value;
  };
  const setAt = (target, path, value) => {
    const names = path.split(".");
    const last = names.pop();
    let at = target;
    for (const name of names) at = at[name];
    at[last] = value;
  };

  const draw = (isDark) => {
    for (const [id, stored] of Object.entries(figures)) {
      const holder = document.getElementById(id);
      const figure = structuredClone(stored);
      if (narrow.matches) {
        for (const [path, value] of Object.entries(figure.narrow)) setAt(figure.layout, path, value);
      }
      const shown = isDark ? recoloured(figure, "") : figure;
      window.Plotly.react(holder, shown.data, shown.layout, config);
    }
  };
  const redraw = () => draw(dark.matches);
  redraw();
  dark.addEventListener("change", redraw);
  narrow.addEventListener("change", redraw);
  window.addEventListener("beforeprint", () => draw(false));
  window.addEventListener("afterprint", redraw);
})();
