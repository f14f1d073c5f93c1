#include "common/base/logging.h"

#include <memory>
#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace palimpsest::base {
namespace {

/// spdlog's patterns cannot escape JSON strings, so the whole line is formatted here.
class JsonFormatter : public spdlog::formatter {
 public:
  explicit JsonFormatter(std::string stage) : stage_(std::move(stage)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    spdlog::memory_buf_t time;
    time_.format(message, time);
    const auto level = spdlog::level::to_string_view(message.level);
    const nlohmann::ordered_json object = {
        {"time", std::string(time.data(), time.size())},
        {"level", std::string(level.data(), level.size())},
        {"stage", stage_},
        {"message", std::string(message.payload.data(), message.payload.size())}};
    const std::string text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
    line.append(text.data(), text.data() + text.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>(stage_);
  }

 private:
  std::string stage_;
  spdlog::pattern_formatter time_{"%Y-%m-%dT%H:%M:%S.%e%z", spdlog::pattern_time_type::local, ""};
};

}  // namespace

void set_up_logging(const std::string& stage, const std::string& format, const std::string& level) {
  auto logger =
      std::make_shared<spdlog::logger>(stage, std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::from_str(level));
  if (format == "json") {
    logger->set_formatter(std::make_unique<JsonFormatter>(stage));
  } else {
    logger->set_pattern("%H:%M:%S %n %^%l%$: %v");
  }
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace palimpsest::base
