#include "actors/app/admin_page.hpp"

namespace btc::app {

std::string_view admin_page_body() noexcept {
  return R"html(
<header>
  <h1>bitcoin-controller</h1>
  <p id="about">connecting…</p>
  <nav>
    <a href="status">status</a> <a href="metrics">metrics</a>
    <a href="healthz">healthz</a> <a href="livez">livez</a> <a href="readyz">readyz</a>
    <button id="live" type="button" aria-pressed="true">Pause</button>
  </nav>
</header>
<main>
  <div id="banner" role="status">Waiting for the first report…</div>
  <noscript><p>This page needs JavaScript; <a href="status">status</a> has the same as JSON.</p>
  </noscript>
  <div id="tiles"></div>
  <section>
    <div class="bar">
      <h2>Networks</h2> <span class="count" id="networks-count"></span>
      <select id="show" aria-label="Which networks to show">
        <option value="all">all</option>
        <option value="open">not ready</option>
        <option value="failing">failing</option>
      </select>
      <input id="filter" type="search" placeholder="namespace/name or text" size="24"
        aria-label="Filter networks">
    </div>
    <div class="scroll" tabindex="0"><table>
      <thead><tr><th>State</th><th>Network</th><th class="number">Nodes ready</th><th>Waiting for</th>
        <th>Last error</th><th class="number">Failures</th><th class="number">Next try</th>
        <th>Phase</th><th class="number">Generation</th><th>Last write</th></tr></thead>
      <tbody id="networks"></tbody>
    </table></div>
  </section>
  <div class="halves">
    <section class="half">
      <div class="bar"><h2>Watches</h2> <span class="count" id="watches-count"></span></div>
      <div class="scroll" tabindex="0"><table>
        <thead><tr><th>Kind</th><th>Scope</th><th>State</th><th class="number">Last contact</th>
          <th class="number">Restarts</th><th>Last error</th></tr></thead>
        <tbody id="watches"></tbody>
      </table></div>
    </section>
    <section class="half">
      <div class="bar"><h2>Caches</h2> <span class="count" id="caches-count"></span></div>
      <div class="scroll" tabindex="0"><table>
        <thead><tr><th>Kind</th><th>State</th><th class="number">Objects</th>
          <th class="number">Resource version</th></tr></thead>
        <tbody id="caches"></tbody>
      </table></div>
    </section>
  </div>
  <section class="half">
    <div class="bar"><h2>Actors</h2> <span class="count" id="actors-count"></span></div>
    <div class="scroll" tabindex="0"><table>
      <thead><tr><th>Actor</th><th>State</th><th class="number">Mailbox</th>
        <th class="number">Messages</th><th class="number">Time, total</th>
        <th class="number">mean</th><th class="number">longest</th>
        <th class="number">Restarts</th></tr></thead>
      <tbody id="actors"></tbody>
    </table></div>
  </section>
</main>
)html";
}

}  // namespace btc::app
