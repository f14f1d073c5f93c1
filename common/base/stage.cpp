#include "common/base/stage.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <new>
#include <system_error>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/logging.h"
#include "common/base/signals.h"
#include "common/base/url_login.h"

namespace palimpsest::base {
namespace {

int report(const std::string& message, ErrorCode code) {
  spdlog::error("{}", without_logins(message));
  return static_cast<int>(code);
}

int report_parse_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help and --version
  const bool unreadable_config = dynamic_cast<const CLI::FileError*>(&error) != nullptr;
  return report(std::string(error.what()) + "; see --help",
                unreadable_config ? ErrorCode::kEnvironment : ErrorCode::kUsage);
}

/// A standard stream that the caller closed would become the number of the next file that is opened, and what
/// is meant for the stream would be written into that file.
void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) return;
}

/// Results that did not reach whoever waits for them.
void finish_stdout() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw errno_error("cannot write results", "stdout");
}

/// ` (COMMIT)` from the file that the build wrote beside the program; empty without it. It is not compiled
/// in: a commit that changes no source leaves the program's bytes, by which ingest's cache knows its results.
std::string source_revision() {
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  std::ifstream file(program.parent_path() / "revision");
  std::string revision;
  return std::getline(file, revision) ? " (" + revision + ")" : "";
}

}  // namespace

std::string tool_version() {
  return PALIMPSEST_VERSION;
}

Stage::Stage(std::string name, const std::string& description)
    : name_(std::move(name)), app_(std::make_unique<CLI::App>(description, name_)) {
  app_->set_version_flag("--version", [] { return tool_version() + source_revision(); });
  app_->set_config("--config", "",
                   "Read options from a TOML file, one table per subcommand; the command line wins");
  app_->add_flag("--dump-config", dump_config_, "Print the subcommand's options as TOML and stop")
      ->configurable(false);
  app_->add_option("--log-format", log_format_, "Log lines on stderr: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app_->add_option("--log-level", log_level_, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  app_->require_subcommand(1);
  app_->allow_config_extras(CLI::config_extras_mode::error);
}

Stage::~Stage() = default;

CLI::App& Stage::add(const std::string& name, const std::string& description, Work work) {
  CLI::App* subcommand = app_->add_subcommand(name, description);
  subcommand
      ->fallthrough();  // `shard build --log-level debug` works as well as `shard --log-level debug build`
  commands_.push_back({subcommand, std::move(work)});
  return *subcommand;
}

void Stage::run_chosen() const {
  for (const Command& command : commands_) {
    if (!command.app->parsed()) continue;
    if (dump_config_) {
      std::printf("[%s]\n%s", command.app->get_name().c_str(),
                  command.app->config_to_str(true, true).c_str());
    } else {
      command.work(*command.app);
    }
  }
}

int Stage::run(int argc, char** argv) {
  fill_standard_streams();
  set_up_logging(name_, log_format_, log_level_);
  try {
    install_signal_handlers();
    if (argc > 0) app_->name(std::filesystem::path(argv[0]).filename());
    app_->parse(argc, argv);
    blank_logins(argc, argv);
    set_up_logging(name_, log_format_, log_level_);
    run_chosen();
    finish_stdout();
    return 0;
  } catch (const CLI::ParseError& error) {
    return report_parse_error(*app_, error);
  } catch (const Error& error) {
    return report(error.what(), error.code());
  } catch (const Interrupted& interrupted) {
    spdlog::warn("stopped by signal {}; run the same command again to go on", interrupted.signal());
    return 128 + interrupted.signal();
  } catch (const std::bad_alloc&) {
    return report("out of memory", ErrorCode::kEnvironment);
  } catch (const std::system_error& error) {  // of std::filesystem, threads and the like
    return report(error.what(), ErrorCode::kEnvironment);
  } catch (const std::exception& error) {
    return report(std::string("internal error: ") + error.what(), ErrorCode::kBug);
  }
}

}  // namespace palimpsest::base
