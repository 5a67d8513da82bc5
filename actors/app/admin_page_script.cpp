#include "actors/app/admin_page.hpp"

namespace btc::app {

// Text enters the document by textContent only. Addresses are relative, so that the page also works
// behind `kubectl proxy`.
std::string_view admin_page_script() noexcept {  // NOLINT(readability-function-size): one text
  return R"js(
"use strict";
const POLL_MS = 3000, TIMEOUT_MS = 5000;
const $ = id => document.getElementById(id);
let live = true, report = null, lastAnswer = null;

function node(tag, className, ...children) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  for (const c of children) e.append(c instanceof Node ? c : String(c));
  return e;
}
const td = (text, className) => node("td", className, text);
const num = text => td(text, "number");
const badge = (text, look) => node("td", "", node("span", "badge " + look, text));

function duration(s) {
  if (s < 1e-3) return Math.round(s * 1e6) + " µs";
  if (s < 1) return (s * 1e3).toFixed(s < 0.1 ? 1 : 0) + " ms";
  if (s < 10) return s.toFixed(1) + " s";
  if (s < 120) return Math.round(s) + " s";
  if (s < 7200) return Math.floor(s / 60) + " min";
  if (s < 172800) return Math.floor(s / 3600) + " h";
  return Math.floor(s / 86400) + " days";
}

// State of a network: [rank, word, look]; what needs a person comes first.
function stateOf(n) {
  if (n.last_error || n.consecutive_failures > 0) return [0, "failing", "bad"];
  const settled = n.ready_nodes === n.nodes && n.observed_generation === n.generation;
  if (settled && !n.waiting_for && n.acting_seconds === null) return [2, "ready", "good"];
  return [1, n.acting_seconds !== null ? "writing" : "progressing", "work"];
}

function nodesCell(n) {
  const bar = document.createElement("progress");
  bar.max = Math.max(n.nodes, 1);
  bar.value = n.nodes === 0 ? 1 : n.ready_nodes;
  return node("td", "number", bar, n.ready_nodes + " / " + n.nodes);
}

function networkRow(n) {
  const seen = n.observed_generation === n.generation ? "" : " (seen " + n.observed_generation + ")";
  const writes = td(n.last_writes.length ? n.last_writes[n.last_writes.length - 1] : "–", "text");
  writes.title = n.last_writes.join("\n");
  return node("tr", "", badge(n.state[1], n.state[2]), td(n.key, "key"), nodesCell(n),
    td(n.waiting_for || "–", "text"), td(n.last_error || "–", n.last_error ? "text fault" : "text"),
    num(n.consecutive_failures || "–"),
    num(n.next_retry_seconds === null ? "–" : "in " + duration(n.next_retry_seconds)),
    td(n.acting_seconds === null ? n.phase : n.phase + ", " + duration(n.acting_seconds)),
    num(n.generation + seen), writes);
}

function watchRow(w) {
  return node("tr", "", td(w.kind, "mono"), td(w.scope || "all"),
    badge(w.state, w.last_error ? "warn" : "good"),
    num(duration(w.last_contact_age_seconds) + " ago"), num(w.restarts),
    td(w.last_error || "–", w.last_error ? "text fault" : "text"));
}

function cacheRow(c) {
  return node("tr", "", td(c.kind, "mono"),
    badge(c.synced ? "complete" : "filling", c.synced ? "good" : "warn"), num(c.objects),
    num(c.resource_version || "–"));
}

function actorRow(a) {
  const mean = a.messages_handled ? a.handling_seconds_total / a.messages_handled : 0;
  return node("tr", "", td(a.name, "mono"),
    a.responding ? badge(a.state || "up", "good") : badge("no answer", "bad"),
    num(a.mailbox_depth), num(a.messages_handled), num(duration(a.handling_seconds_total)),
    num(duration(mean)), num(duration(a.handling_seconds_max)), num(a.restarts));
}

function fill(id, items, makeRow, nothing) {
  const rows = items.map(makeRow);
  if (!rows.length) {
    const cell = td(nothing, "none");
    cell.colSpan = 99;
    rows.push(node("tr", "", cell));
  }
  $(id).replaceChildren(...rows);
}

function tile(value, label, look) {
  return node("div", "tile " + (look || ""), node("b", "", value), node("span", "", label));
}

function banner(look, text, reasons) {
  const list = node("ul", "", ...reasons.map(r => node("li", "", r)));
  $("banner").className = look;
  $("banner").replaceChildren(text, ...(reasons.length ? [list] : []));
}

function showHealth(r) {
  if (r.unhealthy_because.length) banner("bad", "Unhealthy", r.unhealthy_because);
  else if (r.not_ready_because.length) banner("warn", "Starting", r.not_ready_because);
  else banner("good", "Healthy: every watch has contact, every cache is complete, no work is stuck", []);
}

function showTiles(r) {
  const count = rank => r.networks.filter(n => n.state[0] === rank).length;
  const failing = count(0), working = count(1);
  $("tiles").replaceChildren(tile(r.networks.length, "networks"), tile(count(2), "ready", "good"),
    tile(working, "in progress", working ? "work" : ""),
    tile(failing, "failing", failing ? "bad" : ""),
    tile(r.networks.reduce((sum, n) => sum + n.ready_nodes, 0), "nodes ready"),
    tile(r.api.in_flight, "API requests"), tile(r.api.depth, "API queue"),
    tile(r.events.depth, "events queued"),
    tile(r.events.dropped, "events dropped", r.events.dropped ? "bad" : ""));
}

function showNetworks(r) {
  const text = $("filter").value.trim().toLowerCase(), rank = {all: 9, open: 1, failing: 0}[$("show").value];
  const shown = r.networks.filter(n => n.state[0] <= rank
    && (n.key + " " + n.last_error + " " + n.waiting_for).toLowerCase().includes(text));
  shown.sort((a, b) => a.state[0] - b.state[0] || (a.key < b.key ? -1 : 1));
  $("networks-count").textContent = shown.length === r.networks.length ? shown.length
    : shown.length + " of " + r.networks.length;
  fill("networks", shown, networkRow, r.networks.length ? "No network matches." : "No BitcoinNetwork yet.");
}

function show() {
  const r = report;
  if (!r) return;
  $("about").textContent = [r.version, r.api_server, "up " + duration(r.uptime_seconds)]
    .filter(Boolean).join("  ·  ");
  showHealth(r);
  showTiles(r);
  showNetworks(r);
  const actors = [...r.actors].sort((a, b) => a.responding - b.responding || b.mailbox_depth - a.mailbox_depth);
  fill("watches", r.watches, watchRow, "No watch yet.");
  fill("caches", r.caches, cacheRow, "No cache yet.");
  fill("actors", actors, actorRow, "No actor has reported.");
  for (const part of ["watches", "caches", "actors"]) $(part + "-count").textContent = r[part].length;
}

async function load() {
  try {
    const answer = await fetch("status", {cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS)});
    if (!answer.ok) throw new Error((await answer.text()).trim());
    const next = await answer.json();
    for (const n of next.networks) n.state = stateOf(n);
    report = next;
    lastAnswer = new Date();
    document.body.classList.remove("stale");
    if (document.getSelection().isCollapsed) show();  // leaves text alone that is being copied
  } catch (error) {
    document.body.classList.add("stale");
    banner("bad", lastAnswer ? "No report since " + lastAnswer.toLocaleTimeString() : "No report",
      [error.message]);
  }
}

async function poll() {
  if (live && !document.hidden) await load();
  setTimeout(poll, POLL_MS);
}

$("live").onclick = () => {
  live = !live;
  $("live").textContent = live ? "Pause" : "Resume";
  $("live").setAttribute("aria-pressed", live);
};
$("filter").oninput = $("show").onchange = () => report && showNetworks(report);
document.onvisibilitychange = () => live && !document.hidden && load();
poll();
)js";
}

}  // namespace btc::app
