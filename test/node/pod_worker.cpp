#include "test/node/pod_worker.hpp"

#include "k8s/io/exec_process.hpp"
#include "test/node/container.hpp"
#include "test/node/node_requests.hpp"
#include "test/node/pod_files.hpp"
#include "test/node/pod_status.hpp"
#include "test/node/probe_action.hpp"
#include "test/node/sandbox.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <fstream>
#include <stdexcept>
#include <utility>

namespace btc::node {

namespace {

namespace asio = boost::asio;
using json = nlohmann::json;

constexpr std::chrono::seconds script_deadline{20};
constexpr std::size_t script_output_bytes_max = std::size_t{64} << 10U;
constexpr std::chrono::milliseconds write_retry{300};
constexpr std::chrono::milliseconds write_pause{10};
constexpr std::chrono::milliseconds address_retry{50};
constexpr int address_tries_max = 100;
/// To delete the object of a pod that is gone.
constexpr int removal_tries_max = 20;

[[nodiscard]] instant now() {
  return {std::chrono::steady_clock::now(),
          std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
}

[[nodiscard]] asio::awaitable<void> run_shell(const std::string& script) {
  k8s::io::process_spec process{.command = "sh", .args = {"-ec", script}};
  const auto output =
      co_await k8s::io::run_process(std::move(process), script_deadline, script_output_bytes_max);
  if (!output) {
    throw std::runtime_error{output.error().message() + ": " + script};
  }
}

/// The object with this request's answer. Throws std::runtime_error when there is none.
[[nodiscard]] asio::awaitable<json> fetch(k8s::transport& transport,
                                          k8s::request request,
                                          std::string what) {
  const auto body = co_await ask(transport, std::move(request));
  if (!body) {
    throw std::runtime_error{what + ": " + body.error().to_string()};
  }
  co_return json::parse(body->text);
}

/// Without a class, or of the one that every test cluster has.
[[nodiscard]] bool class_exists(const json& claim) {
  const auto name = claim.value("/spec/storageClassName"_json_pointer, "");
  return name.empty() || name == "standard";
}

[[nodiscard]] bool is_over(const k8s::api_error& error) noexcept {
  const auto kind = k8s::classify(error);
  return kind == k8s::error_class::not_found || kind == k8s::error_class::conflict
         || kind == k8s::error_class::terminal;
}

}  // namespace

pod_worker::pod_worker(node_context& context,
                       pod_spec spec,
                       int restarts,
                       std::function<void()> done)
    : context_(context),
      machine_(std::move(spec), restarts, now()),
      done_(std::move(done)),
      timer_(context.io) {}

void pod_worker::start() {
  started_ = true;
  feed(time_passed{});
}

void pod_worker::on_object_gone() {
  object_gone_ = true;
  feed(object_gone{});
}

void pod_worker::shut_down(std::chrono::seconds grace) {
  keep_object_ = true;
  feed(deletion{grace});
}

void pod_worker::feed(const pod_input& input) {
  const auto before = machine_.state().ready;
  for (const auto& command : machine_.step(input, now())) {
    std::visit([this](const auto& c) { perform(c); }, command);
  }
  if (machine_.state().ready != before) {
    tell(before ? "is not ready" : "is ready");
  }
  arm();
  publish();
}

void pod_worker::arm() {
  const auto deadline = machine_.deadline();
  if (!deadline) {
    timer_.cancel();
    return;
  }
  if (!started_) {
    return;
  }
  timer_.expires_at(*deadline);
  timer_.async_wait([me = weak_from_this()](auto error) {
    if (const auto self = me.lock(); self != nullptr && !error) {
      self->feed(time_passed{});
    }
  });
}

// -- commands -----------------------------------------------------------------------------------

void pod_worker::perform(const prepare& /*c*/) {
  asio::co_spawn(
      context_.io, prepare_pod(), [self = shared_from_this()](std::exception_ptr problem) {
        if (problem == nullptr) {
          self->feed(prepared{self->ip_});
          return;
        }
        try {
          std::rethrow_exception(problem);
        } catch (const std::exception& e) {
          self->tell(e.what());
          self->feed(preparation_failed{"ContainerCreating", e.what()});
        }
      });
}

void pod_worker::perform(const start_container& c) {
  tell("starts (run " + std::to_string(c.run) + ") at " + ip_);
  try {
    process_ = std::make_unique<container_process>(
        context_.io,
        std::vector<std::string>{context_.self, "container", folder()},
        folder() / "log",
        [self = shared_from_this()](int code, int signal) {
          std::filesystem::remove(self->folder() / "pid");
          self->tell(signal == 0 ? "ended with code " + std::to_string(code)
                                 : "was ended by signal " + std::to_string(signal));
          self->feed(exited{code, signal});
        });
  } catch (const std::exception& e) {
    asio::post(context_.io, [self = shared_from_this(), text = std::string{e.what()}] {
      self->feed(start_failed{text});
    });
  }
}

void pod_worker::perform(const send_signal& c) {
  tell("gets signal " + std::to_string(c.number));
  if (process_ != nullptr) {
    process_->signal(c.number);
  }
}

void pod_worker::perform(const run_probe& c) {
  const auto& pod = machine_.spec();
  const auto& probe = c.which == probe_kind::startup     ? pod.startup
                      : c.which == probe_kind::readiness ? pod.readiness
                                                         : pod.liveness;
  asio::co_spawn(context_.io,
                 run_action(*probe, {ip_, context_.self, folder()}),
                 [self = shared_from_this(), c](std::exception_ptr problem, bool success) {
                   self->feed(probed{c.which, c.run, problem == nullptr && success});
                 });
}

void pod_worker::perform(const remove_pod& /*c*/) {
  asio::co_spawn(context_.io, tear_down(), [self = shared_from_this()](std::exception_ptr problem) {
    if (problem != nullptr) {
      self->tell("could not be removed as a whole");
    }
    self->torn_down_ = true;
    self->done_();
  });
}

// -- coming up ----------------------------------------------------------------------------------

std::string pod_worker::net_namespace() const {
  return context_.names.net_namespace(context_.addresses.number(*address_));
}

asio::awaitable<void> pod_worker::prepare_pod() {
  if (!spec().unsupported.empty()) {
    throw std::runtime_error{spec().unsupported};
  }
  std::filesystem::create_directories(folder() / "root");
  pod_places places{.folder = folder(), .etc = context_.names.etc(), .programs = context_.programs};
  co_await make_volumes(places);
  co_await make_network();
  places.net_namespace = "/run/netns/" + net_namespace();
  replace_file(folder() / "container.json", to_json(plan_container(spec(), places)).dump(2), 0600);
}

asio::awaitable<void> pod_worker::make_volumes(pod_places& places) {
  for (const auto& [name, source] : spec().volumes) {
    auto place = folder() / "volumes" / name;
    if (const auto* secret = std::get_if<secret_volume>(&source)) {
      const k8s::object_key key{spec().key.ns, secret->secret};
      auto request = k8s::get_request(k8s::kind::secret, key);
      auto what = "MountVolume.SetUp failed for volume \"" + name + '"';
      const auto object = co_await fetch(context_.transport, std::move(request), std::move(what));
      write_secret(place, *secret, decode_secret(object), spec());
    } else if (const auto* claim = std::get_if<claim_volume>(&source)) {
      const k8s::object_key key{spec().key.ns, claim->claim};
      place = context_.names.claim(key);
      co_await make_claim(claim->claim, place);
    } else {
      make_data_folder(place, spec());
    }
    places.volumes.emplace(name, std::move(place));
  }
}

asio::awaitable<void> pod_worker::make_claim(const std::string& name,
                                             const std::filesystem::path& place) {
  const k8s::object_key key{spec().key.ns, name};
  const auto claim = co_await fetch(context_.transport, get_claim(key), "claim " + name);
  if (!class_exists(claim)) {
    throw std::runtime_error{
        "pod has unbound immediate PersistentVolumeClaims: the storage class of " + name
        + " does not exist"};
  }
  const auto wanted = claim.value("/spec/resources/requests/storage"_json_pointer, "1Gi");
  if (claim.value("/status/capacity/storage"_json_pointer, "") != wanted) {
    co_await fetch(context_.transport, bind_claim(key, wanted), "claim " + name);
  }
  make_data_folder(place, spec());
}

asio::awaitable<void> pod_worker::make_network() {
  if (address_) {
    co_return;
  }
  const auto address = co_await take_address();
  address_ = address;
  co_await run_shell(make_sandbox_script(context_.names, context_.addresses, address));
  ip_ = to_string(address);
  context_.addresses_changed();
}

asio::awaitable<std::uint32_t> pod_worker::take_address() {
  const auto file = context_.names.reservation(spec().key);
  std::string reserved;
  if (std::ifstream{file} >> reserved) {
    const auto wanted = parse_address(reserved);
    if (!wanted) {
      throw std::runtime_error{"reserved address \"" + reserved + "\" is none"};
    }
    for (int i = 0; !context_.addresses.take(*wanted); ++i) {
      if (i == address_tries_max) {
        throw std::runtime_error{"reserved address " + reserved + " stays in use"};
      }
      co_await sleep_for(address_retry);  // until the pod that has it is gone
    }
    std::filesystem::remove(file);
    co_return *wanted;
  }
  const auto next = context_.addresses.take();
  if (!next) {
    throw std::runtime_error{"all addresses are in use"};
  }
  co_return *next;
}

// -- going down -----------------------------------------------------------------------------------

asio::awaitable<void> pod_worker::tear_down() {
  timer_.cancel();
  process_.reset();
  if (address_) {
    const auto number = context_.addresses.number(*address_);
    ip_.clear();
    context_.addresses_changed();
    try {
      co_await run_shell(remove_sandbox_script(context_.names, number));
      context_.addresses.give_back(*address_);
    } catch (const std::exception& e) {
      tell(e.what());  // the address stays taken; the pod's object goes all the same
    }
  }
  if (started_) {
    std::filesystem::remove_all(folder());
  }
  while (writing_) {
    co_await sleep_for(write_pause);  // how the container ended, before the object goes
  }
  for (int i = 0; i < removal_tries_max && !object_gone_ && !keep_object_; ++i) {
    const auto answer = co_await ask(context_.transport, remove_pod_object(spec()));
    if (answer || is_over(answer.error())) {
      break;
    }
    co_await sleep_for(write_retry);
  }
  tell("is gone");
}

// -- status -------------------------------------------------------------------------------------

void pod_worker::publish() {
  if (!started_ || writing_ || object_gone_ || keep_object_) {
    return;
  }
  writing_ = true;
  asio::co_spawn(context_.io, write_status(), [self = shared_from_this()](std::exception_ptr) {
    self->writing_ = false;
  });
}

asio::awaitable<void> pod_worker::write_status() {
  // After whatever else this moment brings: an end and a start at once are one write.
  co_await sleep_for({});
  while (!object_gone_ && !keep_object_) {
    auto wanted = pod_status(spec(), machine_.state(), context_.host_ip(), written_, now().wall);
    if (wanted == written_) {
      co_return;
    }
    const auto answer = co_await ask(context_.transport, report_pod(spec(), wanted));
    if (answer) {
      written_ = std::move(wanted);
    } else if (is_over(answer.error())) {
      tell("status refused: " + answer.error().to_string());
      co_return;
    } else {
      co_await sleep_for(write_retry);
    }
  }
}

void pod_worker::tell_once(const std::string& text) {
  if (std::exchange(trouble_, text) != text) {
    tell(text);
  }
}

void pod_worker::tell(std::string_view text) const {
  say(k8s::to_string(spec().key), text);
}

}  // namespace btc::node
