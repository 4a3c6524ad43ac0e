// Lets the rows and the text of a segment's rule follow each other while somebody types, and counts
// beside them. Without it every button sends the form, and the page does the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const one = (selector) => form.querySelector(selector);
  const rows = one("[data-rows-of-rule]");
  const text = one("#text");
  const total = one("[data-total]");
  const hint = one("[data-total-hint]");
  const textNote = one("[data-text-note]");
  for (const element of all("[data-unscripted]")) element.hidden = true;

  // Questions: a newer one gives up the older, unless that changes the rows' shape.
  const pauseMilliseconds = 250;
  const noteMilliseconds = 700;
  let timer = 0;
  let pendingSide = "";
  let asking = null;
  let shaping = Promise.resolve();
  let noteTimer = 0;
  let isPassing = false;

  function later(side) {
    clearTimeout(timer);
    pendingSide = side;
    timer = setTimeout(() => ask({ live: side }), pauseMilliseconds);
  }

  function ask(extra) {
    clearTimeout(timer);
    pendingSide = "";
    if (!extra.render) return shaping.then(() => send(extra));
    shaping = shaping.then(() => send(extra));
    return shaping;
  }

  async function send(extra) {
    asking?.abort();
    const question = new AbortController();
    asking = extra.render ? null : question;
    const sent = new FormData(form);
    const body = new URLSearchParams(sent);
    for (const [name, value] of Object.entries(extra)) body.set(name, value);
    const busy = setTimeout(() => {
      form.setAttribute("aria-busy", "true");
      hint.textContent = form.dataset.waits;
    }, 400);
    try {
      const answer = await fetch(form.dataset.editor, {
        method: "POST", body, signal: question.signal, headers: { Accept: "application/json" },
      });
      if (answer.status === 409) return true;
      if (!answer.ok) return false;
      show(await answer.json(), extra, sent);
      return true;
    } catch (error) {
      return error.name === "AbortError";
    } finally {
      clearTimeout(busy);
      form.removeAttribute("aria-busy");
    }
  }

  // What came back.
  function show(news, asked, sent) {
    if (news.html !== null) replaceRows(news, sent);
    rows.hidden = !news.hasRows;
    one("[data-too-large]").hidden = news.hasRows;
    if (asked.live === "builder" && text.value !== news.text) text.value = news.text;
    form.elements.agreed.value = news.agreed;
    form.elements.last.value = news.last;
    for (const mark of all("[data-last]")) mark.hidden = mark.dataset.last !== news.last;
    total.textContent = news.count ?? "";
    hint.textContent = news.countHint;
    for (const [path, part] of Object.entries(news.parts)) showPart(path, part);
    showTextNote(news.textNote);
  }

  function replaceRows(news, sent) {
    // What was typed while the answer was on its way is typed again.
    const typed = [...new FormData(form)].filter(([name, value]) => sent.get(name) !== value);
    const active = rows.contains(document.activeElement) ? document.activeElement.id : "";
    rows.innerHTML = news.html;
    for (const [name, value] of typed) {
      const field = form.elements[name];
      if (field && rows.contains(field) && "value" in field) field.value = value;
    }
    const focus = document.getElementById(news.focus ?? active);
    if (focus && (news.focus || active)) focus.focus();
  }

  function showPart(path, part) {
    const count = rows.querySelector(`[data-count="${CSS.escape(path)}"]`);
    if (count && count.textContent !== part.count) count.textContent = part.count;
    const box = rows.querySelector(`[data-notes="${CSS.escape(path)}"]`);
    if (!box) return;
    const entry = document.getElementById(`entry-${path}`);
    if (entry?.classList.contains("rule-row")) {
      for (const field of all("input.rule-value, textarea", entry)) {
        if (part.notes.length > 0) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    }
    box.replaceChildren(...part.notes.map((note) => {
      const line = element("p", "finding");
      const words = element("span", "", note.text);
      if (note.detail) words.append(" ", english(note.detail));
      if (note.suggestion) words.append(" ", code(note.suggestion));
      line.append(icon("warn"), words);
      return line;
    }));
  }

  // A mistake is shown when the typing pauses, and disappears at once.
  function showTextNote(note) {
    clearTimeout(noteTimer);
    const put = () => {
      text.toggleAttribute("aria-invalid", false);
      textNote.replaceChildren();
      if (!note) return;
      text.setAttribute("aria-invalid", "true");
      const box = element("div", "note trouble");
      const body = element("div");
      const line = element("p");
      if (note.where) line.append(element("b", "", note.where), " ");
      line.append(english(note.message));
      body.append(line);
      if (note.excerpt) {
        const excerpt = element("pre", "", note.excerpt);
        excerpt.dir = "ltr";
        body.append(excerpt);
      }
      if (note.suggestion) {
        const advice = element("p", "", `${form.dataset.suggests} `);
        advice.append(code(note.suggestion));
        body.append(advice);
      }
      box.append(icon("warn"), body);
      textNote.append(box);
    };
    if (note && textNote.childElementCount === 0) noteTimer = setTimeout(put, noteMilliseconds);
    else put();
  }

  function element(name, className = "", words = "") {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = words;
    return made;
  }

  function english(words) {
    const made = element("bdi", "", words);
    made.lang = "en";
    return made;
  }

  function code(words) {
    const made = element("code", "", words);
    made.dir = "ltr";
    return made;
  }

  function icon(name) {
    const space = "http://www.w3.org/2000/svg";
    const made = document.createElementNS(space, "svg");
    made.setAttribute("class", "icon");
    made.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(space, "use");
    use.setAttribute("href", `#i-${name}`);
    made.append(use);
    return made;
  }

  // What people do.
  form.addEventListener("input", (event) => {
    if (event.target === text) later("text");
    else if (rows.contains(event.target) && !("shapes" in event.target.dataset)) later("builder");
  });
  form.addEventListener("change", (event) => {
    if (rows.contains(event.target) && "shapes" in event.target.dataset) {
      ask({ live: "builder", render: "1" });
    }
  });
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const act = button?.name === "do" ? button.value : "save";
    if (isPassing || act === "save") return;
    event.preventDefault();
    let isDone;
    if (act === "take-text") {
      isDone = await ask({ live: "text", do: act });
    } else {
      // Text that is still on its way comes first.
      if (pendingSide === "text") await ask({ live: "text" });
      isDone = await ask({ live: "builder", do: act, render: "1" });
    }
    if (isDone) return;
    // The service cannot be asked this way: the form goes as it would without script.
    isPassing = true;
    form.requestSubmit(button);
  });
  rows.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-adds]");
    if (!chip) return;
    const list = document.getElementById(chip.dataset.adds);
    const lines = list.value.split("\n").filter(Boolean);
    if (!lines.includes(chip.textContent)) lines.push(chip.textContent);
    list.value = lines.join("\n");
    later("builder");
  });
  addEventListener("pagehide", () => asking?.abort());

  ask({});
})();
