#include "review/columns.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <utility>

// As every file of the program that reads TOML: another setting would be another library of the same names.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/utf8.h"

namespace counsel::review {
namespace {

tl::unexpected<Error> Wrong(const std::string& source, std::int64_t line, const std::string& what) {
  return Fail(ErrorCode::kInvalidArgument, source + ", line " + std::to_string(line) + ": " + what,
              "docs/review.md has the form of a column file; 'counsel review columns lease' prints one.");
}

std::int64_t LineOf(const toml::node& node) {
  return static_cast<std::int64_t>(node.source().begin.line);
}

// At most `most` characters; "" where it is not there.
Result<std::string> TextOf(const toml::table& table, std::string_view name, std::size_t most,
                           const std::string& source) {
  const toml::node* node = table.get(name);
  if (node == nullptr) return std::string();
  const std::optional<std::string> text = node->value_exact<std::string>();
  if (!text) return Wrong(source, LineOf(*node), "'" + std::string(name) + "' must be a text in quotes.");
  if (CountCodePoints(*text) > static_cast<std::int64_t>(most)) {
    return Wrong(source, LineOf(*node),
                 "'" + std::string(name) + "' has more than " + std::to_string(most) + " characters.");
  }
  const bool control = std::any_of(text->begin(), text->end(), [](unsigned char c) { return c < 32; });
  if (control) return Wrong(source, LineOf(*node), "'" + std::string(name) + "' must be one line.");
  return *text;
}

Result<std::vector<Form>> FormsOf(const toml::table& table, std::string_view name, const std::string& source) {
  std::vector<Form> forms;
  const toml::node* node = table.get(name);
  if (node == nullptr) return forms;
  const toml::array* list = node->as_array();
  if (list == nullptr) return Wrong(source, LineOf(*node), "'" + std::string(name) + "' must be a list of texts.");
  if (list->size() > kMostForms) {
    return Wrong(source, LineOf(*node),
                 "'" + std::string(name) + "' has more than " + std::to_string(kMostForms) + " forms.");
  }
  for (const toml::node& one : *list) {
    const std::optional<std::string> text = one.value_exact<std::string>();
    if (!text) return Wrong(source, LineOf(one), "'" + std::string(name) + "' must be a list of texts.");
    Result<Form> form = Form::Read(*text);
    if (!form) return Wrong(source, LineOf(one), form.error().message);
    forms.push_back(std::move(*form));
  }
  return forms;
}

bool IsSmall(std::string_view stem) {
  static constexpr std::array<std::string_view, 44> kSmall = {
      "what", "who",  "whom", "whos", "when", "where", "which", "how",  "many", "much", "long",
      "is",   "are",  "was",  "the",  "a",    "an",    "of",    "to",   "in",   "on",   "for",
      "by",   "at",   "from", "do",   "doe",  "does",  "may",   "must", "can",  "will", "shall",
      "be",   "this", "that", "it",   "any",  "there", "under", "and",  "or",   "with", "agreement"};
  return std::find(kSmall.begin(), kSmall.end(), stem) != kSmall.end();
}

// Of a column that says nothing more: what its question is about, word by word in its order.
Result<void> AboutTheQuestion(Column* column) {
  std::string phrase;
  for (const std::string& text : {column->question, column->name}) {
    phrase.clear();
    for (const text::RawWord& word : text::SplitWords(text, 0, text.size())) {
      if (word.text.empty() || IsSmall(word.text) || IsSmall(text::Fold(word.text).text)) continue;
      phrase += (phrase.empty() ? "" : " ") + word.text;
    }
    if (phrase.empty()) continue;
    Result<Form> form = Form::Read(phrase);
    if (form) column->about.push_back(std::move(*form));
  }
  if (column->about.empty()) return Fail(ErrorCode::kInvalidArgument, "the question asks about nothing.");
  return {};
}

Result<Column> ReadColumn(const toml::table& table, const std::string& source) {
  static constexpr std::array<std::string_view, 9> kKnown = {"name",   "type",      "question", "about", "with",
                                                             "not_in", "not_about", "yes",      "no"};
  for (const auto& [key, value] : table) {
    if (std::find(kKnown.begin(), kKnown.end(), key.str()) == kKnown.end()) {
      return Wrong(source, LineOf(value), "A column has no '" + std::string(key.str()) + "'.");
    }
  }
  Column column;
  ASSIGN_OR_RETURN(column.name, TextOf(table, "name", 60, source));
  ASSIGN_OR_RETURN(column.question, TextOf(table, "question", 500, source));
  ASSIGN_OR_RETURN(const std::string type, TextOf(table, "type", 20, source));
  if (column.name.empty()) return Wrong(source, LineOf(table), "A column needs a 'name'.");
  if (column.question.empty())
    return Wrong(source, LineOf(table), "The column '" + column.name + "' needs a 'question'.");
  const std::optional<Type> known = TypeNamed(type);
  if (!known) {
    const toml::node* node = table.get("type");
    return Wrong(source, LineOf(node != nullptr ? *node : table),
                 "'" + type + "' is no type; they are text, date, sum, yes/no, clause, party, period and percent.");
  }
  column.type = *known;
  ASSIGN_OR_RETURN(column.about, FormsOf(table, "about", source));
  ASSIGN_OR_RETURN(column.with, FormsOf(table, "with", source));
  ASSIGN_OR_RETURN(column.not_in, FormsOf(table, "not_in", source));
  ASSIGN_OR_RETURN(column.not_about, FormsOf(table, "not_about", source));
  ASSIGN_OR_RETURN(column.yes, FormsOf(table, "yes", source));
  ASSIGN_OR_RETURN(column.no, FormsOf(table, "no", source));
  if (column.type != Type::kYesNo && !(column.yes.empty() && column.no.empty())) {
    return Wrong(source, LineOf(table), "'yes' and 'no' are for columns of the type yes/no.");
  }
  if (column.about.empty()) {
    Result<void> made = AboutTheQuestion(&column);
    if (!made) return Wrong(source, LineOf(table), "In the column '" + column.name + "' " + made.error().message);
  }
  return column;
}

}  // namespace

Result<ColumnSet> ReadColumns(std::string_view toml_text, const std::string& source) {
  if (toml_text.size() > kMostColumnBytes) {
    return Fail(ErrorCode::kTooLarge, source + " has more than " + std::to_string(kMostColumnBytes / 1024) + " KiB.",
                "A review has at most " + std::to_string(kMostColumns) + " columns.");
  }
  if (!ValidUtf8(toml_text)) return Wrong(source, 1, "It is not UTF-8.");
  const toml::parse_result parsed = toml::parse(toml_text, source);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return Wrong(source, static_cast<std::int64_t>(error.source().begin.line), std::string(error.description()) + ".");
  }
  const toml::table& root = parsed.table();
  ColumnSet set;
  set.text = toml_text;
  for (const auto& [key, value] : root) {
    if (key.str() != "name" && key.str() != "column") {
      return Wrong(source, LineOf(value),
                   "'" + std::string(key.str()) + "' is not known here; a file has 'name' and [[column]].");
    }
  }
  ASSIGN_OR_RETURN(set.name, TextOf(root, "name", 60, source));
  const toml::array* columns = root.get("column") == nullptr ? nullptr : root.get("column")->as_array();
  if (columns == nullptr || columns->empty()) return Wrong(source, 1, "It has no [[column]].");
  if (columns->size() > kMostColumns) {
    return Wrong(source, LineOf(*columns->get(kMostColumns)),
                 "There are more than " + std::to_string(kMostColumns) + " columns.");
  }
  std::set<std::string> names;
  for (const toml::node& one : *columns) {
    const toml::table* table = one.as_table();
    if (table == nullptr) return Wrong(source, LineOf(one), "A column is written as [[column]].");
    ASSIGN_OR_RETURN(Column column, ReadColumn(*table, source));
    if (!names.insert(column.name).second)
      return Wrong(source, LineOf(one), "There are two columns '" + column.name + "'.");
    set.columns.push_back(std::move(column));
  }
  return set;
}

Result<std::string_view> FindShippedColumns(std::string_view name) {
  std::string names;
  for (const Shipped& one : ShippedColumns()) {
    if (one.name == name) return one.toml;
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return Fail(ErrorCode::kNotFound, "There is no column set '" + std::string(name) + "'.", "There are: " + names + ".");
}

}  // namespace counsel::review
