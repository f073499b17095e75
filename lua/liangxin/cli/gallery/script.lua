-- script.lua: what the gallery's page does: shows a chunk of cards at a time,
-- searches, filters, sorts, opens one in the viewer. Everything that came from
-- outside becomes text of a node, never HTML.

return [=[
"use strict";
const CHUNK = 60;
const entries = JSON.parse(document.getElementById("entries").textContent);
const by_id = (id) => document.getElementById(id);
const grid = by_id("grid"), search = by_id("search"), viewer = by_id("viewer");

function make(tag, props, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child != null));
  return node;
}

const is_still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const number = (value, digits) => value.toLocaleString("en", { maximumFractionDigits: digits });
const plural = (value, word, digits) => number(value, digits) + " " + word + (value === 1 ? "" : "s");
const when_of = (entry, style) => new Date(entry.when * 1000).toLocaleString("en-GB", style);

for (const entry of entries) {
  entry.hay = [entry.prompt, entry.model, entry.label, entry.name, entry.seed, entry.task_id]
    .filter((text) => text != null).join("\n").toLowerCase();
}

// What to say of an entry: [name, value], what is not known left out.
function facts_of(entry, style) {
  return [
    ["seed", entry.seed],
    ["seconds", entry.seconds == null ? null : number(entry.seconds, 1) + " s"],
    ["credits", entry.credits == null ? null : plural(entry.credits, "credit", 3)],
    ["when", entry.when == null ? null : when_of(entry, style)],
  ].filter((fact) => fact[1] != null);
}

// The picture or clip itself; `where` gets the class "gone" when it cannot be shown.
function media_of(entry, is_large, gone) {
  const node = make(entry.video ? "video" : "img");
  node.onerror = gone;
  if (entry.video) {
    Object.assign(node, { muted: !is_large, loop: true, playsInline: true, controls: is_large,
      preload: "metadata", autoplay: is_large && !is_still });
    node.title = entry.prompt || entry.name;
  } else {
    Object.assign(node, { loading: is_large ? "eager" : "lazy", decoding: "async",
      alt: entry.prompt || entry.name });
  }
  if (is_large || !entry.video) node.src = entry.url;
  return node;
}

// Boxes stay between these; what is narrower or wider stands whole inside.
const box_ratio = (ratio) => Math.min(2.4, Math.max(0.66, ratio || 1));

// Clips load when they come near, and are let go of when they are far: browsers
// hold few at once. They play while the mouse or the focus is on them.
const near = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    if (isIntersecting) {
      target.src = target.dataset.src;
    } else if (target.src) {
      target.removeAttribute("src");
      target.load();
    }
  }
}, { rootMargin: "600px" });

function prepare_clip(video, card, entry) {
  video.dataset.src = entry.url;
  video.onloadedmetadata = () => {
    if (video.videoWidth > 0) {
      card.style.setProperty("--r", box_ratio(video.videoWidth / video.videoHeight));
    }
  };
  const play = () => { if (!is_still) video.play().catch(() => {}); };
  card.onmouseenter = play;
  card.onmouseleave = () => video.pause();
  card.addEventListener("focusin", play);
  card.addEventListener("focusout", () => video.pause());
  near.observe(video);
}

function card_of(entry) {
  const card = make("figure");
  const open = make("button", { className: "media", type: "button" });
  open.setAttribute("aria-label", "Open " + (entry.prompt || entry.name));
  open.dataset.gone = "This file is not there, or cannot be shown here.";
  open.onclick = () => show(shown.indexOf(entry));
  const media = media_of(entry, false, () => card.classList.add("gone"));
  card.style.setProperty("--r", box_ratio(entry.ratio));
  open.append(media);
  if (entry.video) {
    open.append(make("span", { className: "badge", textContent: "\u25b6 clip" }));
    prepare_clip(media, card, entry);
  } else if (!entry.ratio) {
    media.onload = () => card.style.setProperty("--r", box_ratio(media.naturalWidth / media.naturalHeight));
  }
  const facts = facts_of(entry, { dateStyle: "medium" })
    .map(([name, value]) => (name === "seed" ? "seed " + value : value)).join(" \u00b7 ");
  card.append(open, make("figcaption", {},
    make("div", { className: "top" },
      entry.model && make("b", { textContent: entry.model, title: entry.model }),
      entry.label && make("bdi", { className: "label", textContent: entry.label, title: entry.label })),
    entry.prompt && make("div", { className: "prompt", dir: "auto", textContent: entry.prompt }),
    make("small", {}, facts,
      make("a", { href: entry.url, target: "_blank", rel: "noopener", title: entry.name },
        make("bdi", { textContent: entry.name })))));
  return card;
}

