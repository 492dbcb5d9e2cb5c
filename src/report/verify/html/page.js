"use strict";
const time = document.getElementById("time");
const lines = [...document.querySelectorAll("[data-until]")];
function show() {
  const at = Number(time.value);
  let ended = 0;
  for (const line of lines) {
    const over = Number(line.dataset.until) < at;
    line.classList.toggle("ended", over);
    if (over) ended += 1;
  }
  document.getElementById("now").textContent = new Date(at * 1000).toISOString().replace(".000", "");
  document.getElementById("ended").textContent = ended === 0 ? "" : `${ended} of ${lines.length} lines have an end before`;
}
time.addEventListener("input", show);
show();
