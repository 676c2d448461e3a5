// Makes a working page nicer; every page works without it.
"use strict";

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// After a refused form the reader starts at the summary of what to change.
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

// Copy buttons appear only where they can work.
if (navigator.clipboard) {
  each("button[data-copy]", (button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const status = button.nextElementSibling;
      if (status) status.textContent = button.dataset.copied;
    });
  });
}

// One box in a table's head picks every row of the page.
each("input[data-pick-all]", (all) => {
  const boxes = [...all.closest("table").querySelectorAll("tbody .pick input[type=checkbox]")];
  const show = () => {
    const picked = boxes.filter((box) => box.checked).length;
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("picked", box.checked));
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    show();
  });
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
});

// An opened menu closes with Escape and with a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  each("details.menu[open]", (menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});
document.addEventListener("click", (event) => {
  each("details.menu[open]", (menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// A double click sends once. The time passes, since a form may also answer with a file.
each("form[method=post]", (form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 2000);
  });
});

// Printing is the browser's own; the button appears only where it can work.
each("button[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
