#include "ingest/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/ingest.h"
#include "tests/ingest/ingest_support.h"
#include "tests/support/temporary_directory.h"

namespace palimpsest::ingest {
namespace {

using testing::HasSubstr;
using testing::Not;

/// An Angular application beside a Nest one, whose decorators have the same names.
class ExplainTest : public testing::Test {
 protected:
  ExplainTest() {
    put("package.json", R"({"name":"both","workspaces":["*"]})");
    put("api/package.json", R"({"name":"api","dependencies":{"@nestjs/common":"1"}})");
    put("api/src/a.service.ts",
        "import { Injectable } from '@nestjs/common';\nimport { pad } from './pad';\n@Injectable() export "
        "class A {}\n");
    put("api/src/pad.ts", "export const pad = (s: string) => s.padStart(4);\n");
    put("shop/package.json", R"({"name":"shop","dependencies":{"@angular/core":"1"}})");
    put("shop/src/cart.service.ts",
        "import { Injectable } from '@angular/core';\n@Injectable() export class Cart {}\n");
    put("shop/src/cart.component.ts", "export class CartComponent {}\n");
    put("shop/src/loose.ts", "@Injectable() export class Loose {}\ndeclare function Injectable(): any;\n");
    put("plain/src/index.ts", "export const one = 1;\n");
    put("frameworks.toml", std::string(built_in_frameworks()) + R"(
[[family]]
label = "angular"
dependencies = ["@angular/core"]
[[family.rule]]
import = ["@angular"]
strength = 1.0
[[family.rule]]
decorator = ["Injectable", "Component"]
strength = 0.9
[[family.rule]]
path = ["**/*.component.ts"]
strength = 0.6
needs_dependency = true
)");
  }

  void put(const std::string& path, const std::string& text) const { test::put_file(folder() / path, text); }

  std::filesystem::path folder() const { return directory_.path() / "repository"; }
  FrameworkTable built_in() const { return load_frameworks({}).table; }
  FrameworkTable users() const { return load_frameworks(folder() / "frameworks.toml").table; }

  test::TemporaryDirectory directory_;
};

TEST_F(ExplainTest, AFileIsLabelledAsPartOfItsRepository) {
  const std::string text = explain_file(folder() / "api/src/pad.ts", built_in());
  EXPECT_THAT(text, HasSubstr("pad.ts: nestjs (confidence 0."));
  EXPECT_THAT(text, HasSubstr("graph 1 of 1 neighbours"));
  EXPECT_THAT(text, HasSubstr("package api, depends on nestjs; as a whole nestjs"));
}

TEST_F(ExplainTest, AFolderGivesEachFileAndASummary) {
  const std::string text = explain_source({folder().string(), false}, built_in(), {});
  EXPECT_THAT(text, HasSubstr("api/src/a.service.ts: nestjs (confidence 0.99)"));
  EXPECT_THAT(text, HasSubstr("import   1.00  nestjs      import @nestjs/common"));
  EXPECT_THAT(text, HasSubstr("syntax   1.00  nestjs      decorator @Injectable of @nestjs/common"));
  EXPECT_THAT(text, HasSubstr("plain/src/index.ts: core (confidence 0.50)\n  no evidence"));
  EXPECT_THAT(text, HasSubstr("nestjs              2   33.3%"));
  const std::string brief = explain_source({"dir:" + folder().string(), true}, built_in(), {});
  EXPECT_THAT(brief, HasSubstr("shop/src/cart.service.ts\tcore\t0.95\timport import @angular/core\n"));
}

TEST_F(ExplainTest, AUsersFamilyIsExplained) {
  const std::string text = explain_source({folder().string(), false}, users(), {});
  EXPECT_THAT(text, HasSubstr("cart.service.ts: angular"));
  EXPECT_THAT(text, HasSubstr("decorator @Injectable of @angular/core"));
  EXPECT_THAT(text, HasSubstr("cart.component.ts: angular"));
  EXPECT_THAT(text, Not(HasSubstr("decorator @Injectable of \n"))) << "not imported: no evidence";
  EXPECT_THAT(text, HasSubstr("a.service.ts: nestjs"));
}

TEST_F(ExplainTest, AUsersFamilyReachesTheEndOfARun) {
  IngestOptions options = test::run_options(directory_.path(), "out", {"dir:" + folder().string()});
  options.frameworks = folder() / "frameworks.toml";
  const RunResult result = run_ingest(options, {});
  EXPECT_EQ(result.counts.at("families").at("angular").at("files"), 3);
  std::map<std::string, io::Document> documents;
  for (io::Document& document : test::read_documents(options.run.out)) documents[document.path] = document;
  EXPECT_EQ(documents.at("shop/src/cart.component.ts").framework.label, "angular");
  EXPECT_EQ(documents.at("shop/src/cart.component.ts").chunks.at(0).framework, "angular");
  EXPECT_EQ(documents.at("shop/src/loose.ts").framework.label, "angular")
      << "by its package, not by the decorator";
  EXPECT_THAT(documents.at("shop/src/loose.ts").framework.evidence.at(0), HasSubstr("package"));
  EXPECT_EQ(documents.at("api/src/a.service.ts").framework.label, "nestjs");
}

TEST_F(ExplainTest, RefusesWhatHoldsNoTypeScript) {
  test::put_file(directory_.path() / "empty/readme.md", "x");
  EXPECT_EQ(test::code_of([&] {
              explain_source({(directory_.path() / "empty").string(), false}, built_in(), {});
            }),
            base::ErrorCode::kBadData);
}

}  // namespace
}  // namespace palimpsest::ingest
