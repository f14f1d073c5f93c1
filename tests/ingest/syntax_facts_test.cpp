#include "ingest/syntax_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

using test::facts_of;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(SyntaxFactsTest, FindsEveryWayToImport) {
  const SyntaxFacts facts = facts_of(R"(
import a from 'a';
import type { B } from "b";
import 'c';
export * from 'd';
export { x } from 'e';
import f = require('f');
const g = require('g');
async function load() { const h = await import('h'); return h; }
const notOne = other('i');
const text = "import x from 'j'";
// import k from 'k'
import again from 'a';
)");
  EXPECT_THAT(facts.imports, ElementsAre("a", "b", "c", "d", "e", "f", "g", "h"));
}

TEST(SyntaxFactsTest, ResolvesDecorators) {
  const SyntaxFacts facts = facts_of(R"(
import { Injectable, Controller as Ctl } from '@nestjs/common';
import * as core from '@angular/core';
@Injectable()
export class A { @Prop() name: string; }
@Ctl('x') class B {}
@core.Component({}) class C {}
)");
  ASSERT_EQ(facts.decorators.size(), 4U);
  EXPECT_EQ(facts.decorators[0].name, "Injectable");
  EXPECT_EQ(facts.decorators[0].module, "@nestjs/common");
  EXPECT_EQ(facts.decorators[1].name, "Prop");
  EXPECT_EQ(facts.decorators[1].module, "");
  EXPECT_EQ(facts.decorators[2].name, "Controller");
  EXPECT_EQ(facts.decorators[3].name, "Component");
  EXPECT_EQ(facts.decorators[3].module, "@angular/core");
}

TEST(SyntaxFactsTest, DirectivesStandAtTheBeginning) {
  EXPECT_THAT(facts_of("// licence\n'use client';\n\"use strict\"\nimport 'a';\n'use server';\n").directives,
              ElementsAre("use client", "use strict"));
  EXPECT_THAT(facts_of("\xEF\xBB\xBF'use client';\n").directives, ElementsAre("use client"));
  EXPECT_THAT(facts_of("const a = 1;\n'use client';\n").directives, IsEmpty());
  EXPECT_THAT(facts_of("").directives, IsEmpty());
}

TEST(SyntaxFactsTest, SeesJsxAndItsPragma) {
  EXPECT_TRUE(facts_of("const a = <b/>;", syntax::Grammar::kTsx).has_jsx);
  EXPECT_TRUE(facts_of("const a = <></>;", syntax::Grammar::kTsx).has_jsx);
  EXPECT_FALSE(facts_of("const a = <T,>(x: T) => x;", syntax::Grammar::kTsx).has_jsx);
  const SyntaxFacts facts =
      facts_of("/** @jsxImportSource preact */\nconst a = <b/>;", syntax::Grammar::kTsx);
  EXPECT_EQ(facts.jsx_import_source, "preact");
  EXPECT_THAT(facts.imports, ElementsAre("preact"));
}

TEST(SyntaxParserTest, TriesTheOtherGrammar) {
  const std::string jsx = "export const App = () => <div className=\"a\"><span>text</span></div>;\n";
  EXPECT_EQ(test::parse(jsx, syntax::Grammar::kTypeScript).grammar, syntax::Grammar::kTsx);
  const std::string cast = "const a = <Foo>bar;\nconst b = <Baz<Foo>>qux;\n";
  EXPECT_EQ(test::parse(cast, syntax::Grammar::kTsx).grammar, syntax::Grammar::kTypeScript);
  EXPECT_EQ(test::parse("const a = 1;", syntax::Grammar::kTsx).error_bytes, 0U);
  EXPECT_GT(test::parse("%%% this is ((( not typescript", syntax::Grammar::kTypeScript).error_bytes, 0U);
}

TEST(SyntaxFactsTest, TellsTypesFromValues) {
  const SyntaxFacts facts = test::facts_of(
      "import type { A } from 'a';\nimport { type B } from 'b';\nexport type { C } from 'c';\n"
      "import type { D } from 'd';\nimport { e } from 'd';\n");
  EXPECT_THAT(facts.imports, testing::ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(facts.type_only, testing::ElementsAre("a", "c"));
}

TEST(SyntaxFactsTest, KnowsBarrels) {
  for (const char* text :
       {"export * from './a';\n", "// a\nexport { a } from './a';\nexport type { B } from './b';\n",
        "import { a } from './a';\nexport { a };\n"})
    EXPECT_TRUE(test::facts_of(text).is_barrel) << text;
  for (const char* text : {"", "import './a';\n", "export * from './a';\nexport const b = 1;\n", "f();\n"})
    EXPECT_FALSE(test::facts_of(text).is_barrel) << text;
}

}  // namespace
}  // namespace palimpsest::ingest
