// The table's status and rows once they are as expected, or as they are after ten seconds.
const [expected] = arguments;
const text = (cell) => cell.childElementCount === 0 ? cell.textContent :
  [...cell.children].map((word) => word.textContent).join(", ");
const seen = () => [
  document.getElementById("status").textContent,
  [...document.querySelectorAll("tbody tr")].map((row) => [...row.cells].map(text)),
];
const end = performance.now() + 10_000;
return new Promise((done) => {
  const look = () => {
    const now = seen();
    if (JSON.stringify(now) === JSON.stringify(expected) || end < performance.now()) {
      done(now);
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
});
