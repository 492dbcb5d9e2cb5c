"use strict";
const unfold = document.getElementById("unfold");
if (unfold) {
  unfold.hidden = false;
  unfold.addEventListener("click", () => {
    const folded = [...document.querySelectorAll("#files details")];
    const open = folded.some((one) => !one.open);
    for (const one of folded) one.open = open;
    unfold.textContent = open ? "fold all" : "unfold all";
  });
}

// Whoever points at a box, or goes to it, sees the whole ways that lead through it. A click holds them, Escape lets go.
const graph = document.getElementById("graph");
if (graph) {
  const ways = graph.dataset.ways.split(" ").map((way) => way.split("-"));
  const parts = [...graph.querySelectorAll("[data-part]")];
  const boxes = parts.filter((part) => part.classList.contains("box"));
  let held = null;
  const show = (box) => {
    const through = box ? ways.filter((way) => way.includes(box.dataset.part)) : [];
    const on = new Set(through.flatMap((way) => way.flatMap((to, at) => [to, `${way[at - 1]}-${to}`])));
    for (const part of parts) part.classList.toggle("on", on.has(part.dataset.part));
    graph.classList.toggle("chosen", box !== null);
  };
  const hold = (box) => {
    held = box === held ? null : box;
    for (const other of boxes) other.setAttribute("aria-pressed", other === held);
    show(held);
  };
  for (const box of boxes) {
    box.addEventListener("mouseenter", () => show(box));
    box.addEventListener("mouseleave", () => show(held));
    box.addEventListener("focus", () => show(box));
    box.addEventListener("blur", () => show(held));
    box.addEventListener("click", () => hold(box));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      hold(box);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hold(null);
  });
}
