#include "evaluate/bench/data_flow.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace palimpsest::bench {
namespace {

/// Python's recursion limit of 1,000 less what calls the reference implementation.
constexpr std::uint32_t kMaxDepth = 980;
/// Loops count twice, nested ones exponentially.
constexpr std::uint64_t kMaxSteps = 4'000'000;

/// Ends the extraction; never leaves this file.
struct NoDataFlow {};

template <typename T>
void add_once(std::vector<T>& items, const std::vector<T>& more) {
  for (const T& item : more) {
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
}

using Tokens = std::vector<std::uint32_t>;
/// Variable -> the tokens that gave it its present value.
using States = std::map<std::string_view, Tokens>;

class Extractor {
 public:
  explicit Extractor(const ParsedCode& code) : code_(code) { number_tokens(); }

  std::vector<Flow> run() {
    States states;
    std::vector<Flow> flows;
    walk(0, states, flows);
    std::stable_sort(flows.begin(), flows.end(),
                     [](const Flow& a, const Flow& b) { return a.token < b.token; });
    return flows;
  }

 private:
  using Flows = std::vector<Flow>;

  /// A leaf or a string, which counts as one token. Comments are none.
  bool is_token(std::uint32_t node) const {
    const FlatNode& n = code_.tree[node];
    return (code_.tree.is_leaf(node) || n.has_type("string")) && !n.has_type("comment");
  }

  void number_tokens() {
    std::uint32_t count = 0;
    for (std::uint32_t node = 0; node < code_.tree.size();) {
      const FlatNode& n = code_.tree[node];
      if (n.depth > kMaxDepth) throw NoDataFlow();
      if (is_token(node)) ordinals_[{n.begin, n.end}] = count++;
      node = is_token(node) ? n.subtree_end : node + 1;
    }
  }

  std::uint32_t ordinal(std::uint32_t node) const {
    return ordinals_.at({code_.tree[node].begin, code_.tree[node].end});
  }
  std::string_view text(std::uint32_t node) const { return code_.text_of(code_.tree[node]); }
  /// Keywords and punctuation are their own type.
  bool is_variable(std::uint32_t node) const { return code_.tree[node].type != text(node); }

  void step(std::uint64_t steps = 1) {
    steps_ += steps;
    if (steps_ > kMaxSteps) throw NoDataFlow();
  }

  std::vector<std::uint32_t> variables_in(std::uint32_t root) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t node = root; node < code_.tree[root].subtree_end;) {
      const bool token = is_token(node);
      if (token && is_variable(node)) found.push_back(node);
      node = token ? code_.tree[node].subtree_end : node + 1;
      step();
    }
    return found;
  }

  std::uint32_t required_child(std::uint32_t node, std::string_view field) const {
    const std::uint32_t child = code_.tree.child_by_field(node, field);
    if (child == 0) throw NoDataFlow();
    return child;
  }

  void walk_token(std::uint32_t node, States& states, Flows& flows) {
    if (!is_variable(node)) return;
    Flow flow{.name = std::string(text(node)), .token = ordinal(node)};
    if (const auto known = states.find(text(node)); known != states.end()) {
      flow.from = {flow.name};
      flow.from_tokens = known->second;
      step(known->second.size());
    } else if (code_.tree[node].has_type("identifier")) {
      states[text(node)] = {flow.token};
    }
    flows.push_back(std::move(flow));
  }

  /// `targets` get their values from all of `sources`.
  void assign(const std::vector<std::uint32_t>& targets, const std::vector<std::uint32_t>& sources,
              bool is_computed, States& states, Flows& flows) {
    step(targets.size() * sources.size());
    for (const std::uint32_t target : targets) {
      for (const std::uint32_t source : sources) {
        flows.push_back({.name = std::string(text(target)),
                         .token = ordinal(target),
                         .is_computed = is_computed,
                         .from = {std::string(text(source))},
                         .from_tokens = {ordinal(source)}});
      }
      states[text(target)] = {ordinal(target)};
    }
  }

  void walk_declarator(std::uint32_t node, States& states, Flows& flows) {
    const std::vector<std::uint32_t> names = variables_in(required_child(node, "name"));
    if (const std::uint32_t value = code_.tree.child_by_field(node, "value"); value != 0) {
      const std::vector<std::uint32_t> sources = variables_in(value);
      walk(value, states, flows);
      assign(names, sources, false, states, flows);
      return;
    }
    for (const std::uint32_t name : names) {
      flows.push_back({.name = std::string(text(name)), .token = ordinal(name)});
      states[text(name)] = {ordinal(name)};
    }
  }

  void walk_assignment(std::uint32_t node, States& states, Flows& flows) {
    const std::uint32_t right = required_child(node, "right");
    walk(right, states, flows);
    assign(variables_in(required_child(node, "left")), variables_in(right), true, states, flows);
  }

  /// Afterwards a variable may have any value that one of the ways gave it.
  void walk_if(std::uint32_t node, States& states, Flows& flows) {
    States current = states;
    std::vector<States> ways;
    bool split = false;
    step(states.size());
    code_.tree.for_each_child(node, [&](std::uint32_t child) {
      split = split || code_.tree[child].has_type("if_statement") || code_.tree[child].has_type("else");
      if (!split) return walk(child, current, flows);
      step(states.size());
      walk(child, ways.emplace_back(states), flows);
    });
    ways.push_back(std::move(current));
    for (const States& way : ways) {
      for (const auto& [name, tokens] : way) {
        Tokens& all = states[name];
        all.insert(all.end(), tokens.begin(), tokens.end());
      }
    }
    for (auto& [name, tokens] : states) {
      std::sort(tokens.begin(), tokens.end());
      tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    }
  }

