#include "actors/app/admin_page.hpp"

namespace btc::app {

std::string_view admin_page_style() noexcept {  // NOLINT(readability-function-size): one text
  return R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #e1e5ea; --text: #1b2430; --soft: #5d6b7c;
  --accent: #b85c00; --good: #1a7f42; --work: #1f66c1; --warn: #9a6200; --bad: #c02a2a;
  --good-bg: #e2f4e8; --work-bg: #e3eefb; --warn-bg: #fbf0d9; --bad-bg: #fbe4e4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --card: #1a2029; --line: #2d3642; --text: #e4e9ef; --soft: #97a4b3;
    --accent: #f7a145; --good: #5fd08a; --work: #78b4ff; --warn: #eabb58; --bad: #ff8b8b;
    --good-bg: #17352380; --work-bg: #1b304d; --warn-bg: #3a2f16; --bad-bg: #43201f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header, main { max-width: 1400px; margin: 0 auto; padding: 0 20px; }
header { display: flex; flex-wrap: wrap; gap: 4px 20px; align-items: baseline; padding-top: 18px; }
h1 { font-size: 20px; margin: 0; letter-spacing: -0.01em; }
h1::before { content: ""; display: inline-block; width: 10px; height: 10px; margin-right: 8px;
  border-radius: 3px; background: var(--accent); }
h2 { font-size: 15px; margin: 0; }
header p { margin: 0; color: var(--soft); }
header nav { margin-left: auto; display: flex; gap: 14px; align-items: baseline; }
a { color: var(--work); text-decoration: none; }
a:hover { text-decoration: underline; }
button, input, select {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: 4px 10px;
}
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--work); outline-offset: 1px; }
#banner { margin: 14px 0; padding: 10px 14px; border-radius: 8px; font-weight: 600;
  color: var(--soft); background: var(--card); border: 1px solid var(--line); }
#banner ul { margin: 4px 0 0; padding-left: 20px; font-weight: 400; }
#banner.good { color: var(--good); background: var(--good-bg); border-color: transparent; }
#banner.warn { color: var(--warn); background: var(--warn-bg); border-color: transparent; }
#banner.bad { color: var(--bad); background: var(--bad-bg); border-color: transparent; }
#tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px; }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 10px 14px; }
.tile b { display: block; font-size: 24px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); }
.tile.good b { color: var(--good); } .tile.work b { color: var(--work); }
.tile.bad b { color: var(--bad); }
section { margin: 14px 0; overflow: hidden; }
.bar { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; padding: 10px 14px; }
.bar .count { color: var(--soft); margin-right: auto; }
.scroll { overflow: auto; max-height: 62vh; border-top: 1px solid var(--line); }
.half .scroll { max-height: 320px; }
.halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr));
  gap: 0 14px; align-items: start; }
table { border-collapse: collapse; width: 100%; }
th { position: sticky; top: 0; z-index: 1; background: var(--card); text-align: left;
  color: var(--soft); font-weight: 500; white-space: nowrap; box-shadow: 0 1px var(--line); }
th, td { padding: 5px 14px; vertical-align: baseline; }
tbody tr + tr td { border-top: 1px solid var(--line); }
tbody tr:hover td { background: color-mix(in srgb, var(--line) 35%, transparent); }
td { white-space: nowrap; }
td.key, td.mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  font-size: 13px; }
td.key { min-width: 150px; max-width: 380px; font-weight: 600; white-space: normal;
  overflow-wrap: anywhere; }
td.text { min-width: 150px; max-width: 420px; white-space: normal; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.fault { color: var(--bad); }
td.none { color: var(--soft); text-align: center; padding: 22px; }
.badge { display: inline-block; padding: 0 9px; border-radius: 99px; font-size: 12.5px;
  font-weight: 600; white-space: nowrap; }
.badge.good { color: var(--good); background: var(--good-bg); }
.badge.work { color: var(--work); background: var(--work-bg); }
.badge.warn { color: var(--warn); background: var(--warn-bg); }
.badge.bad { color: var(--bad); background: var(--bad-bg); }
progress { width: 54px; height: 8px; accent-color: var(--good); vertical-align: 1px;
  margin-right: 8px; }
body.stale main { opacity: 0.55; }
)css";
}

}  // namespace btc::app
