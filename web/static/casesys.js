// Makes a working page nicer; every page works without it.
"use strict";

const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

// After a refused form the reader starts at the summary of what to change.
const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

// Copying: the button says that it was done, and says it aloud. Without HTTPS a page has no
// clipboard of its own, so the code is selected and the browser copies what is selected.
const copy = async (text, code) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  getSelection().selectAllChildren(code);
  document.execCommand("copy");
};
each("button[data-copy]", (button) => {
  button.hidden = false;
  const status = button.nextElementSibling;
  button.addEventListener("click", async () => {
    await copy(button.dataset.copy, button.previousElementSibling);
    status.textContent = button.dataset.copied;
    setTimeout(() => { status.textContent = ""; }, 4000);
  });
});

// One box in a table's head picks every row of the page.
each("input[data-pick-all]", (all) => {
  const boxes = [...all.closest("table").querySelectorAll("tbody .pick input[type=checkbox]")];
  const show = () => {
    const picked = boxes.filter((box) => box.checked).length;
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("picked", box.checked));
    each("[data-picked]", (spot) => { spot.textContent = picked; });
    each("[data-some-picked]", (words) => { words.hidden = picked === 0; });
    each("[data-none-picked]", (words) => { words.hidden = picked > 0; });
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

// The office's time of now, once pressed: its clock goes on while the form stands open.
each("button[data-now]", (button) => {
  const opened = performance.now();
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = new Date(`${button.dataset.now}Z`);
    now.setTime(now.getTime() + performance.now() - opened);
    const field = document.getElementById(button.dataset.for);
    field.value = now.toISOString().slice(0, 16);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
});

// What is typed becomes a draft some seconds after the last key, and when the page is left.
each("form[data-drafts]", (form) => {
  const said = form.querySelector(".draft-said");
  const rest = 4000;
  let typed = false;
  let timer = 0;
  const keep = async () => {
    clearTimeout(timer);
    if (!typed || form.dataset.sent) return;
    typed = false;
    // A chosen file is no text: it is received when the form is sent or kept by its button.
    const texts = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const body = new URLSearchParams([...texts, ["step", "draft"], ["quiet", "1"]]);
    try {
      const answer = await fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" });
      if (answer.type === "opaqueredirect") said.textContent = said.dataset.over;
      else if (answer.ok) said.textContent = await answer.text();
      else throw new Error(answer.status);
    } catch {
      typed = true;
      said.textContent = said.dataset.failed;
    }
  };
  form.addEventListener("input", () => {
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(keep, rest);
  });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
});

// Two minutes before the session idles out its reader is told, in whichever window; a press keeps it.
const idle = document.getElementById("idle");
if (idle) {
  const lasts = Number(idle.dataset.idle) * 1000;
  const warned = lasts - 2 * 60 * 1000;
  const button = idle.querySelector("button");
  const opened = Date.now();
  let before = null;
  const used = () => { try { localStorage.setItem("casesys-used", Date.now()); } catch { /* closed */ } };
  const lastUse = () => {
    try { return Math.max(opened, Number(localStorage.getItem("casesys-used")) || 0); } catch { return opened; }
  };
  const look = () => {
    const since = Date.now() - lastUse();
    if (since >= lasts) {
      idle.querySelector("p").textContent = idle.dataset.over;
      button.hidden = true;
    } else if (since >= warned && idle.hidden) {
      before = document.activeElement;
      idle.hidden = false;
      button.focus();
    } else if (since < warned && !idle.hidden) {
      idle.hidden = true;
    }
  };
  used();
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  button.addEventListener("click", async () => {
    const answer = await fetch(idle.dataset.stay, { headers: { Accept: "text/plain" } }).catch(() => null);
    if (answer && answer.ok) {
      used();
      idle.hidden = true;
      if (before) before.focus();
    } else {
      idle.querySelector("p").textContent = idle.dataset.over;
      button.hidden = true;
    }
  });
}

// Many cases are done a part at a time; the page goes on by itself.
each("form[data-go-on]", (form) => form.requestSubmit());

// A case plays by itself: from entry to entry every two seconds, until the last or a press. What
// plays is the next address; a page opened in another way stands still.
each("[data-player]", (player) => {
  const KEY = "casesys-plays";
  const button = player.querySelector("[data-play]");
  const to = (rel) => player.querySelector(`a[rel=${rel}]`);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const kept = (value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(KEY);
      if (value) sessionStorage.setItem(KEY, value);
      else sessionStorage.removeItem(KEY);
    } catch { /* closed */ }
    return null;
  };
  let timer = 0;
  const go = (link) => { if (link) location.assign(link.href); };
  const stop = () => {
    clearTimeout(timer);
    kept("");
    if (!button) return;
    button.classList.remove("playing");
    button.lastElementChild.textContent = button.dataset.stopped;
  };
  const play = () => {
    button.classList.add("playing");
    button.lastElementChild.textContent = button.dataset.playing;
    timer = setTimeout(() => { kept(to("next").href); go(to("next")); }, 2000);
  };
  if (button && !calm) {
    button.dataset.stopped = button.lastElementChild.textContent;
    button.hidden = false;
    button.addEventListener("click", () => (button.classList.contains("playing") ? stop() : play()));
    // The address leads to the player, which has the focus then: its keys go on working.
    if (kept() === location.href) play();
  }
  kept("");
  addEventListener("pagehide", () => clearTimeout(timer));
  player.addEventListener("keydown", (event) => {
    if (event.target.matches("input") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowRight") go(to("next"));
    else if (event.key === "ArrowLeft") go(to("prev"));
    else if (event.key === " " && !event.target.matches("button") && button && !button.hidden) button.click();
    else return;
    event.preventDefault();
  });
});
