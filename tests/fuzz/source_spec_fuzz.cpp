// Sources as arguments, and URLs of git: passwords do not come through, redirects stay on their host.
#include "ingest/git_url.h"
#include "ingest/source_spec.h"
#include "tests/fuzz/fuzz_target.h"

void palimpsest::fuzz::run_one(std::string_view input) {
  accepts([&] {
    const ingest::SourceSpec spec = ingest::parse_source(input);
    // What is recorded can be given again.
    check(ingest::parse_source(spec.text()).text() == spec.text(), "another source after a round trip");
  });
  const std::size_t space = std::min(input.find(' '), input.size());
  const std::string url(input.substr(0, space));
  const std::string target(input.substr(std::min(space + 1, input.size())));
  const ingest::UrlWithLogin split = ingest::split_login(url);
  if (split.login) check(!ingest::split_login(split.url).login, "a login behind the login");
  const auto redirected = ingest::redirected_url(url, target);
  if (redirected) {
    const std::string from = ingest::http_origin(url);
    const std::string to = ingest::http_origin(*redirected);
    check(to == from || "http" + to.substr(std::string_view("https").size()) == from,
          "redirected to another host");
  }
}
