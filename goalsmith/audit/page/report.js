(function () {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const goals = Array.from(document.querySelectorAll(".goal"));
  const heads = Array.from(document.querySelectorAll(".grouphead"));
  const fields = ["f-group", "f-code", "f-area", "f-words"].map($);

  const value = (field) => (field ? field.value : "");
  const holds = (list, word) => !word || (list || "").split(" ").includes(word);

  function filter() {
    const [group, code, area, words] = fields.map(value);
    const wanted = words.toLowerCase();
    let count = 0;
    const within = new Set();
    for (const goal of goals) {
      const data = goal.dataset;
      const shown =
        holds(data.within, group) && holds(data.codes, code) && (!area || data.area === area) &&
        (!wanted || goal.textContent.toLowerCase().includes(wanted));
      goal.hidden = !shown;
      if (shown) { count += 1; within.add(data.within); }
    }
    for (const head of heads) head.hidden = !within.has(head.dataset.within);
    $("count").textContent = count.toLocaleString("en-US") + (count === 1 ? " statement" : " statements");
  }

  $("filter").addEventListener("input", filter);
  $("filter").addEventListener("submit", (event) => event.preventDefault());
  $("filter").addEventListener("reset", () => setTimeout(filter));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-group]");
    if (!link) return;
    event.preventDefault();
    $("filter").reset();
    $("f-group").value = link.dataset.group;
    filter();
    $("goals").scrollIntoView();
    $("f-group").focus({ preventScroll: true });
  });

  for (const table of document.querySelectorAll(".sortable")) {
    const body = table.tBodies[0];
    const key = (row, at) => {
      const cell = row.cells[at];
      const number = parseFloat(cell.dataset.value || cell.textContent.replace(/[^0-9.-]/g, ""));
      return at === 0 ? cell.textContent.trim() : Number.isNaN(number) ? -1 : number;
    };
    Array.from(table.tHead.rows[0].cells).forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = Array.from(body.rows).sort((a, b) => {
          const x = key(a, at), y = key(b, at);
          return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
        });
        body.append(...rows);
      });
    });
  }

  // On paper the goals that are shown are open.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = goals.filter((goal) => !goal.hidden && !goal.open);
    for (const goal of opened) goal.open = true;
  });
  window.addEventListener("afterprint", () => { for (const goal of opened) goal.open = false; });
})();
