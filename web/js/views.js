// Which view is shown, and which of its pages: what the address says behind #. Without Python, so that a direct link
// shows at once what it names. An address may also name an element by its id, as those of earlier versions do.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const sectionOf = (view) => all(".view").find((section) => section.dataset.view === view);
  const lastPage = {}; // of each view
  const scrolled = {}; // how far down each page was left, px
  let now = { view: "train", page: "" };
  const pageTitle = document.title;

  /** The element with this id, in the page or in a panel that was not opened yet, and where it is to be shown. */
  const find = (id) => {
    const there = document.getElementById(id);
    const holder = there ? null : all("[data-panel]").find((each) => each.firstElementChild?.content?.getElementById(id));
    const part = there ?? holder?.firstElementChild.content.getElementById(id);
    const view = (there ?? holder)?.closest(".view")?.dataset.view;
    return view && { view, page: (part.closest("[data-page]") ?? holder)?.dataset.page ?? "", id };
  };

  const goalOf = (hash) => {
    let path = hash.slice(1).split("?")[0];
    try {
      path = decodeURIComponent(path);
    } catch {
      // not an address of ours
    }
    const [view, page = ""] = (path || "train").split("/");
    return sectionOf(view) ? { view, page } : find(path);
  };

  /** Make the panel of its template. */
  const open = (holder) => {
    const template = holder.firstElementChild;
    if (!(template instanceof HTMLTemplateElement)) return;
    template.replaceWith(template.content);
    window.kobai.translate(holder);
  };

  const mark = (link, is) => (is ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current"));

  const show = (goal, isFirst) => {
    scrolled[`${now.view}/${now.page}`] = window.scrollY;
    const section = sectionOf(goal.view);
    all("[data-panel]:not([data-page])", section).forEach(open);
    const pages = all("[data-page]", section);
    const page = [goal.page, lastPage[goal.view]].find((name) => pages.some((part) => part.dataset.page === name));
    now = { view: goal.view, page: page ?? pages[0]?.dataset.page ?? "" };
    lastPage[now.view] = now.page;
    for (const part of pages) {
      part.hidden = part.dataset.page !== now.page;
      if (!part.hidden && part.dataset.panel) open(part);
    }
    for (const each of all(".view")) each.hidden = each !== section;
    document.body.dataset.view = now.view;
    for (const link of all(".views-nav a")) mark(link, link.hash === `#${now.view}`);
    for (const link of all(".pages a", section)) {
      mark(link, link.hash === `#${now.view}/${now.page}`);
      if (link.hasAttribute("aria-current")) link.parentElement.scrollLeft = link.offsetLeft - 40; // on a phone they are a strip
    }
    const title = section.querySelector("h1").textContent;
    document.title = now.view === "train" ? pageTitle : `${title} · ${pageTitle}`;
    document.dispatchEvent(new CustomEvent("kobai-view"));
    const place = goal.id && document.getElementById(goal.id);
    for (let fold = place?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (place?.getClientRects().length) place.scrollIntoView({ behavior: "instant" });
    else if (!isFirst) window.scrollTo({ top: scrolled[`${now.view}/${now.page}`] ?? 0, behavior: "instant" });
    const focused = document.activeElement;
    if (!isFirst && (focused === document.body || !focused.getClientRects().length)) {
      section.querySelector("h1").focus({ preventScroll: true });
    }
  };

  addEventListener("DOMContentLoaded", () => {
    history.scrollRestoration = "manual";
    show(goalOf(location.hash) ?? now, true);
  });
  addEventListener("hashchange", () => {
    const goal = goalOf(location.hash);
    if (goal) show(goal, false);
  });

  /** Go to a place as by a link, but at once. */
  const go = (hash) => {
    if (location.hash !== hash) history.pushState(null, "", hash);
    show(goalOf(hash), false);
  };
  window.kobai.go = go;

  // Some panels have the name of their view: the browser itself would scroll to them, wherever the view was left
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    const goal = link && !event.defaultPrevented && goalOf(link.hash);
    if (!goal || goal.id || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(link.hash);
  });
})();
