// Each bar: its title, what it says to who cannot see it, its legend, and what is wrong with how it is drawn.
const isNear = (one, other) => Math.abs(one - other) < 1;
const wrong = (svg) => {
  const whole = svg.getBoundingClientRect();
  const parts = [...svg.querySelectorAll("rect")];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const starts = [whole.left, ...boxes.map((box) => box.right)];
  return [
    whole.width < 100 || whole.height < 10 ? "too small" : "",
    boxes.every((box, index) => 2 < box.width && isNear(box.left, starts[index])) ? "" : "parts do not follow each other",
    isNear(starts.at(-1), whole.right) ? "" : "not full",
    parts.every((part) => getComputedStyle(part).fill.startsWith("rgb(")) ? "" : "no color",
  ].filter((told) => told !== "");
};
return [...document.querySelectorAll("figure")].map((figure) => {
  const svg = figure.querySelector("svg");
  const legend = [...figure.querySelectorAll("li")].map((part) => part.textContent);
  return [figure.querySelector("figcaption").textContent, svg.getAttribute("aria-label"), legend.join(", "), wrong(svg)];
});
