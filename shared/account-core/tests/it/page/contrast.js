// Which colors the page has, and every text that its ground hardly lets through: the contrast that WCAG 2 asks for is 4.5.
const channels = (color) => color.match(/[\d.]+/g).map(Number);
const light = (color) => {
  const [red, green, blue] = channels(color).map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const isClear = (color) => channels(color)[3] === 0;
const ground = (element) => {
  const color = getComputedStyle(element).backgroundColor;
  return isClear(color) && element.parentElement ? ground(element.parentElement) : color;
};
const contrast = (element) => {
  const [less, more] = [getComputedStyle(element).color, ground(element)].map(light).sort((one, other) => one - other);
  return (more + 0.05) / (less + 0.05);
};
const hasText = (element) => element.checkVisibility() && [...element.childNodes]
  .some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
const texts = [...document.body.querySelectorAll("*")].filter(hasText);
return {
  ground: ground(document.body),
  texts: texts.length,
  faint: texts.filter((element) => contrast(element) < 4.5)
    .map((element) => `${element.outerHTML} ${contrast(element).toFixed(2)}`),
};