  /// A loop is walked twice, so that values flow from its end to its beginning: a `while` as a whole, a `for`
  /// from behind its `var`.
  void walk_loop(std::uint32_t node, States& states, Flows& flows) {
    Flows body;
    const bool is_while = code_.tree[node].has_type("while_statement");
    code_.tree.for_each_child(node, [&](std::uint32_t child) { walk(child, states, body); });
    bool again = is_while;
    code_.tree.for_each_child(node, [&](std::uint32_t child) {
      if (again) walk(child, states, body);
      again = again || code_.tree[child].has_type("variable_declaration");
    });
    std::map<std::tuple<std::uint32_t, std::string, bool>, std::size_t> known;
    const std::size_t first = flows.size();
    for (Flow& flow : body) {
      const auto [found, is_new] = known.try_emplace({flow.token, flow.name, flow.is_computed}, flows.size());
      if (is_new) {
        flows.push_back(std::move(flow));
        continue;
      }
      Flow& merged = flows[found->second];
      step(merged.from_tokens.size());
      add_once(merged.from, flow.from);
      add_once(merged.from_tokens, flow.from_tokens);
      std::sort(merged.from_tokens.begin(), merged.from_tokens.end());
    }
    std::stable_sort(flows.begin() + static_cast<std::ptrdiff_t>(first), flows.end(),
                     [](const Flow& a, const Flow& b) { return a.token < b.token; });
  }

  void walk(std::uint32_t node, States& states, Flows& flows) {
    step();
    const FlatNode& n = code_.tree[node];
    if (is_token(node)) return walk_token(node, states, flows);
    if (n.has_type("variable_declarator")) return walk_declarator(node, states, flows);
    if (n.has_type("assignment_pattern") || n.has_type("augmented_assignment_expression")) {
      return walk_assignment(node, states, flows);
    }
    if (n.has_type("update_expression")) {
      const std::vector<std::uint32_t> names = variables_in(node);
      return assign(names, names, true, states, flows);
    }
    if (n.has_type("if_statement")) return walk_if(node, states, flows);
    if (n.has_type("for_statement") || n.has_type("while_statement")) return walk_loop(node, states, flows);
    code_.tree.for_each_child(node, [&](std::uint32_t child) { walk(child, states, flows); });
  }

  const ParsedCode& code_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> ordinals_;
  std::uint64_t steps_ = 0;
};

/// Keeps what takes part in some flow and makes one flow of all at the same token.
std::vector<Flow> merge_by_token(std::vector<Flow> flows) {
  std::set<std::uint32_t> connected;
  for (const Flow& flow : flows) {
    if (!flow.from_tokens.empty()) connected.insert(flow.token);
    connected.insert(flow.from_tokens.begin(), flow.from_tokens.end());
  }
  std::vector<Flow> merged;
  for (Flow& flow : flows) {
    if (!connected.contains(flow.token)) continue;
    if (merged.empty() || merged.back().token != flow.token) {
      merged.push_back(std::move(flow));
      continue;
    }
    Flow& same = merged.back();
    same.name = flow.name;
    same.is_computed = flow.is_computed;
    add_once(same.from, flow.from);
    add_once(same.from_tokens, flow.from_tokens);
  }
  return merged;
}

/// A flow with names replaced by numbers: {is_computed, variable, sources...}.
using Shape = std::vector<std::size_t>;

std::vector<Shape> shapes_of(const std::vector<Flow>& flows) {
  std::map<std::string, std::size_t> numbers;
  const auto number = [&](const std::string& name) {
    return numbers.try_emplace(name, numbers.size()).first->second;
  };
  std::vector<Shape> shapes;
  for (const Flow& flow : flows) {
    Shape sources;
    for (const std::string& name : flow.from) sources.push_back(number(name));
    Shape& shape = shapes.emplace_back(Shape{flow.is_computed ? 1U : 0U, number(flow.name)});
    shape.insert(shape.end(), sources.begin(), sources.end());
  }
  return shapes;
}

}  // namespace

std::vector<Flow> extract_data_flow(const ParsedCode& code) {
  try {
    return merge_by_token(Extractor(code).run());
  } catch (const NoDataFlow&) {
    return {};
  }
}

double data_flow_match(const ParsedCode& reference, const ParsedCode& candidate) {
  std::map<Shape, std::int64_t> offered;
  for (Shape& shape : shapes_of(extract_data_flow(candidate))) ++offered[std::move(shape)];
  const std::vector<Shape> wanted = shapes_of(extract_data_flow(reference));
  double matched = 0;
  for (const Shape& shape : wanted) {
    const auto found = offered.find(shape);
    if (found == offered.end() || found->second == 0) continue;
    --found->second;
    matched += 1;
  }
  return wanted.empty() ? 0 : matched / static_cast<double>(wanted.size());
}

}  // namespace palimpsest::bench
