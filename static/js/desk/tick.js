// Ticks all rows, or none.

const all = document.getElementById("tick-all");
const boxes = () => [...list.querySelectorAll("[name=comment]")];

all.closest("label").hidden = false;
all.addEventListener("change", () => {
  for (const box of boxes()) box.checked = all.checked;
});
document.addEventListener("change", () => {
  const ticked = boxes().filter(({ checked }) => checked).length;
  all.checked = ticked > 0 && ticked === boxes().length;
  all.indeterminate = ticked > 0 && !all.checked;
});
