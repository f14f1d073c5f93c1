#include "tests/ingest/gold_generator.h"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace palimpsest::test {
namespace {

using Names = std::vector<std::string>;

const Names kThings = {"invoice", "parcel", "ticket", "recipe", "sensor", "lesson", "vessel", "ledger",
                       "branch",  "stamp",  "garden", "vote",   "cargo",  "rhythm", "album",  "permit"};
const Names kHelpers = {"format", "slugify", "retry",  "chunk", "clamp",
                        "money",  "dates",   "result", "ids",   "sort"};

std::string capital(std::string text) {
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

/// How a module reaches the file; the label does not depend on it.
enum class Load { kValue, kType, kRequire, kDynamic };

class Builder {
 public:
  explicit Builder(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  bool chance(std::size_t percent) { return below(100) < percent; }
  const std::string& pick(const Names& names) { return names[below(names.size())]; }

  Names pick_several(const Names& names, std::size_t n) {
    Names pool = names;
    for (std::size_t i = 0; i < n; ++i) std::swap(pool[i], pool[i + below(pool.size() - i)]);
    pool.resize(n);
    return pool;
  }

  void add(const std::string& path, const std::string& label, const std::string& text,
           bool no_signal = false) {
    if (paths_.insert(path).second) repository.files.push_back({path, text, label, no_signal});
  }

  void package(const std::string& folder, const std::string& name, const Names& dependencies,
               const std::string& more = "") {
    std::string list;
    for (const std::string& d : dependencies) list += (list.empty() ? "\"" : ",\"") + d + "\":\"*\"";
    add(folder + "package.json", "",
        fmt::format(R"({{"name":"{}","dependencies":{{{}}}{}}})", name, list, more));
  }

  /// `import { name } from 'module'` in one of the ways to write it.
  std::string load(const std::string& name, const std::string& module) {
    switch (static_cast<Load>(std::array{0, 0, 0, 0, 1, 2, 3}[below(7)])) {
      case Load::kType:
        return fmt::format("import type {{ {} }} from '{}';\nexport let kept: {} | undefined;\n", name,
                           module, name);
      case Load::kRequire:
        return fmt::format("const {{ {} }} = require('{}');\nexport const kept = {};\n", name, module, name);
      case Load::kDynamic:
        return fmt::format("export const kept = async () => (await import('{}')).{};\n", module, name);
      default:
        return fmt::format("import {{ {} }} from '{}';\nexport const kept = {};\n", name, module, name);
    }
  }

  GoldRepository repository;

 private:
  std::mt19937_64 random_;
  std::set<std::string> paths_;
};

std::string helper_text(const std::string& name) {
  return fmt::format("export function {}(x: string | number) {{\n  return `${{x}}`.trim();\n}}\n", name);
}

/// Helpers without any signal below `folder`; returns import lines for a file that stands in `folder`.
std::string helpers(Builder& b, const std::string& folder, const std::string& label, std::size_t count) {
  const std::string sub = b.pick({"lib/", "utils/", "shared/", "common/", "helpers/"});
  std::string imports;
  for (const std::string& name : b.pick_several(kHelpers, count)) {
    b.add(folder + sub + name + ".ts", label, helper_text(name), true);
    if (b.chance(75)) imports += fmt::format("import {{ {} }} from './{}{}';\n", name, sub, name);
  }
  b.add(folder + sub + "types.ts", label, "export type Id = string & { readonly brand: unique symbol };\n",
        true);
  if (b.chance(60)) imports += fmt::format("import type {{ Id }} from './{}types';\n", sub);
  if (b.chance(30)) {
    b.add(folder + sub + "files.ts", label,
          "import { readFile } from 'node:fs/promises';\nexport const load = (p: string) => readFile(p, "
          "'utf8');\n",
          true);
    imports += fmt::format("import {{ load }} from './{}files';\n", sub);
  }
  return imports;
}

void nest_app(Builder& b, const std::string& root) {
  const std::string src = root + "src/";
  b.add(src + "main.ts", "nestjs",
        helpers(b, src, "nestjs", 3) +
            "import { NestFactory } from '@nestjs/core';\nimport { AppModule } from "
            "'./app.module';\nNestFactory.create(AppModule);\n");
  b.add(src + "app.module.ts", "nestjs",
        "import { Module } from '@nestjs/common';\n@Module({})\nexport class AppModule {}\n");
  for (const std::string& thing : b.pick_several(kThings, 3)) {
    const std::string type = capital(thing);
    const std::string folder = src + thing + "s/";
    // Ablations: the path says nothing; the imports are gone but the path is there; both are gone.
    const std::string controller = b.chance(25) ? type : thing + "s.controller";
    b.add(
        folder + controller + ".ts", "nestjs",
        fmt::format(
            "import {{ Controller, Get }} from '@nestjs/common';\nimport {{ {0}Service }} from "
            "'./{1}s.service';\nimport {{ {0}Rules }} from './{1}.rules';\n@Controller('{1}s')\nexport class "
            "{0}Controller {{ constructor(private s: {0}Service) {{}} @Get() all() {{ return [this.s, "
            "{0}Rules]; }} }}\n",
            type, thing));
    const bool bare = b.chance(30);
    b.add(
        folder + thing + "s.service.ts", "nestjs",
        bare ? fmt::format("export class {}Service {{ all() {{ return []; }} }}\n", type)
             : fmt::format("import {{ Injectable }} from '@nestjs/common';\nimport {{ {0}Rules }} from "
                           "'./{1}.rules';\n@Injectable()\nexport class {0}Service {{ rules = {0}Rules; }}\n",
                           type, thing),
        bare);
    b.add(folder + thing + ".rules.ts", "nestjs", fmt::format("export const {}Rules = {{ max: 4 }};\n", type),
          true);
    b.add(folder + thing + ".tokens.ts", "nestjs", b.load("INestApplication", "@nestjs/common"));
    if (b.chance(50))
      b.add(folder + "index.ts", "nestjs", fmt::format("export * from './{}s.service';\n", thing), true);
  }
}

void next_app(Builder& b, const std::string& root) {
  const std::string src = root + (b.chance(50) ? "src/" : "");
  const bool app_router = b.chance(70);
  const std::string pages = src + (app_router ? "app/" : "pages/");
  const std::string imports = helpers(b, src, "nextjs", 3);
  b.add(src + "lib/session.ts", "nextjs",
        imports.empty() ? "export {};\n"
                        : "import { cookies } from 'next/headers';\nexport const s = cookies;\n");
  b.add(src + "shell.tsx", "nextjs",
        imports + "import Link from 'next/link';\nexport const Shell = () => <Link href=\"/\" />;\n");
  for (const std::string& thing : b.pick_several(kThings, 4)) {
    const std::string type = capital(thing);
    const std::string page = app_router ? pages + thing + "/page.tsx" : pages + thing + ".tsx";
    const std::string up = app_router ? "../../" : "../";
    b.add(
        page, "nextjs",
        fmt::format(
            "import {{ {0}Card }} from '{1}components/{2}-card';\nimport {{ list{0} }} from '{3}data/{2}';\n"
            "export default function Page() {{ return <{0}Card items={{list{0}()}} />; }}\n",
            type, b.chance(50) ? "@/" : up, thing, up));
    const bool client = b.chance(60);
    b.add(src + "components/" + thing + "-card.tsx", client ? "nextjs" : "react",
          fmt::format("{}import {{ useState }} from 'react';\nexport function {}Card(p: {{ items: string[] "
                      "}}) {{ const "
                      "[n] = useState(0); return <ul>{{p.items[n]}}</ul>; }}\n",
                      client ? "'use client';\n" : "", type));
    b.add(src + "data/" + thing + ".ts", "nextjs", fmt::format("export const list{} = () => ['a'];\n", type),
          true);
    b.add(src + "meta/" + thing + ".ts", "nextjs",
          b.load("Metadata", b.pick({"next", "next/types", "next/server"})));
    if (app_router) {
      b.add(pages + "api/" + thing + "/route.ts", "nextjs",
            "export async function GET() { return Response.json([]); }\n");
      b.add(pages + thing + "/actions.ts", "nextjs",
            fmt::format("'use server';\nexport async function save{}(f: FormData) {{ return f.get('a'); }}\n",
                        type));
    }
  }
  if (b.chance(50))
    b.add(src + "middleware.ts", "nextjs", "export function middleware() { return undefined; }\n");
}

void react_app(Builder& b, const std::string& root, bool native) {
  const std::string src = root + "src/";
  const std::string ui = native ? "react-native" : "react";
  b.add(src + "App.tsx", "react",
        helpers(b, src, "react", 3) +
            fmt::format("import * as ui from '{}';\nexport const App = () => <main>{{String(ui)}}</main>;\n",
                        ui));
  for (const std::string& thing : b.pick_several(kThings, 3)) {
    const std::string type = capital(thing);
    const bool bare = b.chance(30);
    b.add(src + "components/" + type + ".tsx", "react",
          fmt::format("{}import {{ to{} }} from '../model/{}';\nexport const {} = () => <b>{{to{}()}}</b>;\n",
                      bare ? "" : fmt::format("import {{ memo }} from '{}';\nexport const m = memo;\n", ui),
                      type, thing, type, type));
    b.add(src + "hooks/use" + type + ".ts", "react",
          fmt::format(
              "import {{ useState }} from 'react';\nexport function use{}() {{ return useState(''); }}\n",
              type));
    b.add(src + "model/" + thing + ".ts", "react",
          fmt::format("export const to{} = () => '{}';\n", type, thing), true);
    b.add(src + "views/" + thing + ".types.ts", "react", b.load("ReactNode", "react"));
    if (native) {
      for (const char* platform : {"ios", "android"})
        b.add(fmt::format("{}platform/{}.{}.ts", src, thing, platform), "react", "export const scale = 2;\n");
    }
  }
}

void core_package(Builder& b, const std::string& root) {
  const std::string src = root + "src/";
  b.add(src + "index.ts", "core", helpers(b, src, "core", 4) + "export const version = 1;\n", true);
  for (const std::string& thing : b.pick_several(kThings, 3)) {
    b.add(src + thing + ".ts", "core", fmt::format("export class {} {{ id = ''; }}\n", capital(thing)), true);
    b.add(src + thing + ".service.ts", "core",
          fmt::format("import {{ {0} }} from './{1}';\nexport class {0}Service {{ one = new {0}(); }}\n",
                      capital(thing), thing),
          true);
  }
}

/// Another framework's application: its JSX, hooks, decorators and helpers are not ours.
void foreign_app(Builder& b, const std::string& root, const std::string& framework) {
  const std::string src = root + "src/";
  const std::string imports = helpers(b, src, "core", 2);
  const bool jsx = framework == "solid-js" || framework == "preact" || framework == "vue";
  b.add(src + "entry.ts", "core",
        imports + fmt::format("import * as f from '{}';\nexport default f;\n", framework));
  for (const std::string& thing : b.pick_several(kThings, 3)) {
    const std::string type = capital(thing);
    if (jsx) {
      b.add(
          src + "components/" + type + ".tsx", "core",
          (b.chance(50) ? fmt::format("import * as f from '{}';\nexport const used = f;\n", framework) : "") +
              fmt::format("export const {} = () => <b class=\"x\" />;\n", type));
      b.add(src + "hooks/use" + type + ".ts", "core",
            fmt::format("export function use{}() {{ return 1; }}\n", type), true);
    } else {
      b.add(src + thing + ".service.ts", "core",
            fmt::format("import {{ Injectable }} from '{}';\n@Injectable() export class {}Service {{}}\n",
                        framework, type));
      b.add(src + thing + ".guard.ts", "core", fmt::format("export const {}Guard = () => true;\n", thing),
            true);
    }
  }
}

struct Part {
  const char* folder;  // in a monorepo
  Names dependencies;
  void (*build)(Builder&, const std::string&);
};

const std::vector<Part>& parts() {
  static const std::vector<Part> all = {
      {"api", {"@nestjs/common", "@nestjs/core", "rxjs"}, nest_app},
      {"web", {"next", "react", "react-dom"}, next_app},
      {"portal", {"react", "react-dom"}, [](Builder& b, const std::string& r) { react_app(b, r, false); }},
      {"mobile", {"react", "react-native"}, [](Builder& b, const std::string& r) { react_app(b, r, true); }},
      {"kernel", {"zod"}, core_package},
      {"console",
       {"@angular/core"},
       [](Builder& b, const std::string& r) { foreign_app(b, r, "@angular/core"); }},
      {"board", {"solid-js"}, [](Builder& b, const std::string& r) { foreign_app(b, r, "solid-js"); }},
      {"panel", {"vue"}, [](Builder& b, const std::string& r) { foreign_app(b, r, "vue"); }},
      {"kiosk", {"preact"}, [](Builder& b, const std::string& r) { foreign_app(b, r, "preact"); }}};
  return all;
}

void monorepo(Builder& b, bool own_packages, bool says_workspaces) {
  Names all = {"typescript"};
  std::vector<std::size_t> chosen = {0, 1, 2 + b.below(2), 4, 5 + b.below(4)};
  for (const std::size_t i : chosen) {
    const Part& part = parts()[i];
    const std::string folder = (i == 4 ? "packages/" : "apps/") + std::string(part.folder) + "/";
    all.insert(all.end(), part.dependencies.begin(), part.dependencies.end());
    if (own_packages) b.package(folder, "@mono/" + std::string(part.folder), part.dependencies);
    part.build(b, folder);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  b.package("", "mono", all, says_workspaces ? R"(,"workspaces":["apps/*","packages/*"])" : "");
  b.add("scripts/clean.ts", "core",
        "import { rmSync } from 'node:fs';\nrmSync('dist', { recursive: true });\n");
}

}  // namespace

GoldRepository generate_repository(std::uint64_t seed) {
  Builder b(seed);
  b.repository.name = fmt::format("generated-{}", seed);
  switch (seed % 5) {
    case 0:
      monorepo(b, true, true);
      break;
    case 1:
      monorepo(b, false, false);
      break;
    case 2:
      monorepo(b, true, false);
      break;
    default: {
      const Part& part = parts()[(seed / 5 * 2 + seed % 5 - 3) % parts().size()];
      // Without package.json every fourth time.
      if (!b.chance(25)) b.package("", std::string("solo-") + part.folder, part.dependencies);
      part.build(b, "");
    }
  }
  return std::move(b.repository);
}

}  // namespace palimpsest::test
