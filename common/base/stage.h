// The frame of every executable: subcommands, configuration files, logging, signals, and errors to exit
// codes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace palimpsest::base {

/// One executable. Every stage gets --config FILE.toml (one table per subcommand), --dump-config, --version,
/// --log-format and --log-level.
///
///   int main(int argc, char** argv) {
///     palimpsest::base::Stage stage("shard", "Packs documents into training rows.");
///     palimpsest::shard::add_build_command(stage);
///     return stage.run(argc, argv);
///   }
class Stage {
 public:
  using Work = std::function<void(const CLI::App& subcommand)>;

  Stage(std::string name, const std::string& description);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Adds a subcommand and returns it, so that the caller adds its options. `work` runs after parsing; it
  /// throws Error to fail. Options must outlive the stage: keep them in a shared_ptr that `work` holds.
  CLI::App& add(const std::string& name, const std::string& description, Work work);

  /// Parses and runs. Returns 0, an ErrorCode, or 128 + signal.
  int run(int argc, char** argv);

 private:
  struct Command {
    CLI::App* app;
    Work work;
  };
  void run_chosen() const;

  std::string name_;
  std::string log_format_ = "text";
  std::string log_level_ = "info";
  bool dump_config_ = false;
  std::unique_ptr<CLI::App> app_;
  std::vector<Command> commands_;
};

/// "0.1.0"; recorded in manifests. `--version` adds the commit, which no output depends on.
std::string tool_version();

}  // namespace palimpsest::base
