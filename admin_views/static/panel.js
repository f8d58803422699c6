"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, act, options) => document.addEventListener(type, act, options);
  const words = $("#words").dataset;
  const dialog = $("#dialog");
  const popup = $("#filter");

  // Toasts ----------------------------------------------------------------------------------------------------------
  const toasts = $("#toasts");

  function toast(text, tone) {
    const item = $("#words").content.firstElementChild.cloneNode(true);
    item.classList.add(`toast-${tone}`);
    item.firstElementChild.textContent = text;
    toasts.append(item);
  }

  // All but refusals leave by themselves, those with something to do later, and not while somebody is at them.
  function expire(item) {
    if (item.nodeType !== 1 || item.classList.contains("toast-danger")) return;
    const stay = $("form, a", item) ? 30000 : 7000;
    setTimeout(() => (item.matches(":hover, :focus-within") ? expire(item) : item.remove()), stay);
  }

  // The same once more takes the place of what stood there.
  function renew(item) {
    const before = item.previousElementSibling;
    const says = (each) => each.textContent + $("form", each)?.action;
    if (item.nodeType === 1 && before && says(before) === says(item)) before.remove();
  }

  new MutationObserver((changes) => {
    changes.forEach((change) => change.addedNodes.forEach((item) => { renew(item); expire(item); }));
    if (toasts.children.length > 3) toasts.firstElementChild.remove();
  }).observe(toasts, { childList: true });
  // What was there from the start is put in once more, so that screen readers say it.
  setTimeout(() => toasts.replaceChildren(...toasts.children), 200);

  // Theme -----------------------------------------------------------------------------------------------------------
  function choose(theme) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax${secure}`;
    document.documentElement.dataset.scheme = theme;
  }

  // Requests --------------------------------------------------------------------------------------------------------
  let opener = null;

  on("htmx:config:request", ({ detail: { ctx } }) => {
    const { body, method } = ctx.request;
    if (method === "GET") {
      for (const name of new Set(body.keys())) {
        const said = body.getAll(name).filter((value) => value !== "");
        body.delete(name);
        said.forEach((value) => body.append(name, value));
      }
    }
    if (ctx.sourceElement.matches("[data-edit]")) opener = ctx.sourceElement.id;
  });

  // A session that ended: its person signs in again over the page, and what was refused is sent once more as it was.
  const door = $("#again");
  const unreached = () => toast(words.lost, "danger");
  let knocking = null;

  // "" where nothing has changed, the token of a new session, or undefined if nobody came in.
  async function knock(form, request) {
    const answer = await fetch(words.again, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(20000),
      ...request });
    if (answer.status >= 500) throw new TypeError();
    const token = answer.headers.get("X-CSRF-Token") || "";
    if (token) {
      words.again = answer.headers.get("X-Again");
      $$("[name=csrf_token]").forEach((each) => { each.value = token; });
      door.close(token);
    }
    if (answer.status === 204) return token;
    door.innerHTML = await answer.text();
    focus($("[type=password]", door));
    if (door.open) return undefined;
    if (form?.matches("[data-form]")) form.dataset.dirty = "";
    door.returnValue = "";
    door.showModal();
    await new Promise((done) => door.addEventListener("close", done, { once: true }));
    return door.returnValue || undefined;
  }

  async function admitted(form) {
    const token = await (knocking ||= knock(form).finally(() => { knocking = null; }));
    if (token !== "") sent.delete(form);
    if (token) delete form.dataset.dirty;
    else if (token === undefined) toast(words.unsent, "warning");
    return token;
  }

  async function reach(url, request, { sourceElement, requestTimeout } = { sourceElement: door }) {
    const answer = await fetch(url, request);
    if (answer.status !== 401 || !words.again) return answer;
    clearTimeout(requestTimeout);
    const token = await admitted(sourceElement);
    if (token === undefined) throw new DOMException("", "AbortError");
    request.body?.set("csrf_token", token);
    return token ? fetch(url, request) : answer;
  }

  // A form that is a page of its own is sent when the server said who is there: it stays where nobody answers.
  const asked = new WeakMap();
  on("submit", async (event) => {
    const { target, submitter } = event;
    if (target.closest("#my-menu") || event.defaultPrevented || target.method !== "post" || !words.again) return;
    if (asked.get(target)) return void asked.delete(target);
    event.preventDefault();
    if (asked.has(target)) return;
    asked.set(target, false);
    const token = await admitted(target).catch(() => { keep(target); unreached(); });
    asked.delete(target);
    if (token === undefined) return;
    sent.delete(target);
    asked.set(target, true);
    target.requestSubmit(submitter);
  });
  door.addEventListener("submit", (event) => {
    event.preventDefault();
    knock(null, { method: "POST", body: new FormData(event.target) }).catch(unreached);
  });
  door.addEventListener("close", () => door.replaceChildren());

  // A whole page in answer to a request for a part (the session ended, say) is opened as a page.
  on("htmx:after:request", (event) => {
    const { text, response } = event.detail.ctx;
    if (!/^\s*<!doctype/i.test(text)) return;
    event.preventDefault();
    location.assign(response.raw.url);
  });

  // Links that renew a part of the page, and the address where that part is the list.
  function fill(event, link) {
    event.preventDefault();
    const { into, swap } = link.closest("[data-into]").dataset;
    const fallback = into === "#filter" ? "innerHTML" : "outerMorph";
    htmx.ajax("GET", link.getAttribute("href"), { source: link, target: into, swap: swap || fallback,
      push: into === "#list" ? "true" : null });
  }

  // What somebody sent and went through makes errors stale; what did not leaves the form as unsaved as it was.
  function keep(form) {
    if (form?.matches("[data-form]")) form.dataset.dirty = "";
    sent.delete(form);
  }

  on("htmx:after:request", ({ detail: { ctx: { request, response, sourceElement } } }) => {
    if (request.method === "GET" || sourceElement.matches("[hx-trigger]")) return;
    if (response.raw.ok) $$(".toast-danger", toasts).forEach((each) => each.remove());
    else keep(sourceElement);
  });

  on("htmx:error", ({ detail }) => {
    keep(detail.ctx?.sourceElement);
    if (detail.error instanceof TypeError || detail.ctx?.request.signal.aborted) toast(words.lost, "danger");
  });

  on("htmx:after:swap", ({ detail: { ctx } }) => {
    const at = typeof ctx.target === "string" ? $(ctx.target) : ctx.target;
    const target = at?.isConnected ? at : at?.id && document.getElementById(at.id);
    if (!target) return;
    if (target === dialog) return dialog.open || !dialog.firstElementChild || dialog.showModal();
    if (target === popup) return openPopup(ctx.sourceElement);
    if (target.id === "list") {
      count();
      if (popup.matches(":popover-open")) popup.hidePopover();
    } else if (target.matches(".panel")) {
      settle(target);
      if (ctx.request.method !== "GET" && ctx.response.raw.ok) catchUp(target);
    }
  });

  // What was just saved in its place is history, too, and other panels may count it.
  function catchUp(saved) {
    const history = $(".history[hx-get]");
    if (history?.firstElementChild) htmx.ajax("GET", history.getAttribute("hx-get"), { target: history });
    for (const each of $$("[data-renew]")) {
      if (each !== saved) htmx.ajax("GET", each.dataset.renew, { source: each, target: each, swap: "outerHTML" });
    }
  }

  // Into the form that appeared; back to what opened it when it is gone.
  function settle(target) {
    const form = $("[data-form]", target);
    if (!form) return leave(target);
    if ($(".refusals, .error", target)) form.dataset.dirty = "";
    const fields = [...form.elements].filter((each) => each.matches(":not([type=hidden], button, fieldset)"));
    const first = $(".refusals", target) || fields.find((each) => each.ariaInvalid) || fields[0];
    focus(first);
  }

  function leave(target) {
    const back = document.getElementById(opener);
    if (target.contains(back)) {
      back.focus();
      opener = null;
    } else if (document.activeElement === document.body) {
      $("a[href], button", target)?.focus({ preventScroll: true });
    }
  }

  function focus(field) {
    if (field?.matches("textarea")) field.setSelectionRange(field.value.length, field.value.length);
    const within = field?.matches("fieldset") && $("input:checked, input:not([type=hidden])", field);
    if (field?.closest("[popover]")) (within || field).focus({ preventScroll: true });
    (field?.tomselect || within || field)?.focus();
  }

  // Dialogs and menus -----------------------------------------------------------------------------------------------
  let asker = null;

  on("htmx:before:request", ({ detail: { ctx } }) => {
    ctx.fetch = (url, request) => reach(url, request, ctx);
    if (ctx.target === dialog && !dialog.contains(ctx.sourceElement)) asker = ctx.sourceElement;
  });

  dialog.addEventListener("close", () => dialog.replaceChildren());

  // What was confirmed for a row of a grid renews that grid only.
  dialog.addEventListener("submit", async (event) => {
    const grid = asker?.closest("[data-grid]");
    if (!grid || event.target.method === "dialog") return;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    dialog.close();
    await htmx.ajax("POST", event.target.getAttribute("action"), { target: grid, swap: "outerHTML", values });
    $("header a[data-edit]", document.getElementById(grid.id))?.focus();
  });

  // A button beside a form that is still open sends it, with what it says itself.
  function sendFrom(form, button) {
    if (form) button.setAttribute("form", form.id ||= "open-form");
  }

  function openPopup(source) {
    const host = source.closest("[popover]");
    const anchor = host && host !== popup ? $(`[popovertarget="${host.id}"]`) : source;
    if (host && host !== popup) host.hidePopover();
    if (!popup.matches(":popover-open")) popup.showPopover({ source: anchor });
    focus($("input:not([type=hidden]), select", popup));
  }

  // Without HTTPS a browser has no clipboard for us: then the text is at least selected.
  function copy(button) {
    const from = document.getElementById(button.dataset.copy);
    from.select();
    const said = () => (button.textContent = button.dataset.done);
    navigator.clipboard?.writeText(from.value).then(said, () => from.focus());
  }

  on("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    const inPopup = hit("[popover] a");
    if (hit("[data-unseal]")) {
      hit("[data-sealed]").removeAttribute("data-sealed");
      $("input", event.target.closest(".field")).focus();
    }
    if (hit("[data-copy]")) copy(hit("[data-copy]"));
    if (hit("[data-dismiss]")) hit(".toast-item").remove();
    if (hit("[data-bring]")) sendFrom($(hit("[data-bring]").dataset.bring), hit("[data-bring]"));
    if (hit("[data-open]")) document.getElementById(hit("[data-open]").dataset.open).showModal();
    if (event.target === dialog || event.target.id === "keys") event.target.close();
    if (hit("dialog [data-close]")) {
      event.preventDefault();
      hit("dialog").close();
    }
    if (inPopup && !inPopup.closest("#columns, #filter, #side")) inPopup.closest("[popover]").hidePopover();
    if (hit("[data-theirs]")) useTheirs(hit("[data-theirs]"));
    if (hit("[data-add]")) addPart(hit(".parts"));
    if (hit("[data-remove]")) removePart(hit(".part"));
    if (hit("[data-move]")) moveLine(hit(".part"), Number(hit("[data-move]").dataset.move), hit("[data-move]"));
    const link = hit("[data-into] a[href], a[data-into]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) fill(event, link);
    const wrong = hit(".refusals a");
    if (wrong) {
      event.preventDefault();
      focus(document.getElementById(wrong.hash.slice(1)));
    }
    const row = hit("#list tbody tr, [data-grid] tbody tr:not(.editing)");
    if (row) clickRow(event, row);
  });

  on("change", ({ target }) => {
    if (target.name === "theme") choose(target.value);
    if (target.id === "keys-on") localStorage.setItem("keys", target.checked ? "on" : "off");
    if (target.id === "pick-all") boxes().forEach((box) => { box.checked = target.checked; });
    if (target.matches("#pick input")) count();
    if (target.matches("[data-rule]")) setLine(target);
    if (target.dataset.most) {
      const words = target.nextElementSibling;
      words.hidden = !($("input", words).checked = target.files[0]?.size > target.dataset.most);
      if (!words.hidden) target.value = "";
    }
    follow(target);
  });

  // Lists: selecting and opening rows -------------------------------------------------------------------------------
  const boxes = () => $$("#pick input[name=rowid]");
  let last = null;

  function count() {
    const all = boxes();
    const picked = all.filter((box) => box.checked).length;
    if ($("#picked")) $("#picked").value = picked;
    const head = $("#pick-all");
    if (!head) return;
    head.checked = picked > 0 && picked === all.length;
    head.indeterminate = picked > 0 && picked < all.length;
  }

  function clickRow(event, row) {
    const box = $("input[name=rowid]", row);
    if (event.target === box || event.target.closest(".pick")) {
      if (event.target !== box) box.checked = !box.checked;
      if (event.shiftKey && last) range(last, box);
      last = box;
      return count();
    }
    if (event.target.closest("a, button, input, label") || String(getSelection())) return;
    const link = $(".title a", row);
    if (link && (event.ctrlKey || event.metaKey)) window.open(link.href);
    else link?.click();
  }

  function range(from, to) {
    const all = boxes();
    const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
    if (start >= 0) all.slice(start, end + 1).forEach((box) => { box.checked = to.checked; });
  }

  on("reset", (event) => event.target.id === "pick" && setTimeout(count));

  // Keys ------------------------------------------------------------------------------------------------------------
  function move(step) {
    const links = $$("#list tbody .title a");
    const now = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    links[now < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(now + step, 0), links.length - 1)]?.focus();
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: () => $("input[name=rowid]", document.activeElement.closest("#list tbody tr") || undefined)?.click(),
    "?": () => $("#keys").showModal(),
  };

  on("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open], [popover]:popover-open")) return;
    if (localStorage.getItem("keys") === "off" && event.key !== "?") return;
    const named = $(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
    if (!named && !keys[event.key]) return;
    event.preventDefault();
    if (keys[event.key]) keys[event.key]();
    else if (named.matches("input")) named.select();
    else named.click();
  });

  $("#keys-on").checked = localStorage.getItem("keys") !== "off";

  // Forms: unsaved changes ------------------------------------------------------------------------------------------
  const dirty = () => $$("[data-form][data-dirty]");

  on("input", ({ target }) => {
    const form = target.form || target.closest("form");
    if (!form?.matches("[data-form]")) return;
    form.dataset.dirty = "";
    const sign = $(".unsaved", form);
    if (sign) sign.textContent = sign.dataset.text;
  });

  // The second of two clicks is none; a page that is gone back to can be sent again.
  const sent = new WeakMap();
  window.addEventListener("pageshow", () => $$("form").forEach((form) => sent.delete(form)));

  on("submit", (event) => {
    const { target } = event;
    if (target.method === "post" && Date.now() - sent.get(target) < 1000) {
      event.preventDefault();
      return event.stopImmediatePropagation();
    }
    sent.set(target, Date.now());
    delete target.dataset.dirty;
    $$("select[data-free]", target).forEach((select) => select.tomselect && take(select));
    const next = $("input[name=next]", target);
    if (next) next.value = location.pathname + location.search;
  }, true);
  window.addEventListener("beforeunload", (event) => dirty().length && event.preventDefault());

  // One part at a time: what is being edited is saved or cancelled before the next is opened.
  on("click", (event) => {
    const link = event.target.closest("[data-edit], [data-cancel]");
    if (!link) return;
    const [open] = dirty();
    if (link.matches("[data-cancel]")) return $$("[data-form]").forEach((form) => delete form.dataset.dirty);
    if (open) {
      event.preventDefault();
      event.stopImmediatePropagation();
      toast(words.unsaved, "warning");
      settle(open.closest(".panel"));
    } else $$(".panel [data-cancel]").forEach((cancel) => !cancel.closest(".panel").contains(link) && cancel.click());
  }, true);

  // Escape closes what is open, unless something was typed there.
  on("keydown", (event) => {
    const { key, defaultPrevented, isComposing } = event;
    const cancel = $(".panel [data-cancel][hx-get]");
    if (key !== "Escape" || defaultPrevented || isComposing || !cancel) return;
    if ($("dialog[open], [popover]:popover-open")) return;
    if (dirty().length) toast(words.unsaved, "warning");
    else cancel.click();
  });

  // Forms: controls -------------------------------------------------------------------------------------------------
  function useTheirs({ dataset }) {
    const field = document.getElementById(dataset.theirs);
    if (field.files) $(`[name="${CSS.escape(field.name)}-kept"]`)?.remove();
    const radio = field.matches("fieldset") && $(`input[value="${CSS.escape(dataset.value)}"]`, field);
    if (radio) radio.checked = true;
    else if (field.tomselect) {
      field.tomselect.addOption({ value: dataset.value, label: dataset.text });
      field.tomselect.setValue(dataset.value);
    } else if (field.type === "checkbox") field.checked = dataset.value !== "";
    else field.value = dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    focus(field);
  }

  let copies = 0;

  function addPart(list, enter = true) {
    const { prefix } = list.dataset;
    do copies += 1; while (document.getElementsByName(`${prefix}${copies}-version`).length);
    const copy = list.spare.cloneNode(true);
    for (const each of $$("[id], [name], [for], [aria-describedby], [value]", copy)) {
      for (const { name, value } of [...each.attributes]) {
        if (value === "new") each.setAttribute(name, `new${copies}`);
        else if (value.startsWith(`${prefix}-`)) each.setAttribute(name, value.replace(prefix, `${prefix}${copies}`));
      }
    }
    if ($("tbody", list)) $("tbody", list).append(copy);
    else $("[data-add]", list).before(copy);
    if (!$("input[type=radio]:checked", list)) $("input[type=radio]", copy)?.click();
    if (enter) focus($("input:not([type=hidden]), select, textarea", copy));
  }

  function removePart(part) {
    const list = part.closest(".parts");
    part.remove();
    $("[data-add]", list).focus();
    list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Tables of lines: Enter goes down, Tab on, both to a new line after the last; Alt with an arrow moves a line.
  const cells = (line) => $$("input:not([type=hidden]), select, textarea", line);

  function says(line) {
    const blank = cells(line.closest(".parts").spare);
    return cells(line).some((each, at) => each.value !== blank[at].value);
  }

  function moveLine(line, step, field) {
    const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(line);
    else other.after(line);
    field.focus();
    line.dispatchEvent(new Event("input", { bubbles: true }));
  }

  on("keydown", (event) => {
    const { target, key, altKey, shiftKey } = event;
    const line = target.closest(".lines .part");
    if (!line || event.isComposing || event.ctrlKey || event.metaKey) return;
    const [fields, next] = [cells(line), line.nextElementSibling];
    const step = altKey && $("[data-move]", line) && { ArrowUp: -1, ArrowDown: 1 }[key];
    const down = key === "Enter" && !shiftKey && target.matches("input, select");
    const past = key === "Tab" && !shiftKey && target === fields.at(-1) && !next && says(line);
    if (!step && !down && !past) return;
    event.preventDefault();
    if (step) moveLine(line, step, target);
    else if (down && next) focus(cells(next)[fields.indexOf(target)]);
    else if (past || says(line)) addPart(line.closest(".parts"));
  });

  // One level for a whole line of a table: its cells take it, and can then be set one by one.
  function setLine(rule) {
    if (rule.value === "" || rule.value === "each") return;
    for (const cell of $$("[data-label] select", rule.closest("tr"))) {
      const values = [...cell.options].map((each) => each.value);
      cell.value = values.includes(rule.value) ? rule.value : values[0];
    }
    rule.value = "each";
  }

  // A field that depends on another: usable while that one is on, or with suggestions that follow it.
  function follow(field) {
    for (const each of $$(`[data-needs="${CSS.escape(field.name || "")}"]`)) {
      $$("input, button", each).forEach((input) => { input.disabled = !field.checked; });
    }
    for (const each of $$(`[data-follows="${CSS.escape(field.id || "")}"]`)) suggest(each, field);
    $$("[data-when]", field.form || document).forEach(ask);
    if (field.matches("select[data-lookup]")) propose(field);
  }

  // What is chosen brings values of other fields along, in place of those that were proposed before.
  function propose(select) {
    const { form, name, value } = select;
    for (const option of $$(`option[data-with="${CSS.escape(`${name}-${value}`)}"]`, form || undefined)) {
      const input = $(`[list="${option.parentElement.id}"]`, form);
      const known = [...option.parentElement.children].some((each) => each.value === input.value);
      if (known || !input.value) input.value = option.value;
    }
  }

  // A field that is asked for only with a certain choice goes out of sight with another, unless something is in it;
  // one that is of no use with a certain choice, whatever is in it.
  function ask(field) {
    const [, name, not, value] = field.dataset.when.match(/^(.*?)(!?)=(.*)$/);
    const chosen = new FormData(field.closest("form")).get(name);
    const filled = !not && $$("input, select, textarea", field).some((each) => each.value);
    field.hidden = chosen !== null && (chosen === value) === Boolean(not) && !filled && !$(".error", field);
  }

  function suggest(field, source) {
    const list = document.getElementById(field.getAttribute("list"));
    htmx.ajax("GET", field.dataset.refresh, { target: list, swap: "innerHTML", values: { of: source.value } });
  }

  // What was typed and not picked counts as well.
  function take({ tomselect: box }) {
    const value = box.inputValue();
    if (!value) return;
    box.setTextboxValue("");
    box.addOption({ value, label: value });
    box.addItem(value);
  }

  function pick(select) {
    const { lookup, create, createText } = select.dataset;
    const several = select.multiple;
    const free = "free" in select.dataset;
    const remote = lookup && {
      preload: "focus",
      score: () => () => 1,
      shouldLoad: () => true,
      onType() { this.clearActiveOption(); }, // Enter takes nothing that was found for something else
      load(query, done) {
        const url = new URL(lookup, location.href);
        url.searchParams.set("query", query);
        this.clearActiveOption();
        this.clearOptions();
        reach(url, { headers: { Accept: "application/json", "HX-Request": "true" } })
          .then((answer) => answer.json()).catch(() => []).then((found) => {
            const late = query !== this.inputValue();
            done(late ? [] : found);
            if (late && !this.inputValue()) this.close(); // something was chosen meanwhile
          });
      },
    };
    const hint = (each, escape) => (each.hint ? `<small>${escape(each.hint)}</small>` : "");
    const option = (each, escape) => `<div>${escape(each.label)}${hint(each, escape)}</div>`;
    const item = (each, escape) => `<div>${escape(each.label)}</div>`;
    const box = new TomSelect(select, {
      ...remote, valueField: "value", labelField: "label", searchField: ["label"], maxOptions: 300,
      create: free, allowEmptyOption: false, hidePlaceholder: true, closeAfterSelect: true,
      refreshThrottle: 0, // a list that is put off opens over what is chosen or pressed next
      plugins: several ? { remove_button: { title: words.clear } } : { clear_button: { title: words.clear } },
      render: { option, item, no_results: () => (free ? null : `<div class="no-results">${words.none}</div>`),
        option_create: ({ input }, escape) => `<div class="create">${escape(input)}</div>` },
      onChange: () => select.dispatchEvent(new Event("input", { bubbles: true })),
    });
    select.ariaHidden = "true";
    if (free) box.wrapper.addEventListener("blur", () => take(select), true);
    if (create) box.wrapper.after(Object.assign(document.createElement("a"), { href: create, textContent: createText,
      target: "_blank" }));
  }

  // A picker that loses the focus gets smaller, and the button being clicked would move from under the pointer.
  on("mousedown", (event) => {
    if (!event.target.closest("form:has(.ts-wrapper) :is(button, a)")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });

  function prepare(root) {
    $$("noscript", root).forEach((each) => each.remove());
    $$("select[data-lookup], select[data-multi]", root).forEach((select) => select.tomselect || pick(select));
    $$("[data-needs]", root).forEach((each) => {
      const lever = $(`[name="${CSS.escape(each.dataset.needs)}"]`);
      if (lever) follow(lever);
    });
    $$("[data-when]", root).forEach(ask);
    $$("[data-spare]", root).forEach((spare) => {
      const list = spare.closest(".parts");
      spare.removeAttribute("data-spare");
      list.spare ||= spare;
      spare.remove();
      // A list that is picked from, and a table, begin with a row to fill in.
      if (!$(".part", list) && ($("tbody", list) || $(".field-select:only-of-type", spare))) addPart(list, false);
    });
    $$("[data-form]:has(.refusals)", root).forEach((form) => { form.dataset.dirty = ""; });
    count();
    const fields = matchMedia("(pointer: fine)").matches ? $$(".form-page .form-control", root) : [];
    const first = fields.find((each) => each.checkVisibility());
    if (root === document.body) focus($(".form-page .refusals") || first);
  }

  // htmx may have been through the page before this script came.
  prepare(document.body);
  htmx.onLoad((root) => root === document.body || prepare(root));

  // Merging: what nobody has picked follows the row that stays ----------------------------------------------------
  on("change", ({ target }) => {
    const form = target.closest(".versus");
    if (form && target.name !== "master") target.closest(".line").dataset.picked = "";
    if (form && target.name === "master")
      for (const each of $$(`.line:not([data-picked]) input[data-filled][value="${target.value}"]`, form))
        each.checked = true;
  });
})();
