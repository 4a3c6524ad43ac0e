// Improves pages that work without it. No page depends on this file.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const language = document.documentElement.lang || "en";
  const number = new Intl.NumberFormat(language);

  for (const element of all("[data-scripted]")) element.hidden = false;

  // A run that is under way: [data-events] names the stream. Its events speak the reader's
  // language already; [data-live=name] takes a text, [data-live-value=name] a number, and the parts
  // of a [data-live-bar] the share that each [data-group] has of the groups in that bar.
  function showRun(root, news) {
    for (const element of all("[data-live]", root)) {
      const text = news[element.dataset.live];
      if (text === undefined || text === null) continue;
      const shown = typeof text === "number" ? number.format(text) : text;
      if (element.textContent !== shown) element.textContent = shown;
    }
    for (const element of all("[data-live-value]", root)) {
      const value = news[element.dataset.liveValue];
      if (typeof value === "number") element.value = value;
    }
    const steps = all("[data-phase]", root);
    const current = steps.findIndex((step) => step.dataset.phase === news.phase);
    steps.forEach((step, index) => {
      step.classList.toggle("done", index < current);
      if (index === current) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
    for (const bar of all("[data-live-bar]", root)) {
      const parts = all("[data-group]", bar);
      const counts = parts.map((part) => news[part.dataset.group] || 0);
      // Nobody is too few to be seen: whoever is there gets at least 0.6 %.
      const total = counts.reduce((sum, count) => sum + count, 0);
      const shares = counts.map((count) => (count > 0 ? Math.max(count / total, 0.006) : 0));
      const whole = shares.reduce((sum, share) => sum + share, 0) || 1;
      let start = 0;
      parts.forEach((part, index) => {
        const share = (100 * shares[index]) / whole;
        part.setAttribute("x", `${start}%`);
        part.setAttribute("width", `${share}%`);
        start += share;
      });
    }
  }

  for (const root of all("[data-events]")) {
    const stream = new EventSource(root.dataset.events);
    stream.addEventListener("progress", (event) => {
      let news;
      try { news = JSON.parse(event.data); } catch { return; }
      showRun(root, news);
    });
    stream.addEventListener("done", () => {
      stream.close();
      location.reload();
    });
    addEventListener("pagehide", () => stream.close());
  }

  // What is being made: [data-refresh] asks for its own page every so many seconds, takes the texts of
  // [data-live] and what stands in [data-part] from it, and loads it when it has become another page.
  for (const root of all("[data-refresh]")) {
    const refresh = async () => {
      try {
        const answer = await fetch(location.href);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (!page.querySelector("[data-refresh]")) return location.reload();
        for (const element of all("[data-live]", root)) {
          const news = page.querySelector(`[data-live="${element.dataset.live}"]`);
          if (news && news.textContent !== element.textContent) element.textContent = news.textContent;
        }
        for (const element of all("[data-part]", root)) {
          const news = page.querySelector(`[data-part="${element.dataset.part}"]`);
          if (!news || news.innerHTML === element.innerHTML) continue;
          const place = all("a, button", element).indexOf(document.activeElement);
          element.replaceChildren(...news.childNodes);
          if (place >= 0) all("a, button", element)[place]?.focus();
        }
      } catch { /* The service may be restarting: it is asked again. */ }
      setTimeout(refresh, 1000 * Number(root.dataset.refresh));
    };
    setTimeout(refresh, 1000 * Number(root.dataset.refresh));
  }

  // Lists that are shown whole: [data-filter] holds the id of the table its box narrows.
  for (const box of all("input[data-filter]")) {
    const table = document.getElementById(box.dataset.filter);
    if (!table) continue;
    const empty = document.querySelector(`[data-filter-empty="${box.dataset.filter}"]`);
    const narrow = () => {
      const words = box.value.toLocaleLowerCase(language).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of all("tbody > tr", table)) {
        const text = row.textContent.toLocaleLowerCase(language);
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) shown += 1;
      }
      if (empty) empty.hidden = shown > 0;
    };
    box.addEventListener("input", narrow);
    if (box.value) narrow();
  }

  // Menus made of <details>: Escape and a click elsewhere close them. (Popovers do so themselves.)
  addEventListener("click", (event) => {
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });

  // Rows of a form: a button [data-add-row=id] copies the <template id> to the end of the
  // element [data-rows=id]; [data-remove-row] takes its row away. Without script both submit.
  addEventListener("click", (event) => {
    const add = event.target.closest?.("[data-add-row]");
    if (add) {
      const template = document.getElementById(add.dataset.addRow);
      const rows = document.querySelector(`[data-rows="${add.dataset.addRow}"]`);
      if (!template || !rows) return;
      event.preventDefault();
      rows.append(template.content.cloneNode(true));
      rows.lastElementChild.querySelector("select, input")?.focus();
      return;
    }
    const remove = event.target.closest?.("[data-remove-row]");
    const row = remove?.closest("[data-row]");
    if (!row) return;
    event.preventDefault();
    const rows = row.parentElement;
    row.remove();
    document.querySelector(`[data-add-row="${rows.dataset.rows}"]`)?.focus();
  });

  // Segments of an export: the sum of the chosen ones, and the warning above the limit.
  for (const root of all("[data-segments]")) {
    const boxes = all("input[data-members]", root);
    const limit = Number(root.dataset.limit);
    const everyone = root.querySelector("[data-check-all]");
    const sum = () => {
      const chosen = boxes.filter((box) => box.checked);
      const total = chosen.reduce((part, box) => part + Number(box.dataset.members), 0);
      for (const output of all("[data-segment-total]", root)) output.textContent = number.format(total);
      for (const note of all("[data-over-limit]", root)) note.hidden = !(total > limit);
      if (everyone) {
        everyone.checked = boxes.length > 0 && chosen.length === boxes.length;
        everyone.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
      }
    };
    everyone?.addEventListener("change", () => {
      for (const box of boxes) if (!box.disabled) box.checked = everyone.checked;
      sum();
    });
    root.addEventListener("change", sum);
    sum();
  }

  // A schedule: the browser's own time zone is offered first, a weekday that is chosen makes it weekly,
  // and [data-next-runs] follows what is entered.
  for (const root of all("[data-schedule]")) {
    const zones = root.querySelector("select[data-browser-zone]");
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zones && own && (own === "UTC" || own.includes("/"))) {
      const group = document.createElement("optgroup");
      group.label = zones.dataset.browserZone;
      group.append(new Option(own, own));
      zones.options[0].after(group);
      // Where the zone is what is missing, it stays for a person to choose.
      if ("open" in zones.dataset && !zones.hasAttribute("aria-invalid")) zones.value = own;
    }
    root.addEventListener("change", (event) => {
      const weekly = root.querySelector('[name="rhythm"][value="weekly"]');
      if (event.target.name === "weekday" && weekly) weekly.checked = true;
    });
    const shown = root.querySelector("[data-next-runs]");
    const button = root.querySelector("[data-show-next]");
    let asked = 0;
    const show = async () => {
      const number = (asked += 1);
      const fields = new URLSearchParams(new FormData(root.closest("form")));
      fields.set("act", "show-next");
      try {
        const answer = await fetch(root.closest("form").action, { method: "POST", body: fields });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const news = page.querySelector("[data-next-runs]");
        if (news && number === asked) shown.replaceChildren(...news.childNodes);
      } catch { /* The button asks again. */ }
    };
    button?.addEventListener("click", (event) => {
      event.preventDefault();
      show();
    });
    let timer;
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(show, 300);
    };
    root.addEventListener("input", soon);
    root.addEventListener("click", (event) => {
      if (event.target.closest("[data-remove-row]")) soon();
    });
    if (zones?.value && "open" in zones.dataset && root.offsetParent) show();
  }

  // A choice that changes what else there is to choose: [data-submits=id] presses that button.
  for (const field of all("[data-submits]")) {
    field.addEventListener("change", () => document.getElementById(field.dataset.submits)?.click());
  }

  // [data-copy=id] copies the text of an element and says so in [data-copied], a live region.
  for (const button of all("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      const said = button.parentElement.querySelector("[data-copied]");
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
        if (said) said.textContent = said.dataset.copied;
      } catch {
        getSelection().selectAllChildren(source);
      }
    });
  }
})();
