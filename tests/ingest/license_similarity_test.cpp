#include "ingest/license_similarity.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "common/io/file.h"
#include "common/io/json.h"
#include "ingest/license_sketch.h"
#include "ingest/license_text.h"

namespace palimpsest::ingest {
namespace {

namespace fs = std::filesystem;

std::string spdx_text(const std::string& id) {
  const fs::path file = fs::path(PALIMPSEST_SPDX_DIR) / (id + ".json");
  return io::parse_json(io::read_file(file), file.string()).at("licenseText");
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

/// Breaks lines at `width`; blank lines stay.
std::string wrapped(const std::string& text, std::size_t width, const std::string& prefix = "") {
  std::string result;
  std::istringstream lines(text);
  std::string line;
  std::string current;
  const auto flush = [&] {
    if (!current.empty()) result += prefix + current + "\n";
    current.clear();
  };
  while (std::getline(lines, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) {
      flush();
      result += prefix + "\n";
      continue;
    }
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (current.size() + word.size() > width) flush();
      current += (current.empty() ? "" : " ") + word;
    }
    if (line.starts_with("Copyright")) flush();
  }
  flush();
  return result;
}

TEST(LicenseSimilarity, KnowsEveryTextOfTheList) {
  std::map<std::string, std::string> texts;
  for (const auto& file : fs::directory_iterator(PALIMPSEST_SPDX_DIR)) {
    const std::string id = file.path().stem();
    texts[id] = spdx_text(id);
  }
  EXPECT_GT(texts.size(), 700U);
  for (const auto& [id, text] : texts) {
    const std::string found(identify_license(text));
    if (found == id || id == "any-OSI") continue;  // that one is no text of a licence
    ASSERT_TRUE(texts.contains(found)) << id;
    EXPECT_EQ(license_words(texts.at(found)), license_words(text)) << id << " is taken for " << found;
  }
}

TEST(LicenseSimilarity, OfEqualTextsNamesTheNarrowerLicence) {
  for (const char* id :
       {"GPL-2.0-only", "GPL-3.0-only", "LGPL-2.1-only", "AGPL-3.0-only", "MPL-2.0", "ISC", "MIT",
        "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "Unlicense", "CC0-1.0"}) {
    EXPECT_EQ(identify_license(spdx_text(id)), id);
  }
  EXPECT_EQ(identify_license(spdx_text("GPL-2.0-or-later")), "GPL-2.0-only");
}

TEST(LicenseSimilarity, DoesNotSeeLayoutTitleAndNames) {
  const std::string mit =
      replaced(spdx_text("MIT"), "<year> <copyright holders>", "2016-2021 Jane Doe, Ltd.");
  const std::string notices =
      replaced(mit, "Copyright", "Copyright 2012 Someone Else\n© 2013 A Third\nCopyright");
  const std::string untitled = replaced(mit, "MIT License", "");
  for (const std::string& text :
       {mit, notices, untitled, wrapped(mit, 50), wrapped(mit, 500), wrapped(mit, 72, " * "), "# " + mit,
        "The MIT License (MIT)\n=====================\n\n" + untitled, "\xEF\xBB\xBF" + mit,
        replaced(mit, "\"Software\"", "\xE2\x80\x9CSoftware\xE2\x80\x9D"),
        replaced(mit, "sublicense", "sub-license")}) {
    EXPECT_EQ(identify_license(text), "MIT") << text;
  }
  std::string crlf;
  for (const char c : wrapped(mit, 60)) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(identify_license(crlf), "MIT");
}

TEST(LicenseSimilarity, FillsTheFieldsOfTemplates) {
  std::string bsd =
      replaced(spdx_text("BSD-3-Clause"), "<year> <owner>", "2011, The Foo Project. All rights reserved");
  bsd = replaced(bsd, "the copyright holder nor the names of its", "Foo Inc. nor the names of the Foo");
  bsd = replaced(bsd, "THE COPYRIGHT HOLDERS AND CONTRIBUTORS \"AS IS\"", "FOO INC. ''AS IS''");
  bsd = replaced(bsd, "1. ", " * ");
  bsd = replaced(bsd, "2. ", " (b) ");
  EXPECT_EQ(identify_license(wrapped(bsd, 70)), "BSD-3-Clause");
  const std::string apache =
      replaced(spdx_text("Apache-2.0"), "[yyyy] [name of copyright owner]", "2020 Foo");
  EXPECT_EQ(identify_license(wrapped(apache, 80)), "Apache-2.0");
  EXPECT_EQ(identify_license(apache.substr(0, apache.find("APPENDIX"))), "Apache-2.0");
  EXPECT_EQ(
      identify_license("Copyright (c) Isaac Z. Schlueter and Contributors\n\n" +
                       replaced(spdx_text("ISC"), "IN NO EVENT SHALL", "IN NO EVENT SHALL THE AUTHOR OR")),
      "ISC");
}

TEST(LicenseSimilarity, RefusesTruncatedTexts) {
  for (const char* id : {"MIT", "ISC", "BSD-2-Clause", "Apache-2.0", "MPL-2.0", "GPL-3.0-only", "Zlib"}) {
    const std::string text = spdx_text(id);
    const std::size_t end = std::min(text.find("END OF TERMS"), text.size());
    for (const double share : {0.1, 0.5, 0.9}) {
      const auto size = static_cast<std::size_t>(share * static_cast<double>(end));
      EXPECT_NE(identify_license(text.substr(0, size)), id) << share;
      if (share < 0.5) continue;  // less may be a title and a notice
      EXPECT_NE(identify_license(text.substr(size)), id) << "without the first " << share;
    }
  }
}

TEST(LicenseSimilarity, RefusesAddedTerms) {
  const std::string mit = spdx_text("MIT");
  EXPECT_EQ(identify_license(replaced(mit, "without restriction", "for non-commercial use")), "");
  EXPECT_EQ(identify_license(replaced(mit, "to any person", "to any person for personal use")), "");
  EXPECT_EQ(identify_license(mit + "\n\nThe Software may not be sold.\n"), "");
  EXPECT_EQ(
      identify_license(spdx_text("Apache-2.0") +
                       "\n\nCommons Clause: the licence does not include the right to sell the Software.\n"),
      "");
  EXPECT_EQ(identify_license(replaced(mit, "subject to the", "never subject to the")), "MIT")
      << "one odd word";
}

TEST(LicenseSimilarity, DoesNotKnowOtherTexts) {
  EXPECT_EQ(identify_license(""), "");
  EXPECT_EQ(identify_license("MIT"), "");
  EXPECT_EQ(identify_license("MIT License\n\nCopyright (c) 2020 Jane Doe\n"), "");
  EXPECT_EQ(identify_license("All rights reserved. Ask us before you use it for anything at all."), "");
  EXPECT_EQ(identify_license("Proprietary. Permission is hereby granted to employees of Foo Inc. to use this "
                             "software inside the company, provided that they tell nobody."),
            "");
  EXPECT_EQ(identify_license(std::string(100'000, '\xFF')), "");
  EXPECT_EQ(identify_license(spdx_text("MIT") + spdx_text("ISC")), "");
}

TEST(LicenseSketches, AreInOrder) {
  const auto sketches = license_sketches();
  EXPECT_TRUE(std::is_sorted(sketches.begin(), sketches.end(),
                             [](const auto& a, const auto& b) { return a.shingles < b.shingles; }));
  EXPECT_EQ(sketches.back().end <= stored_shingles().size(), true);
  for (const LicenseSketch& sketch : sketches) {
    EXPECT_GT(sketch.end, sketch.begin) << sketch.id;
    EXPECT_TRUE(
        std::is_sorted(stored_shingles().begin() + sketch.begin, stored_shingles().begin() + sketch.end));
  }
}

/// Samples against all shingles: the sketches' slow, exact counterpart.
TEST(LicenseSketches, SayWhatCompleteSetsSay) {
  std::map<std::string, LicenseText> texts;
  for (const char* id : {"GPL-3.0-only", "MPL-2.0", "CC-BY-4.0", "CC-BY-NC-4.0", "EPL-2.0", "LGPL-2.1-only"})
    texts[id] = summarize_license(license_words(spdx_text(id)));
  for (const auto& [id, text] : texts) {
    std::string damaged = spdx_text(id);
    damaged.insert(damaged.size() / 2, " some words were put into the middle of this text ");
    const LicenseText changed = summarize_license(license_words(damaged));
    std::string best;
    double best_share = 0;
    for (const auto& [other, known] : texts) {
      std::vector<std::uint32_t> shared;
      std::set_intersection(changed.shingles.begin(), changed.shingles.end(), known.shingles.begin(),
                            known.shingles.end(), std::back_inserter(shared));
      const double share = 2.0 * static_cast<double>(shared.size()) /
                           static_cast<double>(changed.shingles.size() + known.shingles.size());
      if (share > best_share) best = other;
      best_share = std::max(share, best_share);
    }
    EXPECT_EQ(best, id);
    EXPECT_EQ(identify_license(damaged), id);
  }
}

}  // namespace
}  // namespace palimpsest::ingest
