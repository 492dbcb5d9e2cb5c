"use strict";
// Whoever points at a box sees what led to it and what it leads to.
const graph = document.getElementById("graph");
if (graph) {
  const edges = [...graph.querySelectorAll(".edge")];
  const walk = (name, here, there, on) => {
    for (const edge of edges) {
      if (edge.dataset[here] === name && !on.has(edge)) {
        on.add(edge);
        walk(edge.dataset[there], here, there, on);
      }
    }
  };
  for (const box of graph.querySelectorAll(".box")) {
    box.addEventListener("mouseenter", () => {
      const on = new Set();
      walk(box.dataset.box, "from", "to", on);
      const back = new Set();
      walk(box.dataset.box, "to", "from", back);
      const names = new Set([box.dataset.box]);
      for (const edge of [...on, ...back]) {
        edge.classList.add("on");
        names.add(edge.dataset.from).add(edge.dataset.to);
      }
      for (const other of graph.querySelectorAll(".box")) {
        other.classList.toggle("on", names.has(other.dataset.box));
      }
      graph.classList.add("chosen");
    });
    box.addEventListener("mouseleave", () => {
      graph.classList.remove("chosen");
      for (const on of graph.querySelectorAll(".on")) on.classList.remove("on");
    });
  }
}