// The list ------------------------------------------------------------------

const ORDERS = {
  newest: (a, b) => (b.when || 0) - (a.when || 0),
  oldest: (a, b) => (a.when || 0) - (b.when || 0),
  model: (a, b) => (a.model || "").localeCompare(b.model || ""),
  credits: (a, b) => (b.credits || 0) - (a.credits || 0),
  seconds: (a, b) => (b.seconds || 0) - (a.seconds || 0),
};
let shown = [], cards = [], current = -1; // cards: of the first ones of shown
const sentinel = by_id("more");

function draw_more() {
  const chunk = shown.slice(cards.length, cards.length + CHUNK).map(card_of);
  grid.append(...chunk);
  cards.push(...chunk);
  // The observer reports changes only: look again where the chunk was too short.
  more.unobserve(sentinel);
  if (cards.length < shown.length) more.observe(sentinel);
}
const more = new IntersectionObserver((changes) => {
  if (changes.some((change) => change.isIntersecting)) draw_more();
}, { rootMargin: "1500px" });

function summary() {
  const credits = shown.reduce((sum, entry) => sum + (entry.credits || 0), 0);
  return (shown.length < entries.length ? number(shown.length) + " of " : "")
    + plural(entries.length, "file") + (credits ? " \u00b7 " + plural(credits, "credit", 1) : "");
}

function refresh() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const model = by_id("model").value, kind = by_id("kind").value, order = ORDERS[by_id("order").value];
  shown = entries.filter((entry) => (!model || entry.model === model)
    && (!kind || (kind === "clips") === entry.moves)
    && words.every((word) => entry.hay.includes(word)));
  if (order) shown.sort(order);
  near.disconnect();
  cards = [];
  grid.replaceChildren();
  if (shown.length) {
    draw_more();
  } else {
    grid.append(make("p", { className: "none",
      textContent: entries.length ? "Nothing matches." : "Nothing is saved here yet." }));
  }
  by_id("count").textContent = summary();
}

function fill_models() {
  const counts = new Map();
  for (const { model } of entries) if (model) counts.set(model, (counts.get(model) || 0) + 1);
  for (const model of [...counts.keys()].sort()) {
    const textContent = `${model} (${number(counts.get(model))})`;
    by_id("model").append(make("option", { value: model, textContent }));
  }
  by_id("model").hidden = counts.size < 2;
  by_id("kind").hidden = new Set(entries.map((entry) => entry.moves)).size < 2;
}

// The viewer ----------------------------------------------------------------

function show(index) {
  const entry = shown[index];
  if (!entry) return;
  current = index;
  const stage = by_id("stage");
  stage.replaceChildren(media_of(entry, true, () => stage.replaceChildren(
    make("p", { textContent: "This file is not there, or cannot be shown here." }))));
  by_id("place").textContent = number(index + 1) + " of " + number(shown.length);
  by_id("previous").disabled = index === 0;
  by_id("next").disabled = index === shown.length - 1;
  by_id("title").textContent = entry.model || entry.name;
  by_id("text").textContent = entry.prompt || "";
  by_id("copy").hidden = !entry.prompt;
  by_id("copy").textContent = "Copy prompt";
  const rows = [...facts_of(entry, { dateStyle: "medium", timeStyle: "short" }),
    ["key", entry.label], ["task", entry.task_id]];
  by_id("facts").replaceChildren(...rows.filter((row) => row[1] != null).map(([name, value]) =>
    make("tr", {}, make("th", { textContent: name, scope: "row" }),
      make("td", {}, make("bdi", { textContent: value })))));
  by_id("file").href = entry.url;
  by_id("file").textContent = entry.name;
  if (!viewer.open) viewer.showModal();
}

