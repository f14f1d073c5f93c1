#include "ingest/file_label.h"

#include <gtest/gtest.h>

#include "tests/ingest/ingest_support.h"

namespace palimpsest::ingest {
namespace {

struct Case {
  const char* why;
  const char* dependencies;  // of the package at the root, as JSON; empty: no package.json
  const char* path;
  const char* text;
  const char* label;
};

constexpr const char* kNext = R"({"next":"1","react":"1"})";
constexpr const char* kNest = R"({"@nestjs/common":"1"})";
constexpr const char* kReact = R"({"react":"1"})";

const Case kCases[] = {
    {"plain import", "", "a.ts", "import { Injectable } from '@nestjs/common';\n@Injectable() class A {}",
     "nestjs"},
    {"Angular has @Injectable too", "", "a.service.ts",
     "import { Injectable } from '@angular/core';\n@Injectable() export class A {}", "core"},
    {"a decorator that is not imported says nothing", "", "a.ts", "@Injectable() export class A {}", "core"},
    {"Angular in a workspace that also has Nest", R"({"@nestjs/common":"1","@angular/core":"1"})",
     "a.service.ts", "import { Injectable } from '@angular/core';\n@Injectable() export class A {}", "core"},
    {"path with the dependency", kNest, "src/users/users.service.ts", "export class A {}", "nestjs"},
    {"path without the dependency", kReact, "src/users/users.service.ts", "export class A {}", "core"},
    {"dto with validators", kNest, "src/a.ts", "import { IsString } from 'class-validator';\nclass A {}",
     "nestjs"},
    {"validators alone", kReact, "src/a.ts", "import { IsString } from 'class-validator';\nclass A {}",
     "core"},

    {"app/page.tsx with next", kNext, "app/page.tsx", "export default () => <a/>;", "nextjs"},
    {"app/page.tsx with next imports react", kNext, "src/app/shop/page.tsx",
     "import { useState } from 'react';\nexport default () => <a/>;", "nextjs"},
    {"app/page.tsx without next", kReact, "app/page.tsx", "export default () => <a/>;", "react"},
    {"Expo's app folder", R"({"expo":"1","react":"1"})", "app/(tabs)/index.tsx",
     "import { View } from 'react-native';\nexport default () => <View/>;", "react"},
    {"a Next file is a React file too", "", "a.tsx",
     "import React from 'react';\nimport Link from 'next/link';\nexport const A = () => <Link/>;", "nextjs"},
    {"a component of a Next application", kNext, "components/a.tsx",
     "import { useState } from 'react';\nexport const A = () => <a/>;", "react"},
    {"use client with next", kNext, "components/a.tsx", "'use client';\nimport { useState } from 'react';\n",
     "nextjs"},
    {"use client without next", kReact, "a.tsx", "'use client';\nimport { useState } from 'react';\n",
     "react"},
    {"next-tick is not Next", "", "a.ts", "import t from 'next-tick';\n", "core"},

    {"JSX alone", "", "a.tsx", "export const A = () => <a/>;", "react"},
    {"JSX of Solid by import", kReact, "a.tsx",
     "import { createSignal } from 'solid-js';\nexport const A = () => <a/>;", "core"},
    {"JSX of Preact by pragma", kReact, "a.tsx",
     "/** @jsxImportSource preact */\nexport const A = () => <a/>;", "core"},
    {"JSX of React by pragma", "", "a.tsx", "/** @jsxImportSource react */\nexport const A = () => <a/>;",
     "react"},
    {"JSX of Qwik by package", R"({"@builder.io/qwik":"1"})", "a.tsx", "export const A = () => <a/>;",
     "core"},
    {"JSX in a package with both", R"({"preact":"1","react":"1"})", "a.tsx", "export const A = () => <a/>;",
     "react"},

    {"React Native", "", "a.tsx", "import { View } from 'react-native';\n", "react"},
    {"node alone", kNest, "src/a.ts", "import fs from 'node:fs';\n", "core"},
    {"node does not hide a path", kNest, "src/a.guard.ts", "import fs from 'fs';\n", "nestjs"},
    {"imports beat paths", kNest, "src/a.service.ts", "import React from 'react';\n", "react"},
    {"a build tool's settings, whatever they build", kReact, "apps/x/vite.config.ts",
     "import react from '@vitejs/plugin-react';\nimport { defineConfig } from 'vite';\n", "core"},
    {"Preact beside a React binding", R"({"preact":"1","mobx-react":"1"})", "a.tsx",
     "import { observer } from 'mobx-react';\nimport { Component } from 'preact';\n", "core"},
    {"server-only without next", kReact, "app/a.tsx", "import 'server-only';\nexport const A = () => <a/>;",
     "react"},
    {"server-only with next", kNext, "lib/a.ts", "import 'server-only';\n", "nextjs"},
    {"strings are no imports", "", "a.ts", "const a = \"import x from 'react'\";\n", "core"},
};

TEST(FileLabelTest, Traps) {
  const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  for (const Case& item : kCases) {
    PackageTree packages;
    if (*item.dependencies != '\0') {
      packages.add(
          parse_package(R"({"name":"n","dependencies":)" + std::string(item.dependencies) + "}", "", "p"));
    }
    const syntax::Grammar grammar =
        std::string_view(item.path).ends_with("x") ? syntax::Grammar::kTsx : syntax::Grammar::kTypeScript;
    const FileLabel label =
        FileLabeller(table, packages).label(item.path, test::facts_of(item.text, grammar));
    EXPECT_EQ(table.families[label.family].label, item.label) << item.why;
    EXPECT_TRUE(label.evidence.empty() || label.confidence > 0) << item.why;
    EXPECT_LT(label.confidence, 1) << item.why;
  }
}

TEST(FileLabelTest, PathsCountFromTheNearestPackage) {
  const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  PackageTree packages;
  packages.add(
      parse_package(R"({"name":"root","workspaces":["apps/*"],"dependencies":{"next":"1"}})", "", "p"));
  packages.add(parse_package(R"({"name":"web","dependencies":{"next":"1"}})", "apps/web", "p"));
  packages.add(parse_package(R"({"name":"mobile","dependencies":{"expo":"1"}})", "apps/mobile", "p"));
  const FileLabeller labeller(table, packages);
  const SyntaxFacts facts = test::facts_of("export default () => <a/>;", syntax::Grammar::kTsx);
  const auto label = [&](const char* path) {
    return table.families[labeller.label(path, facts).family].label;
  };
  EXPECT_EQ(label("apps/web/app/page.tsx"), "nextjs");
  EXPECT_EQ(label("apps/mobile/app/page.tsx"), "react");
  EXPECT_EQ(label("app/page.tsx"), "react") << "a workspace root's dependencies say little";
}

TEST(FileLabelTest, ALibraryThatAlsoWorksUnderNextIsNotNext) {
  const FrameworkTable table = parse_framework_table(built_in_frameworks(), "built-in");
  PackageTree packages;
  packages.add(parse_package(
      R"({"name":"ui","peerDependencies":{"next":"1","react":"1"},"devDependencies":{"next":"1"}})", "ui",
      "p"));
  packages.add(parse_package(R"({"name":"next-kit","peerDependencies":{"next":"1"}})", "kit", "p"));
  const FileLabeller labeller(table, packages);
  const SyntaxFacts facts =
      test::facts_of("'use client';\nexport const A = () => <a/>;", syntax::Grammar::kTsx);
  EXPECT_EQ(table.families[labeller.label("ui/a.tsx", facts).family].label, "react");
  EXPECT_EQ(table.families[labeller.label("kit/a.tsx", facts).family].label, "nextjs");
}

TEST(FileLabelTest, AUsersFamilyNeedsNoCode) {
  const std::string text = std::string(built_in_frameworks()) + R"(
[[family]]
label = "angular"
dependencies = ["@angular/core"]
[[family.rule]]
import = ["@angular"]
strength = 1.0
[[family.rule]]
path = ["**/*.component.ts"]
strength = 0.6
needs_dependency = true
)";
  const FrameworkTable table = parse_framework_table(text, "t");
  EXPECT_EQ(table.labels().back(), "angular");
  PackageTree packages;
  packages.add(parse_package(R"({"name":"n","dependencies":{"@angular/core":"1"}})", "", "p"));
  const FileLabeller labeller(table, packages);
  const SyntaxFacts facts =
      test::facts_of("import { Injectable } from '@angular/core';\n@Injectable() class A {}");
  EXPECT_EQ(table.families[labeller.label("a.ts", facts).family].label, "angular");
  EXPECT_EQ(table.families[labeller.label("src/a.component.ts", {}).family].label, "angular");
}

}  // namespace
}  // namespace palimpsest::ingest