async function copy_prompt() {
  const text = shown[current].prompt;
  let is_copied = false;
  try {
    await navigator.clipboard.writeText(text);
    is_copied = true;
  } catch (e) { // no clipboard for pages from a file, in some browsers
    getSelection().selectAllChildren(by_id("text"));
    is_copied = document.execCommand("copy");
  }
  by_id("copy").textContent = is_copied ? "Copied" : "Selected: copy it by the keyboard";
}

function close_viewer() {
  by_id("stage").replaceChildren(); // ends a clip's sound
  while (cards.length <= current && cards.length < shown.length) draw_more();
  const card = cards[current];
  if (card) {
    card.scrollIntoView({ block: "nearest" });
    card.querySelector("button").focus();
  }
}

by_id("previous").onclick = () => show(current - 1);
by_id("next").onclick = () => show(current + 1);
by_id("close").onclick = () => viewer.close();
by_id("copy").onclick = copy_prompt;
viewer.onclose = close_viewer;

// Keys ----------------------------------------------------------------------

// The card in the next row (step 1) or the one before (-1) that is nearest.
function neighbour(index, step) {
  const at = cards[index].getBoundingClientRect(), middle = at.left + at.width / 2;
  let best = null, best_gap = Infinity, row = null;
  for (let i = index; cards[i]; i += step) {
    const other = cards[i], box = other.getBoundingClientRect();
    if (Math.abs(box.top - at.top) < 2) continue;
    row = row === null ? box.top : row;
    if (Math.abs(box.top - row) > 2) break;
    const gap = Math.abs(box.left + box.width / 2 - middle);
    if (gap < best_gap) [best, best_gap] = [other, gap];
  }
  return best;
}

function move_focus(key) {
  const index = cards.indexOf(document.activeElement.closest("figure"));
  let target = cards[0];
  if (index >= 0 && key === "ArrowRight") target = cards[index + 1];
  else if (index >= 0 && key === "ArrowLeft") target = cards[index - 1];
  else if (index >= 0) target = neighbour(index, key === "ArrowDown" ? 1 : -1);
  const button = target && target.querySelector("button");
  if (button) button.focus();
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  const is_typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (viewer.open) {
    const steps = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: shown.length - 1 };
    if (event.key in steps && event.target.tagName !== "VIDEO") {
      event.preventDefault();
      show(steps[event.key]);
    }
  } else if (event.key === "Escape" && event.target === search) {
    search.value = "";
    refresh();
  } else if (event.key === "/" && !is_typing) {
    event.preventDefault();
    search.select();
    search.focus();
  } else if (/^Arrow/.test(event.key) && !is_typing && document.activeElement.closest("figure")) {
    if (move_focus(event.key)) event.preventDefault();
  } else if (event.key === "ArrowDown" && event.target === search) {
    if (move_focus(event.key)) event.preventDefault();
  }
});

// Light and dark --------------------------------------------------------------

const THEMES = ["auto", "dark", "light"];
function set_theme(theme) {
  document.documentElement.dataset.theme = theme;
  by_id("theme").textContent = { auto: "\u25d0 Auto", dark: "\u25cf Dark", light: "\u25cb Light" }[theme];
  try {
    localStorage.setItem("liangxin-theme", theme);
  } catch (e) { /* not kept where a page from a file has no storage */ }
}
function kept_theme() {
  try {
    return localStorage.getItem("liangxin-theme");
  } catch (e) {
    return null;
  }
}
by_id("theme").onclick = () =>
  set_theme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length]);

set_theme(THEMES.includes(kept_theme()) ? kept_theme() : "auto");
fill_models();
search.oninput = refresh;
for (const id of ["model", "kind", "order"]) by_id(id).onchange = refresh;
refresh();
]=]
